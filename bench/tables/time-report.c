/* SPDX-License-Identifier: MIT */
/* The table of times as people read it. */
#include "tables/tables.h"

#include "results/sections.h"
#include <ipcbench/host.h>

enum { NAME, WAIT, MESSAGES, TIME, SPREAD, TRIP, CPU, PSS, HELD, USE, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[NAME] = {.heading = "transport", .left = true},
	[WAIT] = {.heading = "wait", .left = true},
	[MESSAGES] = {.heading = "messages"},
	[SPREAD] = {.drop = 4},
	[PSS] = {.heading = "PSS MiB", .drop = 2},
	[HELD] = {.heading = "held KiB", .drop = 3, .below = true},
	[USE] = {.heading = "suited to", .left = true, .drop = 1, .below = true},
};

/* The units of a section. */
struct units {
	struct medians time;
	struct scale trip, cpu;
};

static void add_row(struct grid *g, const struct units *u, const struct time_row *r)
{
	const struct transport *t = cell_transport(r->cell->key.transport);
	char size[24];

	if (r->best)
		g->column[NAME].marks |= MARK(BEST);
	grid_row(g)->best = r->best;
	grid_plain(g, r->cell->key.transport);
	grid_field(g, "%s", cell_manner(r->cell).text);
	grid_field(g, "%s %s %s", format_count(r->messages).text, g->glyphs->times,
		ipcbench_bytes(size, sizeof(size), r->cell->size));
	figures_put(g, &u->time, &r->time_ns);
	grid_number(g, &u->trip, r->trip_ns.median);
	grid_number(g, &u->cpu, r->cpu_ns);
	grid_field(g, "%s", format_fixed(r->pss_bytes / 1048576, 1).text);
	grid_field(g, "%s", format_fixed(r->held_bytes / 1024, 1).text);
	grid_plain(g, t != NULL ? t->typical_use : "");
}

static const char *family(const void *rows, size_t row)
{
	return cell_family(((const struct time_row *)rows)[row].cell);
}

static void add_section(struct document *d, const struct time_row *rows, size_t count)
{
	struct grid *g = document_grid(d, columns, COLUMNS);
	const struct units u = {
		figures_of(QUANTITY_TIME, &rows->time_ns, sizeof(*rows), count, d->glyphs),
		scale_pick_of(
			QUANTITY_TIME, &rows->trip_ns.median, sizeof(*rows), count, d->glyphs),
		scale_pick_of(QUANTITY_TIME, &rows->cpu_ns, sizeof(*rows), count, d->glyphs),
	};

	grid_title(g, "Time to move 1 MiB, %s", cell_place(rows->cell).text);
	figures_head(g, TIME, "time", &u.time);
	grid_head(g, TRIP, "trip %s", u.trip.unit);
	grid_head(g, CPU, "CPU %s", u.cpu.unit);
	for (size_t i = 0; i < count; i++)
		add_row(g, &u, &rows[i]);
	grid_families(g, family, rows);
}

static void add_grids(struct document *d, const struct table *t)
{
	for (size_t first = 0, n; first < t->count; first += n) {
		const struct time_row *rows = (const struct time_row *)t->rows + first;

		n = cells_alike(rows, sizeof(*rows), t->count - first, cells_order_sections);
		add_section(d, rows, n);
	}
}

static void add_row_notes(struct document *d, const struct time_row *r)
{
	char name[160], place[64], why[512], size[24];
	bool utf8 = d->glyphs->utf8;

	format_plain(name, sizeof(name), r->cell->key.transport, utf8);
	format_plain(why, sizeof(why), r->obstacle, utf8);
	ipcbench_bytes(size, sizeof(size), r->cell->size);
	if (r->cell->size < TIME_BYTES && r->obstacle[0] != '\0')
		document_add(
			d, BLOCK_NOTE, "note %s: in messages of %s, because %s", name, size, why);
	else if (r->cell->size < TIME_BYTES)
		document_add(d, BLOCK_NOTE,
			"note %s: in messages of %s, the largest up to 1 MiB that was measured",
			name, size);
	if (r->lost > 0)
		document_add(d, BLOCK_NOTE,
			"note %s %s: %s%% of the messages were lost; the time is that of 1 MiB "
			"arriving",
			name,
			format_plain(place, sizeof(place), axis_word(&r->cell->key, AXIS_PLACEMENT),
				utf8),
			format_fixed(100 * r->lost, r->lost < 0.1 ? 2 : 0).text);
}

static void add_notes(struct document *d, const struct table *t)
{
	const struct time_row *rows = t->rows;

	for (size_t i = 0; i < t->count; i++)
		add_row_notes(d, &rows[i]);
	if (t->count == 0)
		document_add(d, BLOCK_NOTE,
			"note time to move 1 MiB: the run holds no throughput of messages up to 1 "
			"MiB");
}

const struct table_maker time_maker = {
	.read = time_read,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = time_put,
	.explanation =
		"time: 1 MiB by the throughput of the messages named, as many as it takes; trip: round trip "
		"of one of them, its median; CPU: time of both sides for 1 MiB; PSS: memory of both processes "
		"together, buffers of ipcbench and shared segments included; held: memory that a full channel "
		"takes of the kernel, segments included, so PSS and held do not add up.",
};
