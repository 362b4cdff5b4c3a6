/* SPDX-License-Identifier: MIT */
/*
 * The tables of a comparison: one grid per metric, mode, size and placement, so that a column has
 * one unit and rows compare like with like.
 */
#include "gate/gate.h"

#include "text/memory.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows of one grid. */
struct table {
	const struct gate_results *results;
	const struct gate_row **rows;
	size_t count;
};

/* ---- names ----------------------------------------------------------------------------------- */

static const struct gate_cell *cell_of(const struct table *t, size_t row)
{
	return &t->results->cells[t->rows[row]->cell];
}

/* The axes that a cell is named by: where two mechanisms are compared, not by these. */
static unsigned int named_axes(const struct gate_cell *c)
{
	return strcmp(c->base, c->new) == 0 ? AXIS_ALL : AXIS_ALL & ~AXIS_BIT(AXIS_TRANSPORT);
}

/* The axes that name the rows of a grid; what the others say of all of them is in its title. */
static unsigned int row_axes(const struct table *t)
{
	const struct gate_cell *first = cell_of(t, 0);
	unsigned int own = 0;

	for (size_t i = 1; i < t->count; i++)
		own |= key_differences(&first->key, &cell_of(t, i)->key);
	if (own & AXIS_LOAD)
		own |= AXIS_LOAD;
	own &= named_axes(first);
	if (t->count == 1)
		return named_axes(first) & AXIS_BIT(AXIS_TRANSPORT) ? AXIS_BIT(AXIS_TRANSPORT)
								    : AXIS_BIT(AXIS_WAIT);
	for (size_t i = 0; i < t->count; i++) {
		char *name = key_name_new(&cell_of(t, i)->key, own);

		/* what goes without saying is not part of a name */
		if (name[0] == '\0')
			own |= AXIS_BIT(AXIS_WAIT);
		free(name);
	}
	return own;
}

/* One of an older version does not have all axes: then the name that it has says what they are. */
static char *row_name(const struct gate_cell *c, unsigned int own)
{
	char *whole = key_name_new(&c->key, named_axes(c));
	bool known = strcmp(whole, c->name) == 0;

	free(whole);
	return known ? key_name_new(&c->key, own) : need_copy(c->name);
}

static void put_title(struct grid *g, const struct table *t, unsigned int own, const char *unit)
{
	const struct gate_cell *first = cell_of(t, 0);
	const struct gate_metric_info *m = &gate_metrics[t->rows[0]->metric];
	char *shared = key_name_new(&first->key, named_axes(first) & ~own), plain[200];
	bool alike = (own & (AXIS_BIT(AXIS_MODE) | AXIS_BIT(AXIS_BATCH))) == 0;

	format_plain(plain, sizeof(plain), shared, g->glyphs->utf8);
	grid_title(g, "%c%s in %s%s, %s is better%s%s%s",
		islower(m->title[1]) ? toupper(m->title[0]) : m->title[0], m->title + 1, unit,
		t->rows[0]->metric == GATE_THROUGHPUT ? "msg/s" : "",
		m->higher_is_better ? "higher" : "lower", plain[0] != '\0' ? ": " : "", plain,
		alike ? key_one_by_one(&first->key) : "");
	free(shared);
}

/* ---- grids ----------------------------------------------------------------------------------- */

/* One unit for both versions of all rows, and three digits of the least. */
static struct scale pick_scale(const struct table *t, const struct glyphs *glyphs)
{
	double *values = need_array(2 * t->count, sizeof(*values)), least = INFINITY;
	enum gate_metric m = t->rows[0]->metric;

	for (size_t i = 0; i < 2 * t->count; i++) {
		values[i] = i % 2 == 0 ? t->rows[i / 2]->base : t->rows[i / 2]->new;
		least = values[i] > 0 ? fmin(least, values[i]) : least;
	}
	struct scale s = scale_pick(m == GATE_THROUGHPUT ? QUANTITY_RATE : QUANTITY_TIME, values,
		2 * t->count, m != GATE_CPU && m != GATE_MEAN, glyphs);

	free(values);
	while (least / s.factor * pow(10, s.decimals) < 100 && s.decimals < 4 &&
		(m == GATE_CPU || m == GATE_MEAN || s.factor > 1))
		s.decimals++;
	return s;
}

static void put_interval(struct grid *g, const struct gate_finding *f)
{
	struct phrase lo = gate_change(f->ci_lo), hi = gate_change(f->ci_hi);

	if (!isfinite(f->ci_hi) || !isfinite(f->ci_lo))
		grid_field(g, "-");
	else
		grid_field(g, "%.*s to %.*s", (int)strlen(lo.text) - 1, lo.text,
			(int)strlen(hi.text) - 1, hi.text);
}

static void put_row(struct grid *g, const struct table *t, size_t i, unsigned int own,
	const struct scale *scale)
{
	static const enum tone tones[] = {
		[VERDICT_PASS] = TONE_PLAIN,
		[VERDICT_IMPROVED] = TONE_GOOD,
		[VERDICT_REGRESSION] = TONE_BAD,
		[VERDICT_INCONCLUSIVE] = TONE_DOUBT,
	};
	const struct gate_row *row = t->rows[i];
	char *name = row_name(cell_of(t, i), own);

	grid_row(g)->tone = tones[row->found.verdict];
	grid_plain(g, name);
	grid_number(g, scale, row->base);
	grid_number(g, scale, row->new);
	grid_field(g, "%s", gate_change(row->found.ratio).text);
	put_interval(g, &row->found);
	grid_field(g, "%s", gate_percent(row->found.mde).text);
	if (gate_is_stored(t->results))
		grid_field(g, "%u+%u", row->blocks, row->dropped);
	else
		grid_field(g, "%u", row->blocks);
	grid_field(g, "%s", gate_verdict_name(row->found.verdict));
	free(name);
}

static void put_grid(struct document *d, const struct table *t)
{
	static const struct grid_column columns[] = {
		{.heading = "cell", .left = true},
		{.heading = "base"},
		{.heading = "new"},
		{.heading = "change"},
		{.heading = "interval", .drop = 3},
		{.heading = "MDE", .drop = 2},
		{.heading = "n", .drop = 1},
		{.heading = "verdict", .left = true},
	};
	struct grid *g = document_grid(d, columns, ARRAY_SIZE(columns));
	const struct scale scale = pick_scale(t, d->glyphs);
	unsigned int own = row_axes(t);

	g->wraps = true;
	put_title(g, t, own, scale.unit);
	for (size_t i = 0; i < t->count; i++)
		put_row(g, t, i, own, &scale);
}

/* Whether rows stand in one grid: one unit, and one kind of work. */
static bool alike(const struct gate_results *r, const struct gate_row *a, const struct gate_row *b)
{
	const unsigned int kind =
		AXIS_BIT(AXIS_SIZE) | AXIS_BIT(AXIS_MODE) | AXIS_BIT(AXIS_PLACEMENT);

	return a->metric == b->metric &&
	       key_order_by(&r->cells[a->cell].key, &r->cells[b->cell].key, kind) == 0;
}

/* A row begins a grid with those like it, unless it is in an earlier one. */
void gate_put_grids(struct document *d, const struct gate_results *r)
{
	struct table t = {.results = r, .rows = need_array(r->row_count, sizeof(*t.rows))};
	bool *placed = need_array(r->row_count, sizeof(*placed));

	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		for (size_t first = 0; first < r->row_count; first++) {
			if (placed[first] || r->rows[first].metric != m)
				continue;
			t.count = 0;
			for (size_t i = first; i < r->row_count; i++)
				if (!placed[i] && alike(r, &r->rows[i], &r->rows[first])) {
					t.rows[t.count++] = &r->rows[i];
					placed[i] = true;
				}
			put_grid(d, &t);
		}
	free(placed);
	free(t.rows);
}
