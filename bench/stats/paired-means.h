/* SPDX-License-Identifier: MIT */
/*
 * The ratio of two means from paired totals: the permutation test of Fisher (The Design of
 * Experiments, 1935, section 21) and Pitman (Supplement to the Journal of the Royal Statistical
 * Society 4, 1937) for pairs, with its interval.
 *
 * Rare events do not move the median of a launch, and ranks of launches hardly show how much a rare
 * slow launch costs. The sum of the differences shows both. If a coin gave each pair its order and
 * the versions do not differ, every pattern of the signs of the differences is equally likely. So
 * the sum of the differences with the contrary sign has a known distribution, whatever the noise
 * and however heavy its tails.
 *
 * Differences are rounded to whole units, so the distribution of that sum is counted exactly
 * (Pagano & Tritchler, Journal of the American Statistical Association 78, 1983) and not sampled:
 * no random numbers, the same answer every time. The sum of rounded differences is a statistic like
 * any other, so the test stays exact; only its power depends on the unit, by about 1 %.
 *
 * A ratio r is tested by the differences new / sqrt(r) - base sqrt(r). The interval holds the
 * ratios that are not rejected. This assumes that the versions differ by a factor. If one of them
 * is slow now and then, the interval is approximate (tests/gate/simulate.c shows how good it is),
 * and no test can detect a mode that no launch was in.
 */
#ifndef IPCBENCH_PAIRED_MEANS_H
#define IPCBENCH_PAIRED_MEANS_H

#include <stdbool.h>
#include <stddef.h>

/* `n` totals of either version, 1 to SIGNED_RANK_MAX, each finite and above 0. */
struct paired {
	const double *base, *new;
	size_t n;
};

/* ln of (sum of new / sum of base). */
double paired_ratio(const struct paired *x);

/* Two-sided p of "the ratio is 1". */
double paired_p(const struct paired *x);

/*
 * ln of the smallest ratio (`upper`: the greatest) that a one-sided test of the level `tail`, below
 * 1/2, does not reject; -INFINITY and INFINITY when the pairs are too few for that.
 */
double paired_end(const struct paired *x, double tail, bool upper);

#endif
