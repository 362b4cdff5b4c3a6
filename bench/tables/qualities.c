/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What speed is measured with. */
#define TRIP_BYTES   ((size_t)64)
#define STREAM_BYTES ((size_t)64 << 10)

enum { CHORES = 6 };

const char *quality_synchronisation(const struct transport *t)
{
	if (t->shape == SHAPE_NOTIFY)
		return "is one";
	if (t->shape == SHAPE_MEMORY)
		return "needs one";
	return t->waits & WAIT_BIT_BLOCK ? "by blocking" : "by polling";
}

const char *quality_kinship(const struct transport *t)
{
	return t->reach == REACH_KIN ? "kin" : "any";
}

/* The chores that are left to the program; returns how many. */
static size_t chores_of(const struct transport *t, const char *chores[])
{
	const struct {
		bool left;
		const char *name;
	} all[] = {
		{t->shape == SHAPE_STREAM, "framing"},
		{t->shape == SHAPE_MESSAGE, "splitting"},
		{t->may_drop, "recovering"},
		{t->persistence != PERSIST_PROCESS, "removing"},
		{t->shape == SHAPE_MEMORY, "synchronising"},
		{t->shape == SHAPE_MEMORY, "layout"},
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].left)
			chores[n++] = all[i].name;
	return n;
}

struct phrase quality_left(const struct transport *t)
{
	const char *chores[CHORES];
	size_t n = chores_of(t, chores);
	struct phrase left = {""};

	for (size_t i = 0; i < n; i++)
		phrase_add(&left, ", ", "%s", chores[i]);
	return n > 0 ? left : phrase("nothing");
}

const char *quality_complexity(const struct transport *t)
{
	const char *chores[CHORES];
	size_t n = chores_of(t, chores);

	return n <= 1 ? "simple" : n == 2 ? "medium" : "complex";
}

/* The reason of the smallest message beyond the largest measured one that was refused. */
static const char *limit_of(const struct stored_run *run, const struct quality_row *row)
{
	const struct measured_cell *refused = NULL;

	for (size_t i = 0; i < run->cell_count; i++) {
		const struct measured_cell *c = &run->cells[i];

		if (!c->ok && !c->failed && c->key.size > row->largest && row->largest > 0 &&
			c->reason[0] != '\0' && cells_order(c, row->cell) == 0 &&
			(refused == NULL || c->key.size < refused->key.size))
			refused = c;
	}
	return refused != NULL ? refused->reason : "";
}

static struct quality_row read_row(
	const struct stored_run *run, const struct measured_cell *const *cells, size_t count)
{
	static const struct estimate none = {NAN, NAN, NAN, NAN, NAN};
	struct quality_row row = {.cell = cells[0], .trip = none, .stream = none};

	for (size_t i = 0; i < count; i++) {
		const struct measured_cell *c = cells[i];
		const struct estimate *values = c->summary.metric;

		row.largest = c->key.size > row.largest ? c->key.size : row.largest;
		if (c->key.mode == MODE_LATENCY && (c->key.size == TRIP_BYTES || c->key.size == 0))
			row.trip = values[METRIC_LAT_P50];
		if (c->key.mode == MODE_THROUGHPUT && c->key.size == STREAM_BYTES)
			row.stream = values[METRIC_BYTES_PER_S];
	}
	row.limit = limit_of(run, &row);
	return row;
}

static void read_table(struct table *t, const struct stored_run *run,
	const struct measured_cell *const *cells, size_t count)
{
	struct quality_row *rows = need_array(count, sizeof(*rows));

	*t = (struct table){.rows = rows};
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&cells[first], sizeof(*cells), count - first, cells_order);
		rows[t->count++] = read_row(run, &cells[first], n);
	}
}

/* What a mechanism is; nothing of one that is not known here. */
static void put_traits(struct record *rec, const struct transport *t)
{
	static const struct transport unknown;
	const struct transport *k = t != NULL ? t : &unknown;
	const struct {
		const char *name, *text;
	} traits[] = {
		{"form", shape_names[k->shape]},
		{"synchronisation", quality_synchronisation(k)},
		{"kinship", quality_kinship(k)},
		{"across_hosts", k->reach == REACH_NETWORK ? "yes" : "no"},
		{"lasts_as_long_as", persistence_names[k->persistence]},
		{"left_to_program", quality_left(k).text},
		{"complexity", quality_complexity(k)},
		{"api", api_names[k->api]},
		{"typical_use", k->typical_use},
	};

	for (size_t i = 0; i < ARRAY_SIZE(traits); i++)
		record_text(rec, traits[i].name, t != NULL ? traits[i].text : NULL);
}

static void put_fields(struct record *rec, const void *table, size_t i)
{
	static const struct measured_cell no_cell;
	static const struct quality_row blank = {.cell = &no_cell};
	const struct table *t = table;
	const struct quality_row *r =
		t->count > 0 ? (const struct quality_row *)t->rows + i : &blank;

	put_cell(rec, r->cell);
	put_traits(rec, cell_transport(r->cell->key.transport));
	record_count(rec, "largest_bytes", r->largest > 0 ? (double)r->largest : NAN);
	record_text(rec, "limit", r->limit);
	put_estimate(rec, "round_trip_ns", &r->trip);
	put_estimate(rec, "bytes_per_s", &r->stream);
	put_late_axes(rec, r->cell);
	put_new_axes(rec, r->cell);
}

/* ---- traits ---------------------------------------------------------------------------------- */

static const struct grid_column trait_columns[] = {
	{.heading = "transport", .left = true},
	{.heading = "form", .left = true},
	{.heading = "synchronises", .left = true},
	{.heading = "users", .left = true},
	{.heading = "remote", .left = true},
	{.heading = "lasts", .left = true},
	{.heading = "complexity", .left = true},
	{.heading = "left to you", .left = true, .drop = 2, .below = true},
	{.heading = "API", .left = true, .drop = 3, .below = true},
	{.heading = "suited to", .left = true, .drop = 1, .below = true},
};

static void add_traits(struct grid *g, const struct transport *t)
{
	const struct phrase left = quality_left(t);
	const char *const texts[] = {
		t->name,
		shape_names[t->shape],
		quality_synchronisation(t),
		quality_kinship(t),
		t->reach == REACH_NETWORK ? "yes" : "no",
		persistence_names[t->persistence],
		quality_complexity(t),
		left.text,
		api_names[t->api],
		t->typical_use != NULL ? t->typical_use : "",
	};

	grid_row(g)->family = t->family;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		grid_field(g, "%s", texts[i]);
}

static int by_mechanism(const void *a, const void *b)
{
	return cells_order_rows((*(const struct quality_row *const *)a)->cell,
		(*(const struct quality_row *const *)b)->cell);
}

/* Mechanisms of the run that are known here, once each, in the order of the rows. */
static void add_known(struct document *d, const struct table *t)
{
	const struct quality_row *all = t->rows;
	const struct quality_row **rows = need_array(t->count, sizeof(*rows));
	const struct transport *known = NULL;
	struct grid *g = NULL;

	for (size_t i = 0; i < t->count; i++)
		rows[i] = &all[i];
	qsort(rows, t->count, sizeof(*rows), by_mechanism);
	for (size_t i = 0; i < t->count; i++) {
		const struct transport *next = cell_transport(rows[i]->cell->key.transport);

		if (next == NULL || next == known)
			continue;
		if (g == NULL)
			g = document_grid(d, trait_columns, ARRAY_SIZE(trait_columns));
		known = next;
		add_traits(g, next);
	}
	if (g != NULL) {
		grid_title(g, "What each mechanism is");
		grid_families(g);
	}
	free(rows);
}

/* ---- what was measured ----------------------------------------------------------------------- */

enum { NAME, WAIT, LARGEST, TRIP, TRIP_SPREAD, STREAM, STREAM_SPREAD, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[NAME] = {.heading = "transport", .left = true},
	[WAIT] = {.heading = "wait", .left = true},
	[LARGEST] = {.heading = "largest"},
	[TRIP_SPREAD] = {.drop = 2},
	[STREAM_SPREAD] = {.drop = 1},
};

static void add_row(struct grid *g, const struct medians *trip, const struct medians *stream,
	const struct quality_row *r)
{
	char size[24];

	grid_row(g)->family = cell_family(r->cell);
	grid_plain(g, r->cell->key.transport);
	grid_field(g, "%s", cell_variant(r->cell).text);
	grid_field(g, "%s%s", r->limit[0] != '\0' && r->largest > 0 ? "limit " : "",
		r->largest > 0 ? ipcbench_bytes(size, sizeof(size), r->largest) : "none");
	figures_put(g, trip, &r->trip);
	figures_put(g, stream, &r->stream);
}

static void add_section(struct document *d, const struct quality_row *rows, size_t count)
{
	struct grid *g = document_grid(d, columns, COLUMNS);
	const struct medians trip =
		figures_of(QUANTITY_TIME, &rows->trip, sizeof(*rows), count, d->glyphs);
	const struct medians stream =
		figures_of(QUANTITY_BYTE_RATE, &rows->stream, sizeof(*rows), count, d->glyphs);

	grid_title(g, "What it carries and how fast, %s",
		cell_place(rows->cell, FOOTPRINT_TELLS, MODE_THROUGHPUT).text);
	figures_head(g, TRIP, "trip", &trip);
	figures_head(g, STREAM, "", &stream);
	for (size_t i = 0; i < count; i++)
		add_row(g, &trip, &stream, &rows[i]);
	grid_families(g);
}

static void add_grids(struct document *d, const struct table *t)
{
	add_known(d, t);
	for (size_t first = 0, n; first < t->count; first += n) {
		const struct quality_row *rows = (const struct quality_row *)t->rows + first;

		n = cells_alike(rows, sizeof(*rows), t->count - first, cells_order_sections);
		add_section(d, rows, n);
	}
}

static void add_notes(struct document *d, const struct table *t)
{
	const struct quality_row *rows = t->rows;
	char name[160], why[512];
	bool utf8 = d->glyphs->utf8;

	for (size_t i = 0; i < t->count; i++) {
		const struct quality_row *r = &rows[i];

		if (r->limit[0] != '\0')
			document_add(d, BLOCK_NOTE, "limit %s: %s",
				format_plain(name, sizeof(name), r->cell->key.transport, utf8),
				format_plain(why, sizeof(why), r->limit, utf8));
	}
}

const struct table_maker quality_maker = {
	.read = read_table,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = put_fields,
	.explanation =
		"synchronises: by blocking, the receiving call waits for the sender; needs one, another "
		"mechanism has to do it; is one, it does only this. users: kin, processes that inherited it. "
		"remote: reaches other hosts. lasts: as long as a process holds it, the kernel runs, or the "
		"file exists. complexity: the number of tasks left to the program (framing a stream, splitting "
		"large messages, recovering lost ones, removing what outlives the processes, synchronising, "
		"layout): at most one is simple, two are medium, more are complex. largest: the largest "
		"message that was measured; limit: a larger one was refused. trip: median round trip of 64 B "
		"or of a notification; B/s: throughput in messages of 64 KiB.",
};
