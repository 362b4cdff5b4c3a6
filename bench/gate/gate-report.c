/* SPDX-License-Identifier: MIT */
/*
 * A comparison as people read it. There is one grid per metric, mode, size and placement, so that a
 * column has one unit and rows compare like with like.
 */
#include "gate/gate-report.h"

#include "gate/gate-files.h"
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

		/* what goes without saying is no name */
		if (name[0] == '\0')
			own |= AXIS_BIT(AXIS_WAIT);
		free(name);
	}
	return own;
}

/* A stored comparison does not have all axes: then the name that it has says what they are. */
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

	format_plain(plain, sizeof(plain), shared, g->glyphs->utf8);
	grid_title(g, "%c%s in %s%s, %s is better%s%s",
		islower(m->title[1]) ? toupper(m->title[0]) : m->title[0], m->title + 1, unit,
		t->rows[0]->metric == GATE_THROUGHPUT ? "msg/s" : "",
		m->higher_is_better ? "higher" : "lower", plain[0] != '\0' ? ": " : "", plain);
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
		2 * t->count, m != GATE_CPU, glyphs);

	free(values);
	while (least / s.factor * pow(10, s.decimals) < 100 && s.decimals < 4 &&
		(m == GATE_CPU || s.factor > 1))
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
	       (key_differences(&r->cells[a->cell].key, &r->cells[b->cell].key) & kind) == 0;
}

/* A row begins a grid with those like it, unless it is in an earlier one. */
static void put_grids(struct document *d, const struct gate_results *r)
{
	struct table t = {.results = r, .rows = need_array(r->row_count, sizeof(*t.rows))};

	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		for (size_t first = 0; first < r->row_count; first++) {
			t.count = 0;
			for (size_t i = 0; r->rows[first].metric == m && i < r->row_count; i++)
				if (alike(r, &r->rows[i], &r->rows[first]))
					t.rows[t.count++] = &r->rows[i];
			if (t.count > 0 && t.rows[0] == &r->rows[first])
				put_grid(d, &t);
		}
	free(t.rows);
}

/* ---- notes ----------------------------------------------------------------------------------- */

static void put_note(struct document *d, const char *kind, const char *text)
{
	char plain[512];

	document_add(d, BLOCK_NOTE, "%s %s", kind,
		format_plain(plain, sizeof(plain), text, d->glyphs->utf8));
}

/* Failures, then skips, then what else there is to say. */
static void put_notes(struct document *d, const struct gate_results *r)
{
	static const enum status order[] = {STATUS_FAIL, STATUS_SKIP};
	char text[512];

	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < r->cell_count; i++) {
			const struct gate_cell *c = &r->cells[i];

			if (c->status != order[k])
				continue;
			snprintf(text, sizeof(text), "%.200s: %s", c->name, c->why.text);
			put_note(d, status_name(c->status), text);
		}
	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];

		if (row->why.text[0] == '\0')
			continue;
		snprintf(text, sizeof(text), "%.200s, %s: %s", r->cells[row->cell].name,
			gate_metrics[row->metric].title, row->why.text);
		put_note(d, "note", text);
	}
	for (size_t i = 0; i < r->note_count; i++)
		put_note(d, "note", r->notes[i]);
}

/* ---- documents ------------------------------------------------------------------------------- */

static void put_verdict(struct document *d, const struct gate_results *r)
{
	gate_put_headline(d, r);
	if (r->advisory)
		document_add(d, BLOCK_LINE,
			"ADVISORY: the runs differ in more than their versions (see the notes), so a "
			"difference need not come from these, and no verdict fails")
			->class
			= "warning";
	/* Markdown folds it away, with more */
	if (d->format != DOC_MARKDOWN)
		gate_put_subject(d, r);
}

void gate_fill(struct document *d, const void *results)
{
	put_verdict(d, results);
	put_grids(d, results);
	put_notes(d, results);
	gate_put_advice(d, results);
	gate_put_legend(d, results);
}

void gate_fill_verdict(struct document *d, const void *results)
{
	put_verdict(d, results);
	gate_put_advice(d, results);
}

void gate_fill_tables(struct document *d, const void *results)
{
	put_grids(d, results);
	put_notes(d, results);
	gate_put_legend(d, results);
}

/* ---- Markdown -------------------------------------------------------------------------------- */

/* What was named by the user, or read from a file. */
static void put_name(struct document *d, const char *what, const char *name)
{
	char plain[512];

	document_add(d, BLOCK_ITEM, "%s: %s", what, format_plain(plain, sizeof(plain), name, true));
}

static void fill_details(struct document *d, const void *results)
{
	const struct gate_results *r = results;
	size_t dropped = 0;

	for (size_t i = 0; i < r->block_count; i++)
		dropped += r->blocks[i].dropped;
	put_name(d, "base", r->base);
	put_name(d, "new", r->new);
	document_add(d, BLOCK_ITEM, "protocol: %s",
		gate_is_stored(r)
			? "two stored runs, trial by trial, each in its own time: what the machine did "
			  "in between counts as a difference"
			: "blocks of four launches right after each other, base new new base or the "
			  "reverse as a coin decides; a block gives one difference");
	if (!gate_is_stored(r))
		document_add(d, BLOCK_ITEM,
			"blocks: %zu measured, %zu of them dropped as too disturbed",
			r->block_count, dropped);
	if (r->rule.alpha > 0)
		document_add(d, BLOCK_ITEM,
			"rule: chance of any false regression at most %s, over all rows and %u look%s; "
			"intervals of %s",
			gate_percent(r->rule.alpha).text, r->rule.looks,
			r->rule.looks == 1 ? "" : "s", gate_percent(r->rule.confidence).text);
	if (r->machine != NULL)
		put_name(d, "machine", r->machine);
	if (!gate_is_stored(r)) {
		document_add(d, BLOCK_ITEM, "seed: %llu", (unsigned long long)r->seed);
		document_add(d, BLOCK_ITEM, "took: %s", format_seconds(r->elapsed_s).text);
	}
	put_name(d, "run", r->run_id);
}

/* For a pull request: how it was measured is folded away. */
int gate_markdown_write(FILE *out, const void *results)
{
	int ret = document_print(out, DOC_MARKDOWN, gate_fill, results, 0, false);

	fputs("\n<details><summary>How it was measured</summary>\n\n", out);
	if (ret == 0)
		ret = document_print(out, DOC_MARKDOWN, fill_details, results, 0, false);
	if (ret == 0 && (fputs("\n</details>\n", out) < 0 || fflush(out) != 0))
		ret = stream_status(out);
	return ret;
}
