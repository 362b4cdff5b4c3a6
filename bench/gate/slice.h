/* SPDX-License-Identifier: MIT */
/* One slice of a gate: a program is started afresh, measures one cell once, and ends. */
#ifndef IPCBENCH_GATE_SLICE_H
#define IPCBENCH_GATE_SLICE_H

#include "gate/gate.h"
#include <sys/types.h>

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
