/* SPDX-License-Identifier: MIT */
/* Which rows of a grid belong together. */
#include "results/sections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *family_of(const void *section, size_t row)
{
	const struct section *s = section;

	return s->rows[row]->transport->family;
}

void families_join(struct section *s)
{
	for (size_t from = 0, end; from < s->count; from = end) {
		end = from + 1;
		for (size_t row = end; row < s->count; row++) {
			const struct item *moved = s->rows[row];

			if (strcmp(family_of(s, row), family_of(s, from)) != 0)
				continue;
			memmove(&s->rows[end + 1], &s->rows[end], (row - end) * sizeof(*s->rows));
			s->rows[end++] = moved;
		}
	}
}

static bool begins(family_fn *family, const void *arg, size_t row)
{
	return row == 0 || strcmp(family(arg, row), family(arg, row - 1)) != 0;
}

int families_head(struct grid *g, family_fn *family, const void *arg)
{
	size_t families = 0;
	char plain[80];

	for (size_t row = 0; row < g->row_count; row++)
		families += begins(family, arg, row);
	if (families < 2 || families == g->row_count)
		return 0;
	g->groups = calloc(g->row_count, sizeof(*g->groups));
	if (g->groups == NULL)
		return -ENOMEM;
	for (size_t row = 0; row < g->row_count; row++) {
		if (!begins(family, arg, row))
			continue;
		g->groups[row] = strdup(format_plain(plain, sizeof(plain), family(arg, row), true));
		if (g->groups[row] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int families_head_section(struct section *s)
{
	return families_head(s->grid, family_of, s);
}
