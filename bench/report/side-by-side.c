/* SPDX-License-Identifier: MIT */
#include "report/side-by-side.h"

#include "doc/build.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSPORT, MANNER, BASE, FIRST_NEW };

/* A metric of a cell in all runs. */
struct line {
	const struct gate_cell *cell;
	enum gate_metric metric;
	size_t index; /* in the order of the cells */
	const struct gate_row *rows[REPORT_RUNS_MAX - 1];
};

struct lines {
	const struct stored *pairs;
	size_t pair_count;
	struct line *list;
	size_t count;
};

/* ---- lines ----------------------------------------------------------------------------------- */

static struct line *find_line(
	struct lines *l, const struct gate_cell *cell, enum gate_metric metric)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].metric == metric &&
			key_order(&l->list[i].cell->key, &cell->key) == 0)
			return &l->list[i];
	return NULL;
}

/* The rows of pair `k`; the first pair's are no lines yet, those of the others mostly are. */
static void add_pair(struct lines *l, size_t k)
{
	const struct gate_results *r = &l->pairs[k].results;

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_cell *cell = &r->cells[r->rows[i].cell];
		struct line *line = k == 0 ? NULL : find_line(l, cell, r->rows[i].metric);

		if (line == NULL) {
			line = &l->list[l->count];
			*line = (struct line){cell, r->rows[i].metric, l->count, {NULL}};
			l->count++;
		}
		line->rows[k] = &r->rows[i];
	}
}

/* What a table has in common: one metric, and one kind of work. */
static int order_tables(const struct line *a, const struct line *b)
{
	int r = (a->metric > b->metric) - (a->metric < b->metric);

	if (r == 0)
		r = axis_order(&a->cell->key, &b->cell->key, AXIS_MODE);
	if (r == 0)
		r = axis_order(&a->cell->key, &b->cell->key, AXIS_SIZE);
	return r == 0 ? axis_order(&a->cell->key, &b->cell->key, AXIS_PLACEMENT) : r;
}

static int by_table(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = order_tables(x, y);

	return r == 0 ? (x->index > y->index) - (x->index < y->index) : r;
}

static int collect(struct lines *l)
{
	size_t room = 0;

	for (size_t k = 0; k < l->pair_count; k++)
		room += l->pairs[k].results.row_count;
	l->list = calloc(room + 1, sizeof(*l->list));
	if (l->list == NULL)
		return -ENOMEM;
	for (size_t k = 0; k < l->pair_count; k++)
		add_pair(l, k);
	qsort(l->list, l->count, sizeof(*l->list), by_table);
	return 0;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static double base_value(const struct lines *l, const struct line *line)
{
	for (size_t k = 0; k < l->pair_count; k++)
		if (line->rows[k] != NULL && !isnan(line->rows[k]->base))
			return line->rows[k]->base;
	return NAN;
}

/* Axes that all rows of a table share, and the one with a column of its own. */
#define TOLD                                                                                       \
	(AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_MODE) | AXIS_BIT(AXIS_SIZE) |                    \
		AXIS_BIT(AXIS_PLACEMENT))

/* How it waits and what else sets the row apart. */
static void manner_text(const struct gate_cell *c, char *buf, size_t len)
{
	char text[200];

	format_plain(buf, len, key_name(text, sizeof(text), &c->key, AXIS_ALL & ~TOLD), true);
}

static bool has_interval(const struct gate_finding *f)
{
	return isfinite(f->ci_lo) && isfinite(f->ci_hi);
}

static bool differs(const struct gate_finding *f)
{
	return has_interval(f) && (f->ci_lo > 1 || f->ci_hi < 1);
}

/* Of a row that differs. */
static bool is_better(const struct gate_row *row)
{
	return (row->found.ci_lo > 1) == gate_metrics[row->metric].higher_is_better;
}

struct compare_count compare_differences(const struct gate_results *r)
{
	struct compare_count c = {.rows = r->row_count};

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];

		c.better += differs(&row->found) && is_better(row);
		c.worse += differs(&row->found) && !is_better(row);
	}
	return c;
}

/* How a run's figure stands to that of the first. */
static void mark_text(const struct gate_row *row, char *buf, size_t len)
{
	const struct gate_finding *f = &row->found;

	if (!has_interval(f))
		snprintf(buf, len, "?");
	else if (!differs(f))
		snprintf(buf, len, "=");
	else if (row->metric == GATE_CPU)
		snprintf(buf, len, "%s", f->ci_lo > 1 ? "\xe2\x96\xb2 more" : "\xe2\x96\xbc less");
	else
		snprintf(buf, len, "%s %s", f->ci_lo > 1 ? "\xe2\x96\xb2" : "\xe2\x96\xbc",
			is_better(row) ? "faster" : "slower");
}

static void ratio_text(const struct gate_row *row, char *buf, size_t len)
{
	const struct gate_finding *f = row == NULL ? NULL : &row->found;
	char ratio[40], lo[40], hi[40], mark[24];

	if (f == NULL || !isfinite(f->ratio)) {
		snprintf(buf, len, "-");
		return;
	}
	mark_text(row, mark, sizeof(mark));
	if (!has_interval(f))
		snprintf(buf, len, "%s %s", format_fixed(ratio, sizeof(ratio), f->ratio, 2), mark);
	else
		snprintf(buf, len, "%s (%s\xe2\x80\x93%s) %s",
			format_fixed(ratio, sizeof(ratio), f->ratio, 2),
			format_fixed(lo, sizeof(lo), f->ci_lo, 2),
			format_fixed(hi, sizeof(hi), f->ci_hi, 2), mark);
}

/* A table under construction. */
struct build {
	const struct lines *lines;
	const struct line *first; /* of the table's */
	struct scale scale;
};

static void field_text(const void *ctx, size_t at, size_t column, char *buf, size_t len)
{
	const struct build *b = ctx;
	const struct line *line = &b->first[at];
	const struct gate_row *row =
		column < FIRST_NEW ? NULL : line->rows[(column - FIRST_NEW) / 2];

	switch (column) {
	case TRANSPORT:
		format_plain(buf, len, line->cell->base, true);
		break;
	case MANNER:
		manner_text(line->cell, buf, len);
		break;
	case BASE:
		scale_format(buf, len, &b->scale, base_value(b->lines, line));
		break;
	default:
		if ((column - FIRST_NEW) % 2 == 1)
			ratio_text(row, buf, len);
		else
			scale_format(buf, len, &b->scale, row == NULL ? NAN : row->new);
		break;
	}
}

static enum tone tone_of(const struct lines *l, const struct line *line)
{
	bool better = false, worse = false;

	for (size_t k = 0; k < l->pair_count; k++) {
		const struct gate_row *row = line->rows[k];

		if (row == NULL || !differs(&row->found))
			continue;
		better |= is_better(row);
		worse |= !is_better(row);
	}
	return worse ? TONE_BAD : better ? TONE_GOOD : TONE_PLAIN;
}

/* ---- grids ----------------------------------------------------------------------------------- */

static int pick_scale(
	const struct lines *l, const struct line *first, size_t count, struct scale *scale)
{
	enum gate_metric m = first->metric;
	double *values = calloc(count * REPORT_RUNS_MAX + 1, sizeof(*values));
	size_t n = 0;

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		values[n++] = base_value(l, &first[i]);
		for (size_t k = 0; k < l->pair_count; k++)
			if (first[i].rows[k] != NULL)
				values[n++] = first[i].rows[k]->new;
	}
	*scale = scale_pick(m == GATE_THROUGHPUT ? QUANTITY_RATE : QUANTITY_TIME, values, n,
		m != GATE_CPU, glyphs(true));
	free(values);
	return 0;
}

static void write_title(struct grid *g, const struct line *line, const struct scale *scale)
{
	const struct gate_metric_info *info = &gate_metrics[line->metric];
	char size[40] = "", place[48];

	if (line->cell->key.size > 0) {
		size[0] = ',';
		size[1] = ' ';
		ipcbench_bytes(size + 2, sizeof(size) - 2, line->cell->key.size);
	}
	snprintf(g->title, sizeof(g->title), "%c%s in %s%s: mode %s%s, %s; %s is better",
		info->title[1] >= 'a' && info->title[0] >= 'a' ? info->title[0] - 'a' + 'A'
							       : info->title[0],
		info->title + 1, scale->unit, line->metric == GATE_THROUGHPUT ? "msg/s" : "",
		axis_word(&line->cell->key, AXIS_MODE), size,
		format_plain(
			place, sizeof(place), axis_word(&line->cell->key, AXIS_PLACEMENT), true),
		info->higher_is_better ? "higher" : "lower");
}

static void name_columns(struct grid_column columns[GRID_COLUMNS_MAX], size_t pairs)
{
	memset(columns, 0, GRID_COLUMNS_MAX * sizeof(*columns));
	snprintf(columns[TRANSPORT].heading, sizeof(columns->heading), "transport");
	snprintf(columns[MANNER].heading, sizeof(columns->heading), "wait");
	snprintf(columns[BASE].heading, sizeof(columns->heading), "A");
	columns[TRANSPORT].left = columns[MANNER].left = true;
	for (size_t k = 0; k < pairs; k++) {
		snprintf(columns[FIRST_NEW + 2 * k].heading, sizeof(columns->heading), "%c",
			(char)('B' + k));
		snprintf(columns[FIRST_NEW + 2 * k + 1].heading, sizeof(columns->heading), "%c/A",
			(char)('B' + k));
		columns[FIRST_NEW + 2 * k + 1].left = true;
	}
}

static int add_grid(
	struct report *rep, const struct lines *l, const struct line *first, size_t count)
{
	struct grid_column columns[GRID_COLUMNS_MAX];
	size_t width = FIRST_NEW + 2 * l->pair_count;
	struct build b = {.lines = l, .first = first};
	struct grid *g;

	name_columns(columns, l->pair_count);
	int r = build_grid(rep, &g, count, columns, width);

	if (r == 0)
		r = pick_scale(l, first, count, &b.scale);
	if (r < 0)
		return r;
	write_title(g, first, &b.scale);
	g->tones = calloc(count + 1, sizeof(*g->tones));
	if (g->tones == NULL)
		return -ENOMEM;
	for (size_t row = 0; row < count; row++)
		g->tones[row] = tone_of(l, &first[row]);
	return build_fields(g, field_text, &b);
}

int compare_report(struct report *rep, const struct stored *pairs, size_t count)
{
	struct lines l = {.pairs = pairs, .pair_count = count};
	int r = collect(&l);

	for (size_t first = 0, n; r == 0 && first < l.count; first += n) {
		n = 1;
		while (first + n < l.count && order_tables(&l.list[first], &l.list[first + n]) == 0)
			n++;
		r = add_grid(rep, &l, &l.list[first], n);
	}
	free(l.list);
	return r;
}
