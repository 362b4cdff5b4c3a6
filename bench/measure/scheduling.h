/* SPDX-License-Identifier: MIT */
/* The scheduling policy of processes (--sched). */
#ifndef IPCBENCH_SCHEDULING_H
#define IPCBENCH_SCHEDULING_H

#include <ipcbench/base.h>

/* In the order of the words of the axis. */
enum policy { POLICY_OTHER, POLICY_FIFO, POLICY_RR, POLICY_COUNT };

/*
 * Priorities of real-time processes. Workers have the lowest, which already precedes all ordinary
 * processes: kernel threads on which a mechanism or an interrupt depends must precede a worker. The
 * driver precedes workers, so that it can end those that never sleep on any CPU.
 */
enum { PRIORITY_WORKER = 1, PRIORITY_DRIVER };

/* Worker: takes a policy, whatever it inherited. 0, or -errno with `why`. */
int policy_take(enum policy policy, struct reason *why);

/* Whether a launch with this policy could be made now: 0, or -errno with `why`. */
int policy_allowed(enum policy policy, struct reason *why);

/* What the driver had before it rose. */
struct policy_before {
	int policy, priority; /* as the kernel has them; policy -1: it did not rise */
};

/* Driver: precedes workers of this policy until policy_descend(). 0, or -errno with `why`. */
int policy_rise(struct policy_before *before, enum policy policy, struct reason *why);
void policy_descend(const struct policy_before *before);

/* ---- for tests ------------------------------------------------------------------------------- */

/* Why the kernel refuses, with error `err` > 0, when RLIMIT_RTPRIO is `limit`. -err. */
int policy_refusal(enum policy policy, int err, uint64_t limit, struct reason *why);

#endif
