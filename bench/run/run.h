/* SPDX-License-Identifier: MIT */
/* All launches of a plan, in order. */
#ifndef IPCBENCH_RUN_H
#define IPCBENCH_RUN_H

#include "measure/clock.h"
#include "measure/usage.h"
#include "run/trial.h"
#include <ipcbench/hist.h>

/* What ended the trials of a cell. */
enum stop {
	STOP_TRIALS,	/* as many as were asked for */
	STOP_PRECISION, /* --auto: the interval of its median is narrow enough */
	STOP_TIME,	/* --auto: --max-time was over */
};

struct run {
	const struct plan *plan;
	struct trial *trials; /* launched ones in order, then one per skipped item */
	size_t trial_count;
	size_t launched; /* launches that were finished; they come first in `trials` */
	/* per kind of times (trial.h) and item; NULL where none was recorded */
	struct histogram **hists[LAT_KINDS];
	double *held;				/* per item: fill_bytes(), HELD_UNKNOWN before */
	const struct counter_support *counters; /* NULL = none */
	bool interrupted;
	uint64_t began_ns;    /* clock_gettime_ns() */
	unsigned int *logged; /* per item: trials in hist/, for its writer */
	enum stop *stops;     /* --auto: per item, why its trials ended */
};

/* Called before (finished == false) and after each launch; NULL is accepted. */
typedef void run_step(void *arg, const struct run *run, size_t index, bool finished);

/*
 * Runs the plan; `counters` as in launch.h. Failures of cells are rows. When
 * *interrupted becomes true the launch in progress is dropped and what was finished is kept.
 */
void run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const struct counter_support *counters, const volatile int *interrupted, run_step *step,
	void *arg);
void run_free(struct run *run);

/* ---- what a launch needs to know first: loads, and how far apart clocks are ------------------ */

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

/* ---- kernel memory that a mechanism holds when a sender has filled it and nobody receives ---- */

#define HELD_UNKNOWN -1.0

/*
 * The figure for item `item`, found once for all cells that hold alike; `held` has an entry for
 * every item of the plan, HELD_UNKNOWN at first. Opens a channel of its own and lets a process of
 * its own send into it, at most for a second, unless the transport's memory is all there from the
 * start. Whatever happens, no process and no kernel object of it remains; what cannot be found is
 * NAN.
 */
double fill_bytes(double *held, const struct plan *plan, size_t item, const struct clock *clock,
	const volatile int *interrupted);

#endif
