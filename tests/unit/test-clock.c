/* SPDX-License-Identifier: MIT */
/* Clock choice, conversion and the worker's cost counters; nothing here depends on speed. */
#include "measure/clock.h"
#include "measure/machine.h"
#include "measure/usage.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

static void test_calibration_holds(void **state)
{
	struct clock clk;
	struct reason why;

	(void)state;
	memset(&why, 'x', sizeof(why));
	clock_calibrate(&clk, 0, &why);
	/* a reason stands beside the fallback, and only there */
	assert_int_equal(why.text[0] != '\0', clk.kind == CLOCK_KIND_SYSCALL);
	assert_true(clk.ticks_hz >= 1000000);
	assert_true(memchr(why.text, '\0', sizeof(why.text)) != NULL);
	assert_null(strchr(why.text, '\n'));
	clock_calibrate(&clk, 0, NULL);
}

/* An interval lies between those that the kernel's clock sees inside and around it. */
static void test_intervals_agree_with_the_kernel(void **state)
{
	struct clock clk;
	const struct timespec nap = {.tv_nsec = 20000000};

	(void)state;
	clock_calibrate(&clk, 0, NULL);

	uint64_t outer = clock_gettime_ns(), start = clock_start(&clk), inner = clock_gettime_ns();

	nanosleep(&nap, NULL);
	uint64_t inner_end = clock_gettime_ns(), end = clock_now(&clk),
		 outer_end = clock_gettime_ns();
	double ns = (double)clock_ns(&clk, end - start);

	assert_true(ns >= (double)(inner_end - inner) * (1 - 1e-4));
	assert_true(ns <= (double)(outer_end - outer) * (1 + 1e-4));
}

static void test_never_runs_backwards(void **state)
{
	struct clock clk;

	(void)state;
	clock_calibrate(&clk, 0, NULL);
	uint64_t last = clock_now(&clk);

	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_now(&clk);

		assert_true(now >= last);
		last = now;
	}
}

static void test_syscall_clock_counts_nanoseconds(void **state)
{
	struct clock clk;

	(void)state;
	clock_use_syscall(&clk);
	assert_string_equal(clock_name(&clk), "clock_gettime");
	for (uint64_t ns = 1; ns < UINT64_C(1) << 62; ns = ns * 3 + 1) {
		assert_int_equal(clock_ns(&clk, ns), ns);
		assert_int_equal(clock_ticks(&clk, ns), ns);
	}
	uint64_t before = clock_gettime_ns(), now = clock_now(&clk), after = clock_gettime_ns();

	assert_true(before <= now && now <= after);
}

static void test_conversion(void **state)
{
	static const uint64_t rates[] = {
		1000000, 24000000, 999999999, 1000000000, 2596120000, 5000000001};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		struct clock clk;
		uint64_t hz = rates[i];

		clock_set_hz(&clk, CLOCK_KIND_COUNTER, hz);
		assert_int_equal(clk.ticks_hz, hz);
		assert_int_equal(clock_ns(&clk, 0), 0);
		/* one microsecond, one second, one hour: right to 10^-9 and one nanosecond */
		for (uint64_t ns = 1000; ns <= UINT64_C(3600000000000); ns *= 10) {
			uint64_t ticks = (uint64_t)((unsigned __int128)ns * hz / 1000000000u);
			double exact = (double)ticks * 1e9 / (double)hz;

			assert_true(
				fabs((double)clock_ns(&clk, ticks) - exact) <= 1 + exact * 1e-9);
			assert_int_equal(clock_ticks(&clk, ns), ticks);
		}
	}
}

static void test_name_of_the_counter(void **state)
{
	struct clock clk;

	(void)state;
	clock_set_hz(&clk, CLOCK_KIND_COUNTER, 1000000000);
#if defined(__x86_64__)
	assert_string_equal(clock_name(&clk), "tsc");
#else
	assert_string_equal(clock_name(&clk), "cntvct");
#endif
}

static void test_trust_in_the_counter(void **state)
{
	struct reason why = {""};

	(void)state;
	assert_true(clock_kernel_trusts_tsc("tsc", "tsc hpet acpi_pm", NULL));
	assert_true(clock_kernel_trusts_tsc("kvm-clock", "kvm-clock acpi_pm", NULL));
	assert_true(clock_kernel_trusts_tsc(
		"hyperv_clocksource_tsc_page", "hyperv_clocksource_tsc_page acpi_pm", NULL));
	assert_true(clock_kernel_trusts_tsc("xen", "xen", NULL));
	/* chosen by hand while tsc is on offer */
	assert_true(clock_kernel_trusts_tsc("hpet", "hpet tsc acpi_pm", NULL));
	/* no /sys, or one that says nothing */
	assert_true(clock_kernel_trusts_tsc("", "", NULL));
	/* found unstable: tsc is gone from the list */
	assert_false(clock_kernel_trusts_tsc("hpet", "hpet acpi_pm", &why));
	assert_non_null(strstr(why.text, "hpet"));
	assert_false(clock_kernel_trusts_tsc("acpi_pm", "acpi_pm", &why));
	assert_false(clock_kernel_trusts_tsc("refined-jiffies", "refined-jiffies", &why));
	/* a word that merely contains it is not it */
	assert_false(clock_kernel_trusts_tsc("hpet", "hpet tsc-early", &why));
}

static void test_cost_of_the_clock(void **state)
{
	struct clock clk;

	(void)state;
	clock_use_syscall(&clk);
	double ns = clock_cost_ns(&clk);

	assert_true(isfinite(ns) && ns >= 0);
	clock_calibrate(&clk, 0, NULL);
	ns = clock_cost_ns(&clk);
	assert_true(isfinite(ns) && ns > 0);
}

static void test_resolution_divides_every_interval(void **state)
{
	struct clock clk;

	(void)state;
	clock_calibrate(&clk, 0, NULL);
	double step = clock_resolution_ns(&clk) * (double)clk.ticks_hz / 1e9;

	assert_true(step >= 0.999);
	for (int i = 0; i < 1000; i++) {
		uint64_t start = clock_now(&clk);
		double steps = (double)(clock_now(&clk) - start) / step;

		assert_true(fabs(steps - round(steps)) < 1e-6);
	}
}

/* ---- cost ----------------------------------------------------------------------------------- */

static void test_cost_counts_what_was_used(void **state)
{
	enum { PAGES = 64 };
	double before[USED_COUNT] = {0}, after[USED_COUNT] = {0}, used[USED_COUNT];
	struct timespec start, end;

	(void)state;
	usage_cost(before);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	char *memory = mmap(
		NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	madvise(memory, PAGES * 4096, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < PAGES; i++)
		((volatile char *)memory)[i * 4096] = 1;
	for (int i = 0; i < 3; i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	usage_cost(after);
	munmap(memory, PAGES * 4096);
	usage_between(used, before, after);

	double inner =
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;

	assert_true(used[USED_USER_S] >= 0 && used[USED_SYS_S] >= 0);
	assert_true(used[USED_USER_S] + used[USED_SYS_S] >= inner - 1e-9);
	assert_true(used[USED_FAULTS] >= 1);
	assert_true(used[USED_VOL_CSW] >= 3);
}

static void test_cost_difference(void **state)
{
	double from[USED_COUNT] = {1, 2, 10, 20, 30}, to[USED_COUNT] = {1.25, 2.5, 11, 22, 33},
	       d[USED_COUNT];

	(void)state;
	usage_between(d, from, to);
	assert_true(d[USED_USER_S] == 0.25 && d[USED_SYS_S] == 0.5);
	assert_true(d[USED_VOL_CSW] == 1);
	assert_true(d[USED_INVOL_CSW] == 2);
	assert_true(d[USED_FAULTS] == 3);
	/* the proportion was rounded anew: no part is negative, the sum stays */
	to[USED_USER_S] = 0.75;
	usage_between(d, from, to);
	assert_true(d[USED_USER_S] == 0 && d[USED_SYS_S] == 0.25);
	to[USED_USER_S] = 1.75;
	to[USED_SYS_S] = 1.75;
	usage_between(d, from, to);
	assert_true(d[USED_USER_S] == 0.5 && d[USED_SYS_S] == 0);
}

static void test_steal(void **state)
{
	double first = machine_stolen_s(), second = machine_stolen_s();

	(void)state;
	assert_int_equal(isnan(first), isnan(second));
	assert_true(isnan(first) || (first >= 0 && second >= first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calibration_holds),
		cmocka_unit_test(test_intervals_agree_with_the_kernel),
		cmocka_unit_test(test_never_runs_backwards),
		cmocka_unit_test(test_syscall_clock_counts_nanoseconds),
		cmocka_unit_test(test_conversion),
		cmocka_unit_test(test_name_of_the_counter),
		cmocka_unit_test(test_trust_in_the_counter),
		cmocka_unit_test(test_cost_of_the_clock),
		cmocka_unit_test(test_resolution_divides_every_interval),
		cmocka_unit_test(test_cost_counts_what_was_used),
		cmocka_unit_test(test_cost_difference),
		cmocka_unit_test(test_steal),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
