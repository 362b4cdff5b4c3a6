/* SPDX-License-Identifier: MIT */
/*
 * Whether two ways of measuring the same thing agree, from ratios of neighbouring trials. The
 * design is sequential and fixed in advance: a look after every block of trials, a verdict as soon
 * as the interval of the median ratio tells one, and at the last look in any case. Nothing is
 * tried again because its outcome was not liked.
 */
#ifndef SELFCHECK_VERDICT_H
#define SELFCHECK_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

enum verdict { UNDECIDED, AGREE, DISAGREE };

/* A median between the order statistics that cover it with at least a given confidence. */
struct interval {
	double low, median, high;
};

/*
 * The distribution-free interval of a median (the binomial interval); `confidence` in 0..1. The
 * narrowest symmetric one, or from the lowest to the highest value if even that covers less.
 * Sorts the values. n must not be 0.
 */
struct interval median_interval(double *values, size_t n, double confidence);

/*
 * `ratio` is the interval of the median ratio, `margin` how far a ratio may be from 1, as a factor:
 * 1.15 is 15 % either way. Before the last look:
 *
 *     AGREE      the whole interval lies within the margin
 *     DISAGREE   the whole interval lies outside of it, on one side
 *
 * At the last look AGREE also if the interval contains 1 or the median lies within the margin, and
 * DISAGREE otherwise.
 */
enum verdict judge(const struct interval *ratio, double margin, bool last);

#endif
