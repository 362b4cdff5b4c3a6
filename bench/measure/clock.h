/* SPDX-License-Identifier: MIT */
/* Choosing and calibrating the clock of the hot loops, which is inline in <ipcbench/clock.h>. */
#ifndef IPCBENCH_MEASURE_CLOCK_H
#define IPCBENCH_MEASURE_CLOCK_H

#include <ipcbench/clock.h>

/*
 * Takes the processor's counter if it is invariant, the kernel trusts it and its frequency can be
 * told to 50 ppm; else clock_gettime. Takes some 20 ms, on a busy machine up to 0.3 s. `why`
 * (NULL is accepted) is empty with the counter, and says why it could not be used with
 * clock_gettime.
 */
void clock_calibrate(struct clock *out, struct reason *why);

/*
 * The same with a frequency that a clock_calibrate() of this machine found a moment ago, for who
 * starts many short runs; 0 calibrates.
 */
void clock_adopt(struct clock *out, uint64_t hz, struct reason *why);

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
 * Whether the kernel trusts the time stamp counter, by the texts of the files
 * current_clocksource and available_clocksource; empty texts = unknown, which does not speak
 * against it.
 */
bool clock_kernel_trusts_tsc(const char *current, const char *available, struct reason *why);

#endif
