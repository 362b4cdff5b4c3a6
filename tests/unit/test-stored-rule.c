/* SPDX-License-Identifier: MIT */
/* The rule for stored runs: what samples of known shape are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "stats/two-sample.h"
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 40 };

/* 100, 101, 102, ... times a factor: nothing is tied. */
static double *ramp(double *out, size_t n, double factor)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (100 + (double)i + (factor == 1 ? 0 : 0.25)) * factor;
	return out;
}

/* One hypothesis of n and n trials, whose new values are `factor` times those of base. */
static struct gate_finding judge(size_t n, double factor, bool higher, double threshold)
{
	double base[MOST], new[MOST];
	struct stored_evidence e = {
		ramp(base, n, 1), ramp(new, n, factor), n, n, .higher_is_better = higher};
	struct gate_finding f;

	stored_judge(&e, 1, threshold, &f);
	return f;
}

static void test_a_change_beyond_the_threshold(void **state)
{
	(void)state;
	assert_int_equal(judge(6, 1.5, false, 0.1).verdict, VERDICT_REGRESSION);
	assert_int_equal(judge(6, 1.5, true, 0.1).verdict, VERDICT_IMPROVED);
	assert_int_equal(judge(6, 1 / 1.5, false, 0.1).verdict, VERDICT_IMPROVED);
	assert_int_equal(judge(6, 1 / 1.5, true, 0.1).verdict, VERDICT_REGRESSION);
}

static void test_a_change_below_the_threshold_passes(void **state)
{
	(void)state;
	struct gate_finding f = judge(10, 1.06, false, 0.2);

	/* proven, and not important */
	assert_true(f.p_adjusted < STORED_ALPHA);
	assert_true(f.ci_lo > 1 && f.ci_hi < 1.2);
	assert_int_equal(f.verdict, VERDICT_PASS);
	assert_int_equal(judge(10, 1, false, 0.1).verdict, VERDICT_PASS);
	assert_int_equal(judge(10, 1, true, 0.1).verdict, VERDICT_PASS);
}

static void test_an_interval_that_holds_the_threshold_is_inconclusive(void **state)
{
	(void)state;
	struct gate_finding f = judge(10, 1.1, false, 0.1);

	assert_true(f.ci_lo < 1.1 && f.ci_hi > 1.1);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_true(isfinite(f.mde) && f.mde > 0.1);
	f = judge(10, 1 / 1.1, true, 0.1);
	assert_true(f.p_adjusted < STORED_ALPHA);
	assert_true(f.ci_lo < 1 / 1.1 && f.ci_hi > 1 / 1.1);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
}

/* What one comparison proves is not proven as the best of a hundred. */
static void test_many_hypotheses_ask_for_more(void **state)
{
	enum { COUNT = 100 };
	double base[MOST], new[MOST], same[MOST];
	struct stored_evidence e[COUNT];
	struct gate_finding f[COUNT];

	(void)state;
	ramp(base, 5, 1);
	ramp(new, 5, 1.5);
	ramp(same, 5, 1);
	for (size_t i = 0; i < COUNT; i++)
		e[i] = (struct stored_evidence){base, i == 0 ? new : same, 5, 5, false};
	stored_judge(e, 1, 0.1, f);
	assert_int_equal(f[0].verdict, VERDICT_REGRESSION);
	assert_true(isfinite(f[0].mde));
	stored_judge(e, COUNT, 0.1, f);
	assert_true(f[0].ci_lo > 1.1);
	assert_true(fabs(f[0].p - 2.0 / 252) < 1e-12);
	assert_true(fabs(f[0].p_adjusted - 200.0 / 252) < 1e-9);
	assert_int_equal(f[0].verdict, VERDICT_INCONCLUSIVE);
	assert_true(isinf(f[0].mde));
	assert_true(f[1].p_adjusted == 1);
}

static void test_adjusted_p_never_falls(void **state)
{
	double base[MOST], a[MOST], b[MOST], c[MOST];
	struct stored_evidence e[3];
	struct gate_finding f[3];

	(void)state;
	ramp(base, 8, 1);
	ramp(a, 8, 1.5);
	ramp(b, 8, 1.04);
	ramp(c, 8, 1.05);
	e[0] = (struct stored_evidence){base, c, 8, 8, false};
	e[1] = (struct stored_evidence){base, a, 8, 8, false};
	e[2] = (struct stored_evidence){base, b, 8, 8, false};
	stored_judge(e, 3, 0.1, f);
	assert_true(f[1].p < f[0].p && f[0].p < f[2].p);
	assert_true(fabs(f[1].p_adjusted - 3 * f[1].p) < 1e-12);
	assert_true(fabs(f[0].p_adjusted - 2 * f[0].p) < 1e-12);
	assert_true(f[2].p_adjusted >= f[0].p_adjusted && f[2].p_adjusted >= f[2].p);
}

static void test_too_few_trials(void **state)
{
	struct gate_finding f = judge(3, 2, false, 0.1);

	(void)state;
	assert_true(f.ci_lo == 0 && isinf(f.ci_hi));
	assert_true(fabs(f.p - 0.1) < 1e-12);
	/* of the medians 101 and 2 x 101.25 */
	assert_true(fabs(f.ratio - 202.5 / 101) < 1e-12);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_true(isinf(f.mde));
	assert_int_equal(judge(4, 2, false, 0.1).verdict, VERDICT_REGRESSION);
}

static void test_a_side_without_values(void **state)
{
	double values[MOST];
	struct stored_evidence e[2] = {
		{ramp(values, 5, 1), values, 5, 0, false}, {values, values, 5, 5, false}};
	struct gate_finding f[2];

	(void)state;
	stored_judge(e, 2, 0.1, f);
	assert_true(isnan(f[0].ratio) && isnan(f[0].ci_lo) && isnan(f[0].p_adjusted));
	assert_int_equal(f[0].verdict, VERDICT_INCONCLUSIVE);
	assert_true(f[1].ratio == 1);
	stored_judge(e, 0, 0.1, f);
}

/* What is called a regression is called an improvement when the runs change places. */
static void test_swapping_the_runs_mirrors_everything(void **state)
{
	(void)state;
	for (int step = 0; step < 60; step++) {
		double base[MOST], new[MOST];
		struct stored_evidence there = {
			ramp(base, 7, 1), ramp(new, 9, 0.7 + 0.0123 * step), 7, 9, false};
		struct stored_evidence back = {new, base, 9, 7, false};
		struct gate_finding f, g;

		stored_judge(&there, 1, 0.05, &f);
		stored_judge(&back, 1, 0.05, &g);
		assert_true(fabs(f.ratio * g.ratio - 1) < 1e-9);
		assert_true(fabs(f.ci_lo * g.ci_hi - 1) < 1e-9);
		assert_true(fabs(f.p - g.p) < 1e-12);
		if (f.verdict == VERDICT_REGRESSION)
			assert_int_equal(g.verdict, VERDICT_IMPROVED);
		if (f.verdict == VERDICT_IMPROVED)
			assert_int_equal(g.verdict, VERDICT_REGRESSION);
	}
}

static void test_numbers_of_trials(void **state)
{
	(void)state;
	assert_true(fabs(stored_p_min(3, 3) - 0.1) < 1e-12);
	assert_true(fabs(stored_p_min(4, 4) - 2.0 / 70) < 1e-12);
	assert_true(fabs(stored_p_min(2, 5) - stored_p_min(5, 2)) < 1e-12);
	assert_true(stored_p_min(1, 1) == 1);
	assert_int_equal(stored_trials_needed(1), 4);
	assert_int_equal(stored_trials_needed(2), 5);
	assert_int_equal(stored_trials_needed(60), 7);
}

/* ---- the change that could have been shown --------------------------------------------------- */

static uint64_t random_state;

static double uniform(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(random_state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static void scatter(double *out, size_t n, double centre)
{
	for (size_t i = 0; i < n; i++)
		out[i] = exp(centre + 0.04 * normal());
}

/*
 * Comparisons foretell a change from scatter alone; others of that very change are called
 * regressions about as often as promised.
 */
static void expect_power(size_t trials, size_t hypotheses)
{
	enum { ROUNDS = 1500, WIDE = 12 };
	double values[2 * WIDE][MOST];
	struct stored_evidence e[WIDE];
	struct gate_finding f[WIDE];
	size_t called = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double mde = 0;

		for (int again = 0; again < 2; again++) {
			for (size_t i = 0; i < hypotheses; i++) {
				scatter(values[2 * i], trials, 0);
				scatter(values[2 * i + 1], trials, i == 0 ? log1p(mde) : 0);
				e[i] = (struct stored_evidence){
					values[2 * i], values[2 * i + 1], trials, trials, false};
			}
			stored_judge(e, hypotheses, 0.05, f);
			mde = f[0].mde;
			assert_true(isfinite(mde));
		}
		called += f[0].verdict == VERDICT_REGRESSION;
	}
	double power = (double)called / ROUNDS;

	if (power < 0.92 || power > 0.99)
		fail_msg("%zu trials, %zu hypotheses: power %.3f instead of %.2f", trials,
			hypotheses, power, STORED_POWER);
}

static void test_the_smallest_change_has_the_power_promised(void **state)
{
	(void)state;
	random_state = 7;
	expect_power(8, 1);
	expect_power(20, 1);
	expect_power(10, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_change_beyond_the_threshold),
		cmocka_unit_test(test_a_change_below_the_threshold_passes),
		cmocka_unit_test(test_an_interval_that_holds_the_threshold_is_inconclusive),
		cmocka_unit_test(test_many_hypotheses_ask_for_more),
		cmocka_unit_test(test_adjusted_p_never_falls),
		cmocka_unit_test(test_too_few_trials),
		cmocka_unit_test(test_a_side_without_values),
		cmocka_unit_test(test_swapping_the_runs_mirrors_everything),
		cmocka_unit_test(test_numbers_of_trials),
		cmocka_unit_test(test_the_smallest_change_has_the_power_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
