/* SPDX-License-Identifier: MIT */
#include "doc/build.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int build_grid(struct report *rep, struct grid **out, size_t rows,
	const struct grid_column *columns, size_t count)
{
	struct grid *grown = reallocarray(rep->grids, rep->grid_count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	rep->grids = grown;
	struct grid *g = &grown[rep->grid_count++];

	*g = (struct grid){.row_count = rows,
		.column_count = count,
		.text = calloc(rows * count + 1, sizeof(*g->text))};
	memcpy(g->column, columns, count * sizeof(*columns));
	*out = g;
	return g->text != NULL ? 0 : -ENOMEM;
}

int build_text(struct grid *g, size_t row, size_t column, const char *text)
{
	char **at = &g->text[row * g->column_count + column];

	*at = strdup(text);
	return *at != NULL ? 0 : -ENOMEM;
}

int build_fields(struct grid *g, field_fn *fn, const void *ctx)
{
	char buf[320];
	int r = 0;

	for (size_t row = 0; row < g->row_count; row++) {
		for (size_t c = 0; c < g->column_count && r == 0; c++) {
			fn(ctx, row, c, buf, sizeof(buf));
			r = build_text(g, row, c, buf);
		}
	}
	return r;
}

void report_free(struct report *rep)
{
	for (size_t i = 0; i < rep->grid_count; i++) {
		struct grid *g = &rep->grids[i];

		for (size_t k = 0; g->text != NULL && k < g->row_count * g->column_count; k++)
			free(g->text[k]);
		for (size_t k = 0; g->groups != NULL && k < g->row_count; k++)
			free(g->groups[k]);
		free(g->text);
		free(g->groups);
		free(g->best);
		free(g->tones);
	}
	for (size_t i = 0; i < rep->note_count; i++)
		free(rep->notes[i]);
	free(rep->notes);
	free(rep->grids);
	*rep = (struct report){0};
}

int grid_mark_best(struct grid *g, size_t row)
{
	if (g->best == NULL)
		g->best = calloc(g->row_count, sizeof(*g->best));
	if (g->best == NULL)
		return -ENOMEM;
	g->best[row] = true;
	return 0;
}

char *build_spread(char *buf, size_t len, const struct estimate *e, bool interval,
	const struct scale *scale, const struct glyphs *g)
{
	double lo = interval ? e->ci_lo : e->min, hi = interval ? e->ci_hi : e->max;
	char a[40], b[40];

	if (isnan(lo) || isnan(hi))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%s%s%s", scale_format(a, sizeof(a), scale, lo), g->dash,
			scale_format(b, sizeof(b), scale, hi));
	return buf;
}
