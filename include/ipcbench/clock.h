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

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

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
 * Now, in ticks, ordered: every load before the call has completed, and nothing after it has
 * started, when the counter is read. Costs ~10 ns on current x86; its cost is part of what is
 * measured and is stated in env.json.
 */
static ALWAYS_INLINE uint64_t clock_now(const struct clock *clk)
{
	if (unlikely(clk->kind == CLOCK_KIND_SYSCALL))
		return clock_gettime_ns();
#if defined(__x86_64__)
	unsigned int cpu;
	uint64_t t = __rdtscp(&cpu);

	_mm_lfence();
	return t;
#elif defined(__aarch64__)
	uint64_t t;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(t)::"memory");
	return t;
#else
	return clock_gettime_ns();
#endif
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
