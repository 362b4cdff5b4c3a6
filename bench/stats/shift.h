/* SPDX-License-Identifier: MIT */
/* What the rank tests have in common: ranks, depths of intervals, and what a test says of a shift.
 */
#ifndef IPCBENCH_SHIFT_H
#define IPCBENCH_SHIFT_H

#include <stddef.h>

/* What differences say of their centre. */
struct shift {
	double estimate;     /* median of all pairwise means or differences */
	double ci_lo, ci_hi; /* interval of at least the confidence asked for; +-INFINITY when even
				the widest does not reach it */
	double p;	     /* two-sided, of "the centre is 0" */
};

/* The shift by `count` sorted values and the depth of its interval, 0 = none; p is NAN. */
struct shift shift_at(const double *sorted, size_t count, size_t depth);

/*
 * The greatest k with below(null, k - 1) <= tail, where below() is P(T <= t) of a symmetric sum of
 * 0 .. count: the interval from the k-th value from below to the k-th from above misses the centre
 * on either side with at most that probability, which must be below 1/2. 0: there is none.
 */
size_t rank_depth(
	double (*below)(const void *null, size_t t), const void *null, size_t count, double tail);

/*
 * The doubled ranks of sorted values, of which equal ones share the mean. Returns the sum of
 * t^3 - t over groups of t equal values: 0 without ties.
 */
double rank_sorted(const double *sorted, size_t n, size_t *rank);

/* The rank of one of the values. */
size_t rank_of(double value, const double *sorted, size_t n, const size_t *rank);

/* The z that a normal value exceeds with the probability `tail`, above 0 and at most 1/2. */
double normal_quantile(double tail);

#endif
