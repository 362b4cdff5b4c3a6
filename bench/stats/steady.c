/* SPDX-License-Identifier: MIT */
#include "stats/steady.h"

#include "stats/summary.h"
#include <math.h>

/*
 * Exceeded by the largest of the standardised rank sums in fewer than 0.1 % of series of 16 to 64
 * independent values, as tests/unit/test-steady.c finds.
 */
#define STATISTIC_MAX 3.85

/* The sum of the ranks of the first k values is this of the k - 1 before, and the rank of one. */
static double rank_of(const double *values, size_t n, size_t i)
{
	double rank = 0.5;

	for (size_t k = 0; k < n; k++)
		rank += values[k] < values[i] ? 1 : values[k] > values[i] ? 0 : 0.5;
	return rank;
}

/* How far the rank sum of the first k of n values is from what it would be, in deviations. */
static double statistic(double sum, double k, double n)
{
	return fabs(sum - k * (n + 1) / 2) / sqrt(k * (n - k) * (n + 1) / 12);
}

bool steady_first_part_differs(const double *values, size_t n)
{
	double sum = 0, largest = 0;
	size_t first = 0;

	if (n < STEADY_VALUES_MIN)
		return false;
	for (size_t k = 1; k + 2 <= n; k++) {
		sum += rank_of(values, n, k - 1);
		if (k < 2 || statistic(sum, (double)k, (double)n) <= largest)
			continue;
		largest = statistic(sum, (double)k, (double)n);
		first = k;
	}
	if (largest <= STATISTIC_MAX)
		return false;
	double rest = estimate_median_of(values + first, n - first).median;

	return fabs(estimate_median_of(values, first).median - rest) >= STEADY_SHARE * fabs(rest);
}
