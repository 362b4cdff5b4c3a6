/* SPDX-License-Identifier: MIT */
/* All launches of a plan, in order. */
#ifndef IPCBENCH_RUN_H
#define IPCBENCH_RUN_H

#include "measure/counters.h"
#include "run/fill.h"
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
	struct fill *fills;			/* per item */
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

#endif
