/* SPDX-License-Identifier: MIT */
/* Choosing and calibrating the clock of the hot loops, which is inline in <ipcbench/clock.h>. */
#ifndef IPCBENCH_MEASURE_CLOCK_H
#define IPCBENCH_MEASURE_CLOCK_H

#include <ipcbench/clock.h>

/*
 * Chooses the processor's counter if it is invariant, the kernel trusts it and its frequency is
 * known to 50 ppm; else clock_gettime. Takes some 20 ms, on a busy machine up to 0.3 s, unless
 * `known_hz` is a frequency found a moment ago, for many short runs; 0 calibrates. `why` (NULL is
 * accepted) is empty with the counter, and says why it could not be used with clock_gettime.
 */
void clock_calibrate(struct clock *out, uint64_t known_hz, struct reason *why);

/* clock_gettime(CLOCK_MONOTONIC_RAW), without calibration. */
void clock_use_syscall(struct clock *out);

/* clock_gettime_ns() in seconds, for what takes long. */
static inline double clock_seconds(void)
{
	return (double)clock_gettime_ns() / 1e9;
}

/* Fills a clock that counts `hz` times a second. */
void clock_set_hz(struct clock *out, enum clock_kind kind, uint64_t hz);

/* "tsc", "cntvct" or "clock_gettime": the column `clock` of a row. */
const char *clock_name(const struct clock *clk);

/* Nanoseconds in an empty interval, clock_start() to clock_now(): the least of many batches. */
double clock_cost_ns(const struct clock *clk);

/*
 * The step in which the clock counts, in nanoseconds: some counters are read in units of their
 * cycle but advance by many at once (100 MHz is common), and no interval is known better than that.
 */
double clock_resolution_ns(const struct clock *clk);

/*
 * Steps of fixed work per second on this CPU: multiplications that depend on each other, so the
 * value shows only the clock of the processor. Takes some 50 us; the best of five parts counts, so
 * that an interrupt does not.
 */
double speed_measure(const struct clock *clk);

/* Whether a clock source of the kernel is made of the processor's counter, read in user space. */
bool clock_source_counts(const char *source);

/*
 * Whether the kernel trusts the time stamp counter, by the texts of the files current_clocksource
 * and available_clocksource; empty texts = unknown, which counts as trusted.
 */
bool clock_kernel_trusts_tsc(const char *current, const char *available, struct reason *why);

/* ---- offset ---------------------------------------------------------------------------------- */

/* How far apart the clocks of two CPUs are, and how well that can be known. */

struct offset {
	double estimate_ns; /* the clock on cpu_b less the clock on cpu_a */
	double bound_ns;    /* the true offset lies within estimate_ns +- bound_ns; >= 0 */
	uint64_t exchanges; /* behind the two values */
};

/*
 * Measures the offset between `clk` as read on two CPUs, by two threads that are pinned to them.
 *
 * The method is Cristian's (Probabilistic clock synchronization, Distributed Computing 3, 1989)
 * and NTP's (RFC 5905, section 8): one side stamps a question, the other side stamps when it sees
 * it, the first stamps when it sees the answer. Whatever the way there and back took, the middle
 * stamp was read between the two outer ones, so that an exchange confines the offset to an
 * interval as wide as its round trip. Of many exchanges, begun by either side in turn, on several
 * fresh pages (whose lines belong to different parts of the cache), the shortest counts: the
 * estimate is the middle of its interval, and the bound half its width plus a step of the clock.
 * The bound is not a standard deviation: the offset cannot lie outside it as long as it is
 * constant.
 *
 * Takes some 5 ms, at most 1 s where the two CPUs are hardly ever free together. A CPU and itself
 * are 0 apart, bound 0. Returns 0; or -errno with `why`: -ERANGE when no constant offset fits all
 * exchanges, -ETIMEDOUT when too few came to an end, or why a thread could not be had.
 */
int offset_measure(
	const struct clock *clk, int cpu_a, int cpu_b, struct offset *out, struct reason *why);

#endif
