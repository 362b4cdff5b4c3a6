/* SPDX-License-Identifier: MIT */
/*
 * The centre of paired differences: Wilcoxon's signed-rank test with its exact distribution, the
 * Hodges-Lehmann estimate and the interval of the test (Hollander, Wolfe & Chicken, Nonparametric
 * Statistical Methods, 3rd ed., 3.1-3.3).
 *
 * If a coin gave each difference its sign, as with the order of a block, the test is exact whatever
 * the noise: given the absolute values, every pattern of signs is equally likely, whether or not
 * neighbours resemble each other.
 */
#ifndef IPCBENCH_SIGNED_RANK_H
#define IPCBENCH_SIGNED_RANK_H

#include <stddef.h>

/* ---- shift ----------------------------------------------------------------------------------- */

/* Shared by the rank tests: ranks, depths of intervals, and the result of a test for a shift. */

/* The centre of differences. */
struct shift {
	double estimate;     /* median of all pairwise means or differences */
	double ci_lo, ci_hi; /* interval of at least the given confidence; +-INFINITY if even
				the widest does not reach it */
	double p;	     /* two-sided, of "the centre is 0" */
};

/* The shift by `count` sorted values and the depth of its interval, 0 = none; p is NAN. */
struct shift shift_at(const double *sorted, size_t count, size_t depth);

/*
 * The greatest k with below(null, k - 1) <= tail, where below() is P(T <= t) of a symmetric sum of
 * 0 .. count. The interval from the k-th value from below to the k-th from above misses the centre
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

/* As many differences as signed_rank() takes. */
#define SIGNED_RANK_MAX 1000

/*
 * Tests `n` finite differences, 1 to SIGNED_RANK_MAX. confidence in (0, 1).
 *
 * Ties share their mean rank, and p comes from the distribution of the shared ranks, not of 1..n.
 * Zeros are kept and have the lowest ranks. In either tail each gets the sign that makes rejection
 * harder, and in the distribution its sign is a coin like any other. So p is never below that of
 * Pratt's treatment, which is exact: zeros only make the test more cautious.
 *
 * The interval is closed and its ends are pairwise means, chosen by the distribution without ties.
 * With ties or zeros it covers the centre more often than requested, never less.
 */
struct shift signed_rank(const double *d, size_t n, double confidence);

/* ---- its parts, for several questions about the same differences ----------------------------- */

/* The sum T of the ranks 1..n with a positive sign, if every sign is a coin. */
struct signed_rank_null {
	size_t n;
	size_t count;  /* of ranks: n (n + 1) / 2 is the greatest sum, and counts pairwise means */
	double *below; /* below[t] = P(T <= t) for t = 0 .. count / 2; the rest is its mirror */
};

/* The distribution for n = 1 .. SIGNED_RANK_MAX. */
struct signed_rank_null signed_rank_null(size_t n);
void signed_rank_null_free(struct signed_rank_null *null);

/* rank_depth() of the pairwise means. */
size_t signed_rank_depth(const struct signed_rank_null *null, double tail);

/* The two-sided p of null->n finite differences, as signed_rank() has it. */
double signed_rank_p(const struct signed_rank_null *null, const double *d);

/* P(sum of the positive ones <= limit) of n sizes whose signs are coins: ranks, ties and all. */
double signed_sum_below(const size_t *size, size_t n, size_t limit);

/* The null->count pairwise means in ascending order, to be freed. */
double *signed_rank_means(const double *d, size_t n);

#endif
