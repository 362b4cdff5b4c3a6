/* SPDX-License-Identifier: MIT */
/* Medians over trials and their exact, distribution-free confidence intervals. */
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), sorted_ascending);
	return n == 0 ? NAN : sorted_median(values, n);
}

/*
 * The lower rank i, from 1, of the narrowest pair (i, n + 1 - i) of order statistics that holds
 * the median with probability >= CONFIDENCE; 0 when even the extremes do not.
 *
 * That pair covers the median when i .. n - i of the n values lie below it, and how many do is
 * binomial with p = 1/2. The sum goes outwards from the middle in units of the middle's own
 * weight, so that it neither under- nor overflows for any n.
 */
static size_t interval_rank(size_t n)
{
	size_t middle = n / 2, pair = n % 2;
	double total = pair != 0 ? 2 : 1, weight = 1;

	for (size_t k = middle; k > 0; k--) {
		weight *= (double)k / (double)(n - k + 1);
		total += 2 * weight;
	}
	double covered = pair != 0 ? 2 : 1;

	weight = 1;
	for (size_t i = middle; i > 0; i--) {
		if (covered >= CONFIDENCE * total)
			return i;
		weight *= (double)i / (double)(n - i + 1);
		covered += 2 * weight;
	}
	return 0;
}

/* Moves what is not NAN to the front; returns how many that is. */
static size_t drop_nan(double *values, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			values[kept++] = values[i];
	return kept;
}

struct estimate estimate_median(double *values, size_t n)
{
	struct estimate e = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN, .min = NAN, .max = NAN};

	n = drop_nan(values, n);
	if (n == 0)
		return e;
	e.median = median(values, n);
	e.min = values[0];
	e.max = values[n - 1];
	size_t rank = interval_rank(n);

	if (rank != 0) {
		e.ci_lo = values[rank - 1];
		e.ci_hi = values[n - rank];
	}
	return e;
}

void summarise(struct summary *out, const double *const *values, size_t n)
{
	double *column = need_array(n, sizeof(*column));

	out->trials = (unsigned int)n;
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		for (size_t t = 0; t < n; t++)
			column[t] = values[t][m];
		out->metric[m] = estimate_median(column, n);
	}
	free(column);
}
