/* SPDX-License-Identifier: MIT */
/*
 * The clock of the hot loops. Where the time stamp counter is invariant it is read directly
 * (Intel SDM vol. 3, 18.17 "Time-Stamp Counter"; AMD APM vol. 2, 13.2.4); on Arm the virtual
 * counter `cntvct_el0`; anywhere else clock_gettime(CLOCK_MONOTONIC_RAW), and the row says so.
 *
 * A clock is calibrated once by the driver (bench/measure/clock.c) and copied into every worker;
 * nothing here is global.
 */
#ifndef IPCBENCH_CLOCK_H
#define IPCBENCH_CLOCK_H

#include <ipcbench/base.h>
#include <time.h>

enum clock_kind {
	CLOCK_KIND_COUNTER, /* the processor's counter: tsc or cntvct */
	CLOCK_KIND_SYSCALL, /* clock_gettime(CLOCK_MONOTONIC_RAW); ticks are nanoseconds */
};

struct clock {
	enum clock_kind kind;
	uint64_t mult;	   /* nanoseconds = ticks * mult >> 32 (32.32 fixed point) */
	uint64_t ticks_hz; /* calibrated frequency in ticks per second; 10^9 for SYSCALL */
};

static ALWAYS_INLINE uint64_t clock_gettime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/*
 * The beginning of an interval, in ticks. No store after the call is visible to another CPU, and no
 * system call after it begins, before the counter is read; but the processor may read it before
 * everything that precedes the call has completed, and the rest then counts as part of the
 * interval. A fence would cost as much as the read itself, and every exchange through memory would
 * contain it.
 */
static ALWAYS_INLINE uint64_t clock_start(const struct clock *clk)
{
	uint64_t t;

	if (unlikely(clk->kind == CLOCK_KIND_SYSCALL))
		return clock_gettime_ns();
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	t = (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(t)::"memory");
#else
	t = clock_gettime_ns();
#endif
	return t;
}

/*
 * Now, in ticks: everything before the call has completed when the counter is read. This ends an
 * interval, and in a closed loop begins the next one. What an empty interval costs is in env.json;
 * every round trip contains it once.
 */
static ALWAYS_INLINE uint64_t clock_now(const struct clock *clk)
{
	uint64_t t;

	if (unlikely(clk->kind == CLOCK_KIND_SYSCALL))
		return clock_gettime_ns();
#if defined(__x86_64__)
	uint32_t low, high;

	/* Linux makes lfence wait for all earlier instructions on AMD too (MSR C001_1029[1]) */
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	t = (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(t)::"memory");
#else
	t = clock_gettime_ns();
#endif
	return t;
}

/*
 * Ticks to nanoseconds, rounded down. `mult` adds less than one part in 10^9, far less than the
 * calibration: under 1 ns for intervals of up to a second.
 */
static ALWAYS_INLINE uint64_t clock_ns(const struct clock *clk, uint64_t ticks)
{
	return (uint64_t)(((unsigned __int128)ticks * clk->mult) >> 32);
}

/* Nanoseconds to ticks, rounded down. */
static ALWAYS_INLINE uint64_t clock_ticks(const struct clock *clk, uint64_t ns)
{
	return (uint64_t)((unsigned __int128)ns * clk->ticks_hz / 1000000000u);
}

#endif
