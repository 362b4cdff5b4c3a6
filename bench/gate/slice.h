/* SPDX-License-Identifier: MIT */
/* One slice of a gate: a program is started afresh, measures one cell once, and ends. */
#ifndef IPCBENCH_GATE_SLICE_H
#define IPCBENCH_GATE_SLICE_H

#include "gate/gate.h"
#include <sys/types.h>

/* What happened on this machine, in running totals; NAN where it does not tell. */
struct weather {
	double at_s;	/* clock_seconds() */
	double idle_s;	/* of all CPUs */
	double steal_s; /* of all CPUs */
	double stall_s; /* pressure of memory and I/O */
	double own_s;	/* CPU time of this process and of the slices that have ended */
};

void weather_now(struct weather *out);

/* What lay between two snapshots, in `cpus` CPUs: wall_s, steal_s, foreign_s and stall_s. */
void weather_between(struct gate_slice *slice, const struct weather *from, const struct weather *to,
	unsigned int cpus);

struct slice_result {
	enum status status; /* of the row that the program wrote */
	struct reason why;  /* skip and fail */
};

/*
 * Runs argv[0] with `argv`, which must make it write one row of trials.csv to standard output, and
 * fills slice->value. 0 with `out` telling what the row says; -EINTR when a signal asked the
 * command to end; other -errno with out->why when there was no row: the program could not be
 * started, said what is wrong (its last line is quoted), wrote something else, or took more than
 * `timeout_s` and was killed. No process is left in any case.
 */
int slice_run(
	struct gate_slice *slice, struct slice_result *out, char *const *argv, double timeout_s);

#endif
