/* SPDX-License-Identifier: MIT */
#include "tables/time.h"

#include <errno.h>
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

/* The rows of the section that the first of `count` begins. */
static size_t section_rows(const struct time_row *rows, size_t count)
{
	size_t n = 1;

	while (n < count && cells_order_sections(rows[0].cell, rows[n].cell) == 0)
		n++;
	return n;
}

/* Whether none of a section that waits alike is faster, or as fast and stands before it. */
static bool leads(const struct time_row *section, size_t n, size_t row)
{
	const struct time_row *r = &section[row];

	for (size_t i = 0; i < n; i++) {
		const struct time_row *other = &section[i];
		bool alike = axis_order(&other->cell->key, &r->cell->key, AXIS_WAIT) == 0;

		if (alike && (i < row ? other->time_ns.median <= r->time_ns.median
				      : other->time_ns.median < r->time_ns.median))
			return false;
	}
	return !isnan(r->time_ns.median);
}

static void mark_best(struct time_row *rows, size_t count)
{
	for (size_t first = 0, n; first < count; first += n) {
		n = section_rows(&rows[first], count - first);
		for (size_t i = first; i < first + n; i++)
			rows[i].best = n > 1 && leads(&rows[first], n, i - first);
	}
}

int time_table_read(struct time_table *t, const struct measured *m)
{
	const struct measured_cell **cells;
	size_t count, made = 0;
	int r = cells_select(m, &cells, &count);

	*t = (struct time_table){.rows = NULL};
	if (r == 0)
		t->rows = calloc(count + 1, sizeof(*t->rows));
	if (t->rows == NULL)
		r = -ENOMEM;
	for (size_t first = 0, end; r == 0 && first < count; first = end) {
		end = first + 1;
		while (end < count && cells_order(cells[first], cells[end]) == 0)
			end++;
		made += read_row(&t->rows[made], m, &cells[first], end - first);
	}
	t->count = made;
	if (r == 0)
		mark_best(t->rows, made);
	free(cells);
	return r;
}

void time_table_free(struct time_table *t)
{
	free(t->rows);
	*t = (struct time_table){.rows = NULL};
}

/* ---- for programs ---------------------------------------------------------------------------- */

int time_table_visit(const void *table, size_t row, column_fn fn, void *ctx)
{
	static const struct measured_cell no_cell = {.family = ""};
	static const struct time_row no_row = {.cell = &no_cell, .obstacle = ""};
	const struct time_table *t = table;
	bool names = row == SIZE_MAX;
	const struct time_row *r = names ? &no_row : &t->rows[row];
	const struct transport *known = names ? NULL : cell_transport(r->cell->key.transport);
	const struct fact before[] = {
		{"trials", fact_count(r->cell->summary.trials)},
		{"message_bytes", fact_count((double)r->cell->size)},
		{"messages", fact_count(r->messages)},
	};
	const struct fact behind[] = {
		{"round_trip_ns", fact_number(r->trip_ns.median)},
		{"cpu_ns", fact_number(r->cpu_ns)},
		{"mem_pss_bytes", fact_count(r->pss_bytes)},
		{"mem_kernel_bytes", fact_count(r->held_bytes)},
		{"lost", fact_number(r->lost)},
		{"best", fact_count(r->best)},
		{"typical_use", fact_text(known != NULL ? known->typical_use : "")},
		{"obstacle", fact_text(r->obstacle)},
	};
	int ret = facts_cell(names ? NULL : r->cell, fn, ctx);

	if (ret == 0)
		ret = facts_visit(before, ARRAY_SIZE(before), fn, ctx);
	if (ret == 0)
		ret = facts_estimate("time_ns", &r->time_ns, fn, ctx);
	return ret == 0 ? facts_visit(behind, ARRAY_SIZE(behind), fn, ctx) : ret;
}
