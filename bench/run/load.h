/* SPDX-License-Identifier: MIT */
/*
 * What a launch needs to know first: the offered load of an open loop in messages per second, and
 * how far apart the clocks of two CPUs are.
 */
#ifndef IPCBENCH_LOAD_H
#define IPCBENCH_LOAD_H

#include "measure/offset.h"
#include "run/run.h"

/* The clocks of two CPUs. */
struct pair_offset {
	int tx, rx;
	struct offset offset;
};

/* What is known of the loads of a plan; zeroed by load_begin(). */
struct load {
	double *throughput; /* of the open loop, messages/s per load group; 0 = not measured yet,
			       NAN = cannot be */
	double *refined;    /* messages/s per item of kind RATE_REFINE; 0 = not yet, NAN = none */
	struct reason *why; /* per load group, when the throughput cannot be measured */
	struct pair_offset offsets[PLACE_COUNT];
	size_t offset_count;
};

void load_begin(struct load *l, const struct plan *plan);
void load_end(struct load *l);

/*
 * Sets t->rate or t->offset_ns and its bound for the launch of t->item: measures the throughput of
 * the cell, or the offset, first, once, where they are needed. 0 when it can be launched; 1 when
 * the trial is settled without a launch (status and reason are set); -EINTR.
 */
int load_resolve(struct load *l, struct trial *t, const struct run *run, const struct clock *clock,
	const volatile int *interrupted);

#endif
