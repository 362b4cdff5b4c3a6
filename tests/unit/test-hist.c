/* SPDX-License-Identifier: MIT */
/* The histogram against exact sorted quantiles, slot by slot, merged and at its edges. */
#include "measure/hist.h"
#include "plan/plan.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VALUES	    20000
#define SEEDS	    12
#define TOP_OF_HIST (HIST_MAX_NS - 1)

/* A quantile as a fraction, so that its rank can be told without rounding. */
static const struct {
	uint64_t num, den;
} fractions[] = {
	{0, 1}, {1, 2}, {9, 10}, {99, 100}, {999, 1000}, {9999, 10000}, {99999, 100000}, {1, 1}};

/* Uniform in (0, 1]. */
static double unit_random(uint64_t *state)
{
	return (double)((order_random(state) >> 11) + 1) / 9007199254740992.0;
}

static uint64_t limited(double ns)
{
	return ns < (double)HIST_MAX_NS ? (uint64_t)ns : HIST_MAX_NS;
}

static double normal_random(uint64_t *s)
{
	return sqrt(-2 * log(unit_random(s))) * cos(6.283185307179586 * unit_random(s));
}

/* ---- distributions -------------------------------------------------------------------------- */

static uint64_t draw_uniform_small(uint64_t *s)
{
	return order_random(s) % 2048;
}

static uint64_t draw_uniform(uint64_t *s)
{
	return order_random(s) % 1000000;
}

static uint64_t draw_exponential(uint64_t *s)
{
	return limited(-log(unit_random(s)) * 5000);
}

static uint64_t draw_lognormal(uint64_t *s)
{
	return limited(exp(8 + 1.5 * normal_random(s)));
}

static uint64_t draw_bimodal(uint64_t *s)
{
	double mode = order_random(s) % 100 < 97 ? 2100 : 3900000;

	return limited(mode * (1 + 0.02 * fabs(normal_random(s))));
}

static uint64_t draw_constant(uint64_t *s)
{
	order_random(s);
	return 123456789;
}

static uint64_t draw_powers(uint64_t *s)
{
	uint64_t power = UINT64_C(1) << order_random(s) % 42;
	uint64_t ns = power + order_random(s) % 3 - 1;

	return ns < HIST_MAX_NS ? ns : HIST_MAX_NS;
}

/* Every order of magnitude from 1 ns to 1 h alike. */
static uint64_t draw_full_range(uint64_t *s)
{
	return limited(pow((double)HIST_MAX_NS, unit_random(s)));
}

static uint64_t (*const draws[])(uint64_t *) = {draw_uniform_small, draw_uniform, draw_exponential,
	draw_lognormal, draw_bimodal, draw_constant, draw_powers, draw_full_range};

/* ---- helpers -------------------------------------------------------------------------------- */

static struct histogram *new_hist(void)
{
	struct histogram *h = malloc(sizeof(*h));

	assert_non_null(h);
	hist_reset(h);
	return h;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t exact_quantile(const uint64_t *sorted, uint64_t n, uint64_t num, uint64_t den)
{
	uint64_t rank = (n * num + den - 1) / den;

	return sorted[rank == 0 ? 0 : rank - 1];
}

static void check_close(uint64_t got, uint64_t exact)
{
	if (exact < HIST_SUB_COUNT) {
		assert_int_equal(got, exact);
		return;
	}
	uint64_t error = got > exact ? got - exact : exact - got;

	if (error * 1000 > exact)
		fail_msg("%llu instead of %llu is off by more than a thousandth",
			(unsigned long long)got, (unsigned long long)exact);
	/* the highest equivalent value, never a lower one */
	assert_true(got >= exact);
}

static void check_against_sorted(uint64_t (*draw)(uint64_t *), uint64_t seed, uint64_t n)
{
	struct histogram *h = new_hist();
	uint64_t *values = malloc(n * sizeof(*values));
	uint64_t state = seed, sum = 0;

	assert_non_null(values);
	for (uint64_t i = 0; i < n; i++) {
		values[i] = draw(&state);
		sum += values[i];
		hist_record(h, values[i]);
	}
	qsort(values, n, sizeof(*values), compare);
	for (size_t i = 0; i < ARRAY_SIZE(fractions); i++)
		check_close(hist_quantile(h, (double)fractions[i].num / (double)fractions[i].den),
			exact_quantile(values, n, fractions[i].num, fractions[i].den));
	assert_int_equal(h->total, n);
	assert_int_equal(h->min, values[0]);
	assert_int_equal(h->max, values[n - 1]);
	assert_int_equal(h->sum, sum);
	assert_true(hist_mean(h) == (double)sum / (double)n);
	assert_int_equal(hist_quantile(h, 1), values[n - 1]);
	assert_int_equal(h->overflow, 0);
	free(values);
	free(h);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void test_quantiles_match_sorted_values(void **state)
{
	(void)state;
	for (size_t d = 0; d < ARRAY_SIZE(draws); d++)
		for (uint64_t seed = 1; seed <= SEEDS; seed++)
			check_against_sorted(draws[d], seed, VALUES);
}

static void test_quantiles_of_few_values(void **state)
{
	(void)state;
	for (size_t d = 0; d < ARRAY_SIZE(draws); d++)
		for (uint64_t n = 1; n <= 30; n++)
			check_against_sorted(draws[d], 1000 + n, n);
}

/* 0.07 * 100 is a little over 7 in doubles; the 7th value is meant all the same. */
static void test_ranks_survive_rounding(void **state)
{
	struct histogram *h = new_hist();

	(void)state;
	for (uint64_t n = 1; n <= 400; n++) {
		hist_record(h, n);
		for (uint64_t percent = 1; percent <= 100; percent++)
			assert_int_equal(
				hist_quantile(h, (double)percent / 100), (n * percent + 99) / 100);
	}
	free(h);
}

static void test_slots_are_inverse(void **state)
{
	(void)state;
	for (uint32_t slot = 0; slot < HIST_SLOTS; slot++) {
		uint64_t low = hist_slot_value(slot), high = hist_highest_equivalent(low);

		assert_int_equal(hist_slot(low), slot);
		assert_int_equal(hist_slot(high), slot);
		assert_int_equal(hist_highest_equivalent(high), high);
		/* without a gap, and no wider than a thousandth */
		assert_int_equal(hist_slot(high + 1), slot + 1);
		assert_true((high - low) * 1000 <= low);
	}
	assert_true(hist_slot(HIST_MAX_NS) < HIST_SLOTS);
}

static void test_merging_equals_recording_into_one(void **state)
{
	struct histogram *all = new_hist(), *merged = new_hist(), *part[3];
	uint64_t seed = 77;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		part[i] = new_hist();
	for (size_t i = 0; i < VALUES; i++) {
		uint64_t ns = i % 1000 == 999 ? HIST_MAX_NS + i : draw_full_range(&seed);

		hist_record(all, ns);
		hist_record(part[i % 3], ns);
	}
	for (size_t i = 0; i < 3; i++)
		hist_add(merged, part[i]);
	assert_memory_equal(merged, all, sizeof(*all));
	/* an empty one adds nothing */
	hist_reset(part[0]);
	hist_add(merged, part[0]);
	assert_memory_equal(merged, all, sizeof(*all));
	for (size_t i = 0; i < 3; i++)
		free(part[i]);
	free(all);
	free(merged);
}

static void test_empty(void **state)
{
	struct histogram *h = new_hist();

	(void)state;
	assert_int_equal(hist_quantile(h, 0.5), 0);
	assert_true(isnan(hist_mean(h)));
	assert_int_equal(h->min, UINT64_MAX);
	assert_int_equal(h->max, 0);
	assert_false(hist_supports(h->total, 0));
	free(h);
}

static void test_zero_and_out_of_range_quantiles(void **state)
{
	struct histogram *h = new_hist();

	(void)state;
	hist_record(h, 0);
	hist_record(h, 5);
	hist_record(h, 9);
	assert_int_equal(hist_quantile(h, -1), 0);
	assert_int_equal(hist_quantile(h, NAN), 0);
	assert_int_equal(hist_quantile(h, 0.5), 5);
	assert_int_equal(hist_quantile(h, 2), 9);
	assert_int_equal(h->min, 0);
	free(h);
}

/* Above one hour the count, the extremes and the mean stay exact; quantiles end at the last slot.
 */
static void test_above_an_hour(void **state)
{
	struct histogram *h = new_hist();
	const uint64_t two_hours = 2 * HIST_MAX_NS, day = 24 * HIST_MAX_NS;

	(void)state;
	hist_record(h, two_hours);
	assert_int_equal(h->min, two_hours);
	hist_record(h, day);
	hist_record(h, HIST_MAX_NS);
	hist_record(h, 1000);
	assert_int_equal(h->total, 4);
	assert_int_equal(h->overflow, 2);
	assert_int_equal(h->min, 1000);
	assert_int_equal(h->max, day);
	assert_true(hist_mean(h) == (double)(1000 + HIST_MAX_NS + two_hours + day) / 4);
	assert_int_equal(h->count[hist_slot(HIST_MAX_NS)], 3);
	assert_int_equal(hist_quantile(h, 0.25), 1000);
	assert_int_equal(hist_quantile(h, 0.5), hist_highest_equivalent(HIST_MAX_NS));
	assert_int_equal(hist_quantile(h, 1), day);
	hist_record(h, UINT64_MAX);
	assert_int_equal(h->overflow, 3);
	assert_int_equal(h->max, UINT64_MAX);
	free(h);
}

/* --rate 1G for 6.1 s leaves as much unsent. */
static void test_sums_above_580_years(void **state)
{
	struct histogram *h = new_hist(), *twice = new_hist();

	(void)state;
	hist_record_many(h, 1000, 3);
	hist_record_many(h, 5000, 0);
	assert_int_equal(h->total, 3);
	assert_int_equal(h->sum, 3000);
	hist_add(twice, h);
	hist_record_many(h, UINT64_C(3000000000), UINT64_C(6000000000));
	assert_true(fabs(hist_mean(h) - 2999999999) < 1);
	hist_add(twice, h);
	hist_add(twice, h);
	assert_true(fabs(hist_mean(twice) - 3e9) < 3e6);
	hist_record_many(h, UINT64_C(3000000000), UINT64_C(6000000000));
	assert_true(fabs(hist_mean(h) - 3e9) < 3e6);
	hist_record_many(h, UINT64_C(3000000000), 100);
	assert_true(fabs(hist_mean(h) - 3e9) < 3e6);
	hist_record_many(h, 2 * HIST_MAX_NS, 4);
	assert_int_equal(h->overflow, 4);
	assert_int_equal(h->count[hist_slot(HIST_MAX_NS)], 4);
	free(h);
	free(twice);
}

static void test_last_value_before_overflow(void **state)
{
	struct histogram *h = new_hist();

	(void)state;
	hist_record(h, HIST_MAX_NS);
	hist_record(h, TOP_OF_HIST);
	assert_int_equal(h->overflow, 0);
	hist_record(h, HIST_MAX_NS + 1);
	assert_int_equal(h->overflow, 1);
	free(h);
}

static void test_supports(void **state)
{
	static const struct {
		double q;
		uint64_t need;
	} known[] = {{0, 10}, {0.5, 20}, {0.75, 40}, {0.9, 100}, {0.99, 1000}, {0.999, 10000},
		{0.9999, 100000}, {0.99999, 1000000}, {0.999999, 10000000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		assert_false(hist_supports(0, known[i].q));
		assert_false(hist_supports(known[i].need - 1, known[i].q));
		assert_true(hist_supports(known[i].need, known[i].q));
		assert_true(hist_supports(known[i].need + 1, known[i].q));
	}
	/* nothing lies beyond the maximum, however many values there are */
	assert_false(hist_supports(UINT64_MAX / 2, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantiles_match_sorted_values),
		cmocka_unit_test(test_quantiles_of_few_values),
		cmocka_unit_test(test_ranks_survive_rounding),
		cmocka_unit_test(test_slots_are_inverse),
		cmocka_unit_test(test_merging_equals_recording_into_one),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_zero_and_out_of_range_quantiles),
		cmocka_unit_test(test_above_an_hour),
		cmocka_unit_test(test_sums_above_580_years),
		cmocka_unit_test(test_last_value_before_overflow),
		cmocka_unit_test(test_supports),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
