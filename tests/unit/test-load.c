/* SPDX-License-Identifier: MIT */
/* Open loops without a kernel: when messages are due, and where a curve bends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "run/worker.h"
#include "stats/summary.h"
#include <ipcbench/loops.h>
#include <math.h>
#include <unistd.h>

static void constant_arrivals_do_not_drift(void **state)
{
	const struct worker w = {.period = 1.0 / 3};
	struct arrivals a = arrivals_begin(&w);

	(void)state;
	assert_true(a.due == 0);
	for (int i = 0; i < 3000000; i++)
		arrivals_next(&a);
	assert_true(fabs(a.due - 1000000) < 1e-6);
}

/* Steps of a Poisson process are exponential: mean, deviation and the share above the mean. */
static void poisson_arrivals(void **state)
{
	enum { N = 200000 };
	const struct worker w = {.period = 1000, .poisson = true, .arrivals_seed = 7};
	struct arrivals a = arrivals_begin(&w);
	double sum = 0, squares = 0;
	int above = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		double before = a.due;

		arrivals_next(&a);
		double step = a.due - before;

		assert_true(step >= 0);
		sum += step;
		squares += step * step;
		above += step > 1000;
	}
	double mean = sum / N, deviation = sqrt(squares / N - mean * mean);

	/* five standard errors */
	assert_true(fabs(mean - 1000) < 5 * 1000 / sqrt(N));
	assert_true(fabs(deviation - 1000) < 0.03 * 1000);
	assert_true(fabs((double)above / N - exp(-1)) < 0.006);
}

static void both_sides_have_one_schedule(void **state)
{
	const struct worker tx = {.period = 77, .poisson = true, .arrivals_seed = 3};
	const struct worker rx = tx;
	struct arrivals a = arrivals_begin(&tx), b = arrivals_begin(&rx);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		arrivals_next(&a);
		arrivals_next(&b);
		assert_memory_equal(&a.due, &b.due, sizeof(a.due));
	}
}

static void layout_shifts(void **state)
{
	const struct cell_key fixed = {.layout = LAYOUT_FIXED}, random = {.layout = LAYOUT_RANDOM};
	size_t stack = 0, buffers = 0, mappings = 0, page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		const struct layout_shift a = layout_shift(&random, seed << 32, SIDE_TX),
					  b = layout_shift(&random, seed << 32, SIDE_TX),
					  none = layout_shift(&fixed, seed << 32, SIDE_TX);

		assert_memory_equal(&a, &b, sizeof(a));
		assert_true(none.stack == 0 && none.buffers == 0 && none.mappings == 0);
		assert_true(a.stack < 4096 && a.stack % 16 == 0);
		assert_true(a.buffers < 4096 && a.buffers % CACHE_LINE == 0);
		assert_true(a.mappings >= 256 * page && a.mappings < 512 * page &&
			    a.mappings % page == 0);
		stack += a.stack;
		buffers += a.buffers;
		mappings += a.mappings;
	}
	/* uniform: the means are within five standard errors of the middle */
	assert_true(stack / 1000 > 1850 && stack / 1000 < 2230);
	assert_true(buffers / 1000 > 1820 && buffers / 1000 < 2210);
	assert_true(mappings / page / 1000 > 371 && mappings / page / 1000 < 396);
}

static void the_knee(void **state)
{
	struct load_point p[] = {
		{.offered = 50, .p99 = 90},
		{.offered = 10, .p99 = 10},
		{.offered = 90, .p99 = 5000},
		{.offered = 70, .p99 = 99},
		{.offered = 80, .p99 = 100},
	};

	(void)state;
	knee_sort(p, ARRAY_SIZE(p));
	assert_true(p[0].offered < 11 && p[4].offered > 89);
	assert_int_equal(knee_find(p, ARRAY_SIZE(p)), 2); /* 100 is not under 10 x 10 */
	/* what comes after a load that was not borne does not count */
	p[1].missed = true;
	assert_int_equal(knee_find(p, ARRAY_SIZE(p)), 0);
	p[0].missed = true;
	assert_true(knee_find(p, ARRAY_SIZE(p)) == KNEE_NONE);
	p[0].missed = false;
	p[0].p99 = NAN;
	assert_true(knee_find(p, ARRAY_SIZE(p)) == KNEE_NONE);
	assert_true(knee_find(p, 0) == KNEE_NONE);
}

static void spellings(void **state)
{
	char buf[64];
	struct cell_key key = {.mode = MODE_LATENCY};

	(void)state;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "-");
	key.think_ns = 1500;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "1500ns");
	key.think_ns = 20000;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "20us");
	key = (struct cell_key){
		.mode = MODE_RATE, .rate = {RATE_PERCENT, 12.5}, .arrivals = ARRIVAL_POISSON};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "12.5%/poisson");
	key = (struct cell_key){.mode = MODE_RATE, .rate = {RATE_ABSOLUTE, 1e6}};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "1000000");
	key.rate = (struct rate){RATE_REFINE, 2};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "knee-2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_arrivals_do_not_drift),
		cmocka_unit_test(poisson_arrivals),
		cmocka_unit_test(both_sides_have_one_schedule),
		cmocka_unit_test(layout_shifts),
		cmocka_unit_test(the_knee),
		cmocka_unit_test(spellings),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
