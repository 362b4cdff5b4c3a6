/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * The largest k for which [x(k), x(n+1-k)] covers the median with this confidence: fewer than k of
 * n values lie on one side of it with the probability of so many heads in n tosses.
 */
static size_t rank_of(size_t n, double confidence)
{
	double term = 1, below = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		term /= 2; /* no head at all */
	while (k < n / 2 && 2 * (below + term) <= 1 - confidence) {
		below += term;
		term *= (double)(n - k) / (double)(k + 1);
		k++;
	}
	return k > 0 ? k : 1;
}

struct interval median_interval(double *values, size_t n, double confidence)
{
	size_t k = rank_of(n, confidence);

	qsort(values, n, sizeof(*values), ascending);
	return (struct interval){
		.low = values[k - 1],
		.median = (values[(n - 1) / 2] + values[n / 2]) / 2,
		.high = values[n - k],
	};
}

enum verdict judge(const struct interval *ratio, double margin, bool last)
{
	if (ratio->low >= 1 / margin && ratio->high <= margin)
		return AGREE;
	if (ratio->high < 1 / margin || ratio->low > margin)
		return DISAGREE;
	if (!last)
		return UNDECIDED;
	if (ratio->low <= 1 && ratio->high >= 1)
		return AGREE;
	return ratio->median >= 1 / margin && ratio->median <= margin ? AGREE : DISAGREE;
}
