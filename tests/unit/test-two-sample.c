/* SPDX-License-Identifier: MIT */
/* The rank-sum test against published examples and against every way to part the values. */
#include "gate/random.h"
#include "stats/two-sample.h"
#include <errno.h>
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct shift test_of(const double *x, size_t m, const double *y, size_t n, double confidence)
{
	struct shift s;

	assert_int_equal(rank_sum(x, m, y, n, confidence, &s), 0);
	return s;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-12;
}

/*
 * Permeability of human chorioamnion at 12-26 weeks and at term (Hollander & Wolfe, table 4.1):
 * estimate 0.305, one-sided p 0.1272; the interval at 95 % from a sum over all partitions.
 */
static void test_permeability(void **state)
{
	static const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	static const double weeks[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	struct shift s = test_of(weeks, 5, term, 10, 0.95);

	(void)state;
	assert_true(near(s.estimate, 0.305));
	assert_true(near(s.p, 764.0 / 3003));
	assert_true(near(s.ci_lo, -0.15) && near(s.ci_hi, 0.76));
	s = test_of(weeks, 5, term, 10, 0.9);
	assert_true(near(s.ci_lo, -0.08) && near(s.ci_hi, 0.72));
}

/* Student's sleep data (Biometrika 6, 1908) taken as two samples: ties within and between. */
static void test_sleep(void **state)
{
	static const double x[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
	static const double y[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
	struct shift s = test_of(x, 10, y, 10, 0.95);

	(void)state;
	assert_true(near(s.estimate, 1.35));
	assert_true(near(s.p, 160.0 / 2431));
	assert_true(near(s.ci_lo, -0.1) && near(s.ci_hi, 3.6));
}

/* Ranks shared by up to four, and samples of different size. */
static void test_many_ties(void **state)
{
	static const double x[] = {1, 2, 2, 3, 3, 3, 5, 8}, y[] = {2, 3, 3, 4, 5, 5, 6, 8, 8};
	struct shift s = test_of(x, 8, y, 9, 0.95);

	(void)state;
	assert_true(s.estimate == 2 && s.ci_lo == 0 && s.ci_hi == 4);
	assert_true(near(s.p, 154.0 / 1105));
}

/* ---- every partition ------------------------------------------------------------------------- */

enum { TOTAL = 11 };

/* Which of the values the pattern gives to y. */
static void part(const double *all, size_t total, size_t pattern, double *x, double *y)
{
	size_t m = 0, n = 0;

	for (size_t i = 0; i < total; i++)
		if (pattern >> i & 1)
			y[n++] = all[i];
		else
			x[m++] = all[i];
}

/* Twice the count of pairs with y above x, equal ones by half. */
static size_t doubled_pairs(const double *x, size_t m, const double *y, size_t n)
{
	size_t pairs = 0;

	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++)
			pairs += y[j] > x[i] ? 2 : y[j] == x[i];
	return pairs;
}

struct partitions {
	double p[1 << TOTAL];	  /* as the code under test says */
	size_t pairs[1 << TOTAL]; /* of y above x, doubled */
	size_t count, above, below;
};

static void go_through(
	struct partitions *all, const double *values, size_t total, size_t n, double confidence)
{
	/* filled, for the analyser does not know that part() parts as many as there are */
	double x[TOTAL] = {0}, y[TOTAL] = {0};

	all->count = all->above = all->below = 0;
	for (size_t pattern = 0; pattern < (size_t)1 << total; pattern++) {
		if ((size_t)__builtin_popcountl(pattern) != n)
			continue;
		part(values, total, pattern, x, y);
		struct shift s = test_of(x, total - n, y, n, confidence);

		all->p[all->count] = s.p;
		all->pairs[all->count++] = doubled_pairs(x, total - n, y, n);
		all->above += s.ci_lo > 0;
		all->below += s.ci_hi < 0;
	}
}

/* p is twice the smaller tail of the pairs counted, and the interval misses as seldom as it must.
 */
static void check(const double *values, size_t total, size_t n, double confidence)
{
	static struct partitions all;

	go_through(&all, values, total, n, confidence);
	for (size_t i = 0; i < all.count; i++) {
		size_t low = 0, high = 0;

		for (size_t j = 0; j < all.count; j++) {
			low += all.pairs[j] <= all.pairs[i];
			high += all.pairs[j] >= all.pairs[i];
		}
		double tail = (double)(low < high ? low : high) / (double)all.count;

		assert_true(near(all.p[i], fmin(1, 2 * tail)));
	}
	double most = (1 - confidence) / 2 * (double)all.count;

	assert_true((double)all.above <= most && (double)all.below <= most);
}

static void test_every_partition(void **state)
{
	static const unsigned int kinds[] = {0, 2, 4, 8};
	struct random r = random_from(1);
	double values[TOTAL];

	(void)state;
	for (size_t total = 2; total <= TOTAL; total++)
		for (size_t n = 1; n<total; n += total> 8 ? 2 : 1)
			for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
				for (size_t i = 0; i < total; i++)
					values[i] = kinds[k] == 0
							    ? random_part(&r)
							    : (double)(random_bits(&r) % kinds[k]);
				check(values, total, n, 0.9);
			}
}

/* ---- whatever the data ----------------------------------------------------------------------- */

static void test_mirror(void **state)
{
	struct random r = random_from(2);
	double x[40], y[40];

	(void)state;
	for (size_t m = 1; m <= 40; m += 13)
		for (size_t n = 1; n <= 40; n += 13)
			for (unsigned int ties = 0; ties < 2; ties++) {
				for (size_t i = 0; i < 40; i++) {
					x[i] = ties ? (double)(random_bits(&r) % 9)
						    : random_part(&r);
					y[i] = ties ? (double)(random_bits(&r) % 10)
						    : random_part(&r);
				}
				struct shift a = test_of(x, m, y, n, 0.9);
				struct shift b = test_of(y, n, x, m, 0.9);

				assert_true(near(a.p, b.p) && a.estimate == -b.estimate);
				assert_true(a.ci_lo == -b.ci_hi && a.ci_hi == -b.ci_lo);
			}
}

/*
 * The two ways to the distribution agree: one pair of values is made equal within a sample, which
 * changes no pair between samples, so p may not change but for the ranks that are shared.
 */
static void test_both_ways_agree(void **state)
{
	double x[60], y[60];

	(void)state;
	for (size_t shift = 1; shift < 60; shift += 4) {
		for (size_t i = 0; i < 60; i++) {
			x[i] = (double)(2 * i);
			y[i] = (double)(2 * i + 2 * shift + 1);
		}
		double apart = test_of(x, 60, y, 60, 0.95).p;

		x[0] = x[1] = -1; /* the two lowest of all */
		double tied = test_of(x, 60, y, 60, 0.95).p;

		assert_true(fabs(tied / apart - 1) < 0.01);
	}
}

/* All of y above all of x is as good as impossible by chance. */
static void test_many(void **state)
{
	static double x[RANK_SUM_MAX], y[RANK_SUM_MAX];

	(void)state;
	for (size_t i = 0; i < RANK_SUM_MAX; i++) {
		x[i] = (double)i;
		y[i] = (double)(i + RANK_SUM_MAX);
	}
	struct shift s = test_of(x, RANK_SUM_MAX, y, RANK_SUM_MAX, 0.95);

	assert_true(s.p == RANK_SUM_P_MIN);
	assert_true(s.estimate == RANK_SUM_MAX && s.ci_lo < s.estimate && s.ci_hi > s.estimate);
	/* by the Gaussian binomial in integers of any length */
	for (size_t i = 0; i < RANK_SUM_MAX; i++) {
		x[i] = (double)(2 * i);
		y[i] = (double)(2 * i + 15);
	}
	s = test_of(x, 100, y, 100, 0.95);
	assert_true(near(s.p, 0.07789231418009032));
	for (size_t i = 0; i < RANK_SUM_MAX; i++)
		y[i] = (double)(2 * i + 41);
	s = test_of(x, RANK_SUM_MAX, y, RANK_SUM_MAX, 0.95);
	assert_true(near(s.p, 0.0278742469060582));
	y[0] = x[20]; /* with ties, so many values have only the approximation */
	assert_true(fabs(test_of(x, RANK_SUM_MAX, y, RANK_SUM_MAX, 0.95).p / s.p - 1) < 0.02);
}

static void test_same_values(void **state)
{
	static const double x[] = {3, 3, 3, 3, 3, 3}, far[] = {7, 7, 7, 7, 7, 7};
	struct shift s = test_of(x, 6, x, 6, 0.95);

	(void)state;
	assert_true(s.p == 1 && s.estimate == 0 && s.ci_lo == 0 && s.ci_hi == 0);
	s = test_of(x, 6, far, 6, 0.95);
	assert_true(near(s.p, 2.0 / 924) && s.estimate == 4 && s.ci_lo == 4 && s.ci_hi == 4);
}

static void test_too_few(void **state)
{
	static const double x[] = {1, 2, 3}, y[] = {4, 5, 6};
	struct shift s = test_of(x, 3, y, 3, 0.95);

	(void)state;
	assert_true(near(s.p, 0.1) && s.estimate == 3);
	assert_true(s.ci_lo == -INFINITY && s.ci_hi == INFINITY);
	s = test_of(x, 1, y, 1, 0.95);
	assert_true(s.p == 1 && s.estimate == 3);
}

static void test_refuses(void **state)
{
	static const double many[RANK_SUM_MAX + 1], bad[] = {1, NAN};
	struct shift s;

	(void)state;
	assert_int_equal(rank_sum(many, 0, many, 2, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(many, 2, many, 0, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(many, RANK_SUM_MAX + 1, many, 2, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(many, 2, many, RANK_SUM_MAX + 1, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(bad, 2, many, 2, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(many, 2, bad, 2, 0.95, &s), -EINVAL);
	assert_int_equal(rank_sum(many, 2, many, 2, 1, &s), -EINVAL);
}

/* Of four values each there is an interval, of fewer only the ratio of the medians. */
static void ratios(void **state)
{
	double base[] = {log(10), log(11), log(12), log(13)},
	       new[] = {log(20), log(22), log(24), log(26)};
	struct ratio r = ratio_of_logs(base, 4, new, 4);

	(void)state;
	assert_true(fabs(r.ratio - 2) < 1e-9);
	assert_true(r.ci_lo > 1 && r.ci_lo < 2 && r.ci_hi > 2 && r.ci_hi < 3);
	r = ratio_of_logs(base, 3, new, 3);
	assert_true(fabs(r.ratio - 2) < 1e-9 && isnan(r.ci_lo) && isnan(r.ci_hi));
	/* 2 and 52 are the medians that stand beside it */
	double two[] = {log(3), log(1)}, far[] = {log(100), log(4)};

	assert_true(fabs(ratio_of_logs(two, 2, far, 2).ratio - 26) < 1e-9);
	assert_true(isnan(ratio_of_logs(base, 0, new, 3).ratio));
	assert_true(isnan(ratio_of_logs(base, 3, new, 0).ratio));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratios),
		cmocka_unit_test(test_permeability),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_many_ties),
		cmocka_unit_test(test_every_partition),
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_both_ways_agree),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_same_values),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests_name("two-sample", tests, NULL, NULL);
}
