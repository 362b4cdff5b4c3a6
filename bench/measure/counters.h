/* SPDX-License-Identifier: MIT */
/*
 * perf_event_open(2): what the processor and the scheduler counted of this process.
 *
 * A process that is being counted pays for it at every context switch, at which the kernel takes
 * its counters off the CPU and puts them back: about a microsecond (docs/cost.md). That is more
 * than some mechanisms take for a round trip, so counting has to be asked for.
 */
#ifndef IPCBENCH_COUNTERS_H
#define IPCBENCH_COUNTERS_H

#include <ipcbench/base.h>

enum counter {
	COUNTER_CYCLES,
	COUNTER_INSTRUCTIONS,
	COUNTER_LLC_MISSES,
	COUNTER_TASK_CLOCK, /* ns on a CPU */
	COUNTER_COUNT,
};
extern const char *const counter_names[COUNTER_COUNT];

/* Which counters can be had here, kernel and user mode together, and why not the others. */
struct counter_support {
	bool available[COUNTER_COUNT];
	struct reason why[COUNTER_COUNT];
};

/* Tries each once. Some milliseconds where nothing else on the machine is counted. */
void counters_probe(struct counter_support *out);

/* One line for a refusal with `err` (positive); `paranoid` is kernel.perf_event_paranoid. */
void counters_refusal(struct reason *why, int err, long paranoid);

/* The open counters of this process. */
struct counters {
	int fd[COUNTER_COUNT]; /* -1 = none */
};

/* Starts counting what is available, NULL = nothing; one that is refused is left out. */
void counters_open(struct counters *c, const struct counter_support *support);
void counters_close(struct counters *c);

/* One reading, as read(2) gives it. */
struct count {
	uint64_t value;
	uint64_t enabled_ns; /* since it was opened, while the process ran */
	uint64_t running_ns; /* ... and it had a register of the processor; 0 = not read */
};

/* About half a microsecond for each open counter. */
void counters_now(const struct counters *c, struct count out[COUNTER_COUNT]);

/*
 * What was counted between two readings. A counter that had to share the processor's registers
 * with others ran only for a share of the time: its count is scaled up and *share becomes lower,
 * from 1. NAN where nothing was counted.
 */
double counters_delta(const struct count *from, const struct count *to, double *share);

#endif
