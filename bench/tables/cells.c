/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "measure/topology.h"
#include "plan/plan.h"
#include "text/format.h"
#include "text/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct transport *cell_transport(const char *spelling)
{
	return spelling == NULL ? NULL : registry_find(spelling);
}

/* The registry's number of a mechanism; the count of all for one that is not known. */
static size_t mechanism_rank(const char *spelling)
{
	const struct transport *t = registry_find(spelling);
	size_t i = 0;

	while (i < registry_count() && registry_at(i) != t)
		i++;
	return i;
}

/*
 * Whether a cell belongs into the tables: it ended ok, of one pair, one size and one round trip or
 * channel at a time, it is a closed loop without pauses (an open loop and a pause set the pace
 * themselves), and its mechanism moves or tells something (the null transport does not).
 */
static bool cell_counts(const struct measured_cell *c)
{
	const struct transport *t = cell_transport(c->key.transport);

	return c->ok && axis_is_usual(&c->key, AXIS_RATE) && axis_is_usual(&c->key, AXIS_THINK) &&
	       axis_is_usual(&c->key, AXIS_BATCH) && axis_is_usual(&c->key, AXIS_TOPOLOGY) &&
	       axis_is_usual(&c->key, AXIS_SIZES) && axis_is_usual(&c->key, AXIS_DEPTH) &&
	       axis_is_usual(&c->key, AXIS_CHANNELS) && (t == NULL || t->shape != SHAPE_NULL);
}

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* ---- sections -------------------------------------------------------------------------------- */

int cells_order_sections(const struct measured_cell *a, const struct measured_cell *b)
{
	/* in the order of their list, those that are not known here last */
	int order = compare(a->key.placement, b->key.placement);

	return order != 0 ? order
			  : key_order_by(&a->key, &b->key,
				    AXIS_BIT(AXIS_PLACEMENT) | AXIS_BIT(AXIS_IDLE) | AXIS_LATE);
}

struct phrase cell_place(const struct measured_cell *c, uint64_t size, enum mode mode)
{
	struct cell_key like = c->key;
	struct phrase text = phrase("%s, idle %s",
		c->key.placement == PLACE_NONE ? "not pinned" : axis_word(&c->key, AXIS_PLACEMENT),
		axis_word(&c->key, AXIS_IDLE));
	char late[120];

	like.size = size;
	like.mode = mode;
	if (key_late(late, sizeof(late), &like, AXIS_LATE,
		    AXIS_BIT(AXIS_BATCH) | AXIS_BIT(AXIS_FOOTPRINT))[0] != '\0')
		phrase_add(&text, ", ", "%s", late);
	format_plain(text.text, sizeof(text.text), text.text, false);
	return text;
}

/* ---- rows ------------------------------------------------------------------------------------ */

const char *cell_family(const struct measured_cell *c)
{
	const struct transport *t = cell_transport(c->key.transport);

	if (t != NULL)
		return t->family;
	return c->family[0] != '\0' ? c->family : "others";
}

/* Families stand where their first mechanism does. */
static size_t family_rank(const struct measured_cell *c)
{
	const char *family = cell_family(c);
	size_t i = 0;

	while (i < registry_count() && strcmp(registry_at(i)->family, family) != 0)
		i++;
	return i;
}

int cells_order_rows(const struct measured_cell *a, const struct measured_cell *b)
{
	const unsigned int way =
		AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY) | AXIS_HARNESS;
	int order = compare(family_rank(a), family_rank(b));

	if (order == 0)
		order = strcmp(cell_family(a), cell_family(b));
	if (order == 0)
		order = compare(mechanism_rank(a->key.transport), mechanism_rank(b->key.transport));
	return order != 0 ? order : key_order_by(&a->key, &b->key, way);
}

int cells_order(const struct measured_cell *a, const struct measured_cell *b)
{
	int order = cells_order_sections(a, b);

	return order != 0 ? order : cells_order_rows(a, b);
}

struct phrase cell_variant(const struct measured_cell *c)
{
	struct phrase text;

	key_name(text.text, sizeof(text.text), &c->key,
		AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY) | AXIS_HARNESS);
	format_plain(text.text, sizeof(text.text), text.text, false);
	return text;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_order(const void *x, const void *y)
{
	const struct measured_cell *a = *(const struct measured_cell *const *)x;
	const struct measured_cell *b = *(const struct measured_cell *const *)y;
	int order = cells_order(a, b);

	if (order == 0)
		order = axis_order(&a->key, &b->key, AXIS_MODE);
	return order != 0 ? order : compare(a->key.size, b->key.size);
}

const struct measured_cell **cells_select(const struct stored_run *run, size_t *count)
{
	const struct measured_cell **cells = need_array(run->cell_count, sizeof(*cells));

	*count = 0;
	for (size_t i = 0; i < run->cell_count; i++) {
		if (cell_counts(&run->cells[i]))
			cells[(*count)++] = &run->cells[i];
	}
	qsort(cells, *count, sizeof(*cells), by_order);
	return cells;
}

static const struct measured_cell *cell_of(const void *rows, size_t stride, size_t i)
{
	const struct measured_cell *cell;

	memcpy(&cell, (const char *)rows + i * stride, sizeof(cell));
	return cell;
}

size_t cells_alike(const void *rows, size_t stride, size_t count, cells_order_fn *order)
{
	size_t n = 1;

	while (n < count && order(cell_of(rows, stride, 0), cell_of(rows, stride, n)) == 0)
		n++;
	return n;
}
