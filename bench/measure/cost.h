/* SPDX-License-Identifier: MIT */
/* What a worker, a process of one thread, has used up: taken before and after the timed window. */
#ifndef IPCBENCH_COST_H
#define IPCBENCH_COST_H

#include <stdint.h>

struct cost {
	double user_s, sys_s; /* their sum is exact to 1 ns, see cost.c for the split */
	uint64_t vol_csw, invol_csw;
	uint64_t faults; /* minor and major */
	int cpu;	 /* where it ran; of a difference: -1 if that changed */
};

/* What this process has used since it began. About a microsecond; allocates nothing. */
void cost_now(struct cost *out);

/* What was used between two snapshots of the same process. */
void cost_delta(struct cost *out, const struct cost *from, const struct cost *to);

/*
 * Seconds, over all CPUs since boot, for which the hypervisor ran something else although a CPU
 * of this machine was ready. It counts in ticks of 1/100 s. NAN where the kernel does not say.
 */
double cost_steal_s(void);

#endif
