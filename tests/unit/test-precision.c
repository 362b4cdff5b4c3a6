/* SPDX-License-Identifier: MIT */
/* How often the interval that ends --auto holds the true median. */
#include "stats/summary.h"

#include "gate/random.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RUNS = 4000, TRIALS_MAX = 200 };

/* Launches around 100 that are normal, skewed, slow one time in five, or as p99 vary, some by
 * several times. */
static double launch(int kind, struct random *random)
{
	if (kind == 1)
		return 100 - 5 * log(random_part(random));
	if (kind == 3)
		return 100 * exp(0.15 * random_normal(random)) *
		       (random_part(random) < 0.1 ? 4 : 1);
	return 100 + 2 * random_normal(random) + (kind == 2 && random_part(random) < 0.2 ? 8 : 0);
}

static double true_median(int kind)
{
	enum { MANY = 400001 };
	double *values = malloc(MANY * sizeof(*values)), middle;
	struct random random = random_from(99);

	assert_non_null(values);
	for (size_t i = 0; i < MANY; i++)
		values[i] = launch(kind, &random);
	middle = median(values, MANY);
	free(values);
	return middle;
}

/* What --auto did before: a look after every trial. */
static bool narrow_once(const double *values, size_t n, double share)
{
	double copy[TRIALS_MAX];

	memcpy(copy, values, n * sizeof(*values));
	const struct estimate e = estimate_median(copy, n);

	return n >= PRECISION_TRIALS_MIN && e.ci_hi - e.ci_lo <= 2 * share * e.median;
}

/* The share of runs whose last interval holds the median. */
static double coverage(int kind, double share, bool (*enough)(const double *, size_t, double))
{
	const double truth = true_median(kind);
	struct random random = random_from(1234);
	unsigned int held = 0;

	for (int run = 0; run < RUNS; run++) {
		double values[TRIALS_MAX];
		size_t n = 0;

		do
			values[n++] = launch(kind, &random);
		while (n < TRIALS_MAX && !enough(values, n, share));
		const struct estimate e = estimate_median(values, n);

		held += e.ci_lo <= truth && truth <= e.ci_hi;
	}
	return (double)held / RUNS;
}

static void intervals_hold_what_they_say(void **state)
{
	static const double shares[] = {0.005, 0.01, 0.02, 0.05};
	double least = 1, before = 1;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		for (size_t i = kind < 3 ? 0 : 3; i < (kind < 3 ? 3 : 4); i++) {
			double now = coverage(kind, shares[i], precision_reached),
			       once = coverage(kind, shares[i], narrow_once);

			print_message("kind %d, +-%g %%: %.1f %%, after every trial %.1f %%\n",
				kind, 100 * shares[i], 100 * now, 100 * once);
			least = fmin(least, now);
			before = fmin(before, once);
		}
	}
	/* four standard errors of a share of 95 % in so many runs are 1.4 % */
	assert_true(least > 0.936);
	assert_true(before < least);
}

static void looks(void **state)
{
	double values[20];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		values[i] = 100;
	for (size_t n = 0; n <= 20; n++)
		assert_int_equal(precision_reached(values, n, 0.01),
			n == 8 || n == 11 || n == 15 || n == 20);
	/* six that lie apart: neither of the looks that count them is enough for the next */
	for (size_t i = 0; i < 6; i++)
		values[i] = 100 + 20 * (double)i;
	assert_false(precision_reached(values, 8, 0.01));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_hold_what_they_say),
		cmocka_unit_test(looks),
	};

	return cmocka_run_group_tests_name("precision", tests, NULL, NULL);
}
