/* SPDX-License-Identifier: MIT */
/*
 * Which clock the hot loops read, and how fast it ticks. The counter must be invariant (one rate
 * in every frequency and sleep state), trusted by the kernel, which watches it on all CPUs, and
 * readable from user space.
 */
#include "measure/clock.h"
#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/prctl.h>

#if defined(__x86_64__)
#include <cpuid.h>
#define COUNTER_NAME "tsc"
#else
#define COUNTER_NAME "cntvct"
#endif

#define NS_PER_S 1000000000u
#define SOURCES	 "/sys/devices/system/clocksource/clocksource0/"

enum {
	ROUNDS = 5,	      /* frequencies that must agree */
	BRACKETS = 32,	      /* tries at one pair of readings, the tightest of which counts */
	FIRST_ROUND_MS = 4,   /* a bracket of ~40 ns is 10 ppm of it */
	LONGEST_ROUND_MS = 32 /* after which the clock is given up */
};
#define SPREAD_MAX_PPM 50.0

/* The counter and CLOCK_MONOTONIC_RAW at the same instant, or as nearly so as can be had. */
struct stamp {
	uint64_t ticks, ns, width;
};

void clock_set_hz(struct clock *out, enum clock_kind kind, uint64_t hz)
{
	unsigned __int128 second = (unsigned __int128)NS_PER_S << 32;

	out->kind = kind;
	out->ticks_hz = hz;
	out->mult = (uint64_t)((second + hz / 2) / hz);
}

void clock_use_syscall(struct clock *out)
{
	clock_set_hz(out, CLOCK_KIND_SYSCALL, NS_PER_S);
}

const char *clock_name(const struct clock *clk)
{
	return clk->kind == CLOCK_KIND_COUNTER ? COUNTER_NAME : "clock_gettime";
}

bool clock_source_counts(const char *source)
{
	return text_lists(
		"tsc kvm-clock hyperv_clocksource_tsc_page xen arch_sys_counter", " ", source);
}

/*
 * A kernel that has found the counter unstable takes `tsc` off the list of available sources. The
 * clocks of hypervisors are made of the counter and may be the only ones listed; a user who chose
 * hpet while tsc was on offer has not said anything against it.
 */
bool clock_kernel_trusts_tsc(const char *current, const char *available, struct reason *why)
{
	if (text_lists(available, " ", "tsc") || (current[0] == '\0' && available[0] == '\0') ||
		clock_source_counts(current))
		return true;
	reason_set(why, ENOTSUP,
		"the kernel uses clock source %.40s and does not offer tsc (%.80s): it has found "
		"the counter unstable; see dmesg, and boot with tsc=reliable if the kernel is wrong",
		current[0] != '\0' ? current : "unknown", available);
	return false;
}

#if defined(__x86_64__)
static int counter_usable(struct reason *why)
{
	unsigned int a, b, c, d;
	char current[64], available[256];
	int readable = PR_TSC_ENABLE;

	reason_set(why, 0, "%s", "");
	if (!__get_cpuid(0x80000007, &a, &b, &c, &d) || (d & (1u << 8)) == 0)
		return reason_set(why, ENOTSUP,
			"the time stamp counter is not invariant (CPUID 80000007 EDX bit 8 is 0); in a "
			"virtual machine let the hypervisor pass `invtsc` through");
	/* sandboxes can make rdtsc raise SIGSEGV */
	if (prctl(PR_GET_TSC, &readable) == 0 && readable != PR_TSC_ENABLE)
		return reason_set(why, EPERM,
			"this process may not read the time stamp counter (prctl PR_SET_TSC); start it "
			"outside the sandbox that set this");
	text_file_read(SOURCES "current_clocksource", current, sizeof(current));
	text_file_read(SOURCES "available_clocksource", available, sizeof(available));
	return clock_kernel_trusts_tsc(current, available, why) ? 0 : -ENOTSUP;
}
#elif defined(__aarch64__)
/* Constant rate, synchronised and readable by architecture (Arm ARM, D11 "The Generic Timer"). */
static int counter_usable(struct reason *why)
{
	return reason_set(why, 0, "%s", "");
}
#else
static int counter_usable(struct reason *why)
{
	return reason_set(why, ENOTSUP, "the counter of this architecture is not supported");
}
#endif

/*
 * Reads the counter before and after the kernel's clock. An interrupt or a preemption between the
 * two makes the bracket wide, so the tightest of many is taken.
 */
static struct stamp stamp_now(const struct clock *counter)
{
	struct stamp best = {.width = UINT64_MAX};

	for (int i = 0; i < BRACKETS; i++) {
		uint64_t before = clock_start(counter);
		uint64_t ns = clock_gettime_ns();
		uint64_t width = clock_now(counter) - before;

		if (width < best.width)
			best = (struct stamp){before + width / 2, ns, width};
	}
	return best;
}

static void sleep_ms(long ms)
{
	struct timespec left = {.tv_nsec = ms * 1000000};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

/* Ticks per second between two stamps; NAN if a clock stood still or went back. */
static double frequency(const struct stamp *from, const struct stamp *to)
{
	if (to->ticks <= from->ticks || to->ns <= from->ns)
		return NAN;
	return (double)(to->ticks - from->ticks) * 1e9 / (double)(to->ns - from->ns);
}

/* Measures the frequency over ROUNDS rounds of `ms`; returns how far they are apart, in ppm. */
static double calibrate(long ms, double *hz)
{
	struct clock counter = {.kind = CLOCK_KIND_COUNTER};
	struct stamp first = stamp_now(&counter), last = first;
	double lowest = INFINITY, highest = 0;

	for (int i = 0; i < ROUNDS; i++) {
		sleep_ms(ms);
		struct stamp now = stamp_now(&counter);
		double f = frequency(&last, &now);

		if (!(f > 0))
			return INFINITY;
		lowest = fmin(lowest, f);
		highest = fmax(highest, f);
		last = now;
	}
	/* the rounds vouch for each other; their whole length gives the sharpest value */
	*hz = frequency(&first, &last);
	return (highest - lowest) / *hz * 1e6;
}

void clock_calibrate(struct clock *out, uint64_t known_hz, struct reason *why)
{
	double spread = INFINITY, hz = 0;

	clock_use_syscall(out);
	if (counter_usable(why) < 0)
		return;
	if (known_hz != 0) {
		clock_set_hz(out, CLOCK_KIND_COUNTER, known_hz);
		return;
	}
	for (long ms = FIRST_ROUND_MS; ms <= LONGEST_ROUND_MS; ms *= 2) {
		spread = calibrate(ms, &hz);
		if (spread <= SPREAD_MAX_PPM) {
			clock_set_hz(out, CLOCK_KIND_COUNTER, (uint64_t)llround(hz));
			return;
		}
	}
	reason_set(why, ETIME,
		"the rates of " COUNTER_NAME
		" over %d rounds of %d ms differ by %.0f ppm, more than "
		"%.0f; measure on a less busy machine",
		ROUNDS, LONGEST_ROUND_MS, spread, SPREAD_MAX_PPM);
}

double clock_cost_ns(const struct clock *clk)
{
	enum { BATCHES = 64, INTERVALS = 256 };
	uint64_t best = UINT64_MAX;

	/* single intervals are multiples of the counter's step, but their mean is not */
	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t sum = 0;

		for (int i = 0; i < INTERVALS; i++) {
			uint64_t start = clock_start(clk);

			sum += clock_now(clk) - start;
		}
		if (sum < best)
			best = sum;
	}
	return (double)best * 1e9 / (double)clk->ticks_hz / INTERVALS;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

double clock_resolution_ns(const struct clock *clk)
{
	enum { READS = 4096 };
	uint64_t step = 0, before = clock_now(clk);

	for (int i = 0; i < READS; i++) {
		uint64_t now = clock_now(clk);

		step = common_divisor(now - before, step);
		before = now;
	}
	return (double)step * 1e9 / (double)clk->ticks_hz;
}

/* ---- the speed of the processor -------------------------------------------------------------- */

enum { SPEED_PARTS = 5, SPEED_STEPS = 7500 };

double speed_measure(const struct clock *clk)
{
	uint64_t least = UINT64_MAX, x = 1;

	for (int part = 0; part < SPEED_PARTS; part++) {
		uint64_t start = clock_start(clk);

		for (int i = 0; i < SPEED_STEPS; i++) {
			x *= UINT64_C(6364136223846793005);
			/* no compiler may join two steps */
			__asm__ volatile("" : "+r"(x));
		}
		uint64_t ticks = clock_now(clk) - start;

		if (ticks > 0 && ticks < least)
			least = ticks;
	}
	return SPEED_STEPS * (double)clk->ticks_hz / (double)least;
}
