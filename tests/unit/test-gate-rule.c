/* SPDX-License-Identifier: MIT */
/* What a gate says of its hypotheses, and when it says nothing. */
#include "gate/random.h"
#include "stats/gate-rule.h"
#include "stats/variance.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCKS = 40, MANY = 12 };

static const struct gate_rule rule = GATE_RULE_DEFAULT;

/* Differences spread evenly from centre - spread to centre + spread, in a mixed order. */
static void even(double *d, size_t n, double centre, double spread)
{
	for (size_t i = 0; i < n; i++) {
		double at = (double)(i * 7 % n) / (double)(n - 1); /* 7 divides no n used here */

		d[i] = centre + spread * (2 * at - 1);
	}
}

static struct gate_evidence evidence_of(const double *d, size_t n, bool higher)
{
	return (struct gate_evidence){
		.d = d, .n = n, .higher_is_better = higher, .tolerance = 0.05, .min_effect = 0.03};
}

static struct gate_finding judge(const double *d, size_t n, bool higher)
{
	struct gate_evidence e = evidence_of(d, n, higher);
	struct gate_finding f;

	gate_judge(&rule, &e, 1, &f);
	return f;
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-12 * fabs(b);
}

/* Each verdict at its border, for both directions. */
static void test_verdicts(void **state)
{
	static const struct {
		double centre, spread;
		enum gate_verdict verdict;
	} known[] = {
		{0, 0.02, VERDICT_PASS},
		{0, 0.3, VERDICT_INCONCLUSIVE},
		{0.06, 0.02, VERDICT_REGRESSION},
		{0.040, 0.02, VERDICT_REGRESSION}, /* the interval is within the tolerance too */
		{0.028, 0.02, VERDICT_PASS},	   /* proven, but not worth a word */
		{0.028, 0.12, VERDICT_INCONCLUSIVE},
		{0.06, 0.5, VERDICT_INCONCLUSIVE},
		{-0.028, 0.02, VERDICT_PASS},
		{-0.06, 0.02, VERDICT_IMPROVED},
		{-0.06, 0.2,
			VERDICT_PASS}, /* not proven to be better, but proven not to be worse */
		{-0.06, 0.9, VERDICT_INCONCLUSIVE},
	};
	double d[BLOCKS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		even(d, BLOCKS - 1, known[i].centre, known[i].spread);
		struct gate_finding f = judge(d, BLOCKS - 1, false);

		if (f.verdict != known[i].verdict)
			fail_msg("%zu: %s, p %g, %g .. %g", i, gate_verdict_name(f.verdict), f.p,
				f.ci_lo, f.ci_hi);
		even(d, BLOCKS - 1, -known[i].centre, known[i].spread);
		assert_int_equal(judge(d, BLOCKS - 1, true).verdict, known[i].verdict);
	}
}

/* A finding is what the signed-rank test says, at this look's share of the confidence. */
static void test_figures(void **state)
{
	double d[BLOCKS];
	struct shift s;

	(void)state;
	even(d, 23, 0.04, 0.1);
	struct gate_finding f = judge(d, 23, false);

	s = signed_rank(d, 23, 0.975);
	assert_true(near(f.ratio, exp(s.estimate)) && near(f.p, s.p));
	assert_true(near(f.ci_lo, exp(s.ci_lo)) && near(f.ci_hi, exp(s.ci_hi)));
	assert_true(near(f.p_adjusted, fmin(1, 2 * s.p)));
	assert_true(f.mde > 0.03 && f.mde < 0.3);
}

/* Swapping the versions mirrors everything, and a regression is then an improvement. */
static void test_swap(void **state)
{
	struct random r = random_from(1);
	double d[BLOCKS], mirrored[BLOCKS];
	size_t seen[4] = {0};

	(void)state;
	for (int i = 0; i < 400; i++) {
		double centre = 0.1 * random_normal(&r), sd = 0.1 * random_part(&r);

		for (size_t j = 0; j < BLOCKS; j++) {
			d[j] = centre + sd * random_normal(&r);
			mirrored[j] = -d[j];
		}
		struct gate_finding a = judge(d, BLOCKS, i % 2), b = judge(mirrored, BLOCKS, i % 2);

		assert_true(near(a.ratio, 1 / b.ratio) && a.p == b.p);
		assert_true(near(a.ci_lo, 1 / b.ci_hi) && near(a.ci_hi, 1 / b.ci_lo));
		assert_true(near(a.mde, b.mde));
		assert_true((a.verdict == VERDICT_REGRESSION) == (b.verdict == VERDICT_IMPROVED));
		assert_true((a.verdict == VERDICT_IMPROVED) == (b.verdict == VERDICT_REGRESSION));
		seen[a.verdict]++;
	}
	assert_true(seen[VERDICT_PASS] > 0 && seen[VERDICT_INCONCLUSIVE] > 0);
	assert_true(seen[VERDICT_REGRESSION] > 0 && seen[VERDICT_IMPROVED] > 0);
}

/*
 * n positive differences have p = 2 / 2^n: by Holm, over two looks, the smallest times 2 * 4, the
 * next times 2 * 3 ... and never less than the one before it.
 */
static void test_holm(void **state)
{
	static const size_t blocks[4] = {10, 14, 11, 11};
	static const double adjusted[4] = {
		6.0 * 2 / 2048, 8.0 * 2 / 16384, 6.0 * 2 / 2048, 6.0 * 2 / 2048};
	struct gate_evidence e[4];
	struct gate_finding f[4];
	double d[BLOCKS];

	(void)state;
	even(d, 20, 1, 0.01);
	for (size_t i = 0; i < 4; i++)
		e[i] = evidence_of(d, blocks[i], false);
	gate_judge(&rule, e, 4, f);
	for (size_t i = 1; i < 4; i++) {
		assert_true(near(f[i].p, ldexp(2, -(int)blocks[i])));
		assert_true(near(f[i].p_adjusted, adjusted[i]));
		assert_int_equal(f[i].verdict, VERDICT_REGRESSION);
	}
	/* the last: 2 / 1024 times 2 looks is below what the one before it was adjusted to */
	assert_true(near(f[0].p_adjusted, adjusted[0]));
	/* beside one more that is not better, only the first is below alpha */
	struct gate_evidence five[5] = {e[0], e[1], e[2], e[3], evidence_of(NULL, 0, false)};
	struct gate_finding g[5];

	gate_judge(&rule, five, 5, g);
	assert_true(near(g[1].p_adjusted, 10.0 * 2 / 16384));
	assert_true(near(g[2].p_adjusted, 8.0 * 2 / 2048));
	assert_true(near(g[0].p_adjusted, 8.0 * 2 / 2048));
	/* what was decided before counts by what was found of it */
	five[1] = (struct gate_evidence){.n = 14, .decided = &f[1]};
	five[2].d = NULL;
	five[2].decided = &f[2];
	gate_judge(&rule, five, 5, g);
	assert_true(near(g[1].p_adjusted, 10.0 * 2 / 16384));
	assert_true(near(g[2].p_adjusted, 8.0 * 2 / 2048));
	assert_true(near(g[0].p_adjusted, 8.0 * 2 / 2048));
}

/* One that was not measured has no figures, and the others are judged as if it had spoken against.
 */
static void test_nothing_measured(void **state)
{
	struct gate_evidence e[MANY];
	struct gate_finding f[MANY];
	double d[BLOCKS];

	(void)state;
	even(d, 13, 0.2, 0.01);
	for (size_t i = 0; i < MANY; i++)
		e[i] = evidence_of(d, i == 5 ? 13 : 0, false);
	gate_judge(&rule, e, MANY, f);
	for (size_t i = 0; i < MANY; i++) {
		if (i == 5)
			continue;
		assert_int_equal(f[i].verdict, VERDICT_INCONCLUSIVE);
		assert_true(isnan(f[i].ratio) && isnan(f[i].p) && isnan(f[i].p_adjusted));
		assert_true(isnan(f[i].ci_lo) && isnan(f[i].ci_hi) && isnan(f[i].mde));
	}
	assert_true(near(f[5].p_adjusted, 2.0 * MANY * 2 / 8192));
	assert_int_equal(f[5].verdict, VERDICT_REGRESSION);
	e[5].n = 12; /* 2 / 4096 times 24 is not below alpha, however clear the change */
	gate_judge(&rule, e, MANY, f);
	assert_int_equal(f[5].verdict, VERDICT_INCONCLUSIVE);
	assert_true(isinf(f[5].mde));
}

static void test_too_few_blocks(void **state)
{
	static const double d[] = {0.1, 0.11, 0.12};
	struct gate_finding f = judge(d, 3, false);

	(void)state;
	assert_true(f.ci_lo == 0 && isinf(f.ci_hi) && isinf(f.mde));
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(judge(d, 3, true).verdict, VERDICT_INCONCLUSIVE);
}

/* By sums of integers: the smallest n for which 2 P(T <= 1 + .. + spare) stays below the level. */
static void test_blocks_needed(void **state)
{
	static const size_t known[][3] = {{1, 0, 9}, {1, 1, 10}, {1, 2, 11}, {1, 3, 13}, {3, 0, 11},
		{3, 1, 12}, {3, 2, 13}, {3, 3, 15}, {12, 0, 13}, {12, 1, 14}, {12, 2, 15},
		{12, 3, 17}};
	double d[BLOCKS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t hypotheses = known[i][0], spare = known[i][1], n = known[i][2];
		struct gate_evidence e[MANY];
		struct gate_finding f[MANY];

		assert_int_equal(gate_blocks_needed(&rule, hypotheses, spare), n);
		/* and a gate with so many blocks does call it, with one fewer it does not */
		for (size_t j = 0; j < BLOCKS; j++)
			d[j] = j < spare ? -1e-3 * (double)(j + 1) : 0.1 + 1e-3 * (double)j;
		for (size_t j = 0; j < hypotheses; j++)
			e[j] = evidence_of(d, j == 0 ? n : 0, false);
		gate_judge(&rule, e, hypotheses, f);
		assert_int_equal(f[0].verdict, VERDICT_REGRESSION);
		e[0].n--;
		gate_judge(&rule, e, hypotheses, f);
		assert_int_equal(f[0].verdict, VERDICT_INCONCLUSIVE);
	}
	assert_true(gate_blocks_needed(&rule, 1, SIGNED_RANK_MAX) == SIZE_MAX);
	assert_true(gate_blocks_needed(&rule, 1, SIGNED_RANK_MAX - 1) == SIZE_MAX);
	assert_int_equal(gate_blocks_needed(&rule, 0, 0), 9);
}

static void test_difference(void **state)
{
	static const double base[] = {100, 400}, new[] = {220, 220}, bad[] = {100, 0},
			    minus[] = {-1, 2}, unknown[] = {NAN, 1}, far[] = {INFINITY, 1};

	(void)state;
	/* the geometric means are 200 and 220 */
	assert_true(fabs(gate_difference(base, 2, new, 2) - log(1.1)) < 1e-15);
	assert_true(gate_difference(base, 2, new, 2) == -gate_difference(new, 2, base, 2));
	assert_true(fabs(gate_difference(base, 1, new, 2) - log(2.2)) < 1e-15);
	assert_true(gate_difference(base, 2, base, 2) == 0);
	assert_true(isnan(gate_difference(base, 2, bad, 2)));
	assert_true(isnan(gate_difference(minus, 2, base, 2)));
	assert_true(isnan(gate_difference(unknown, 2, base, 2)));
	assert_true(isnan(gate_difference(base, 2, far, 2)));
	assert_true(isnan(gate_difference(base, 0, new, 2)));
	assert_true(isnan(gate_difference(base, 2, new, 0)));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(gate_verdict_name(VERDICT_PASS), "pass");
	assert_string_equal(gate_verdict_name(VERDICT_IMPROVED), "improved");
	assert_string_equal(gate_verdict_name(VERDICT_REGRESSION), "regression");
	assert_string_equal(gate_verdict_name(VERDICT_INCONCLUSIVE), "inconclusive");
}

/* A pass that may yet be proven a regression does not end the measuring. */
static void final_or_not(void **state)
{
	const struct gate_evidence lower = {.tolerance = 0.05, .min_effect = 0.03};
	const struct gate_evidence higher = {
		.higher_is_better = true, .tolerance = 0.05, .min_effect = 0.03};
	struct gate_finding f = {.ratio = 1.04, .verdict = VERDICT_PASS};

	(void)state;
	assert_false(gate_is_final(&lower, &f));
	assert_true(gate_is_final(&higher, &f));
	f.ratio = 1 / 1.04;
	assert_true(gate_is_final(&lower, &f));
	assert_false(gate_is_final(&higher, &f));
	f.ratio = 1.02;
	assert_true(gate_is_final(&lower, &f));
	f.verdict = VERDICT_INCONCLUSIVE;
	assert_false(gate_is_final(&lower, &f));
	f = (struct gate_finding){.ratio = 1.04, .verdict = VERDICT_REGRESSION};
	assert_true(gate_is_final(&lower, &f));
	f = (struct gate_finding){.ratio = 0.9, .verdict = VERDICT_IMPROVED};
	assert_true(gate_is_final(&lower, &f));
	f = (struct gate_finding){.ratio = NAN, .verdict = VERDICT_INCONCLUSIVE};
	assert_false(gate_is_final(&lower, &f));
}

static void student(void **state)
{
	(void)state;
	/* the tables of any textbook */
	assert_true(fabs(student_quantile(0.025, 1) - 12.7062) < 1e-3);
	assert_true(fabs(student_quantile(0.025, 4) - 2.7764) < 1e-3);
	assert_true(fabs(student_quantile(0.025, 5) - 2.5706) < 1e-3);
	assert_true(fabs(student_quantile(0.0005, 4) - 8.6103) < 1e-3);
	assert_true(fabs(student_tail(2.7764, 4) - 0.025) < 1e-5);
}

/* Builds of both versions, whose layouts add `layout`, and blocks +-`noise`. */
static double error_of(double layout, double noise, size_t *df, double *of_layout)
{
	double d[36];
	unsigned char builds[36][2];

	for (unsigned int i = 0; i < 36; i++) {
		builds[i][0] = (unsigned char)(i % 3);
		builds[i][1] = (unsigned char)((i / 3 + i) % 3);
		d[i] = layout * (builds[i][1] - builds[i][0]) + (i / 9 % 2 == 0 ? noise : -noise);
	}
	return crossed_error(d, builds, 36, df, of_layout);
}

static void layouts_are_chance(void **state)
{
	size_t df = 0;
	double of_layout;

	(void)state;
	/* that of the mean of 36, of which four degrees of freedom tell nothing of blocks */
	assert_true(fabs(error_of(0, 0.01, &df, &of_layout) - 0.01 / sqrt(31)) < 1e-9);
	assert_true(of_layout == 0);
	assert_int_equal(df, 4);
	/* means of three builds each, with a variance of 1 */
	assert_true(fabs(error_of(0.1, 0, &df, &of_layout) - 0.1 * sqrt(2.0 / 3)) < 1e-9);

	assert_true(of_layout == 1);
	error_of(0.001, 0.01, &df, &of_layout);
	assert_true(of_layout < 0.5);

	double d[40];

	for (size_t i = 0; i < 40; i++)
		d[i] = 0.1 + 0.001 * (double)(i % 3);
	struct gate_evidence e = {.d = d, .n = 40, .tolerance = 0.05, .min_effect = 0.03};
	struct gate_finding f;

	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_REGRESSION);
	assert_false(f.by_layout);
	e.layout_error = 0.05;
	e.layout_df = 4;
	e.of_layout = 0.9;
	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_true(f.ci_lo < 1 && f.mde > 0.2 && f.by_layout);
	/* layouts that differ less than blocks leave the MDE to these */
	e.layout_error = 1e-6;
	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_REGRESSION);
	assert_false(f.by_layout);
}

/* Nobody asks for the joint interval of means, nor gets half of one. */
static void no_joint_interval_of_means(void **state)
{
	double base[20], new[20];
	struct gate_evidence e = {.base = base,
		.new = new,
		.n = 20,
		.tolerance = 0.05,
		.min_effect = 0.03,
		.layout_error = 0.01,
		.layout_df = 4};
	struct gate_finding f;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		base[i] = 1000 + (double)(i % 3);
		new[i] = 1000 + (double)(i % 5);
	}
	gate_judge(&rule, &e, 1, &f);
	assert_true(f.ci_lo < 1 && f.ci_hi > 1);
	assert_true(isnan(f.joint_lo) && isnan(f.joint_hi));
}

/* Fewer blocks than builds do not pass for those of one build each. */
static void too_few_blocks_for_builds(void **state)
{
	double d[10], of_layout;
	unsigned char builds[10][2];
	size_t df;

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		builds[i][0] = (unsigned char)(i % 5);
		builds[i][1] = (unsigned char)((i + i / 5) % 5);
		d[i] = 0.0001 * (i % 3);
	}
	assert_true(isinf(crossed_error(d, builds, 9, &df, &of_layout)));
	assert_int_equal(df, 8);
	assert_true(isfinite(crossed_error(d, builds, 10, &df, &of_layout)));
	assert_true(crossed_error(d, builds, 1, &df, &of_layout) == 0);
	assert_true(crossed_error(d, builds, 0, &df, &of_layout) == 0);
	assert_int_equal(df, 0);

	struct gate_evidence e = evidence_of(d, 9, false);
	struct gate_finding f;

	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_PASS);
	e.layout_error = crossed_error(d, builds, 9, &e.layout_df, &e.of_layout);
	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_true(f.p == 1 && f.ci_lo == 0 && isinf(f.ci_hi) && isinf(f.mde) && !f.by_layout);
}

/* Whatever the missing differences are, they would not say more than the finding does. */
static void missing_differences_count_as_the_worst(void **state)
{
	enum { KNOWN = 36 };
	double d[BLOCKS];
	struct random random = random_from(7);

	(void)state;
	for (size_t missing = 1; missing <= BLOCKS - KNOWN; missing++) {
		size_t n = KNOWN + missing;

		for (size_t i = 0; i < KNOWN; i++)
			d[i] = 0.02 + 0.05 * random_normal(&random);
		struct gate_evidence e = evidence_of(d, n, false);
		struct gate_finding f, known = judge(d, KNOWN, false);

		e.missing = missing;
		gate_judge(&rule, &e, 1, &f);
		assert_true(near(f.ratio, known.ratio));
		assert_true(f.p >= known.p && f.mde > known.mde);
		for (size_t k = 0; k < 400; k++) {
			for (size_t i = KNOWN; i < n; i++)
				d[i] = random_normal(&random) * (k % 2 ? 10 : 0.1);
			struct gate_finding whole = judge(d, n, false);

			assert_true(f.p >= whole.p);
			assert_true(f.ci_lo <= whole.ci_lo && f.ci_hi >= whole.ci_hi);
			assert_true(f.joint_lo <= whole.joint_lo && f.joint_hi >= whole.joint_hi);
		}
	}
	/* a plain effect is proven with a few missing, and nothing with half of them */
	even(d, BLOCKS, 0.7, 0.02);
	struct gate_evidence e = evidence_of(d, BLOCKS, false);
	struct gate_finding f;

	e.missing = 4;
	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_REGRESSION);
	assert_true(f.ci_lo > 1.9 && f.ci_hi < 2.1);
	e.missing = BLOCKS / 2;
	gate_judge(&rule, &e, 1, &f);
	assert_int_equal(f.verdict, VERDICT_INCONCLUSIVE);
	assert_true(f.p == 1 && isinf(f.mde));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_differences_count_as_the_worst),
		cmocka_unit_test(final_or_not),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_holm),
		cmocka_unit_test(test_nothing_measured),
		cmocka_unit_test(test_too_few_blocks),
		cmocka_unit_test(test_blocks_needed),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_names),
		cmocka_unit_test(student),
		cmocka_unit_test(layouts_are_chance),
		cmocka_unit_test(no_joint_interval_of_means),
		cmocka_unit_test(too_few_blocks_for_builds),
	};

	return cmocka_run_group_tests_name("gate-rule", tests, NULL, NULL);
}
