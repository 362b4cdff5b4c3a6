/* SPDX-License-Identifier: MIT */
/*
 * By how much one of two independent samples lies above the other: the exact rank-sum test of
 * Wilcoxon, Mann and Whitney, the Hodges-Lehmann estimate and the interval that belongs to the test
 * (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed., 4.1-4.3).
 *
 * The test takes the values of a sample for independent of each other. Two runs of a program on a
 * machine that changes in between are not: this compares stored runs, and cannot tell a new version
 * from another day. Where both versions are at hand, blocks are measured instead (signed-rank.h).
 */
#ifndef IPCBENCH_TWO_SAMPLE_H
#define IPCBENCH_TWO_SAMPLE_H

#include "stats/shift.h"

/* As many values as rank_sum() takes of each sample. */
#define RANK_SUM_MAX 500

/* With ties, p is exact up to so many values in all, and a normal approximation beyond. */
#define RANK_SUM_EXACT_TIES 200

/* p is exact to 13 digits after the point, and never said to be smaller than this. */
#define RANK_SUM_P_MIN 1e-12

/*
 * The shift of y relative to x, m and n finite values:
 *
 *     estimate      median of all m n differences y - x
 *     p             two-sided, of "no shift": twice the smaller tail. Tied values share their mean
 *                   rank, and the distribution is that of the shared ranks over all ways to part
 *                   them; see RANK_SUM_EXACT_TIES
 *     ci_lo, ci_hi  order statistics of the differences, counted in by the distribution without
 *                   ties; of at least the confidence asked for, with ties more. -INFINITY and
 *                   INFINITY when even the widest does not reach it
 *
 * The interval is closed. Swapping x and y mirrors everything. confidence in (0, 1). 0; -EINVAL
 * when m or n is 0 or above RANK_SUM_MAX or a value is not finite.
 */
int rank_sum(
	const double *x, size_t m, const double *y, size_t n, double confidence, struct shift *out);

#endif
