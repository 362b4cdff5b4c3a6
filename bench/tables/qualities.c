/* SPDX-License-Identifier: MIT */
#include "tables/qualities.h"

#include "plan/plan.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

/* What may be left to the program, and which traits leave it. */
enum chore { FRAMING, SPLITTING, RECOVERING, REMOVING, SYNCHRONISING, LAYOUT, CHORES };

static bool is_left(const struct transport *t, enum chore chore)
{
	switch (chore) {
	case FRAMING:
		return t->shape == SHAPE_STREAM;
	case SPLITTING:
		return t->shape == SHAPE_MESSAGE;
	case RECOVERING:
		return t->may_drop;
	case REMOVING:
		return t->persistence != PERSIST_PROCESS;
	default:
		return t->shape == SHAPE_MEMORY;
	}
}

const char *quality_left(const struct transport *t, char *buf, size_t len)
{
	static const char *const names[CHORES] = {
		[FRAMING] = "framing",
		[SPLITTING] = "splitting",
		[RECOVERING] = "recovering",
		[REMOVING] = "removing",
		[SYNCHRONISING] = "synchronising",
		[LAYOUT] = "layout",
	};
	size_t used = 0;

	snprintf(buf, len, "nothing");
	for (enum chore c = 0; c < CHORES && used < len; c++)
		if (is_left(t, c))
			used += (size_t)snprintf(
				buf + used, len - used, "%s%s", used > 0 ? ", " : "", names[c]);
	return buf;
}

const char *quality_complexity(const struct transport *t)
{
	unsigned int left = 0;

	for (enum chore c = 0; c < CHORES; c++)
		left += is_left(t, c);
	return left <= 1 ? "simple" : left == 2 ? "medium" : "complex";
}

/* The reason of the smallest message beyond the largest measured one that was refused. */
static const char *limit_of(const struct measured *m, const struct quality_row *row)
{
	const struct measured_cell *refused = NULL;

	for (size_t i = 0; i < m->count; i++) {
		const struct measured_cell *c = &m->cells[i];

		if (!c->ok && !c->failed && c->size > row->largest && row->largest > 0 &&
			c->reason[0] != '\0' && cells_order(c, row->cell) == 0 &&
			(refused == NULL || c->size < refused->size))
			refused = c;
	}
	return refused != NULL ? refused->reason : "";
}

static struct quality_row read_row(
	const struct measured *m, const struct measured_cell *const *cells, size_t count)
{
	static const struct estimate none = {NAN, NAN, NAN, NAN, NAN};
	struct quality_row row = {.cell = cells[0], .trip = none, .stream = none};

	for (size_t i = 0; i < count; i++) {
		const struct measured_cell *c = cells[i];
		const struct estimate *values = c->summary.metric;

		row.largest = c->size > row.largest ? c->size : row.largest;
		if (c->key.mode == MODE_LATENCY && (c->size == QUALITY_TRIP_BYTES || c->size == 0))
			row.trip = values[METRIC_LAT_P50];
		if (c->key.mode == MODE_THROUGHPUT && c->size == QUALITY_STREAM_BYTES)
			row.stream = values[METRIC_BYTES_PER_S];
	}
	row.limit = limit_of(m, &row);
	return row;
}

int quality_table_read(struct quality_table *t, const struct measured *m)
{
	const struct measured_cell **cells;
	size_t count;
	int r = cells_select(m, &cells, &count);

	*t = (struct quality_table){.rows = NULL};
	if (r == 0)
		t->rows = calloc(count + 1, sizeof(*t->rows));
	if (t->rows == NULL)
		r = -ENOMEM;
	for (size_t first = 0, end; r == 0 && first < count; first = end) {
		end = first + 1;
		while (end < count && cells_order(cells[first], cells[end]) == 0)
			end++;
		t->rows[t->count++] = read_row(m, &cells[first], end - first);
	}
	free(cells);
	return r;
}

void quality_table_free(struct quality_table *t)
{
	free(t->rows);
	*t = (struct quality_table){.rows = NULL};
}

int quality_table_visit(const void *table, size_t row, column_fn fn, void *ctx)
{
	static const struct quality_row no_row = {.limit = ""};
	const struct quality_table *t = table;
	bool names = row == SIZE_MAX;
	char left[QUALITY_LEFT_MAX];
	const struct quality_row *r = names ? &no_row : &t->rows[row];
	const struct transport *k = names ? NULL : cell_transport(r->cell->key.transport);
	const struct fact facts[] = {
		{"form", fact_text(k != NULL ? shape_name(k->shape) : "")},
		{"synchronisation", fact_text(k != NULL ? quality_synchronisation(k) : "")},
		{"kinship", fact_text(k != NULL ? quality_kinship(k) : "")},
		{"across_hosts", fact_text(k == NULL		       ? ""
					   : k->reach == REACH_NETWORK ? "yes"
								       : "no")},
		{"lasts_as_long_as", fact_text(k != NULL ? persistence_name(k->persistence) : "")},
		{"left_to_program",
			fact_text(k != NULL ? quality_left(k, left, sizeof(left)) : "")},
		{"complexity", fact_text(k != NULL ? quality_complexity(k) : "")},
		{"api", fact_text(k != NULL ? api_name(k->api) : "")},
		{"typical_use", fact_text(k != NULL ? k->typical_use : "")},
		{"largest_bytes", fact_count(r->largest > 0 ? (double)r->largest : NAN)},
		{"limit", fact_text(r->limit)},
	};
	int ret = facts_cell(names ? NULL : r->cell, fn, ctx);

	if (ret == 0)
		ret = facts_visit(facts, ARRAY_SIZE(facts), fn, ctx);
	if (ret == 0)
		ret = facts_estimate("round_trip_ns", &r->trip, fn, ctx);
	return ret == 0 ? facts_estimate("bytes_per_s", &r->stream, fn, ctx) : ret;
}
