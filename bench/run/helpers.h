/* SPDX-License-Identifier: MIT */
/*
 * The driver's side of helpers (ipcbench/host.h). Between the driver and a helper stand its warden,
 * a process that takes in what the helper prints, and its keeper (support/keeper.h). The warden
 * ends everything when the driver asks for it or is gone.
 */
#ifndef IPCBENCH_HELPERS_H
#define IPCBENCH_HELPERS_H

#include <ipcbench/host.h>

/* The CPUs of helpers that are started from here on, to be kept; count 0 = any. */
void helpers_place(const int *cpus, size_t count);

/* From here on open() has this long, and helpers have a part of it to be ready. */
void helpers_hurry(double limit_s);

/* Below which processes those of a channel's helpers are; returns how many, at most `max`. */
size_t helpers_roots(const struct channel *ch, pid_t *roots, size_t max);

/* Whether one has ended, which it must not. */
bool helpers_ended(void);

/*
 * What to make of a launch that ended with `r` and `why`: -EPIPE with `why` if a helper has ended,
 * else `r`; a failure says what the first helper printed last.
 */
int helpers_judge(int r, struct reason *why);

/* Ends those of a channel, and removes their directories. */
void helpers_end(const struct channel *ch);

#endif
