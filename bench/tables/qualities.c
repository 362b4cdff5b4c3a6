/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "plan/plan.h"
#include "text/memory.h"
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
	const char *chores[QUALITY_CHORES];
	size_t n = chores_of(t, chores);
	struct phrase left = {""};

	for (size_t i = 0; i < n; i++)
		phrase_add(&left, ", ", "%s", chores[i]);
	return n > 0 ? left : phrase("nothing");
}

const char *quality_complexity(const struct transport *t)
{
	const char *chores[QUALITY_CHORES];
	size_t n = chores_of(t, chores);

	return n <= 1 ? "simple" : n == 2 ? "medium" : "complex";
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

void quality_read(struct table *t, const struct measured *m)
{
	size_t count;
	const struct measured_cell **cells = cells_select(m, &count);

	struct quality_row *rows = need_array(count, sizeof(*rows));

	*t = (struct table){.rows = rows};
	for (size_t first = 0, n; first < count; first += n) {
		n = cells_alike(&cells[first], sizeof(*cells), count - first, cells_order);
		rows[t->count++] = read_row(m, &cells[first], n);
	}
	free(cells);
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

void quality_put(struct record *rec, const void *table, size_t i)
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
}
