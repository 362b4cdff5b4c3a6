/* SPDX-License-Identifier: MIT */
/* What the kernel tells in text or through perf_event_open(2), taken apart. */
#include "measure/usage.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void same(double found, double want)
{
	assert_true(found == want || (isnan(found) && isnan(want)));
}

static void test_pressure(void **state)
{
	(void)state;
	same(usage_parse_pressure("some avg10=8.52 avg60=24.81 avg300=39.98 total=6536029173\n"
				  "full avg10=0.00 avg60=0.00 avg300=0.00 total=7"),
		6536.029173);
	same(usage_parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0"), 0);
	/* only the line "some" counts, wherever a total stands */
	same(usage_parse_pressure("full avg10=0.00 total=7"), NAN);
	same(usage_parse_pressure("some avg10=0.00\nfull avg10=0.00 total=7"), NAN);
	same(usage_parse_pressure("some avg10=0.00 total="), NAN);
	same(usage_parse_pressure("some avg10=0.00 total=-5"), NAN);
	same(usage_parse_pressure("some avg10=0.00 total=x"), NAN);
	same(usage_parse_pressure(""), NAN);
}

static void test_migrations(void **state)
{
	(void)state;
	same(usage_parse_migrations(
		     "head (23459, #threads: 1)\n"
		     "-------------------------------------------------------------------\n"
		     "se.exec_start                                :      25853600.451672\n"
		     "se.nr_migrations                             :                   42\n"
		     "nr_switches                                  :                    1"),
		42);
	same(usage_parse_migrations("se.nr_migrations : 0"), 0);
	same(usage_parse_migrations("se.nr_migrations_cold : 5"), NAN);
	same(usage_parse_migrations("se.nr_migrations :"), NAN);
	same(usage_parse_migrations("nr_switches : 1"), NAN);
	same(usage_parse_migrations(""), NAN);
}

static void test_queued(void **state)
{
	(void)state;
	same(usage_parse_queued("296676 78921000000 2\n"), 78.921);
	same(usage_parse_queued("0 0 0\n"), 0);
	same(usage_parse_queued("296676 -1 2\n"), NAN);
	same(usage_parse_queued("296676 78921"), NAN);
	same(usage_parse_queued("296676"), NAN);
	same(usage_parse_queued(""), NAN);
}

static void test_pss(void **state)
{
	static const char rollup[] = "5587bb80f000-7ffd29ecd000 ---p 00000000 00:00 0    [rollup]\n"
				     "Rss:                1688 kB\n"
				     "Pss:                 387 kB\n"
				     "Pss_Dirty:           112 kB\n";

	(void)state;
	same(usage_parse_pss(rollup), 387 * 1024);
	same(usage_parse_pss("Pss_Dirty: 112 kB"), NAN);
	same(usage_parse_pss("Pss: 12 MB"), NAN);
	same(usage_parse_pss("Pss: kB"), NAN);
	same(usage_parse_pss("Pss: 0 kB"), 0);
	same(usage_parse_pss(""), NAN);
}

/* This process grows by what it touches. */
static void test_pss_of_this_process(void **state)
{
	enum { BYTES = 8 << 20 };
	double before = usage_pss();

	(void)state;
	if (isnan(before))
		skip();
	char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	memset(p, 1, BYTES);
	double grown = usage_pss() - before;

	munmap(p, BYTES);
	/* others that begin or end to share this process's libraries change it a little */
	assert_true(grown > BYTES * 0.8 && grown < BYTES * 1.5);
}

static void test_delta(void **state)
{
	double from[USED_COUNT] = {
		[USED_PSI_CPU_S] = 1.5, [USED_PSI_MEMORY_S] = NAN, [USED_MIGRATIONS] = 3};
	double to[USED_COUNT] = {[USED_PSI_CPU_S] = 1.500001,
		[USED_PSI_MEMORY_S] = 2,
		[USED_PSI_IO_S] = 0.25,
		[USED_MIGRATIONS] = 4};
	double d[USED_COUNT];

	(void)state;
	usage_between(d, from, to);
	same(d[USED_PSI_CPU_S], 1e-6);
	same(d[USED_PSI_MEMORY_S], NAN);
	same(d[USED_PSI_IO_S], 0.25);
	same(d[USED_MIGRATIONS], 1);
}

/* ---- counters -------------------------------------------------------------------------------- */

static void test_counter_share(void **state)
{
	const struct count from = {100, 1000, 1000};
	double share = 1;

	(void)state;
	/* all of the time */
	same(counters_delta(&from, &(struct count){350, 2000, 2000}, &share), 250);
	same(share, 1);
	/* a quarter of the time: scaled up, and said so */
	same(counters_delta(&from, &(struct count){350, 5000, 2000}, &share), 1000);
	same(share, 0.25);
	/* the least counts */
	counters_delta(&from, &(struct count){350, 3000, 2000}, &share);
	same(share, 0.25);
	/* none of the time, and not read */
	same(counters_delta(&from, &(struct count){100, 2000, 1000}, &share), NAN);
	same(counters_delta(&from, &(struct count){0}, &share), NAN);
	same(share, 0.25);
}

static const char *refusal(int err, long paranoid)
{
	static struct reason why;

	counters_refusal(&why, err, paranoid);
	return why.text;
}

static void test_refusals(void **state)
{
	(void)state;
	assert_string_equal(refusal(ENOENT, 2),
		"No such file or directory: this CPU or hypervisor has no such counter");
	assert_non_null(strstr(refusal(EACCES, 3), "perf_event_paranoid is 3"));
	assert_non_null(strstr(refusal(EACCES, 2), "sysctl -w kernel.perf_event_paranoid=1"));
	/* not to blame: a container */
	assert_non_null(strstr(refusal(EPERM, -1), "seccomp"));
	assert_null(strstr(refusal(EPERM, 1), "sysctl -w"));
	assert_non_null(strstr(refusal(ENOSYS, 2), "CONFIG_PERF_EVENTS"));
	assert_non_null(strstr(refusal(EMFILE, 2), "Too many open files"));
}

/* What is said to be available counts, and each refusal has a reason. */
static void test_probe(void **state)
{
	struct counter_support s;
	struct counters c;
	struct count from[COUNTER_COUNT], to[COUNTER_COUNT];
	double share = 1;

	(void)state;
	counters_probe(&s);
	counters_open(&c, &s);
	counters_now(&c, from);
	for (volatile int i = 0; i < 1000000; i = i + 1)
		continue;
	counters_now(&c, to);
	for (int i = 0; i < COUNTER_COUNT; i++) {
		double n = counters_delta(&from[i], &to[i], &share);

		assert_int_equal(s.available[i], s.why[i].text[0] == '\0');
		assert_int_equal(s.available[i], c.fd[i] >= 0);
		if (!s.available[i])
			same(n, NAN);
	}
	if (s.available[COUNTER_TASK_CLOCK])
		assert_true(counters_delta(&from[COUNTER_TASK_CLOCK], &to[COUNTER_TASK_CLOCK],
				    &share) > 1e5);
	counters_close(&c);
	counters_close(&c);
}

static void test_stall_is_that_of_memory_and_io(void **state)
{
	double before[USED_COUNT], after[USED_COUNT];

	(void)state;
	usage_told(before);
	double stall = usage_stall();

	usage_told(after);
	/* running totals: what is read between two snapshots lies between them */
	if (isnan(before[USED_PSI_MEMORY_S] + before[USED_PSI_IO_S])) {
		assert_true(isnan(stall));
		return;
	}
	assert_true(stall >= before[USED_PSI_MEMORY_S] + before[USED_PSI_IO_S]);
	assert_true(stall <= after[USED_PSI_MEMORY_S] + after[USED_PSI_IO_S]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_migrations),
		cmocka_unit_test(test_queued),
		cmocka_unit_test(test_pss),
		cmocka_unit_test(test_pss_of_this_process),
		cmocka_unit_test(test_delta),
		cmocka_unit_test(test_stall_is_that_of_memory_and_io),
		cmocka_unit_test(test_counter_share),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
