/* SPDX-License-Identifier: MIT */
/* The signed-rank test against published examples and against every pattern of signs. */
#include "gate/random.h"
#include "stats/signed-rank.h"
#include "text/format.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATTERNS_N = 12 };

static struct shift test_of(const double *d, size_t n, double confidence)
{
	struct shift s;

	s = signed_rank(d, n, confidence);
	return s;
}

/*
 * Depression before and after a tranquilizer (Hollander & Wolfe, table 3.1): estimate -0.46, one
 * sided p 5 / 256 and the interval (-0.786, -0.010) at 96.1 %.
 */
static void test_depression(void **state)
{
	static const double d[] = {
		-0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010};
	struct shift s = test_of(d, ARRAY_SIZE(d), 0.96);

	(void)state;
	assert_true(fabs(s.estimate + 0.46) < 1e-12);
	assert_true(fabs(s.p - 10.0 / 256) < 1e-15);
	assert_true(fabs(s.ci_lo + 0.786) < 1e-12 && fabs(s.ci_hi + 0.010) < 1e-12);
	s = test_of(d, ARRAY_SIZE(d), 0.97);
	assert_true(s.ci_lo < -0.786 && s.ci_hi > -0.010);
}

/*
 * Cross- and self-fertilised maize (Darwin 1876; Fisher, The Design of Experiments, 17), eighths of
 * an inch: the sums of ranks are 96 and 24, with one tie.
 */
static void test_maize(void **state)
{
	static const double d[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
	struct shift s = test_of(d, ARRAY_SIZE(d), 0.95);

	(void)state;
	assert_true(s.estimate == 25 && s.ci_lo == 4 && s.ci_hi == 41.5);
	assert_true(fabs(s.p - 169.0 / 4096) < 1e-15);
}

/* Added sleep (Student 1908): ties and a zero, which here speaks against rejection. */
static void test_sleep(void **state)
{
	static const double d[] = {1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4};
	struct shift s = test_of(d, ARRAY_SIZE(d), 0.95);

	(void)state;
	assert_true(fabs(s.estimate - 1.3) < 1e-12);
	assert_true(fabs(s.ci_lo - 0.9) < 1e-12 && fabs(s.ci_hi - 2.7) < 1e-12);
	assert_true(s.p == 1.0 / 256); /* T <= 1 of 10 ranks, twice; without the zero 1 / 256 too */
}

/* ---- every pattern of signs ------------------------------------------------------------------ */

/* Twice the mean rank of |d[i]|, by counting. */
static size_t doubled_rank(const double *d, size_t n, size_t i)
{
	size_t less = 0, same = 0;

	for (size_t j = 0; j < n; j++) {
		less += fabs(d[j]) < fabs(d[i]);
		same += fabs(d[j]) == fabs(d[i]);
	}
	return 2 * less + same + 1;
}

/* p as the header defines it, by going through all 2^n patterns. */
static double p_by_patterns(const double *d, size_t n)
{
	size_t rank[PATTERNS_N], plus = 0, minus = 0, hits = 0;

	for (size_t i = 0; i < n; i++) {
		rank[i] = doubled_rank(d, n, i);
		plus += d[i] >= 0 ? rank[i] : 0;
		minus += d[i] <= 0 ? rank[i] : 0;
	}
	size_t seen = plus < minus ? plus : minus;

	for (size_t pattern = 0; pattern < (size_t)1 << n; pattern++) {
		size_t sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += pattern >> i & 1 ? rank[i] : 0;
		hits += sum <= seen;
	}
	return fmin(1, 2 * ldexp((double)hits, -(int)n));
}

/* `kinds` different sizes, 0 among them: few of them make many ties; 0 for none at all. */
static void draw(double *d, size_t n, unsigned int kinds, struct random *r)
{
	for (size_t i = 0; i < n; i++) {
		double size = kinds == 0 ? random_part(r) : (double)(random_bits(r) % kinds);

		d[i] = random_coin(r) ? size : -size;
	}
}

static void test_p_against_every_pattern(void **state)
{
	static const unsigned int kinds[] = {0, 0, 2, 3, 6, 20};
	struct random r = random_from(1);
	double d[PATTERNS_N];

	(void)state;
	for (size_t n = 1; n <= PATTERNS_N; n++)
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			for (int again = 0; again < 8; again++) {
				draw(d, n, kinds[k], &r);
				assert_true(
					fabs(test_of(d, n, 0.9).p - p_by_patterns(d, n)) < 1e-13);
			}
}

static void flip(double *to, const double *from, size_t n, size_t pattern)
{
	for (size_t i = 0; i < n; i++)
		to[i] = pattern >> i & 1 ? -from[i] : from[i];
}

/*
 * Every sign a coin: p is at most a in at most the part a of all patterns, and the interval misses
 * 0 in no more of them than it may, each side for itself. Without ties it could not be narrower.
 */
static void check_level(const double *d, size_t n, double confidence)
{
	double signs[PATTERNS_N], p[(size_t)1 << PATTERNS_N];
	size_t all = (size_t)1 << n, above = 0, below = 0;

	for (size_t i = 0; i < all; i++) {
		flip(signs, d, n, i);
		struct shift s = test_of(signs, n, confidence);

		p[i] = s.p;
		above += s.ci_lo > 0;
		below += s.ci_hi < 0;
	}
	for (size_t i = 0; i < all; i++) {
		size_t hits = 0;

		for (size_t j = 0; j < all; j++)
			hits += p[j] <= p[i];
		assert_true((double)hits <= p[i] * (double)all * (1 + 1e-12));
	}
	double most = (1 - confidence) / 2 * (double)all;

	assert_true((double)above <= most && (double)below <= most);
}

static void test_level_over_every_pattern(void **state)
{
	static const unsigned int kinds[] = {0, 2, 3, 6};
	struct random r = random_from(2);
	double d[PATTERNS_N];

	(void)state;
	for (size_t n = 1; n <= 9; n++)
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			draw(d, n, kinds[k], &r);
			check_level(d, n, 0.9);
			check_level(d, n, 0.5);
		}
}

/* The pairwise means above 0 are as many as the sum of positive ranks. */
static void test_depth_is_the_deepest_that_covers(void **state)
{
	static const struct {
		size_t n;
		double confidence;
		size_t depth;
	} known[] = {{4, 0.95, 0}, {5, 0.95, 0}, {6, 0.95, 1}, {9, 0.95, 6}, {12, 0.95, 14},
		{12, 0.975, 11}, {12, 0.99, 8}, {40, 0.95, 265}, {40, 0.975, 245}, {40, 0.99, 221}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct signed_rank_null null;

		null = signed_rank_null(known[i].n);
		assert_int_equal(
			signed_rank_depth(&null, (1 - known[i].confidence) / 2), known[i].depth);
		signed_rank_null_free(&null);
	}
}

/* ---- whatever the data ----------------------------------------------------------------------- */

static void test_mirror_and_order(void **state)
{
	struct random r = random_from(3);
	double d[30], mirrored[30], turned[30];

	(void)state;
	for (unsigned int kinds = 0; kinds < 12; kinds += 3) {
		draw(d, 30, kinds, &r);
		for (size_t i = 0; i < 30; i++) {
			mirrored[i] = -d[i];
			turned[i] = d[(i * 7 + 3) % 30];
		}
		struct shift a = test_of(d, 30, 0.95), b = test_of(mirrored, 30, 0.95);
		struct shift c = test_of(turned, 30, 0.95);

		assert_true(a.p == b.p && a.estimate == -b.estimate);
		assert_true(a.ci_lo == -b.ci_hi && a.ci_hi == -b.ci_lo);
		assert_true(a.p == c.p && a.estimate == c.estimate && a.ci_lo == c.ci_lo);
	}
}

/* Exact tails by sums of integers; the last is 2^-999, far below what 1 - x could hold. */
static void test_many(void **state)
{
	static const struct {
		size_t n, sum;
		double tail;
	} known[] = {{20, 52, 0.02422046661376953}, {40, 220, 0.0048909988272498595},
		{100, 1800, 0.006149882192241235}};
	double d[SIGNED_RANK_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct signed_rank_null null;

		null = signed_rank_null(known[i].n);
		assert_true(fabs(null.below[known[i].sum] / known[i].tail - 1) < 1e-12);
		signed_rank_null_free(&null);
	}
	for (size_t i = 0; i < SIGNED_RANK_MAX; i++)
		d[i] = (double)(i + 1);
	struct shift s = test_of(d, SIGNED_RANK_MAX, 0.95);

	assert_true(s.p == ldexp(1, -999));
	assert_true(s.estimate > 0 && s.ci_lo > 0 && s.ci_lo < s.estimate && s.ci_hi > s.estimate);
	/* all of one size: the sum of ranks is a number of heads */
	for (size_t i = 0; i < SIGNED_RANK_MAX; i++)
		d[i] = i < 450 ? -1 : 1;
	s = test_of(d, SIGNED_RANK_MAX, 0.95);
	assert_true(fabs(s.p / 0.0017305360849763176 - 1) < 1e-9);
}

static void test_nothing_but_zeros(void **state)
{
	static const double zeros[20] = {0};
	struct shift s = test_of(zeros, 20, 0.95);

	(void)state;
	assert_true(s.p == 1 && s.estimate == 0 && s.ci_lo == 0 && s.ci_hi == 0);
}

static void test_too_few(void **state)
{
	static const double d[] = {1, 2, 3, 4, 5};

	(void)state;
	for (size_t n = 1; n <= 5; n++) {
		struct shift s = test_of(d, n, 0.95);

		assert_true(s.p == ldexp(1, 1 - (int)n));
		assert_true(s.estimate == (double)(n + 1) / 2);
		assert_true(s.ci_lo == -INFINITY && s.ci_hi == INFINITY);
	}
}

/* Of every length up to some merges, at random, with ties, and in order but for a few. */
static void test_sort(void **state)
{
	double values[300], wanted[300];
	struct random random = random_from(1);

	(void)state;
	for (size_t n = 0; n <= ARRAY_SIZE(values); n++) {
		for (size_t kind = 0; kind < 5; kind++) {
			for (size_t i = 0; i < n; i++) {
				double part = random_part(&random), order = (double)i;

				values[i] = kind == 0	? part
					    : kind == 1 ? floor(part * 4)
					    : kind == 2 ? (part < 0.1 ? -order : order)
					    : kind == 3 ? -order
							: fmod(order, 40);
			}
			memcpy(wanted, values, sizeof(values));
			qsort(wanted, n, sizeof(*wanted), sorted_ascending);
			sort_ascending(values, n);
			assert_memory_equal(values, wanted, n * sizeof(*values));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depression),
		cmocka_unit_test(test_maize),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_p_against_every_pattern),
		cmocka_unit_test(test_level_over_every_pattern),
		cmocka_unit_test(test_depth_is_the_deepest_that_covers),
		cmocka_unit_test(test_mirror_and_order),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_nothing_but_zeros),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_sort),
	};

	return cmocka_run_group_tests_name("signed-rank", tests, NULL, NULL);
}
