/* SPDX-License-Identifier: MIT */
/* One-way times out of what the two sides noted, see <ipcbench/loops-oneway.h>. */
#ifndef IPCBENCH_ONEWAY_H
#define IPCBENCH_ONEWAY_H

#include "run/worker.h"

typedef int loop_fn(struct worker *);

/*
 * Worker: runs `loop` in rounds of at most STAMPS messages until the window or the messages are
 * over. After each round the sender records both directions into w->hist (forth) and w->hist2
 * (back). Returns 0 or -errno with w->fault.
 */
int oneway_rounds(const struct job *job, struct worker *w, loop_fn *loop, enum side side);

#endif
