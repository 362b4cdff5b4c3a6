/* SPDX-License-Identifier: MIT */
/* Medians and their intervals against enumerated values. */
#include "stats/summary.h"
#include "stats/variance.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The values 1..n in an order that is not sorted: the value of a rank is the rank. */
static double *ranks(size_t n)
{
	double *values = malloc((n + 1) * sizeof(*values));

	assert_non_null(values);
	for (size_t i = 0; i < n; i++)
		values[i] = (double)(i % 2 == 0 ? n - i / 2 : i / 2 + 1);
	return values;
}

static struct estimate estimate_of_ranks(size_t n)
{
	double *values = ranks(n);
	struct estimate e = estimate_median(values, n);

	free(values);
	return e;
}

/*
 * P(i <= Bin(n, 1/2) <= n - i) by Pascal's triangle, row by row in probabilities: independent of
 * the recurrence over one row that the code under test uses.
 */
static double coverage(size_t n, size_t rank)
{
	double *p = calloc(n + 2, sizeof(*p)), sum = 0;

	assert_non_null(p);
	p[0] = 1;
	for (size_t row = 1; row <= n; row++)
		for (size_t k = row + 1; k-- > 0;)
			p[k] = (p[k] + (k > 0 ? p[k - 1] : 0)) / 2;
	for (size_t k = rank; k + rank <= n; k++)
		sum += p[k];
	free(p);
	return sum;
}

static void test_median(void **state)
{
	double odd[] = {9, 1, 5}, even[] = {4, 1, 3, 2}, one[] = {7}, huge[] = {1.7e308, 1.5e308};

	(void)state;
	assert_true(median(odd, 3) == 5);
	assert_true(median(even, 4) == 2.5);
	assert_true(median(one, 1) == 7);
	assert_true(median(huge, 2) == 1.6e308);
	assert_true(isnan(median(one, 0)));
}

/*
 * Ranks of the 95 % interval of the median, with the coverage that sums of binomial coefficients
 * in rational numbers give: with n = 6 only 2 of the 64 ways to lie below or above it miss it.
 */
static void test_known_ranks(void **state)
{
	static const struct {
		size_t n, lo, hi;
		double percent;
	} known[] = {{6, 1, 6, 96.875}, {7, 1, 7, 98.4375}, {8, 1, 8, 99.21875},
		{9, 2, 8, 96.09375}, {10, 2, 9, 97.8515625}, {15, 4, 12, 96.484375},
		{20, 6, 15, 95.861053}, {25, 8, 18, 95.671475}, {30, 10, 21, 95.722605}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct estimate e = estimate_of_ranks(known[i].n);

		assert_true(e.ci_lo == (double)known[i].lo);
		assert_true(e.ci_hi == (double)known[i].hi);
		assert_true(e.median == (double)(known[i].n + 1) / 2);
		assert_true(
			fabs(coverage(known[i].n, known[i].lo) * 100 - known[i].percent) < 1e-6);
	}
}

static void test_interval_is_the_narrowest_that_covers(void **state)
{
	(void)state;
	for (size_t n = 6; n <= 1000; n += n < 200 ? 1 : 97) {
		struct estimate e = estimate_of_ranks(n);
		size_t lo = (size_t)e.ci_lo;

		assert_true(e.ci_lo + e.ci_hi == (double)(n + 1));
		assert_true(coverage(n, lo) >= 0.95);
		assert_true(coverage(n, lo + 1) < 0.95);
	}
	/* 1000 exactly: P(469 <= X <= 531) = 0.95371 and P(470 <= X <= 530) = 0.94632 */
	struct estimate e = estimate_of_ranks(1000);

	assert_true(e.ci_lo == 469 && e.ci_hi == 532);
}

/* Far beyond where 2^-n is zero; the normal approximation is within a rank or two there. */
static void test_many_values(void **state)
{
	const size_t n = 200000;
	struct estimate e = estimate_of_ranks(n);
	double normal = (double)n / 2 - 1.959964 * sqrt((double)n) / 2;

	(void)state;
	assert_true(fabs(e.ci_lo - normal) < 2);
	assert_true(e.ci_lo + e.ci_hi == (double)(n + 1));
}

static void test_too_few_values_have_no_interval(void **state)
{
	(void)state;
	for (size_t n = 1; n < 6; n++) {
		struct estimate e = estimate_of_ranks(n);

		assert_true(isnan(e.ci_lo) && isnan(e.ci_hi));
		assert_true(e.median == (double)(n + 1) / 2);
		assert_true(e.min == 1 && e.max == (double)n);
	}
}

static void test_nan_is_ignored(void **state)
{
	double some[] = {NAN, 3, NAN, 1, 2, NAN}, none[] = {NAN, NAN};
	struct estimate e = estimate_median(some, ARRAY_SIZE(some));

	(void)state;
	assert_true(e.median == 2 && e.min == 1 && e.max == 3);
	assert_true(isnan(e.ci_lo) && isnan(e.ci_hi));
	e = estimate_median(none, ARRAY_SIZE(none));
	assert_true(isnan(e.median) && isnan(e.min) && isnan(e.max));
	e = estimate_median(none, 0);
	assert_true(isnan(e.median) && isnan(e.ci_lo) && isnan(e.ci_hi));
}

static void test_summarise(void **state)
{
	enum { TRIALS = 7 };
	double rows[TRIALS][METRIC_COUNT];
	const double *values[TRIALS];
	struct summary s;

	(void)state;
	for (size_t t = 0; t < TRIALS; t++) {
		values[t] = rows[t];
		for (size_t m = 0; m < METRIC_COUNT; m++)
			rows[t][m] = (double)(100 * m + (t * 3) % TRIALS);
		rows[t][METRIC_OFFERED] = NAN;
	}
	rows[2][METRIC_LAT_P50] = NAN;
	/* the slowest trials lack them first */
	for (size_t t = 0; t < TRIALS; t++) {
		rows[t][METRIC_LAT_P99] = t < 4 ? rows[t][METRIC_LAT_P99] : NAN;
		rows[t][METRIC_LAT_P999] = t < 3 ? rows[t][METRIC_LAT_P999] : NAN;
		rows[t][METRIC_LAT_MAX] = t < 3 ? rows[t][METRIC_LAT_MAX] : NAN;
	}
	summarise(&s, values, TRIALS);
	assert_int_equal(s.trials, TRIALS);
	assert_true(isnan(s.metric[METRIC_OFFERED].median));
	assert_true(s.metric[METRIC_STEAL].median == 100 * METRIC_STEAL + 3);
	assert_true(s.metric[METRIC_STEAL].ci_lo == 100 * METRIC_STEAL);
	assert_true(s.metric[METRIC_STEAL].ci_hi == 100 * METRIC_STEAL + 6);
	/* 0 1 2 3 4 5 remain, the 6 of trial 2 is missing */
	assert_true(s.metric[METRIC_LAT_P50].median == 100 * METRIC_LAT_P50 + 2.5);
	assert_true(!isnan(s.metric[METRIC_LAT_P99].median));
	assert_true(isnan(s.metric[METRIC_LAT_P999].median));
	assert_true(!isnan(s.metric[METRIC_LAT_MAX].median));
	summarise(&s, NULL, 0);
	assert_int_equal(s.trials, 0);
	assert_true(isnan(s.metric[METRIC_MESSAGES].median));
}

/* Every metric has a column of its own. */
static void test_metric_table(void **state)
{
	(void)state;
	assert_string_equal(metric_info[METRIC_LAT_P9999].column, "lat_p9999_ns");
	assert_int_equal(metric_info[METRIC_LAT_P9999].kind, METRIC_COUNTED);
	assert_int_equal(metric_info[METRIC_MSGS_PER_S].kind, METRIC_REAL);
	assert_true(metric_info[METRIC_MSGS_PER_S].summarised);
	assert_false(metric_info[METRIC_STEAL].summarised);
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		assert_non_null(metric_info[i].column);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(metric_info[i].column, metric_info[j].column);
	}
}

static void variance_is_split(void **state)
{
	static const double values[] = {1, 2, 3, 5, 6, 7}, alone[] = {1, 3, 5};
	static const size_t sizes[] = {3, 0, 3}, whole[] = {6}, ones[] = {1, 1, 1};
	struct variance v = variance_split(values, sizes, 3);

	(void)state;
	/* within 1; between groups (3 * 4 * 2 / 1 - 1) / 3 */
	assert_true(fabs(v.within - 1) < 1e-12 && fabs(v.between - 23.0 / 3) < 1e-12);
	assert_true(v.groups == 2 && v.values == 6);
	v = variance_split(values, whole, 1);
	assert_true(fabs(v.within - 5.6) < 1e-12 && isnan(v.between));
	v = variance_split(alone, ones, 3);
	assert_true(isnan(v.within) && fabs(v.between - 4) < 1e-12);
	v = variance_split(alone, ones, 0);
	assert_true(isnan(v.within) && isnan(v.between) && v.groups == 0);
}

/* The best lies apart from all others, is tied with some, or cannot be told. */
static void ranks_by_intervals(void **state)
{
	static const struct {
		struct estimate e[4];
		bool higher;
		const char *standing; /* "*", "=" or "." of each */
		size_t best;
	} cases[] = {
		{{{10, 9, 11, 8, 12}, {20, 18, 22, 0, 90}, {13, 12, 30, 9, 40}}, false, "*..", 0},
		{{{10, 9, 11, 8, 12}, {20, 18, 22, 0, 90}, {13, 11, 30, 9, 40}}, false, "=.=", 0},
		{{{10, 9, 11, 8, 12}, {20, 18, 22, 0, 90}, {13, 11, 30, 9, 40}}, true, ".==", 1},
		/* of a range nothing is known about the median: the others may still be tied */
		{{{10, NAN, NAN, 10, 10}, {20, NAN, NAN, 20, 20}, {30, NAN, NAN, 1, 99}}, false,
			"...", 0},
		{{{10, 9, 11, 8, 12}, {20, NAN, NAN, 20, 20}, {30, 28, 31, 1, 99}}, false, "...",
			0},
		{{{10, 9, 11, 8, 12}, {20, NAN, NAN, 20, 20}, {11, 10, 12, 1, 99}}, false,
			"=.=", 0},
		/* what was not measured takes no part, and nothing is the best of one */
		{{{NAN, NAN, NAN, NAN, NAN}, {20, 18, 22, 1, 99}, {9, 8, 10, 1, 99}}, false, "..*",
			2},
		{{{NAN, NAN, NAN, NAN, NAN}, {20, 18, 22, 1, 99}}, false, "..", 1},
		{{{NAN, NAN, NAN, NAN, NAN}}, false, ".", 1},
		{{{NAN, NAN, NAN, NAN, NAN}}, false, "", 0},
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		const struct estimate *e[4];
		enum standing standing[4];
		size_t n = strlen(cases[c].standing);

		for (size_t i = 0; i < n; i++)
			e[i] = &cases[c].e[i];
		assert_int_equal(rank_estimates(e, n, cases[c].higher, standing), cases[c].best);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(cases[c].standing[i], ".*="[standing[i]]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variance_is_split),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_known_ranks),
		cmocka_unit_test(test_interval_is_the_narrowest_that_covers),
		cmocka_unit_test(test_many_values),
		cmocka_unit_test(test_too_few_values_have_no_interval),
		cmocka_unit_test(test_nan_is_ignored),
		cmocka_unit_test(test_summarise),
		cmocka_unit_test(ranks_by_intervals),
		cmocka_unit_test(test_metric_table),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
