/* SPDX-License-Identifier: MIT */
/* What `ipcbench compare` makes of each run against the first. */
#include "report/parts.h"

#include "text/memory.h"
#include <ctype.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A metric of a cell in all runs. */
struct line {
	const struct gate_cell *cell;
	enum gate_metric metric;
	size_t index; /* in the order of the cells */
	const struct gate_row *rows[REPORT_RUNS_MAX - 1];
};

struct lines {
	struct line *list;
	size_t count;
};

/* ---- lines ----------------------------------------------------------------------------------- */

/* From line `at` on: pairs have their rows in one order. */
static struct line *find_line(
	struct lines *l, size_t at, const struct gate_cell *cell, enum gate_metric m)
{
	for (size_t i = 0; i < l->count; i++) {
		struct line *line = &l->list[(at + i) % l->count];

		if (line->metric == m && key_order(&line->cell->key, &cell->key) == 0)
			return line;
	}
	return NULL;
}

/* The rows of pair `k`; the first pair's are no lines yet, those of the others mostly are. */
static void add_pair(struct lines *l, size_t k, const struct gate_results *r)
{
	for (size_t i = 0, at = 0; i < r->row_count; i++) {
		const struct gate_cell *cell = &r->cells[r->rows[i].cell];
		struct line *line = k == 0 ? NULL : find_line(l, at, cell, r->rows[i].metric);

		if (line == NULL) {
			line = need_next(l->list, l->count);
			line->cell = cell;
			line->metric = r->rows[i].metric;
			line->index = l->count;
		}
		line->rows[k] = &r->rows[i];
		at = (size_t)(line - l->list) + 1;
	}
}

/* What a table has in common: one metric, and one kind of work. */
static int order_tables(const struct line *a, const struct line *b)
{
	static const enum axis shared[] = {AXIS_MODE, AXIS_SIZE, AXIS_PLACEMENT};
	int r = (a->metric > b->metric) - (a->metric < b->metric);

	for (size_t i = 0; i < ARRAY_SIZE(shared) && r == 0; i++)
		r = axis_order(&a->cell->key, &b->cell->key, shared[i]);
	return r;
}

static int by_table(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = order_tables(x, y);

	return r == 0 ? (x->index > y->index) - (x->index < y->index) : r;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static double base_value(const struct line *line)
{
	for (size_t k = 0; k < ARRAY_SIZE(line->rows); k++)
		if (line->rows[k] != NULL && !isnan(line->rows[k]->base))
			return line->rows[k]->base;
	return NAN;
}

static double new_value(const struct line *line, size_t k)
{
	return line->rows[k] == NULL ? NAN : line->rows[k]->new;
}

static bool has_interval(const struct gate_finding *f)
{
	return isfinite(f->ci_lo) && isfinite(f->ci_hi);
}

/* 0 = its interval does not tell that it differs, 1 = it is better, -1 = worse. */
static int difference(const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;

	if (!has_interval(f) || (f->ci_lo <= 1 && f->ci_hi >= 1))
		return 0;
	return (f->ci_lo > 1) == gate_metrics[row->metric].higher_is_better ? 1 : -1;
}

/* How a run's figure stands to that of the first. */
static struct phrase mark(const struct gate_row *row)
{
	bool higher = row->found.ci_lo > 1;

	if (!has_interval(&row->found) || difference(row) == 0)
		return phrase(has_interval(&row->found) ? "=" : "?");
	return phrase("%s %s", higher ? "\xe2\x96\xb2" : "\xe2\x96\xbc",
		row->metric == GATE_CPU ? higher ? "more" : "less"
		: difference(row) > 0	? "faster"
					: "slower");
}

static void add_ratio(struct grid *g, const struct gate_row *row)
{
	const struct gate_finding *f = row == NULL ? NULL : &row->found;

	if (f == NULL || !isfinite(f->ratio))
		grid_field(g, "-");
	else if (!has_interval(f))
		grid_field(g, "%.2f %s", f->ratio, mark(row).text);
	else
		grid_field(g, "%.2f (%.2f%s%.2f) %s", f->ratio, f->ci_lo, g->glyphs->dash, f->ci_hi,
			mark(row).text);
}

static enum tone tone_of(const struct line *line)
{
	bool better = false, worse = false;

	for (size_t k = 0; k < ARRAY_SIZE(line->rows); k++) {
		better |= line->rows[k] != NULL && difference(line->rows[k]) > 0;
		worse |= line->rows[k] != NULL && difference(line->rows[k]) < 0;
	}
	return worse ? TONE_BAD : better ? TONE_GOOD : TONE_PLAIN;
}

/* ---- grids ----------------------------------------------------------------------------------- */

/* Axes that all rows of a table share, and the one with its own column. */
#define TOLD                                                                                       \
	(AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_MODE) | AXIS_BIT(AXIS_SIZE) |                    \
		AXIS_BIT(AXIS_PLACEMENT))

static struct scale pick_scale(const struct line *first, size_t count, const struct glyphs *glyphs)
{
	enum gate_metric m = first->metric;
	double *values = need_array(count * REPORT_RUNS_MAX, sizeof(*values));
	size_t n = 0;

	for (const struct line *line = first; line < first + count; line++) {
		values[n++] = base_value(line);
		for (size_t k = 0; k < ARRAY_SIZE(line->rows); k++)
			values[n++] = new_value(line, k);
	}
	struct scale scale = scale_pick(m == GATE_THROUGHPUT ? QUANTITY_RATE : QUANTITY_TIME,
		values, n, m != GATE_CPU && m != GATE_MEAN, glyphs);

	free(values);
	return scale;
}

/* "Median latency in µs: mode latency, 64 B, same-cpu; lower is better" */
static void write_title(struct grid *g, const struct line *line, const struct scale *scale)
{
	const struct gate_metric_info *info = &gate_metrics[line->metric];
	const struct cell_key *key = &line->cell->key;
	bool word =
		islower((unsigned char)info->title[0]) && islower((unsigned char)info->title[1]);
	char size[40] = "", place[48];

	if (key->size > 0)
		ipcbench_bytes(size, sizeof(size), key->size);
	grid_title(g, "%c%s in %s%s: mode %s%s%s, %s; %s is better",
		word ? toupper((unsigned char)info->title[0]) : info->title[0], info->title + 1,
		scale->unit, line->metric == GATE_THROUGHPUT ? "msg/s" : "",
		axis_word(key, AXIS_MODE), key->size > 0 ? ", " : "", size,
		format_plain(place, sizeof(place), axis_word(key, AXIS_PLACEMENT), true),
		info->higher_is_better ? "higher" : "lower");
}

static void add_row(
	struct grid *g, const struct line *line, const struct scale *scale, size_t pairs)
{
	char variant[200];

	grid_row(g)->tone = tone_of(line);
	grid_plain(g, line->cell->base);
	/* how it waits and what else sets the row apart */
	grid_plain(g, key_name(variant, sizeof(variant), &line->cell->key, AXIS_ALL & ~TOLD));
	grid_number(g, scale, base_value(line));
	for (size_t k = 0; k < pairs; k++) {
		grid_number(g, scale, new_value(line, k));
		add_ratio(g, line->rows[k]);
	}
}

static void add_grid(struct document *d, const struct line *first, size_t count, size_t pairs)
{
	struct scale scale = pick_scale(first, count, d->glyphs);
	struct grid *g = document_grid(d, NULL, 0);

	write_title(g, first, &scale);
	grid_column(g, "transport")->left = true;
	grid_column(g, "wait")->left = true;
	grid_column(g, "A");
	for (size_t k = 0; k < pairs; k++) {
		grid_column(g, "%c", (char)('B' + k));
		grid_column(g, "%c/A", (char)('B' + k))->left = true;
	}
	for (size_t i = 0; i < count; i++)
		add_row(g, &first[i], &scale, pairs);
}

void compare_fill(struct document *d, const void *page)
{
	const struct page *p = page;
	struct lines l = {.list = need_array(1, sizeof(*l.list))};

	for (size_t k = 0; k < p->pair_count; k++) {
		const struct gate_results *r = &p->pairs[k].results;

		add_pair(&l, k, r);
		for (size_t i = 0; i < r->cell_count; i++)
			if (r->cells[i].status != STATUS_OK)
				document_add(d, BLOCK_NOTE, "%s %s: %s",
					status_name(r->cells[i].status), r->cells[i].name,
					r->cells[i].why.text);
	}
	qsort(l.list, l.count, sizeof(*l.list), by_table);
	for (size_t first = 0, n; first < l.count; first += n) {
		n = 1;
		while (first + n < l.count && order_tables(&l.list[first], &l.list[first + n]) == 0)
			n++;
		add_grid(d, &l.list[first], n, p->pair_count);
	}
	free(l.list);
}

/* ---- the headline ---------------------------------------------------------------------------- */

void compare_headline(FILE *out, const struct page *p, size_t i)
{
	const struct gate_results *r = &p->pairs[i].results;
	const char *base = p->subjects[0].letter, *new = p->subjects[i + 1].letter;
	size_t better = 0, worse = 0;

	for (size_t k = 0; k < r->row_count; k++) {
		better += difference(&r->rows[k]) > 0;
		worse += difference(&r->rows[k]) < 0;
	}
	html_put(out, "<h3>%s against %s</h3>\n", new, base);
	document_print(out, DOC_HTML, gate_fill_verdict, r, 0, false);
	html_put(out,
		"<p>Differences in %zu of %zu value%s, according to their intervals: <b>%zu better</b>, "
		"<b>%zu worse</b>; the tables mark them.</p>\n",
		better + worse, r->row_count, r->row_count == 1 ? "" : "s", better, worse);
	if (r->note_count == 0)
		return;
	html_put(out, "<p>Here %s is base and %s is new:</p>\n<ul>\n", base, new);
	for (size_t k = 0; k < r->note_count; k++)
		html_put(out, "<li>%s</li>\n", r->notes[k]);
	fputs("</ul>\n", out);
}
