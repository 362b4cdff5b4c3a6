/* SPDX-License-Identifier: MIT */
#include "gate/partner.h"

#include "text/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool gate_has_sides(const struct gate_group *g)
{
	return g->side[0] != NULL;
}

static bool same_cell(const struct gate_group *g, const struct item *a, const struct item *b)
{
	/* a notification carries nothing, whatever it is compared with carries */
	bool any_size = gate_has_sides(g) && (a->cell.size == 0 || b->cell.size == 0);

	return (any_size || a->cell.size == b->cell.size) && a->cell.mode == b->cell.mode &&
	       a->cell.wait == b->cell.wait && a->cell.copy == b->cell.copy &&
	       a->cell.mem == b->cell.mem && a->placement == b->placement && a->idle == b->idle;
}

const struct item *gate_partner(
	const struct gate_group *g, const struct plan *plan, const struct item *it)
{
	for (size_t i = 0; i < plan->item_count; i++)
		if (same_cell(g, it, &plan->items[i]))
			return &plan->items[i];
	return NULL;
}

/* "pipe vs shm ": two mechanisms of a group's own; "" for others. */
static const char *name_sides(char *buf, size_t len, const struct gate_group *g,
	const struct item *it, const struct item *partner)
{
	buf[0] = '\0';
	if (gate_has_sides(g) && partner != NULL)
		snprintf(buf, len, "%s vs %s ", it->spelling, partner->spelling);
	return buf;
}

void gate_name_cell(struct gate_cell *c, const struct gate_group *g, const struct item *it,
	const struct item *partner)
{
	char text[320], sides[320];
	struct item named = *it;
	const char *own = text;

	if (partner != NULL && it->cell.size < partner->cell.size) {
		named.transport = partner->transport;
		named.cell.size = partner->cell.size;
	}
	format_item(text, sizeof(text), &named);
	name_sides(sides, sizeof(sides), g, it, partner);
	if (partner != NULL && (sides[0] != '\0' || strcmp(it->spelling, partner->spelling) != 0)) {
		/* the transport is what differs: the cell is named without it */
		size_t len = strlen(it->spelling);

		if (strncmp(text, it->spelling, len) == 0 && text[len] == ' ')
			own = text + len + 1;
	}
	if (asprintf(&c->name, "%s%s", sides, own) < 0)
		c->name = NULL;
	c->base = strdup(it->spelling);
	c->new = strdup(partner == NULL ? it->spelling : partner->spelling);
	c->wait = wait_name(it->cell.wait);
	c->copy = copy_name(it->cell.copy);
	c->mode = mode_name(it->cell.mode);
	c->placement = placement_name(it->placement);
	c->size = named.cell.size;
}
