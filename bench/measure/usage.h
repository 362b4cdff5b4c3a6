/* SPDX-License-Identifier: MIT */
/*
 * The resources that a worker, a process of one thread, has used and what it had to wait for: taken
 * before and after the timed window.
 */
#ifndef IPCBENCH_USAGE_H
#define IPCBENCH_USAGE_H

#include <ipcbench/base.h>

/* Running totals, or what came between two of them; NAN where this kernel does not tell. */
enum used {
	USED_USER_S, /* the sum of the two is exact to 1 ns, see usage.c for the split */
	USED_SYS_S,
	USED_VOL_CSW,
	USED_INVOL_CSW,
	USED_FAULTS,	 /* minor and major */
	USED_MIGRATIONS, /* to another CPU */
	USED_QUEUED_S,	 /* ready to run, and waiting for a CPU */
	USED_PSI_CPU_S,	 /* time in which some task of the machine waited */
	USED_PSI_MEMORY_S,
	USED_PSI_IO_S,
	USED_COUNT,
};

/* CPU time, switches, faults of this process. About a microsecond; allocates nothing. */
void usage_cost(double used[USED_COUNT]);

/* The others, which the kernel tells in text: tens of microseconds, so outside the window. */
void usage_told(double used[USED_COUNT]);

/* What came between two snapshots of the same process. */
void usage_between(
	double out[USED_COUNT], const double from[USED_COUNT], const double to[USED_COUNT]);

/* Seconds of pressure of memory and I/O alone, as usage_told() has them. */
double usage_stall(void);

/* Proportional set size of this process in bytes; NAN where /proc/self/smaps_rollup is missing. */
double usage_pss(void);

/* ---- the texts, for tests: NAN if the value is not in them ----------------------------------- */

/* Seconds: "total" of the line "some" in a file of /proc/pressure. */
double usage_parse_pressure(const char *text);

/* A number behind `key` and a colon. */
double usage_parse_line(const char *text, const char *key);

/* "se.nr_migrations" of /proc/PID/sched. */
double usage_parse_migrations(const char *text);

/* Seconds: the second number of /proc/PID/schedstat. */
double usage_parse_queued(const char *text);

/* Bytes: the line "Pss:" of /proc/PID/smaps_rollup, which counts in kB. */
double usage_parse_pss(const char *text);

/* ---- counters -------------------------------------------------------------------------------- */

/*
 * perf_event_open(2): events of this process counted by the processor and the scheduler.
 *
 * Counting slows every context switch, at which the kernel takes the counters off the CPU and puts
 * them back, by about a microsecond (docs/cost.md). That is more than some mechanisms take for a
 * round trip, so counting is off by default.
 */

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
