/* SPDX-License-Identifier: MIT */
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
 * GATE_WIDTH_ERROR / n, which enters once for the width seen and once for that of the gate that is
 * foretold. The power is thus an average over gates; tests/unit/test-gate-mde.c measures it.
 */
#ifndef IPCBENCH_GATE_MDE_H
#define IPCBENCH_GATE_MDE_H

#include "stats/gate-rule.h"

/* Times n: between 0.5 (standard deviation of normal noise) and what heavier tails have. */
#define GATE_WIDTH_ERROR 1.0

/* What n blocks can show in a gate, whatever their differences are. */
struct gate_reach {
	struct signed_rank_null null;
	size_t interval;	 /* depth of the interval that is reported; 0 = too few blocks */
	size_t test;		 /* of the one that belongs to the most demanding test */
	size_t effect;		 /* of the one that tells by how much the estimate varies */
	double test_z, effect_z; /* normal quantiles: of the test's tail, and of the power */
};

/* For n = 1 .. SIGNED_RANK_MAX. */
struct gate_reach gate_reach(const struct gate_rule *rule, size_t hypotheses, size_t n);
void gate_reach_free(struct gate_reach *reach);

/* Of the sorted pairwise means of the differences: a part, as gate_finding.mde. */
double gate_mde(const struct gate_reach *reach, const double *means, double min_effect);

#endif
