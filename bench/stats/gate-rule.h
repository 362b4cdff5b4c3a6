/* SPDX-License-Identifier: MIT */
/*
 * When a comparison says regression, pass or neither. Pure functions over numbers.
 *
 * The gate looks at its data at most `looks` times. At each look every hypothesis (a metric of a
 * cell) gets an exact p; it is multiplied by the number of looks (Bonferroni) and adjusted for the
 * number of hypotheses by Holm's step-down method (Holm 1979), so that the chance that an unchanged
 * version is called worse anywhere, at any look, is at most alpha.
 *
 *     REGRESSION    adjusted p < alpha, and the estimate is worse by more than the minimum effect
 *     PASS	     the interval rules out a slowdown of the tolerance or more
 *     INCONCLUSIVE  neither; with the smallest slowdown that could have been detected
 *
 * Both can hold at once (a proven change of 4 % with a minimum effect of 3 % and a tolerance of
 * 5 %): then it is a regression. An improvement is a pass, and is called improved if its
 * adjusted p < alpha and it exceeds the minimum effect.
 */
#ifndef IPCBENCH_GATE_RULE_H
#define IPCBENCH_GATE_RULE_H

#include "stats/paired-means.h"
#include "stats/signed-rank.h"
#include <stdbool.h>
#include <stddef.h>

enum gate_verdict { VERDICT_PASS, VERDICT_IMPROVED, VERDICT_REGRESSION, VERDICT_INCONCLUSIVE };

const char *gate_verdict_name(
	enum gate_verdict v); /* "pass" "improved" "regression" "inconclusive" */

struct gate_rule {
	double alpha;	   /* of the whole gate: 0.01 */
	double confidence; /* of an interval over all looks: 0.95; each look gets its share */
	double power;	   /* of the smallest change that could have been shown, above 0.5: 0.95 */
	unsigned int looks;
};

#define GATE_RULE_DEFAULT                                                                          \
	((struct gate_rule){.alpha = 0.01, .confidence = 0.95, .power = 0.95, .looks = 2})

/* One hypothesis as it stands at a look. */
struct gate_evidence {
	/* ln(new / base) per block, finite; or NULL, and the totals per block, tested as means */
	const double *d, *base, *new;
	size_t n; /* at most SIGNED_RANK_MAX */
	/*
	 * As many of n have no difference and are behind the others in d: p, intervals and the MDE
	 * are the worst that any values of theirs could give. Fewer than n; 0 if d is NULL.
	 */
	size_t missing;
	/*
	 * The standard error of ln(new / base) from the layouts of several builds
	 * (stats/variance.h): p, intervals and the MDE are then the wider of those of blocks and
	 * those of Student's t. 0 = none. The other field is the fraction of its square that comes
	 * from layouts.
	 */
	double layout_error, of_layout;
	size_t layout_df;
	bool higher_is_better;
	double tolerance, min_effect; /* parts: a change of 0.05 for the worse; each > 0 and < 1 */
	/*
	 * the finding of an earlier look that decided it: d, base, new and layouts are not used; or
	 * NULL
	 */
	const struct gate_finding *decided;
};

/*
 * The finding. A slowdown by the fraction e is a ratio of 1 + e if lower is better and 1 / (1 + e)
 * if higher is better, so swapping the versions mirrors it.
 */
struct gate_finding {
	double ratio;	     /* new / base, from the Hodges-Lehmann estimate, or of the totals */
	double ci_lo, ci_hi; /* 0 and INFINITY if there are too few blocks */
	/* the same for all hypotheses at once (Bonferroni); NAN of means */
	double joint_lo, joint_hi;
	double p;	   /* two-sided, of one look */
	double p_adjusted; /* for looks and hypotheses, at most 1 */
	double mde;	   /* part: the smallest change for the worse that would have been called a
			      regression with the rule's power; INFINITY when none could have
			      been. If inconclusive, at least what its interval leaves open */
	bool by_layout; /* that is for the layouts of builds more than for the spread of blocks */
	enum gate_verdict verdict;
};

/* The finding of a hypothesis before it is judged. */
extern const struct gate_finding gate_unjudged;

/*
 * Judges all hypotheses of a gate at one look. out[i] answers evidence[i]. A hypothesis with n == 0
 * is inconclusive, with NAN for what is unknown, and counts among the hypotheses.
 *
 * A hypothesis that was decided at an earlier look keeps its verdict, but its p is passed to every
 * later look too, because Holm's method covers all hypotheses of the gate. This keeps alpha: at
 * each look a new false alarm needs a p of that look below alpha / looks / (true hypotheses), which
 * is Bonferroni over looks.
 */
void gate_judge(const struct gate_rule *rule, const struct gate_evidence *evidence, size_t count,
	struct gate_finding *out);

/*
 * Holm: the smallest p is multiplied by the number of hypotheses, the next by one fewer, and so on;
 * no adjusted p is below the one before it. Hypotheses without a p get no adjusted one.
 */
void gate_adjust(struct gate_finding *out, size_t count, size_t hypotheses, unsigned int looks);

/*
 * Whether a verdict ends the measurement of its hypothesis before the last look. It does not if the
 * estimate is worse by more than the minimum effect without proof: the interval may rule out the
 * tolerance, but more blocks may still prove a regression.
 */
bool gate_is_final(const struct gate_evidence *evidence, const struct gate_finding *found);

/*
 * The number of blocks that a gate with this many hypotheses needs to call a regression at all,
 * with at least `spare` contrary blocks of the smallest ranks among them. SIZE_MAX if more than
 * SIGNED_RANK_MAX.
 */
size_t gate_blocks_needed(const struct gate_rule *rule, size_t hypotheses, size_t spare);

/* One block's difference: mean of ln(new) less mean of ln(base). NAN unless all are above 0. */
double gate_difference(const double *base, size_t base_count, const double *new, size_t new_count);

/* ---- gate mde -------------------------------------------------------------------------------- */

/*
 * The smallest change that a gate would have called a regression.
 *
 * With a true change t (of the logarithm) two things must happen. The test must reject at Holm's
 * most demanding step: the lower end of the interval that belongs to that level must be above 0. On
 * average it lies half the width h of that interval below t, and it varies by about s = h / z,
 * where z is the normal quantile of its tail. And the estimate must exceed the minimum effect e:
 * with the power P it does when t is above e by half the width g of the interval that leaves 1 - P
 * on either side. So
 *
 *     t = max(h + b s sqrt(1 + c (z^2 + (z + b)^2)), e + g sqrt(1 + c b^2))
 *
 * with b the normal quantile of P. Widths of intervals of order statistics hold for any shape of
 * the noise that the differences themselves show, and few blocks widen them as they must. The roots
 * answer for what a width of n blocks is itself worth: c is its squared relative error,
 * GATE_WIDTH_ERROR / n, which enters once for the observed width and once for that of the
 * predicted gate. The power is thus an average over gates; tests/unit/test-gate-mde.c measures it.
 */

/* Times n: between 0.5 (standard deviation of normal noise) and what heavier tails have. */
#define GATE_WIDTH_ERROR 1.0

/* What n blocks can show in a gate, whatever their differences are. */
struct gate_reach {
	struct signed_rank_null null;
	size_t interval;	 /* depth of the interval that is reported; 0 = too few blocks */
	size_t joint;		 /* of that for all hypotheses at once */
	size_t test;		 /* of the one that belongs to the most demanding test */
	size_t effect;		 /* of the one that tells by how much the estimate varies */
	double test_z, effect_z; /* normal quantiles: of the test's tail, and of the power */
};

/* For n = 1 .. SIGNED_RANK_MAX. */
struct gate_reach gate_reach(const struct gate_rule *rule, size_t hypotheses, size_t n);
void gate_reach_free(struct gate_reach *reach);

/*
 * Of the sorted pairwise means of the differences, with those that are missing as low and as high
 * as can be: a part, as gate_finding.mde.
 */
double gate_mde(
	const struct gate_reach *reach, const double *low, const double *high, double min_effect);

/* The same of a test on means, whose intervals say how totals vary. */
double gate_mde_of_means(
	const struct gate_rule *rule, size_t hypotheses, const struct paired *x, double min_effect);

#endif
