/* SPDX-License-Identifier: MIT */
/*
 * The processes that a worker has started, and those that they have: a program that is a side of
 * its own; and those of a helper. What they cost is read from outside, so that nothing has to be
 * believed.
 */
#ifndef IPCBENCH_KIN_H
#define IPCBENCH_KIN_H

#include "measure/usage.h"
#include <sys/types.h>

enum { KIN_MAX = 64, KIN_ROOTS = 8 };

/* What the kernel tells of a process in text, totals. */
struct kin_text {
	double user_s, sys_s; /* in steps of a clock tick */
	double vol_csw, invol_csw, faults, migrations;
};

struct kin {
	size_t roots;
	pid_t root[KIN_ROOTS]; /* whose children are accounted for, and theirs */
	size_t count;
	struct kin_one {
		pid_t pid;
		uint64_t cpu_ns[2];
		struct kin_text before;
	} of[KIN_MAX];
};

/* Which there are; text of /proc. Costs a system call where there are none. */
void kin_open(struct kin *k);
/* The same of those below other processes, at most KIN_ROOTS. */
void kin_open_below(struct kin *k, const pid_t *roots, size_t count);

/* Their CPU time, before (0) and after (1) the window: a microsecond each. */
void kin_now(struct kin *k, int which);

/*
 * Adds to `used` what they have cost in between. One that was started meanwhile counts from its
 * start, one that has ended and is reaped does not count any more. Returns the sum of their
 * proportional set sizes.
 */
double kin_close(struct kin *k, double used[USED_COUNT]);

#endif
