/* SPDX-License-Identifier: MIT */
/* Trials of a cell become one row: medians over trials with their confidence intervals. */
#ifndef IPCBENCH_SUMMARY_H
#define IPCBENCH_SUMMARY_H

#include "measure/metric.h"
#include <stdbool.h>
#include <stddef.h>

/* A median with its interval; NAN where there is none. */
struct estimate {
	double median;
	double ci_lo, ci_hi; /* at least 95 % confidence; NAN with fewer than 6 values */
	double min, max;     /* over the trials */
};

struct summary {
	unsigned int trials; /* that ended ok */
	unsigned int failed;
	struct estimate metric[METRIC_COUNT];
};

/* The median of n values, NAN for n = 0. Sorts the values. */
double median(double *values, size_t n);

/*
 * Median and distribution-free confidence interval from order statistics (the binomial interval;
 * David & Nagaraja, Order Statistics, 3rd ed., 7.1): the narrowest symmetric pair of order
 * statistics that covers the median with probability >= 0.95. Reorders the values; ignores NAN.
 */
struct estimate estimate_median(double *values, size_t n);

/* The same of a copy. */
struct estimate estimate_median_of(const double *values, size_t n);

/*
 * Summarises `n` trials: values[t] points to the METRIC_COUNT values of trial t. A percentile that
 * half of them or more lack is unknown.
 */
void summarise(struct summary *out, const double *const *values, size_t n);

/* ---- ranking --------------------------------------------------------------------------------- */

enum standing { STANDING_NONE, STANDING_BEST, STANDING_TIED };

/*
 * Which of several estimates is the best: the one with the best median, if its interval overlaps
 * none of the others. If other intervals overlap it, it and these are statistically tied. Without
 * an interval nothing is ranked, because a range of trials tells nothing about the median: this
 * estimate has no rank, and no other is the best beside it. NAN is ignored.
 *
 * Returns the index of the best median, whether ranked or not; `count` if there is none.
 */
size_t rank_estimates(const struct estimate *const *e, size_t count, bool higher_is_better,
	enum standing *standing);

/* ---- precision ------------------------------------------------------------------------------- */

/* Fewer values give no 95 % interval of a median (2^-5 > 5 %). */
enum { PRECISION_TRIALS_MIN = 6 };

/*
 * Whether the interval of the median of n values, in the order in which they came, is not wider
 * than +-`share` of it, so that no more values are needed. Checking after every value and stopping
 * at the first narrow interval favours intervals that are narrow by chance and lie beside the
 * median (tests/unit/test-precision.c counts them). So the intervals are checked at 6, 8, 11, 15
 * ... values, a third more each time, and two in a row must be narrow enough.
 */
bool precision_reached(const double *values, size_t n, double share);

/* ---- binomial -------------------------------------------------------------------------------- */

/*
 * The probability of a hit, given hits in independent tries: the exact one-sided limits of Clopper
 * and Pearson (Biometrika 26, 1934).
 */

/*
 * At the confidence, which lies in (0, 1), the probability of a hit is at most binomial_upper() and
 * at least binomial_lower(); both together hold at 2 * confidence - 1. 0 of 300 at 0.95: at most
 * 0.00994. No hit has the lower limit 0, no miss the upper limit 1, and no try both.
 * hits <= tries <= 10^9.
 */
double binomial_upper(size_t hits, size_t tries, double confidence);
double binomial_lower(size_t hits, size_t tries, double confidence);

/* P(at most `hits` of `tries`) where each hits with the probability p in [0, 1]. */
double binomial_below(size_t hits, size_t tries, double p);

#endif
