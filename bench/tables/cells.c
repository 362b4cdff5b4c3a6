/* SPDX-License-Identifier: MIT */
#include "tables/cells.h"

#include "measure/topology.h"
#include "plan/registry.h"
#include "text/format.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The registry's number of a mechanism; the count of all for one that is not known. */
static size_t mechanism_rank(const char *spelling)
{
	size_t n = strcspn(spelling, ":"), i = 0;

	while (i < registry_count() && (strlen(registry_at(i)->name) != n ||
					       strncmp(registry_at(i)->name, spelling, n) != 0))
		i++;
	return i;
}

const struct transport *cell_transport(const char *spelling)
{
	size_t i = mechanism_rank(spelling);

	return i < registry_count() ? registry_at(i) : NULL;
}

bool cell_is(const struct measured_cell *c, const char *mode)
{
	return strcmp(c->key[CELL_MODE], mode) == 0;
}

bool cell_counts(const struct measured_cell *c)
{
	const struct transport *t = cell_transport(c->key[CELL_TRANSPORT]);

	return c->ok && c->key[CELL_RATE][0] == '\0' && c->key[CELL_THINK][0] == '\0' &&
	       (t == NULL || t->shape != SHAPE_NULL);
}

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* ---- sections -------------------------------------------------------------------------------- */

static size_t placement_rank(const struct measured_cell *c)
{
	size_t i = 0;

	while (i < PLACE_COUNT &&
		strcmp(placement_name((enum placement)i), c->key[CELL_PLACEMENT]) != 0)
		i++;
	return i;
}

int cells_order_sections(const struct measured_cell *a, const struct measured_cell *b)
{
	int order = compare(placement_rank(a), placement_rank(b));

	if (order == 0)
		order = strcmp(a->key[CELL_PLACEMENT], b->key[CELL_PLACEMENT]);
	return order != 0 ? order : strcmp(a->key[CELL_IDLE], b->key[CELL_IDLE]);
}

char *cell_place(char *buf, size_t len, const struct measured_cell *c)
{
	const char *place = c->key[CELL_PLACEMENT], *idle = c->key[CELL_IDLE];
	bool pinned = strcmp(place, placement_name(PLACE_NONE)) != 0;
	char text[200];

	snprintf(text, sizeof(text), "%s, idle %s", pinned ? place : "not pinned",
		idle[0] == '\0' ? "default" : idle);
	return format_plain(buf, len, text, false);
}

/* ---- rows ------------------------------------------------------------------------------------ */

const char *cell_family(const struct measured_cell *c)
{
	const struct transport *t = cell_transport(c->key[CELL_TRANSPORT]);

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
	static const enum cell_key keys[] = {
		CELL_TRANSPORT, CELL_WAIT, CELL_COPY, CELL_DISPATCH, CELL_MEM};
	int order = compare(family_rank(a), family_rank(b));

	if (order == 0)
		order = strcmp(cell_family(a), cell_family(b));
	if (order == 0)
		order = compare(mechanism_rank(a->key[CELL_TRANSPORT]),
			mechanism_rank(b->key[CELL_TRANSPORT]));
	for (size_t i = 0; i < ARRAY_SIZE(keys) && order == 0; i++)
		order = strcmp(a->key[keys[i]], b->key[keys[i]]);
	return order;
}

int cells_order(const struct measured_cell *a, const struct measured_cell *b)
{
	int order = cells_order_sections(a, b);

	return order != 0 ? order : cells_order_rows(a, b);
}

char *cell_manner(char *buf, size_t len, const struct measured_cell *c)
{
	bool inplace = strcmp(c->key[CELL_COPY], "inplace") == 0;
	const char *dispatch = c->key[CELL_DISPATCH], *mem = c->key[CELL_MEM];
	char text[200];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s", c->key[CELL_WAIT], inplace ? " inplace" : "",
		dispatch[0] != '\0' ? " " : "", dispatch, mem[0] != '\0' ? " mem " : "", mem);
	return format_plain(buf, len, text, false);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_order(const void *x, const void *y)
{
	const struct measured_cell *a = *(const struct measured_cell *const *)x;
	const struct measured_cell *b = *(const struct measured_cell *const *)y;
	int order = cells_order(a, b);

	if (order == 0)
		order = strcmp(a->key[CELL_MODE], b->key[CELL_MODE]);
	return order != 0 ? order : compare(a->size, b->size);
}

int cells_select(const struct measured *m, const struct measured_cell ***out, size_t *count)
{
	*count = 0;
	*out = calloc(m->count + 1, sizeof(const struct measured_cell *));
	if (*out == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < m->count; i++) {
		if (cell_counts(&m->cells[i]))
			(*out)[(*count)++] = &m->cells[i];
	}
	qsort(*out, *count, sizeof(**out), by_order);
	return 0;
}
