/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "results/sections.h"
#include "text/memory.h"
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* From bytes per second to nanoseconds for 1 MiB: the ends change places. */
static struct estimate time_of(const struct estimate *rate)
{
	const double unit = (double)TIME_BYTES * 1e9;

	return (struct estimate){
		.median = unit / rate->median,
		.ci_lo = unit / rate->ci_hi,
		.ci_hi = unit / rate->ci_lo,
		.min = unit / rate->max,
		.max = unit / rate->min,
	};
}

/* Whether a throughput can stand for moving 1 MiB. */
static bool is_candidate(const struct measured_cell *c)
{
	return c->key.mode == MODE_THROUGHPUT && c->key.size > 0 && c->key.size <= TIME_BYTES &&
	       measured_value(c, METRIC_BYTES_PER_S) > 0;
}

/* Why a mechanism did not move 1 MiB at once: the reason of the cell that was skipped. */
static const char *obstacle_of(const struct stored_run *run, const struct measured_cell *c)
{
	if (c->key.size == TIME_BYTES)
		return "";
	for (size_t i = 0; i < run->cell_count; i++) {
		const struct measured_cell *other = &run->cells[i];

		if (!other->ok && other->key.size == TIME_BYTES && other->reason[0] != '\0' &&
			other->key.mode == MODE_THROUGHPUT && cells_order(other, c) == 0)
			return other->reason;
	}
	return "";
}

static double lost_part(const struct measured_cell *c)
{
	double lost = measured_value(c, METRIC_LOST), arrived = measured_value(c, METRIC_MESSAGES);

	return lost + arrived > 0 ? lost / (lost + arrived) : NAN;
}

/* The cells of one row: fills it and returns true, if one of them can stand for 1 MiB. */
static bool read_row(struct time_row *row, const struct stored_run *run,
	const struct measured_cell *const *cells, size_t count)
{
	static const struct estimate none = {NAN, NAN, NAN, NAN, NAN};
	const struct measured_cell *cell = NULL, *trip = NULL;

	for (size_t i = 0; i < count; i++) {
		if (is_candidate(cells[i]) && (cell == NULL || cells[i]->key.size > cell->key.size))
			cell = cells[i];
	}
	for (size_t i = 0; i < count && cell != NULL; i++) {
		if (cells[i]->key.mode == MODE_LATENCY && cells[i]->key.size == cell->key.size)
			trip = cells[i];
	}
	if (cell == NULL)
		return false;
	*row = (struct time_row){
		.cell = cell,
		.obstacle = obstacle_of(run, cell),
		.messages = ceil((double)TIME_BYTES / (double)cell->key.size),
		.time_ns = time_of(&cell->summary.metric[METRIC_BYTES_PER_S]),
		.trip_ns = trip != NULL ? trip->summary.metric[METRIC_LAT_P50] : none,
		.cpu_ns = measured_value(cell, METRIC_CPU_PER_BYTE) * (double)TIME_BYTES,
		.pss_bytes = measured_value(cell, METRIC_MEM_PSS),
		.held_bytes = measured_value(cell, METRIC_MEM_KERNEL),
		.lost = lost_part(cell),
	};
	return true;
}

static bool competes(const struct time_row *row, enum wait wait)
{
	return row->cell->key.wait == wait && (row->cell->flags & FLAG_SELF_REPORTED) == 0;
}

/* Ranks the rows of a section that wait alike. */
static void rank_waiting(struct time_row *rows, size_t count, enum wait wait)
{
	const struct estimate **e = need_array(count, sizeof(*e));
	enum standing *standing = need_array(count, sizeof(*standing));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (competes(&rows[i], wait))
			e[n++] = &rows[i].time_ns;
	rank_estimates(e, n, false, standing);
	for (size_t i = count; i-- > 0;)
		if (competes(&rows[i], wait))
			rows[i].standing = standing[--n];
	free(standing);
	free(e);
}

static void rank_rows(struct time_row *rows, size_t count)
{
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&rows[first], sizeof(*rows), count - first, cells_order_sections);
		for (enum wait w = 0; w < WAIT_COUNT; w++)
			rank_waiting(&rows[first], n, w);
	}
}

static void read_table(struct table *t, const struct stored_run *run,
	const struct measured_cell *const *cells, size_t count)
{
	struct time_row *rows = need_array(count, sizeof(*rows));

	*t = (struct table){.rows = rows};
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&cells[first], sizeof(*cells), count - first, cells_order);
		t->count += read_row(&rows[t->count], run, &cells[first], n);
	}
	rank_rows(rows, t->count);
}

static void put_fields(struct record *rec, const void *table, size_t i)
{
	static const struct measured_cell no_cell;
	static const struct time_row blank = {.cell = &no_cell};
	const struct table *t = table;
	const struct time_row *r = t->count > 0 ? (const struct time_row *)t->rows + i : &blank;
	const struct transport *known = cell_transport(r->cell->key.transport);

	put_cell(rec, r->cell);
	record_count(rec, "trials", r->cell->summary.trials);
	record_count(rec, "message_bytes", (double)r->cell->key.size);
	record_count(rec, "messages", r->messages);
	put_estimate(rec, "time_ns", &r->time_ns);
	record_real(rec, "round_trip_ns", r->trip_ns.median);
	record_real(rec, "cpu_ns", r->cpu_ns);
	record_count(rec, "mem_pss_bytes", r->pss_bytes);
	record_count(rec, "mem_kernel_bytes", r->held_bytes);
	record_real(rec, "lost", r->lost);
	record_count(rec, "best", r->standing == STANDING_BEST);
	record_text(rec, "typical_use", known != NULL ? known->typical_use : NULL);
	record_text(rec, "obstacle", r->obstacle);
	put_late_axes(rec, r->cell);
	record_count(rec, "tied", r->standing == STANDING_TIED);
	put_new_axes(rec, r->cell);
}

/* ---- for people ------------------------------------------------------------------------------ */

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

	grid_row(g)->family = cell_family(r->cell);
	grid_mark(g, g->row_count - 1, r->standing);
	grid_plain(g, r->cell->key.transport);
	grid_field(g, "%s", cell_variant(r->cell).text);
	grid_field(g, "%s %s %s", format_count(r->messages).text, g->glyphs->times,
		ipcbench_bytes(size, sizeof(size), r->cell->key.size));
	figures_put(g, &u->time, &r->time_ns);
	grid_number(g, &u->trip, r->trip_ns.median);
	grid_number(g, &u->cpu, r->cpu_ns);
	grid_field(g, "%s", format_fixed(r->pss_bytes / 1048576, 1).text);
	grid_field(g, "%s", format_fixed(r->held_bytes / 1024, 1).text);
	grid_plain(g, t != NULL ? t->typical_use : "");
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

	grid_title(g, "Time to move 1 MiB, %s",
		cell_place(rows->cell, TIME_BYTES, MODE_THROUGHPUT).text);
	figures_head(g, TIME, "time", &u.time);
	grid_head(g, TRIP, "trip %s", u.trip.unit);
	grid_head(g, CPU, "CPU %s", u.cpu.unit);
	for (size_t i = 0; i < count; i++)
		add_row(g, &u, &rows[i]);
	grid_families(g);
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
	ipcbench_bytes(size, sizeof(size), r->cell->key.size);
	if (r->cell->key.size < TIME_BYTES && r->obstacle[0] != '\0')
		document_add(
			d, BLOCK_NOTE, "note %s: in messages of %s, because %s", name, size, why);
	else if (r->cell->key.size < TIME_BYTES)
		document_add(d, BLOCK_NOTE,
			"note %s: in messages of %s, the largest measured size up to 1 MiB", name,
			size);
	if (r->lost > 0)
		document_add(d, BLOCK_NOTE,
			"note %s %s: %s%% of the messages were lost; the time is for 1 MiB that "
			"arrived",
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
	.read = read_table,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = put_fields,
	.explanation =
		"time: for 1 MiB, from the throughput of the messages listed; trip: median round trip of one "
		"of them; CPU: time of both sides for 1 MiB; PSS: memory of both processes together, "
		"including buffers of ipcbench and shared segments; held: kernel memory of a full channel, "
		"including segments, so PSS and held do not add up.",
};
