/* SPDX-License-Identifier: MIT */
/* Steady states: series with a change in their first part, and series without. */
#include "stats/steady.h"

#include "gate/random.h"
#include <ipcbench/base.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { VALUES_MAX = 64 };

/* Around 100 with a long tail upwards, as times have it; `share` is about its deviation. */
static void fill(double *values, size_t n, double share, struct random *random)
{
	for (size_t i = 0; i < n; i++)
		values[i] = 100 * (1 - share * log(random_part(random)));
}

static void no_change_is_seldom_seen(void **state)
{
	static const size_t lengths[] = {16, 24, 32, 50, 64};
	enum { SERIES = 20000 };
	struct random random = random_from(5);

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
		double values[VALUES_MAX];
		unsigned int seen = 0;

		for (int i = 0; i < SERIES; i++) {
			fill(values, lengths[l], 1, &random);
			seen += steady_first_part_differs(values, lengths[l]);
		}
		print_message("%zu values: %u of %d\n", lengths[l], seen, SERIES);
		/* 20 expected at 0.1 %, and a chance of 10^-4 of more than 39 */
		assert_true(seen < 40);
	}
}

static void a_first_part_is_seen(void **state)
{
	enum { SERIES = 1000, VALUES = 50 };
	struct random random = random_from(6);
	unsigned int seen = 0, short_seen = 0, late = 0, small = 0;

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		double values[VALUES];

		/* the first fifth is a tenth slower */
		fill(values, VALUES, 0.02, &random);
		for (size_t k = 0; k < VALUES / 5; k++)
			values[k] *= 1.1;
		seen += steady_first_part_differs(values, VALUES);
		/* the last third does */
		fill(values, VALUES, 0.02, &random);
		for (size_t k = VALUES * 2 / 3; k < VALUES; k++)
			values[k] *= 1.1;
		late += steady_first_part_differs(values, VALUES);
		/* proven, but too small to matter */
		fill(values, VALUES, 0.001, &random);
		for (size_t k = 0; k < VALUES / 3; k++)
			values[k] *= 1.02;
		small += steady_first_part_differs(values, VALUES);
		/* one stall is no first part */
		fill(values, VALUES, 0.02, &random);
		values[0] = 1e6;
		short_seen += steady_first_part_differs(values, VALUES);
	}
	print_message("first fifth %u, last third %u, 2 %% %u, a stall %u of %d\n", seen, late,
		small, short_seen, SERIES);
	assert_true(seen > 990 && late > 990);
	assert_true(small == 0 && short_seen < 10);
}

static void what_shows_nothing(void **state)
{
	double values[VALUES_MAX];

	(void)state;
	for (size_t i = 0; i < VALUES_MAX; i++)
		values[i] = 7;
	assert_false(steady_first_part_differs(values, VALUES_MAX));
	assert_false(steady_first_part_differs(values, 0));
	for (size_t i = 0; i < 8; i++)
		values[i] = 9;
	assert_false(steady_first_part_differs(values, STEADY_VALUES_MIN - 1));
	assert_true(steady_first_part_differs(values, 32));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_change_is_seldom_seen),
		cmocka_unit_test(a_first_part_is_seen),
		cmocka_unit_test(what_shows_nothing),
	};

	return cmocka_run_group_tests_name("steady", tests, NULL, NULL);
}
