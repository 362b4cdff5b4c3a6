/* SPDX-License-Identifier: MIT */
/* The values of a launch of several pairs or clients, together and side by side. */
#ifndef IPCBENCH_SIDES_H
#define IPCBENCH_SIDES_H

#include "run/worker.h"

/*
 * Driver: as values_fill(), of several pairs, or of several clients with their server. Rates are
 * those of the time in which all ran, so `duration_s` is its length; everything else is of their
 * windows. Times are merged into the histograms of the first pair.
 */
void sides_fill(struct trial *t, const struct job *jobs, unsigned int count, uint64_t open_ns,
	double steal_s);

/*
 * Driver: whether a server has answered what its clients received. A mechanism that may drop says
 * itself what it lost. 0, or -EILSEQ with `why`.
 */
int server_counts(const struct job *jobs, unsigned int count, struct reason *why);

/* As sides_fill(), of several senders or receivers on one channel. */
void fan_fill(struct trial *t, const struct job *jobs, unsigned int count, uint64_t open_ns,
	double steal_s);

/*
 * Driver: whether the sides of a fan agree on what was moved. A mechanism that may drop says itself
 * what it lost. 0, or -EILSEQ with `why`.
 */
int fan_check(const struct job *jobs, unsigned int count, struct reason *why);

#endif
