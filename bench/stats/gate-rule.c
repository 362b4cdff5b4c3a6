/* SPDX-License-Identifier: MIT */
#include "stats/gate-rule.h"

#include "text/format.h"
#include "text/memory.h"
#include <errno.h>

const char *gate_verdict_name(enum gate_verdict v)
{
	static const char *const names[] = {"pass", "improved", "regression", "inconclusive"};

	return names[v];
}

const struct gate_finding gate_unjudged = {
	.ratio = NAN,
	.ci_lo = NAN,
	.ci_hi = NAN,
	.p = NAN,
	.p_adjusted = NAN,
	.mde = NAN,
	.verdict = VERDICT_INCONCLUSIVE,
};

/* ---- one hypothesis -------------------------------------------------------------------------- */

/* Everything but p_adjusted and the verdict. */
static void examine(
	const struct gate_reach *reach, const struct gate_evidence *e, struct gate_finding *out)
{
	double *means = signed_rank_means(e->d, e->n);
	struct shift shift = shift_at(means, reach->null.count, reach->interval);

	*out = (struct gate_finding){
		.ratio = exp(shift.estimate),
		.ci_lo = exp(shift.ci_lo),
		.ci_hi = exp(shift.ci_hi),
		.p = signed_rank_p(&reach->null, e->d),
		.mde = gate_mde(reach, means, e->min_effect),
	};
	free(means);
}

/* How much worse a ratio is: 1.05 is worse by the part 0.05. */
static double worse(const struct gate_evidence *e, double ratio)
{
	return e->higher_is_better ? 1 / ratio : ratio;
}

static enum gate_verdict decide(
	const struct gate_rule *rule, const struct gate_evidence *e, const struct gate_finding *f)
{
	double change = worse(e, f->ratio);
	double worst = worse(e, e->higher_is_better ? f->ci_lo : f->ci_hi);

	if (e->n == 0)
		return VERDICT_INCONCLUSIVE;
	if (f->p_adjusted < rule->alpha && change > 1 + e->min_effect)
		return VERDICT_REGRESSION;
	if (f->p_adjusted < rule->alpha && 1 / change > 1 + e->min_effect)
		return VERDICT_IMPROVED;
	return worst < 1 + e->tolerance ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool is_part(double x)
{
	return x > 0 && x < 1;
}

static bool is_valid(
	const struct gate_rule *rule, const struct gate_evidence *evidence, size_t count)
{
	if (!is_part(rule->alpha) || !is_part(rule->confidence) || !is_part(rule->power) ||
		rule->power <= 0.5 || rule->looks == 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_part(evidence[i].tolerance) || !is_part(evidence[i].min_effect) ||
			evidence[i].n > SIGNED_RANK_MAX ||
			!all_finite(evidence[i].d, evidence[i].n))
			return false;
	return true;
}

/* Most hypotheses of a gate have as many blocks as the one before: then `reach` is still right. */
static void examine_all(const struct gate_rule *rule, const struct gate_evidence *evidence,
	size_t count, struct gate_finding *out)
{
	struct gate_reach reach = {0};

	for (size_t i = 0; i < count; i++) {
		out[i] = gate_unjudged;
		if (evidence[i].n == 0)
			continue;
		if (evidence[i].n != reach.null.n) {
			gate_reach_free(&reach);
			reach = gate_reach(rule, count, evidence[i].n);
		}
		examine(&reach, &evidence[i], &out[i]);
	}
	gate_reach_free(&reach);
}

static int by_p(const void *a, const void *b)
{
	return sorted_ascending(
		&(*(struct gate_finding *const *)a)->p, &(*(struct gate_finding *const *)b)->p);
}

void gate_adjust(struct gate_finding *out, size_t count, size_t hypotheses, unsigned int looks)
{
	struct gate_finding **order = need_array(count, sizeof(struct gate_finding *));
	size_t known = 0;
	double least = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(out[i].p))
			order[known++] = &out[i];
	qsort(order, known, sizeof(struct gate_finding *), by_p);
	for (size_t i = 0; i < known; i++) {
		least = fmax(least, order[i]->p * looks * (double)(hypotheses - i));
		order[i]->p_adjusted = fmin(least, 1);
	}
	free(order);
}

int gate_judge(const struct gate_rule *rule, const struct gate_evidence *evidence, size_t count,
	struct gate_finding *out)
{
	if (!is_valid(rule, evidence, count))
		return -EINVAL;
	examine_all(rule, evidence, count, out);
	/* what has no p is as a p of 1: it is last, and only counts */
	gate_adjust(out, count, count, rule->looks);
	for (size_t i = 0; i < count; i++)
		out[i].verdict = decide(rule, &evidence[i], &out[i]);
	return 0;
}

bool gate_is_final(const struct gate_evidence *e, const struct gate_finding *f)
{
	return f->verdict == VERDICT_REGRESSION || f->verdict == VERDICT_IMPROVED ||
	       (f->verdict == VERDICT_PASS && !(worse(e, f->ratio) > 1 + e->min_effect));
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static double mean_log(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (!(values[i] > 0) || isinf(values[i]))
			return NAN;
		sum += log(values[i]);
	}
	return sum / (double)count; /* of nothing: 0 / 0 */
}

double gate_difference(const double *base, size_t base_count, const double *new, size_t new_count)
{
	return mean_log(new, new_count) - mean_log(base, base_count);
}
