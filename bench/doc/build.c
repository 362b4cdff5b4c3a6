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

void build_explain(struct report *rep, const char *text)
{
	size_t used = strlen(rep->explanation);

	snprintf(rep->explanation + used, sizeof(rep->explanation) - used, "%s%s",
		used > 0 ? " " : "", text);
}

void build_unit(struct grid *g, size_t column, const char *unit)
{
	char *heading = g->column[column].heading;
	size_t n = strlen(heading);

	snprintf(
		heading + n, sizeof(g->column[column].heading) - n, "%s%s", n > 0 ? " " : "", unit);
}

int build_note(struct report *rep, const char *format, ...)
{
	char **grown = reallocarray(rep->notes, rep->note_count + 1, sizeof(*grown));
	char *note = NULL;
	va_list args;

	if (grown == NULL)
		return -ENOMEM;
	rep->notes = grown;
	va_start(args, format);
	int n = vasprintf(&note, format, args);

	va_end(args);
	if (n < 0)
		return -ENOMEM;
	for (size_t i = 0; i < rep->note_count; i++) {
		if (strcmp(rep->notes[i], note) == 0) {
			free(note);
			return 0;
		}
	}
	rep->notes[rep->note_count++] = note;
	return 0;
}

static const struct estimate *estimate_at(const struct estimate *e, size_t stride, size_t i)
{
	return (const void *)((const char *)e + i * stride);
}

struct scale build_scale(enum quantity q, const struct estimate *e, size_t stride, size_t count,
	const struct glyphs *g)
{
	double *values = calloc(count + 1, sizeof(*values));

	for (size_t i = 0; values != NULL && i < count; i++)
		values[i] = estimate_at(e, stride, i)->median;
	struct scale scale = scale_pick(q, values, values != NULL ? count : 0, false, g);

	free(values);
	return scale;
}

bool build_has_intervals(const struct estimate *e, size_t stride, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct estimate *at = estimate_at(e, stride, i);

		if (!isnan(at->median) && isnan(at->ci_lo))
			return false;
		any |= !isnan(at->ci_lo);
	}
	return any;
}

void build_spread_heading(struct grid *g, size_t column, bool interval)
{
	struct grid_column *c = &g->column[column];

	c->marks.interval = interval;
	c->marks.range = !interval;
	snprintf(c->heading, sizeof(c->heading), "%s", interval ? "95% CI" : "low-high");
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
