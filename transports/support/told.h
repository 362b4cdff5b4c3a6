/* SPDX-License-Identifier: MIT */
/* What a program says that it measured, checked against what was seen of it from outside. */
#ifndef SUPPORT_TOLD_H
#define SUPPORT_TOLD_H

#include "support/dialog.h"
#include <ipcbench/hist.h>

/* Waits for its first line, and keeps its name. 0, or -errno with `why`. */
int told_hello(struct dialog *d, struct reason *why);

/* What it is told to do: it ends when the one or the other is reached. */
struct task {
	uint64_t messages, duration_ns; /* DIALOG_NUMBER_MAX = no limit */
	bool warmup, verify;
	uint64_t seed;
};

/* What it says of that. */
struct told {
	uint64_t messages, elapsed_ns;
};

/*
 * The result of a task that has been told. `wall_ns` is what went by since then. 0, or -errno with
 * `why`.
 */
int told_result(struct dialog *d, const struct task *task, uint64_t wall_ns, json_t *result,
	struct told *out, struct reason *why);

/* Its times, into an emptied histogram: one for each message. 0, or -errno with `why`. */
int told_times(struct dialog *d, const struct told *t, struct histogram *h, struct reason *why);

#endif
