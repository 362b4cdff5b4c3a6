/* SPDX-License-Identifier: MIT */
/*
 * Background load (--load): processes that the driver runs beside the sides of a launch, from
 * before the channel is opened until the sides have ended. They die with the driver.
 */
#ifndef IPCBENCH_LOAD_PROCESSES_H
#define IPCBENCH_LOAD_PROCESSES_H

#include "plan/plan.h"
#include <sys/types.h>

struct background_load {
	const struct item *item;
	unsigned int count;
	struct load_process {
		pid_t pid; /* 0 = not started, or reaped */
		int cpu;
		clockid_t clock; /* of its CPU time */
	} * process;
};

/*
 * Starts what the item asks for, maybe nothing, and waits until all of it is busy. 0, -EINTR, or
 * -errno with `why`. background_stop() is due in any case.
 */
int background_start(struct background_load *b, const struct item *item, struct reason *why);

/* 0 if each process has run all the time; -EPIPE or -EINTR with `why`. */
int background_check(struct background_load *b, struct reason *why);

/* Kills and reaps. A zeroed load is accepted, and so is one that has ended. */
void background_stop(struct background_load *b);

/* CPU time of all processes so far, readable from any process; NAN without a load. */
double background_cpu_s(const struct background_load *b);

#endif
