/* SPDX-License-Identifier: MIT */
/* When a claim holds, and where curves cross: numbers alone. */
#include "claims/claims.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the rule -------------------------------------------------------------------------------- */

static enum claim_verdict judged(enum claim_kind kind, double ratio, double lo, double hi, double p)
{
	const struct claim_speed s = {ratio, lo, hi, lo, hi, p, p};

	return claim_judge_pair(kind, &s, 1);
}

/* One pair of many: its own p and interval say one thing, those of all pairs together do not. */
static void test_one_pair_of_many(void **state)
{
	const struct claim_speed ahead = {1.3, 1.1, 1.5, 0.9, 1.9, 0.02, 0.4};
	const struct claim_speed behind = {0.7, 0.6, 0.9, 0.5, 1.1, 0.02, 0.4};
	const struct claim_speed alike = {1, 0.98, 1.02, 0.94, 1.06, 0.9, 1};
	const struct claim_speed apart = {1.2, 1.11, 1.3, 1.05, 1.4, 0.001, 0.01};

	(void)state;
	/* that all hold is true or false by each of them alone; of most, each has its share */
	assert_int_equal(claim_judge_pair(CLAIM_FASTER, &ahead, 1), CLAIM_HOLDS);
	assert_int_equal(claim_judge_pair(CLAIM_FASTER, &ahead, 2), CLAIM_HOLDS);
	assert_int_equal(claim_judge_pair(CLAIM_FASTER, &ahead, 3), CLAIM_UNDECIDED);
	assert_int_equal(claim_judge_pair(CLAIM_SAME, &alike, 1), CLAIM_HOLDS);
	assert_int_equal(claim_share(CLAIM_ALL, 7), 1);
	assert_int_equal(claim_share(CLAIM_MOST, 7), 4);
	/* but any of them could be the one that is against it */
	assert_int_equal(claim_judge_pair(CLAIM_FASTER, &behind, 1), CLAIM_UNDECIDED);
	assert_int_equal(claim_judge_pair(CLAIM_FASTER, &alike, 1), CLAIM_UNDECIDED);
	assert_int_equal(claim_judge_pair(CLAIM_SAME, &apart, 1), CLAIM_UNDECIDED);
}

static void test_faster_is_proven_either_way_or_too_alike(void **state)
{
	(void)state;
	assert_int_equal(judged(CLAIM_FASTER, 1.5, 1.4, 1.6, 0.001), CLAIM_HOLDS);
	/* proven and small is proven */
	assert_int_equal(judged(CLAIM_FASTER, 1.01, 1.005, 1.015, 0.001), CLAIM_HOLDS);
	assert_int_equal(judged(CLAIM_FASTER, 0.7, 0.6, 0.8, 0.001), CLAIM_DOES_NOT_HOLD);
	assert_int_equal(judged(CLAIM_FASTER, 1.001, 0.99, 1.02, 0.6), CLAIM_DOES_NOT_HOLD);
	assert_int_equal(judged(CLAIM_FASTER, 1.001, 0.99, 1.04, 0.6), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_FASTER, 1.001, 0.96, 1.02, 0.6), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_FASTER, 1.5, 1.4, 1.6, 0.06), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_FASTER, 1.5, 1.4, 1.6, CLAIM_ALPHA), CLAIM_UNDECIDED);
}

static void test_same_is_within_or_beyond(void **state)
{
	(void)state;
	assert_int_equal(judged(CLAIM_SAME, 1.05, 1.02, 1.09, 0.001), CLAIM_HOLDS);
	assert_int_equal(judged(CLAIM_SAME, 0.95, 0.92, 0.99, 0.001), CLAIM_HOLDS);
	assert_int_equal(judged(CLAIM_SAME, 0.95, 0.90, 0.99, 0.001), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_SAME, 1.2, 1.11, 1.3, 0.001), CLAIM_DOES_NOT_HOLD);
	assert_int_equal(judged(CLAIM_SAME, 0.8, 0.7, 0.9, 0.001), CLAIM_DOES_NOT_HOLD);
	assert_int_equal(judged(CLAIM_SAME, 1.2, 1.05, 1.3, 0.001), CLAIM_UNDECIDED);
}

static void test_nothing_known_is_undecided(void **state)
{
	(void)state;
	assert_int_equal(judged(CLAIM_FASTER, NAN, NAN, NAN, NAN), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_SAME, NAN, NAN, NAN, NAN), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_FASTER, 2, 0, INFINITY, 1), CLAIM_UNDECIDED);
	assert_int_equal(judged(CLAIM_SAME, 1, 0, INFINITY, 1), CLAIM_UNDECIDED);
}

static void assert_speed(const struct gate_finding *f, bool higher, bool first_is_base, double r,
	double lo, double hi)
{
	struct claim_speed s = claim_speed(f, 2, higher, first_is_base);

	assert_true(fabs(s.ratio / r - 1) < 1e-12);
	assert_true(fabs(s.lo / lo - 1) < 1e-12);
	assert_true(fabs(s.hi / hi - 1) < 1e-12);
	assert_true(s.lo <= s.ratio && s.ratio <= s.hi);
}

static void test_speed_of_the_first(void **state)
{
	const struct gate_finding f = {.ratio = 2, .ci_lo = 1.6, .ci_hi = 2.5};

	(void)state;
	/* new has twice the throughput: it is twice as fast */
	assert_speed(&f, true, false, 2, 1.6, 2.5);
	assert_speed(&f, true, true, 0.5, 0.4, 0.625);
	/* new takes twice the time */
	assert_speed(&f, false, false, 0.5, 0.4, 0.625);
	assert_speed(&f, false, true, 2, 1.6, 2.5);
}

static void test_speed_of_too_few_blocks(void **state)
{
	const struct gate_finding f = {.ratio = 2, .ci_lo = 0, .ci_hi = INFINITY};
	struct claim_speed s = claim_speed(&f, 2, true, true);

	(void)state;
	assert_true(isnan(s.lo) && isnan(s.hi));
	s = claim_speed(&f, 2, true, false);
	assert_true(isnan(s.lo) && isnan(s.hi));
}

static enum claim_verdict judge(
	enum claim_needs needs, const enum claim_verdict *verdicts, size_t count)
{
	size_t of[CLAIM_VERDICTS] = {0};

	for (size_t i = 0; i < count; i++)
		of[verdicts[i]]++;
	return claim_judge(needs, of);
}

#define JUDGE(needs, ...)                                                                          \
	judge(needs, (const enum claim_verdict[]){__VA_ARGS__},                                    \
		sizeof((const enum claim_verdict[]){__VA_ARGS__}) / sizeof(enum claim_verdict))
#define H CLAIM_HOLDS
#define N CLAIM_DOES_NOT_HOLD
#define U CLAIM_UNDECIDED
#define X CLAIM_NOT_HERE

static void test_claims_need_all_or_most(void **state)
{
	(void)state;
	assert_int_equal(JUDGE(CLAIM_ALL, H, H, X), H);
	assert_int_equal(JUDGE(CLAIM_ALL, H, N, U), N);
	assert_int_equal(JUDGE(CLAIM_ALL, H, U, H), U);
	assert_int_equal(JUDGE(CLAIM_ALL, X, X), X);
	assert_int_equal(JUDGE(CLAIM_MOST, H, H, N), H);
	assert_int_equal(JUDGE(CLAIM_MOST, H, N, N), N);
	assert_int_equal(JUDGE(CLAIM_MOST, H, U, N), U);
	assert_int_equal(JUDGE(CLAIM_MOST, H, U, H), H);
	assert_int_equal(JUDGE(CLAIM_MOST, N, U, N), N);
	/* half of them is not most of them */
	assert_int_equal(JUDGE(CLAIM_MOST, H, N), N);
	assert_int_equal(JUDGE(CLAIM_MOST, H, N, X), N);
	assert_int_equal(JUDGE(CLAIM_MOST, X), X);
	assert_int_equal(judge(CLAIM_ALL, NULL, 0), X);
}

/* Points at the sizes of `size` with these ratios, those within 2 % of 1 not proven. */
static struct claim_crossing crossing(const uint64_t *size, const double *ratio, size_t n)
{
	struct claim_point points[8];

	assert_true(n <= 8);
	for (size_t i = 0; i < n; i++) {
		int ahead = ratio[i] > 1.02 ? 1 : ratio[i] < 0.98 ? -1 : 0;

		points[i] = (struct claim_point){size[i], ratio[i], ahead};
	}
	return claim_cross(points, n);
}

#define SIZES ((const uint64_t[]){64, 1024, 8192, 65536, 1 << 20})
#define CROSS(...)                                                                                 \
	crossing(SIZES, (const double[]){__VA_ARGS__},                                             \
		sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void test_where_curves_cross(void **state)
{
	(void)state;
	/* the first point behind is as far below 1 as the last one ahead is above */
	struct claim_crossing c = CROSS(4, 2, 0.5, 0.25);

	assert_int_equal(c.count, 1);
	assert_int_equal(c.from, 1024);
	assert_int_equal(c.to, 8192);
	assert_int_equal(c.ahead, 1);
	assert_true(fabs(c.at / sqrt(1024.0 * 8192) - 1) < 1e-9);
	/* a third of the way, in logarithms */
	c = CROSS(0.5, 0.8, pow(1.25, 2));
	assert_int_equal(c.from, 1024);
	assert_int_equal(c.to, 8192);
	assert_int_equal(c.ahead, -1);
	assert_true(fabs(c.at / 2048 - 1) < 1e-9);
}

static void test_what_is_not_proven_widens_the_crossing(void **state)
{
	(void)state;
	struct claim_crossing c = CROSS(4, 1.5, 1.01, 1 / 1.01, 0.5);

	assert_int_equal(c.count, 1);
	assert_int_equal(c.from, 1024);
	assert_int_equal(c.to, 1 << 20);
	/* the estimates still say where */
	assert_true(fabs(c.at / sqrt(8192.0 * 65536) - 1) < 1e-9);
	/* what was not measured is passed over */
	c = CROSS(4, 2, NAN, 0.5);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.from, 1024);
	assert_int_equal(c.to, 65536);
	assert_true(fabs(c.at / sqrt(1024.0 * 65536) - 1) < 1e-9);
}

static void test_curves_that_cross_twice_or_never(void **state)
{
	(void)state;
	struct claim_crossing c = CROSS(0.5, 2, 0.5);

	assert_int_equal(c.count, 2);
	assert_int_equal(c.from, 64);
	assert_int_equal(c.to, 1024);
	assert_int_equal(c.ahead, -1);
	c = CROSS(1, 0.5, 0.6, 1.01);
	assert_int_equal(c.count, 0);
	assert_int_equal(c.ahead, -1);
	assert_int_equal(c.from, 1024);
	assert_int_equal(c.to, 8192);
	assert_true(c.open);
	assert_true(isnan(c.at));
	c = CROSS(0.5, 0.6);
	assert_int_equal(c.count, 0);
	assert_false(c.open);
	c = CROSS(1, 1);
	assert_int_equal(c.count, 0);
	assert_int_equal(c.ahead, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faster_is_proven_either_way_or_too_alike),
		cmocka_unit_test(test_same_is_within_or_beyond),
		cmocka_unit_test(test_one_pair_of_many),
		cmocka_unit_test(test_nothing_known_is_undecided),
		cmocka_unit_test(test_speed_of_the_first),
		cmocka_unit_test(test_speed_of_too_few_blocks),
		cmocka_unit_test(test_claims_need_all_or_most),
		cmocka_unit_test(test_where_curves_cross),
		cmocka_unit_test(test_what_is_not_proven_widens_the_crossing),
		cmocka_unit_test(test_curves_that_cross_twice_or_never),
	};

	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
