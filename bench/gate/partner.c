/* SPDX-License-Identifier: MIT */
#include "gate/partner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool gate_has_sides(const struct gate_group *g)
{
	return g->side[0] != NULL;
}

static bool same_cell(const struct gate_group *g, const struct item *a, const struct item *b)
{
	unsigned int differ = key_differences(&a->key, &b->key) & ~AXIS_BIT(AXIS_TRANSPORT);

	/* a notification carries nothing, whatever it is compared with carries */
	if (gate_has_sides(g) && (a->key.size == 0 || b->key.size == 0))
		differ &= ~AXIS_BIT(AXIS_SIZE);
	return differ == 0;
}

const struct item *gate_partner(
	const struct gate_group *g, const struct plan *plan, const struct item *it)
{
	for (size_t i = 0; i < plan->item_count; i++)
		if (same_cell(g, it, &plan->items[i]))
			return &plan->items[i];
	return NULL;
}

void gate_name_cell(struct gate_cell *c, const struct gate_group *g, const struct item *it,
	const struct item *partner)
{
	const char *new = partner == NULL ? it->key.transport : partner->key.transport;
	bool sides = gate_has_sides(g) && partner != NULL;
	/* where the transport is what differs the cell is named without it, or by both */
	bool alike = !sides && strcmp(it->key.transport, new) == 0;

	c->key = it->key;
	if (partner != NULL && it->key.size < partner->key.size)
		c->key.size = partner->key.size;
	c->base = strdup(it->key.transport);
	c->new = strdup(new);
	c->name = key_name_new(&c->key, alike ? AXIS_ALL : AXIS_ALL & ~AXIS_BIT(AXIS_TRANSPORT));
	c->key.transport = c->base;
	if (sides && c->name != NULL) {
		char *rest = c->name;

		if (asprintf(&c->name, "%s vs %s %s", it->key.transport, new, rest) < 0)
			c->name = NULL;
		free(rest);
	}
}
