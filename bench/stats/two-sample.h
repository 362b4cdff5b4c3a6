/* SPDX-License-Identifier: MIT */
/*
 * How far one of two independent samples lies above the other: the exact rank-sum test of Wilcoxon,
 * Mann and Whitney, the Hodges-Lehmann estimate and the interval of the test (Hollander, Wolfe &
 * Chicken, Nonparametric Statistical Methods, 3rd ed., 4.1-4.3).
 *
 * The test assumes that the values of a sample are independent of each other. Two runs of a program
 * on a machine that changes in between are not: this compares stored runs, and cannot tell a new
 * version from a different day. If both versions are available, blocks are measured instead
 * (signed-rank.h).
 */
#ifndef IPCBENCH_TWO_SAMPLE_H
#define IPCBENCH_TWO_SAMPLE_H

#include "stats/gate-rule.h"
#include "stats/signed-rank.h"

/* The most values of each sample that rank_sum() takes. */
#define RANK_SUM_MAX 500

/* With ties, p is exact up to this many values in total, and a normal approximation beyond. */
#define RANK_SUM_EXACT_TIES 200

/* p is exact to 13 digits after the point, and never reported as smaller than this. */
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

/* The same with `count` intervals, each of the confidence 1 - tails[i]; all have one p. */
int rank_sum_tails(const double *x, size_t m, const double *y, size_t n, const double *tails,
	size_t count, struct shift *out);

/* new / base; NAN if it is not known, the interval if there are too few values for one. */
struct ratio {
	double ratio, ci_lo, ci_hi; /* of 95 % confidence */
};

/*
 * The ratio of two samples of positive values. Their logarithms are given, m and n of them, up to
 * RANK_SUM_MAX, and get sorted. It is that of rank_sum() with its interval, or else that of the
 * medians.
 */
struct ratio ratio_of_logs(double *base, size_t m, double *new, size_t n);

/* ---- stored rule ----------------------------------------------------------------------------- */

/*
 * When a comparison of two stored runs says regression, pass or neither. Pure functions over
 * numbers.
 *
 * A hypothesis is a metric of a cell. The logarithms of its values per trial are compared by the
 * exact rank-sum test (two-sample.h); the p of all hypotheses are adjusted by Holm's step-down
 * method (Holm 1979). With a threshold T, a slowdown by T is a ratio of 1 + T if
 * lower is better and of 1 / (1 + T) if higher is better, so that swapping the runs mirrors it.
 *
 *     REGRESSION    the interval lies wholly beyond T for the worse, and adjusted p < alpha
 *     IMPROVED      the same for the better
 *     PASS	     the interval ends before T for the worse
 *     INCONCLUSIVE  everything else: the interval holds T, or there is none
 *
 * The interval answers "how much" with the error of one interval, 5 % at both ends together; the
 * adjusted p answers "at all" for all hypotheses together: that an unchanged program is called
 * worse anywhere has a chance of at most alpha, as long as the trials of a run are independent of
 * each other. Those of two runs on two days are not, and nothing in them shows by how much; this is
 * why a decision belongs to interleaved blocks (gate-rule.h).
 *
 * A change that is proven but smaller than T passes: T says what matters.
 */

#define STORED_ALPHA	  0.05
#define STORED_CONFIDENCE 0.95
#define STORED_POWER	  0.95

/* The values of one hypothesis, one per trial, each finite and above 0. */
struct stored_evidence {
	const double *base, *new;
	size_t base_count, new_count; /* 0 to RANK_SUM_MAX */
	bool higher_is_better;
};

/*
 * Judges all hypotheses together; out[i] answers evidence[i]. If there are too few trials for an
 * interval, its ends are 0 and INFINITY and the ratio is that of the medians. If one run has no
 * values, everything is NAN, and the hypothesis does not count for Holm. threshold > 0 and < 1.
 *
 * mde is the slowdown that would have been a regression with probability STORED_POWER, given the
 * spread of the trials. It is found as in gate-rule.h, from half the widths h of two intervals: the
 * reported one, whose near end must lie beyond T, and that of Holm's most demanding step, which
 * must not contain 0. INFINITY if so few trials can prove no change.
 */
void stored_judge(const struct stored_evidence *evidence, size_t count, double threshold,
	struct gate_finding *out);

/* The smallest two-sided p that m and n values can reach: 2 / C(m + n, m), at most 1. */
double stored_p_min(size_t m, size_t n);

/* The trials that each run needs before one of this many hypotheses can be called a regression. */
size_t stored_trials_needed(size_t hypotheses);

#endif
