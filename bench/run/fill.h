/* SPDX-License-Identifier: MIT */
/* The kernel memory that a mechanism holds when a sender has filled it and nobody receives. */
#ifndef IPCBENCH_RUN_FILL_H
#define IPCBENCH_RUN_FILL_H

#include "plan/plan.h"

struct fill {
	bool done;
	double bytes; /* NAN = not known */
};

/*
 * The figure for item `item`, found once for all cells that hold alike; `fills` has an entry for
 * every item of the plan, zeroed at first. Opens a channel of its own and lets a process of its own
 * send into it, at most for a second, unless the transport's memory is all there from the start.
 * Whatever happens, no process and no kernel object of it remains; what cannot be found is NAN.
 */
double fill_bytes(struct fill *fills, const struct plan *plan, size_t item,
	const struct clock *clock, const volatile int *interrupted);

#endif
