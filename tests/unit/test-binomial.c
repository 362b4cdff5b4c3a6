/* SPDX-License-Identifier: MIT */
/* Limits of Clopper and Pearson against rational arithmetic and against their definition. */
#include "stats/summary.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_known_limits(void **state)
{
	/* found by halving with sums of fractions, apart from the code under test */
	static const struct {
		size_t hits, tries;
		double confidence, upper, lower;
	} known[] = {
		{0, 300, 0.95, 0.009936081944457713, 0},
		{1, 10, 0.975, 0.44501611702819543, 0.002528578544461757},
		{5, 10, 0.95, 0.7775588989918709, 0.22244110100812908},
		{3, 300, 0.99, 0.03309274220691033, 0.0014572881867993548},
		{9, 10, 0.95, 0.9948838031081763, 0.6058366975634952},
		{20, 100, 0.975, 0.2918426890886281, 0.1266555521019559},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t hits = known[i].hits, tries = known[i].tries;

		assert_true(fabs(binomial_upper(hits, tries, known[i].confidence) -
				    known[i].upper) < 1e-12);
		assert_true(fabs(binomial_lower(hits, tries, known[i].confidence) -
				    known[i].lower) < 1e-12);
	}
}

/* No hit at all: the limit solves (1 - p)^n = 1 - confidence. */
static void test_closed_form(void **state)
{
	static const size_t tries[] = {1, 2, 7, 300, 100000, 1000000000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		double exact = -expm1(log(0.05) / (double)tries[i]);
		double found = binomial_upper(0, tries[i], 0.95);

		assert_true(fabs(found / exact - 1) < 1e-6);
		assert_true(binomial_lower(0, tries[i], 0.95) == 0);
		assert_true(binomial_upper(tries[i], tries[i], 0.95) == 1);
		assert_true(fabs(binomial_lower(tries[i], tries[i], 0.95) - (1 - exact)) < 1e-9);
	}
}

/* Terms of Pascal's triangle, row by row in probabilities. */
static void test_below_against_pascal(void **state)
{
	enum { TRIES = 60 };
	static const double chances[] = {0.003, 0.2, 0.5, 0.77, 0.999};

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(chances); c++) {
		double row[TRIES + 1] = {1}, p = chances[c], sum = 0;

		for (size_t n = 1; n <= TRIES; n++)
			for (size_t k = n + 1; k-- > 0;)
				row[k] = row[k] * (1 - p) + (k > 0 ? row[k - 1] * p : 0);
		for (size_t k = 0; k <= TRIES; k++) {
			sum += row[k];
			assert_true(fabs(binomial_below(k, TRIES, p) - sum) < 1e-12);
		}
	}
	assert_true(binomial_below(3, 10, 0) == 1);
	assert_true(binomial_below(3, 10, 1) == 0);
	assert_true(binomial_below(10, 10, 1) == 1);
}

/* However likely a hit is, the limits miss its chance no more often than they may. */
static void test_coverage(void **state)
{
	enum { TRIES = 25 };

	(void)state;
	for (int percent = 1; percent < 100; percent++) {
		double p = percent / 100.0, above = 0, below = 0;

		for (size_t k = 0; k <= TRIES; k++) {
			double chance = binomial_below(k, TRIES, p) -
					(k > 0 ? binomial_below(k - 1, TRIES, p) : 0);

			above += binomial_upper(k, TRIES, 0.9) < p ? chance : 0;
			below += binomial_lower(k, TRIES, 0.9) > p ? chance : 0;
		}
		assert_true(above <= 0.1 + 1e-9 && below <= 0.1 + 1e-9);
	}
}

static void test_no_tries(void **state)
{
	(void)state;
	assert_true(binomial_upper(0, 0, 0.95) == 1 && binomial_lower(0, 0, 0.95) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_limits),
		cmocka_unit_test(test_closed_form),
		cmocka_unit_test(test_below_against_pascal),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_no_tries),
	};

	return cmocka_run_group_tests_name("binomial", tests, NULL, NULL);
}
