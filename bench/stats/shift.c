/* SPDX-License-Identifier: MIT */
#include "stats/signed-rank.h"

#include "text/format.h"

struct shift shift_at(const double *sorted, size_t count, size_t depth)
{
	return (struct shift){
		.estimate = sorted_median(sorted, count),
		.ci_lo = depth > 0 ? sorted[depth - 1] : -INFINITY,
		.ci_hi = depth > 0 ? sorted[count - depth] : INFINITY,
		.p = NAN,
	};
}

size_t rank_depth(
	double (*below)(const void *null, size_t t), const void *null, size_t count, double tail)
{
	size_t low = 0, high = count / 2 + 1; /* below(low - 1) <= tail < below(high - 1) */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (below(null, middle - 1) <= tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double rank_sorted(const double *sorted, size_t n, size_t *rank)
{
	double ties = 0;

	for (size_t first = 0, end; first < n; first = end) {
		for (end = first + 1; end < n && sorted[end] == sorted[first];)
			end++;
		for (size_t i = first; i < end; i++)
			rank[i] = first + 1 + end;
		double t = (double)(end - first);

		ties += t * t * t - t;
	}
	return ties;
}

size_t rank_of(double value, const double *sorted, size_t n, const size_t *rank)
{
	const double *at = bsearch(&value, sorted, n, sizeof(*sorted), sorted_ascending);

	return rank[at - sorted];
}

double normal_quantile(double tail)
{
	double low = 0, high = 40;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (erfc(middle * M_SQRT1_2) / 2 > tail)
			low = middle;
		else
			high = middle;
	}
	return low;
}
