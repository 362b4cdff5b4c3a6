/* SPDX-License-Identifier: MIT */
/* All launches of a plan, in order. */
#ifndef IPCBENCH_RUN_H
#define IPCBENCH_RUN_H

#include "run/trial.h"
#include <ipcbench/hist.h>

struct run {
	const struct plan *plan;
	struct trial *trials; /* launched ones in order, then one per skipped item */
	size_t trial_count;
	size_t launched;	  /* launches that were finished; they come first in `trials` */
	struct histogram **hists; /* per item; NULL where no round trip was recorded */
	bool interrupted;
};

/* Called before (finished == false) and after each launch; NULL is accepted. */
typedef void run_step(void *arg, const struct run *run, size_t index, bool finished);

/*
 * Runs the plan. Returns 0 or -ENOMEM; failures of cells are rows. When *interrupted becomes true
 * the launch in progress is dropped and what was finished is kept.
 */
int run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const volatile int *interrupted, run_step *step, void *arg);
void run_free(struct run *run);

#endif
