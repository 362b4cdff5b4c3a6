/* SPDX-License-Identifier: MIT */
/*
 * The centre of paired differences: Wilcoxon's signed-rank test with its exact distribution, the
 * Hodges-Lehmann estimate and the interval that belongs to the test (Hollander, Wolfe & Chicken,
 * Nonparametric Statistical Methods, 3rd ed., 3.1-3.3).
 *
 * Where each difference got its sign from a coin, as the order of a block does, the test is exact
 * whatever the noise: given the absolute values, and whether or not neighbours resemble each
 * other, every pattern of signs is as likely as any other.
 */
#ifndef IPCBENCH_SIGNED_RANK_H
#define IPCBENCH_SIGNED_RANK_H

#include <stddef.h>

/* What the differences say of their centre. */
struct shift {
	double estimate;     /* median of all pairwise means, each value with itself included */
	double ci_lo, ci_hi; /* interval of at least the confidence asked for; +-INFINITY when even
				the widest does not reach it */
	double p;	     /* two-sided, of "the centre is 0" */
};

/* As many differences as signed_rank() takes. */
#define SIGNED_RANK_MAX 1000

/*
 * Tests `n` finite differences. Zeros are kept in the ranking and count half for either sign
 * (conservatively: as if against the rejection); ties share their mean rank and the distribution
 * is that of the shared ranks, not of 1..n. confidence in (0, 1). 0; -EINVAL when n is 0 or above
 * SIGNED_RANK_MAX or a value is not finite; -ENOMEM.
 */
int signed_rank(const double *d, size_t n, double confidence, struct shift *out);

/* The smallest two-sided p that n differences can reach: 2 / 2^n, at most 1. */
double signed_rank_p_min(size_t n);

#endif
