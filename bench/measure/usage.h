/* SPDX-License-Identifier: MIT */
/*
 * What a worker, a process of one thread, has used up and what it had to wait for: taken before and
 * after the timed window.
 */
#ifndef IPCBENCH_USAGE_H
#define IPCBENCH_USAGE_H

/* Running totals, or what came between two of them; NAN where this kernel does not tell. */
enum used {
	USED_USER_S, /* the sum of the two is exact to 1 ns, see usage.c for the split */
	USED_SYS_S,
	USED_VOL_CSW,
	USED_INVOL_CSW,
	USED_FAULTS,	 /* minor and major */
	USED_MIGRATIONS, /* to another CPU */
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

/* ---- the texts, for tests: NAN where the figure is not in them ------------------------------- */

/* Seconds: "total" of the line "some" in a file of /proc/pressure. */
double usage_parse_pressure(const char *text);

/* "se.nr_migrations" of /proc/PID/sched. */
double usage_parse_migrations(const char *text);

/* Bytes: the line "Pss:" of /proc/PID/smaps_rollup, which counts in kB. */
double usage_parse_pss(const char *text);

#endif
