/* SPDX-License-Identifier: MIT */
/* Cells of several pairs (--topology pairs:N). */
#ifndef IPCBENCH_PAIRS_H
#define IPCBENCH_PAIRS_H

#include "plan/plan.h"

/*
 * Gives every pair its CPUs: those of --cpus, or as topology_spread(). 0, or -errno with it->why if
 * they cannot run there, in this mode or with the other options. One pair is left alone.
 */
int pairs_place(struct plan *plan, struct item *it);

/* Completes the cells of the other pairs when that of the first one is complete. As above. */
int pairs_complete(struct plan *plan, struct item *it);

#endif
