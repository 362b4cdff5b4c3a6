/* SPDX-License-Identifier: MIT */
/* The tables of qualities as people read them: traits once, then a section per placement. */
#include "tables/tables.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <ipcbench/host.h>
#include <stdlib.h>

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

	grid_row(g);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		grid_field(g, "%s", texts[i]);
}

static int by_mechanism(const void *a, const void *b)
{
	return cells_order_rows((*(const struct quality_row *const *)a)->cell,
		(*(const struct quality_row *const *)b)->cell);
}

static const char *known_family(const void *known, size_t row)
{
	return ((const struct transport *const *)known)[row]->family;
}

/* Mechanisms of the run that are known here, once each, in the order of the rows. */
static void add_known(struct document *d, const struct table *t)
{
	const struct quality_row *all = t->rows;
	const struct quality_row **rows = need_array(t->count, sizeof(*rows));
	const struct transport **known = need_array(t->count, sizeof(*known));
	struct grid *g = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		rows[i] = &all[i];
	qsort(rows, t->count, sizeof(*rows), by_mechanism);
	for (size_t i = 0; i < t->count; i++) {
		const struct transport *next = cell_transport(rows[i]->cell->key.transport);

		if (next == NULL || (n > 0 && known[n - 1] == next))
			continue;
		if (g == NULL)
			g = document_grid(d, trait_columns, ARRAY_SIZE(trait_columns));
		known[n++] = next;
		add_traits(g, next);
	}
	if (g != NULL) {
		grid_title(g, "What each mechanism is");
		grid_families(g, known_family, known);
	}
	free(known);
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

static const char *row_family(const void *rows, size_t row)
{
	return cell_family(((const struct quality_row *)rows)[row].cell);
}

static void add_row(struct grid *g, const struct medians *trip, const struct medians *stream,
	const struct quality_row *r)
{
	char size[24];

	grid_row(g);
	grid_plain(g, r->cell->key.transport);
	grid_field(g, "%s", cell_manner(r->cell).text);
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

	grid_title(g, "What it carries and how fast, %s", cell_place(rows->cell).text);
	figures_head(g, TRIP, "trip", &trip);
	figures_head(g, STREAM, "", &stream);
	for (size_t i = 0; i < count; i++)
		add_row(g, &trip, &stream, &rows[i]);
	grid_families(g, row_family, rows);
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
	.read = quality_read,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = quality_put,
	.explanation =
		"synchronises: by blocking, the receiving call waits for the sender; needs one, a "
		"mechanism to wait with; is one. users: kin, processes that inherited it. remote: reaches "
		"other hosts. lasts: as long as a process holds it, the kernel runs, or the file exists. "
		"complexity: of what is left to the program (framing of a stream, splitting at the largest "
		"message, recovering what was lost, removing what outlives the processes, synchronising, layout) "
		"one thing at most is simple, two are medium, more complex. largest: of the messages that were measured; limit: a larger one was refused. trip: median "
		"round trip of 64 B or of a notification; B/s: throughput in messages of 64 KiB.",
};
