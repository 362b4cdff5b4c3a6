/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "text/memory.h"
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
	return c->key.mode == MODE_THROUGHPUT && c->size > 0 && c->size <= TIME_BYTES &&
	       measured_value(c, METRIC_BYTES_PER_S) > 0;
}

/* Why a mechanism did not move 1 MiB at once: the reason of the cell that was skipped. */
static const char *obstacle_of(const struct measured *m, const struct measured_cell *c)
{
	if (c->size == TIME_BYTES)
		return "";
	for (size_t i = 0; i < m->count; i++) {
		const struct measured_cell *other = &m->cells[i];

		if (!other->ok && other->size == TIME_BYTES && other->reason[0] != '\0' &&
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
static bool read_row(struct time_row *row, const struct measured *m,
	const struct measured_cell *const *cells, size_t count)
{
	static const struct estimate none = {NAN, NAN, NAN, NAN, NAN};
	const struct measured_cell *cell = NULL, *trip = NULL;

	for (size_t i = 0; i < count; i++) {
		if (is_candidate(cells[i]) && (cell == NULL || cells[i]->size > cell->size))
			cell = cells[i];
	}
	for (size_t i = 0; i < count && cell != NULL; i++) {
		if (cells[i]->key.mode == MODE_LATENCY && cells[i]->size == cell->size)
			trip = cells[i];
	}
	if (cell == NULL)
		return false;
	*row = (struct time_row){
		.cell = cell,
		.trip = trip,
		.obstacle = obstacle_of(m, cell),
		.messages = ceil((double)TIME_BYTES / (double)cell->size),
		.time_ns = time_of(&cell->summary.metric[METRIC_BYTES_PER_S]),
		.trip_ns = trip != NULL ? trip->summary.metric[METRIC_LAT_P50] : none,
		.cpu_ns = measured_value(cell, METRIC_CPU_PER_BYTE) * (double)TIME_BYTES,
		.pss_bytes = measured_value(cell, METRIC_MEM_PSS),
		.held_bytes = measured_value(cell, METRIC_MEM_KERNEL),
		.lost = lost_part(cell),
	};
	return true;
}

/* Whether none of a section that waits alike is faster, or as fast and stands before it. */
static bool leads(const struct time_row *section, size_t n, size_t row)
{
	const struct time_row *r = &section[row];

	for (size_t i = 0; i < n; i++) {
		const struct time_row *other = &section[i];
		bool alike = other->cell->key.wait == r->cell->key.wait;

		if (alike && (i < row ? other->time_ns.median <= r->time_ns.median
				      : other->time_ns.median < r->time_ns.median))
			return false;
	}
	return !isnan(r->time_ns.median);
}

static void mark_best(struct time_row *rows, size_t count)
{
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&rows[first], sizeof(*rows), count - first, cells_order_sections);
		for (size_t i = first; i < first + n; i++)
			rows[i].best = n > 1 && leads(&rows[first], n, i - first);
	}
}

void time_read(struct table *t, const struct measured *m)
{
	size_t count;
	const struct measured_cell **cells = cells_select(m, &count);

	struct time_row *rows = need_array(count, sizeof(*rows));

	*t = (struct table){.rows = rows};
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&cells[first], sizeof(*cells), count - first, cells_order);
		t->count += read_row(&rows[t->count], m, &cells[first], n);
	}
	mark_best(rows, t->count);
	free(cells);
}

void time_put(struct record *rec, const void *table, size_t i)
{
	static const struct measured_cell no_cell;
	static const struct time_row blank = {.cell = &no_cell};
	const struct table *t = table;
	const struct time_row *r = t->count > 0 ? (const struct time_row *)t->rows + i : &blank;
	const struct transport *known = cell_transport(r->cell->key.transport);

	put_cell(rec, r->cell);
	record_count(rec, "trials", r->cell->summary.trials);
	record_count(rec, "message_bytes", (double)r->cell->size);
	record_count(rec, "messages", r->messages);
	put_estimate(rec, "time_ns", &r->time_ns);
	record_real(rec, "round_trip_ns", r->trip_ns.median);
	record_real(rec, "cpu_ns", r->cpu_ns);
	record_count(rec, "mem_pss_bytes", r->pss_bytes);
	record_count(rec, "mem_kernel_bytes", r->held_bytes);
	record_real(rec, "lost", r->lost);
	record_count(rec, "best", r->best);
	record_text(rec, "typical_use", known != NULL ? known->typical_use : NULL);
	record_text(rec, "obstacle", r->obstacle);
}
