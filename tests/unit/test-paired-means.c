/* SPDX-License-Identifier: MIT */
/* The test on means against one that tries all patterns of signs, and against ranks. */
#include "gate/random.h"
#include "stats/paired-means.h"
#include "stats/signed-rank.h"
#include <ipcbench/base.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { FEW = 12, MANY = 60 };

/* P(the sum of differences with random signs is as far from 0 as the one seen), by trying all. */
static double p_of_all(const double *base, const double *new, size_t n)
{
	size_t as_far = 0;
	double seen = 0;

	for (size_t i = 0; i < n; i++)
		seen += new[i] - base[i];
	for (size_t signs = 0; signs < 1u << n; signs++) {
		double sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += (signs >> i & 1 ? 1 : -1) * (new[i] - base[i]);
		as_far += fabs(sum) >= fabs(seen) - 1e-9;
	}
	return (double)as_far / (double)(1u << n);
}

/* Differences of whole units, so that rounding them changes nothing. */
static void test_p_counts_all_patterns(void **state)
{
	struct random r = random_from(1);
	double base[FEW], new[FEW];

	(void)state;
	for (int k = 0; k < 40; k++) {
		double sum = 0, worse = floor(k / 4.0);

		for (size_t i = 0; i < FEW; i++) {
			base[i] = 1000;
			new[i] = 1000 + floor(20 * random_normal(&r)) + worse;
		}
		/* the last makes the mean size 32, which is how many units it is counted in */
		for (size_t i = 0; i < FEW - 1; i++)
			sum += fabs(new[i] - 1000);
		new[FEW - 1] = 1000 + fabs(FEW * 32 - sum);
		const struct paired x = {base, new, FEW};
		double p = paired_p(&x), all = p_of_all(base, new, FEW);

		if (fabs(p - all) > 1e-12)
			fail_msg("%d: p is %g, of all patterns %g", k, p, all);
	}
}

/* What the interval leaves out is rejected, and what it holds is not. */
static void test_interval_is_that_of_the_test(void **state)
{
	struct random r = random_from(2);
	double base[MANY], new[MANY], scaled[MANY];
	const double tail = 0.0125;

	(void)state;
	for (int k = 0; k < 20; k++) {
		for (size_t i = 0; i < MANY; i++) {
			base[i] = exp(0.1 * random_normal(&r));
			new[i] = 1.04 * exp(0.1 * random_normal(&r));
		}
		const struct paired x = {base, new, MANY}, y = {scaled, new, MANY};
		double lo = paired_end(&x, tail, false), hi = paired_end(&x, tail, true);

		assert_true(lo < paired_ratio(&x) && paired_ratio(&x) < hi);
		for (int end = 0; end < 4; end++) {
			double at = end < 2 ? lo : hi,
			       outside = (end < 2) == (end % 2 == 0) ? -1 : 1;

			for (size_t i = 0; i < MANY; i++)
				scaled[i] = base[i] * exp(at + 0.01 * outside * (hi - lo));
			assert_true((paired_p(&y) < 2 * tail) == (end % 2 == 0));
		}
		/* exchanging the versions mirrors it */
		const struct paired z = {new, base, MANY};

		assert_true(fabs(paired_end(&z, tail, true) + lo) < 1e-3 * (hi - lo));
		assert_true(fabs(paired_ratio(&z) + paired_ratio(&x)) < 1e-12);
	}
}

/* One launch in eight takes nearly twice as long: the mean sees it, and the ranks hardly do. */
static void test_sees_what_is_rare(void **state)
{
	struct random r = random_from(3);
	double base[MANY], new[MANY], d[MANY];
	size_t means = 0, ranks = 0;

	(void)state;
	for (int k = 0; k < 200; k++) {
		for (size_t i = 0; i < MANY; i++) {
			base[i] = new[i] = 0;
			for (int slice = 0; slice < 2; slice++) {
				base[i] += exp(0.02 * random_normal(&r));
				new[i] += (random_part(&r) < 0.125 ? 1.8 : 1) *
					  exp(0.02 * random_normal(&r));
			}
			d[i] = log(new[i] / base[i]);
		}
		const struct paired x = {base, new, MANY};

		means += paired_p(&x) < 0.0025 && exp(paired_ratio(&x)) > 1.05;
		ranks += signed_rank(d, MANY, 0.95).p < 0.0025;
	}
	assert_in_range(means, 170, 200);
	assert_in_range(ranks, 0, 100);
}

static void test_too_few_or_all_alike(void **state)
{
	double one[8] = {1, 1, 1, 1, 1, 1, 1, 1}, two[8] = {2, 2, 2, 2, 2, 2, 2, 2};
	const struct paired x = {one, two, 8}, same = {one, one, 8};

	(void)state;
	/* 2^-8 is 0.0039 */
	assert_true(isinf(paired_end(&x, 0.0038, false)) && paired_end(&x, 0.0038, false) < 0);
	assert_true(fabs(paired_end(&x, 0.004, false) - log(2)) < 1e-6);
	assert_true(fabs(paired_end(&x, 0.004, true) - log(2)) < 1e-6);
	assert_true(fabs(paired_p(&x) - 0x1p-7) < 1e-15);
	assert_true(paired_p(&same) == 1 && paired_ratio(&same) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_p_counts_all_patterns),
		cmocka_unit_test(test_interval_is_that_of_the_test),
		cmocka_unit_test(test_sees_what_is_rare),
		cmocka_unit_test(test_too_few_or_all_alike),
	};

	return cmocka_run_group_tests_name("paired-means", tests, NULL, NULL);
}
