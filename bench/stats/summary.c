/* SPDX-License-Identifier: MIT */
/* Medians over trials and their exact, distribution-free confidence intervals. */
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95

double median(double *values, size_t n)
{
	sort_ascending(values, n);
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

struct estimate estimate_median_of(const double *values, size_t n)
{
	double *copy = need_array(n, sizeof(*copy));

	memcpy(copy, values, n * sizeof(*copy));
	const struct estimate e = estimate_median(copy, n);

	free(copy);
	return e;
}

/* Trials with the slowest messages lack the samples for a percentile first, so few tell nothing. */
static bool is_of_few(enum metric m, const double *const *values, size_t n)
{
	size_t have = 0;

	for (size_t t = 0; t < n; t++)
		have += isnan(values[t][m]) ? 0 : 1;
	return metric_quantile(m) > 0 && 2 * have <= n;
}

void summarise(struct summary *out, const double *const *values, size_t n)
{
	double *column = need_array(n, sizeof(*column));

	out->trials = (unsigned int)n;
	for (enum metric m = 0; m < METRIC_COUNT; m++) {
		bool few = is_of_few(m, values, n);

		for (size_t t = 0; t < n; t++)
			column[t] = few ? NAN : values[t][m];
		out->metric[m] = estimate_median(column, n);
	}
	/* all trials of a run have one capacity, which has an interval of its own */
	out->metric[METRIC_CAPACITY].ci_lo = out->metric[METRIC_CAPACITY_LO].median;
	out->metric[METRIC_CAPACITY].ci_hi = out->metric[METRIC_CAPACITY_HI].median;
	free(column);
}

/* ---- ranking --------------------------------------------------------------------------------- */

static size_t best_median(const struct estimate *const *e, size_t count, bool higher_is_better)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		double lead = best == count ? NAN : e[best]->median;

		if (!isnan(e[i]->median) &&
			!(higher_is_better ? e[i]->median <= lead : e[i]->median >= lead))
			best = i;
	}
	return best;
}

size_t rank_estimates(const struct estimate *const *e, size_t count, bool higher_is_better,
	enum standing *standing)
{
	const size_t best = best_median(e, count, higher_is_better);
	size_t tied = 0, others = 0, unknown = 0;

	for (size_t i = 0; i < count; i++) {
		standing[i] = STANDING_NONE;
		if (i == best || isnan(e[i]->median))
			continue;
		others++;
		if (isnan(e[i]->ci_lo) || isnan(e[best]->ci_lo)) {
			unknown++;
		} else if (e[i]->ci_lo <= e[best]->ci_hi && e[best]->ci_lo <= e[i]->ci_hi) {
			standing[i] = STANDING_TIED;
			tied++;
		}
	}
	if (tied > 0)
		standing[best] = STANDING_TIED;
	else if (others > 0 && unknown == 0)
		standing[best] = STANDING_BEST;
	return best;
}

/* ---- precision ------------------------------------------------------------------------------- */

static bool narrow(const double *values, size_t n, double share)
{
	const struct estimate e = estimate_median_of(values, n);

	return !isnan(e.ci_lo) && e.ci_hi - e.ci_lo <= 2 * share * e.median;
}

bool precision_reached(const double *values, size_t n, double share)
{
	size_t look = PRECISION_TRIALS_MIN, before = 0;

	while (look < n) {
		before = look;
		look += (look + 2) / 3;
	}
	return look == n && before != 0 && narrow(values, before, share) &&
	       narrow(values, n, share);
}

/* ---- binomial -------------------------------------------------------------------------------- */

/* The sum of the terms from `hits` down to 0, each from the one above it. */
static double sum_down(size_t hits, size_t tries, double p)
{
	double k = (double)hits, n = (double)tries;
	double term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) +
			  (n - k) * log1p(-p));
	double sum = term;

	for (; k > 0 && term > sum * 1e-18; k--) {
		term *= k / (n - k + 1) * ((1 - p) / p);
		sum += term;
	}
	return fmin(sum, 1);
}

double binomial_below(size_t hits, size_t tries, double p)
{
	if (hits >= tries || p <= 0)
		return 1;
	if (p >= 1)
		return 0;
	/* downwards from `hits` the terms must fall: above the mean the other tail is summed */
	if ((double)hits <= (double)tries * p)
		return sum_down(hits, tries, p);
	return 1 - sum_down(tries - hits - 1, tries, 1 - p);
}

double binomial_upper(size_t hits, size_t tries, double confidence)
{
	double low = 0, high = 1;

	if (hits == tries)
		return 1;
	/* halved until no double lies between */
	for (;;) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			return high;
		if (binomial_below(hits, tries, middle) > 1 - confidence)
			low = middle;
		else
			high = middle;
	}
}

double binomial_lower(size_t hits, size_t tries, double confidence)
{
	return 1 - binomial_upper(tries - hits, tries, confidence);
}
