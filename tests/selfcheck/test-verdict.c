/* SPDX-License-Identifier: MIT */
/* The judge of the self-check: known intervals, and how often it errs on made-up trials. */
#include "verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void intervals_are_those_of_the_binomial(void **state)
{
	/* k of x(k)..x(n+1-k), for 95 % and 99.9 %; Conover, Practical Nonparametric Statistics */
	static const struct {
		size_t n, k95, k999;
	} table[] = {{6, 1, 1}, {10, 2, 1}, {16, 4, 2}, {32, 10, 7}, {48, 17, 13}};
	double x[48];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		size_t n = table[i].n;

		for (size_t j = 0; j < n; j++)
			x[j] = (double)(n - j);
		struct interval wide = median_interval(x, n, 0.999);
		struct interval usual = median_interval(x, n, 0.95);

		assert_true(wide.low == (double)table[i].k999);
		assert_true(wide.high == (double)(n + 1 - table[i].k999));
		assert_true(usual.low == (double)table[i].k95);
		assert_true(usual.high == (double)(n + 1 - table[i].k95));
		assert_true(usual.median == (double)(n + 1) / 2);
	}
}

static enum verdict of(double low, double median, double high, bool last)
{
	const struct interval i = {low, median, high};

	return judge(&i, 1.15, last);
}

static void every_case_has_its_verdict(void **state)
{
	(void)state;
	for (int last = 0; last < 2; last++) {
		assert_int_equal(of(0.95, 1, 1.05, last), AGREE);
		/* a real difference, well known, and within the margin */
		assert_int_equal(of(1.05, 1.06, 1.07, last), AGREE);
		assert_int_equal(of(1.4, 1.5, 1.6, last), DISAGREE);
		assert_int_equal(of(0.5, 0.6, 0.7, last), DISAGREE);
	}
	assert_int_equal(of(0.8, 1.3, 1.9, false), UNDECIDED);
	assert_int_equal(of(0.8, 1.3, 1.9, true), AGREE);
	assert_int_equal(of(1.05, 1.1, 1.2, false), UNDECIDED);
	assert_int_equal(of(1.05, 1.1, 1.2, true), AGREE);
	assert_int_equal(of(1.1, 1.3, 1.4, false), UNDECIDED);
	assert_int_equal(of(1.1, 1.3, 1.4, true), DISAGREE);
}

/* ---- how often it errs ---------------------------------------------------------------------- */

/* In 0..1, both ends excluded; xorshift64* (Vigna 2016). */
static double unit_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return ((double)(*state * UINT64_C(0x2545f4914f6cdd1d) >> 11) + 0.5) / 9007199254740992.0;
}

/* A ratio around `true_ratio`: 8 % of noise, and each tenth trial disturbed by up to a factor 4. */
static double noisy_ratio(uint64_t *state, double true_ratio)
{
	double normal =
		sqrt(-2 * log(unit_random(state))) * cos(6.283185307179586 * unit_random(state));
	double ratio = true_ratio * exp(0.08 * normal);

	if (unit_random(state) < 0.1)
		ratio *= exp(1.4 * (2 * unit_random(state) - 1));
	return ratio;
}

static enum verdict sequential(uint64_t *state, double true_ratio)
{
	enum { LOOKS = 3, BLOCK = 16 };
	double ratio[LOOKS * BLOCK];
	enum verdict v = UNDECIDED;

	for (size_t look = 1; look <= LOOKS && v == UNDECIDED; look++) {
		for (size_t i = (look - 1) * BLOCK; i < look * BLOCK; i++)
			ratio[i] = noisy_ratio(state, true_ratio);
		struct interval r = median_interval(ratio, look * BLOCK, 0.999);

		v = judge(&r, 1.15, look == LOOKS);
	}
	return v;
}

static void errors_are_rare(void **state)
{
	static const struct {
		double ratio;
		enum verdict right;
	} cases[] = {{1, AGREE}, {0.94, AGREE}, {1.06, AGREE}, {1.5, DISAGREE}, {0.67, DISAGREE}};
	uint64_t seed = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned int wrong = 0;

		for (int run = 0; run < 2000; run++)
			wrong += sequential(&seed, cases[i].ratio) != cases[i].right;
		/* the same numbers every time: one in a thousand */
		assert_true(wrong <= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_those_of_the_binomial),
		cmocka_unit_test(every_case_has_its_verdict),
		cmocka_unit_test(errors_are_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
