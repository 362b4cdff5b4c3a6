/* SPDX-License-Identifier: MIT */
/* What is compared with what where a gate compares two mechanisms, and the name of such a cell. */
#ifndef IPCBENCH_GATE_PARTNER_H
#define IPCBENCH_GATE_PARTNER_H

#include "gate/gate-settings.h"
#include "plan/plan.h"

/* Whether the group says itself which mechanisms are compared. */
bool gate_has_sides(const struct gate_group *g);

/* The item of the new mechanism's plan that does what `it` does; NULL if there is none. */
const struct item *gate_partner(
	const struct gate_group *g, const struct plan *plan, const struct item *it);

/*
 * Names a cell and says what it does. `partner` is `it` where programs are compared, NULL where
 * there is none. Allocates name, base and new, which are NULL when out of memory.
 */
void gate_name_cell(struct gate_cell *c, const struct gate_group *g, const struct item *it,
	const struct item *partner);

#endif
