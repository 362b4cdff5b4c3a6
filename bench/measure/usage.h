/* SPDX-License-Identifier: MIT */
/*
 * What a worker, a process of one thread, has used up and what it had to wait for: taken before and
 * after the timed window.
 */
#ifndef IPCBENCH_USAGE_H
#define IPCBENCH_USAGE_H

#include <stdint.h>

struct cost {
	double user_s, sys_s; /* their sum is exact to 1 ns, see usage.c for the split */
	uint64_t vol_csw, invol_csw;
	uint64_t faults; /* minor and major */
};

/* What this process has used since it began. About a microsecond; allocates nothing. */
void cost_now(struct cost *out);

/* What was used between two snapshots of the same process. */
void cost_delta(struct cost *out, const struct cost *from, const struct cost *to);

/* ---- what the kernel tells in text: takes tens of microseconds, so outside the window -------- */

/* Running totals; NAN where this kernel does not tell. */
struct usage {
	double psi_cpu_s, psi_memory_s,
		psi_io_s;  /* time in which some task of the machine waited */
	double migrations; /* of this process to another CPU */
};

void usage_now(struct usage *out);

/* Seconds of pressure of memory and I/O alone, as usage_now() tells them. */
double usage_stall(void);

/* What came between two snapshots of the same process. */
void usage_delta(struct usage *out, const struct usage *from, const struct usage *to);

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
