/* SPDX-License-Identifier: MIT */
/* Limits of the system that stop a channel, and the commands that raise them. */
#ifndef IPCBENCH_SUPPORT_LIMITS_H
#define IPCBENCH_SUPPORT_LIMITS_H

#include <ipcbench/transport.h>

struct limit {
	const char *name; /* "kernel.msgmax" of sysctl(8), or "ulimit -q" */
	uint64_t need;
	uint64_t otherwise; /* what it is if the kernel does not tell; of a ulimit: no limit */
};

/* What a limit is now. */
uint64_t limit_now(const char *name, uint64_t otherwise);

/*
 * 0 if every limit suffices, else -err with `why`: "WHAT: kernel.msgmax is 8192, kernel.msgmnb is
 * 16384; raise with sysctl -w kernel.msgmax=65536 kernel.msgmnb=65536". It names all that are too
 * low, since a user who raises only one of them meets the next.
 */
int limits_check(
	struct reason *why, int err, const char *what, const struct limit *limits, size_t count);

/* Of an EMFILE with two possible causes: what ulimit -n would have to be, 0 if it is not the cause.
 */
uint64_t limits_need_files(int err);

/* semget() of this many semaphores failed: -err with `why`, which has the remedy of ENOSPC. */
int limits_no_semaphores(struct reason *why, int err, unsigned int semaphores);

#endif
