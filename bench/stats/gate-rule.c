/* SPDX-License-Identifier: MIT */
#include "stats/gate-rule.h"

#include "stats/variance.h"
#include "text/format.h"
#include "text/memory.h"
#include <stdint.h>

const char *gate_verdict_name(enum gate_verdict v)
{
	static const char *const names[] = {"pass", "improved", "regression", "inconclusive"};

	return names[v];
}

const struct gate_finding gate_unjudged = {
	.ratio = NAN,
	.ci_lo = NAN,
	.ci_hi = NAN,
	.joint_lo = NAN,
	.joint_hi = NAN,
	.p = NAN,
	.p_adjusted = NAN,
	.mde = NAN,
	.verdict = VERDICT_INCONCLUSIVE,
};

/* ---- the smallest change that could have been shown ------------------------------------------ */

/* One sided; p itself must be below alpha, so the bound is just out of reach. */
static double test_tail(const struct gate_rule *rule, size_t hypotheses)
{
	return nextafter(rule->alpha / rule->looks / (double)hypotheses / 2, 0);
}

static double interval_tail(const struct gate_rule *rule, size_t hypotheses)
{
	return (1 - rule->confidence) / rule->looks / (double)hypotheses / 2;
}

struct gate_reach gate_reach(const struct gate_rule *rule, size_t hypotheses, size_t n)
{
	struct gate_reach reach = {.null = signed_rank_null(n)};
	const struct signed_rank_null *null = &reach.null;

	reach.interval = signed_rank_depth(null, interval_tail(rule, 1));
	reach.joint = signed_rank_depth(null, interval_tail(rule, hypotheses));
	reach.test = signed_rank_depth(null, test_tail(rule, hypotheses));
	reach.effect = signed_rank_depth(null, 1 - rule->power);
	reach.test_z = reach.test > 0 ? normal_quantile(null->below[reach.test - 1]) : INFINITY;
	reach.effect_z = normal_quantile(1 - rule->power);
	return reach;
}

void gate_reach_free(struct gate_reach *reach)
{
	signed_rank_null_free(&reach->null);
}

/* `h`, `g`: half the widths of the interval of the test, of tail z, and of that of the estimate. */
static double mde_of(double h, double z, double g, double b, size_t n, double min_effect)
{
	double error = GATE_WIDTH_ERROR / (double)n;
	double shown = h * (1 + b / z * sqrt(1 + error * (z * z + (z + b) * (z + b))));
	double exceeds = log1p(min_effect) + g * sqrt(1 + error * b * b);

	return expm1(fmax(shown, exceeds));
}

static double half_width(
	const struct gate_reach *reach, const double *low, const double *high, size_t depth)
{
	return (high[reach->null.count - depth] - low[depth - 1]) / 2;
}

double gate_mde(
	const struct gate_reach *reach, const double *low, const double *high, double min_effect)
{
	if (reach->test == 0 || reach->effect == 0)
		return INFINITY;
	return mde_of(half_width(reach, low, high, reach->test), reach->test_z,
		half_width(reach, low, high, reach->effect), reach->effect_z, reach->null.n,
		min_effect);
}

static double half_width_of_means(const struct paired *x, double tail)
{
	return (paired_end(x, tail, true) - paired_end(x, tail, false)) / 2;
}

double gate_mde_of_means(
	const struct gate_rule *rule, size_t hypotheses, const struct paired *x, double min_effect)
{
	double test = test_tail(rule, hypotheses), effect = 1 - rule->power;

	return mde_of(half_width_of_means(x, test), normal_quantile(test),
		half_width_of_means(x, effect), normal_quantile(effect), x->n, min_effect);
}

size_t gate_blocks_needed(const struct gate_rule *rule, size_t hypotheses, size_t spare)
{
	double tail = test_tail(rule, hypotheses > 0 ? hypotheses : 1), sum = INFINITY;

	if (spare >= SIGNED_RANK_MAX)
		return SIZE_MAX;
	size_t limit = spare * (spare + 1) / 2; /* the sum of the contrary ranks */
	double *p = need_array(limit + 1, sizeof(*p));
	size_t n = 0;

	p[0] = 1;
	while (n < SIGNED_RANK_MAX && !(sum <= tail)) {
		n++;
		sum = 0;
		for (size_t t = limit + 1; t-- > 0;) {
			p[t] = (p[t] + (t >= n ? p[t - n] : 0)) / 2;
			sum += p[t];
		}
	}
	free(p);
	return sum <= tail ? n : SIZE_MAX;
}

/* ---- one hypothesis -------------------------------------------------------------------------- */

/* Times 1 to n: beyond every difference, without ties, and finite when added. */
#define BEYOND 1e300

/* The differences with the missing ones beyond all others, and what follows from them. */
struct extreme {
	double *means; /* sorted, pairwise; to be freed */
	struct shift shift, joint;
};

static struct extreme with_missing(
	const struct gate_reach *reach, const struct gate_evidence *e, double beyond)
{
	double *d = need_array(e->n, sizeof(*d));
	struct extreme x;

	for (size_t i = 0; i < e->n; i++)
		d[i] = i < e->n - e->missing ? e->d[i] : beyond * (double)(i + 1);
	x.means = signed_rank_means(d, e->n);
	x.shift = shift_at(x.means, reach->null.count, reach->interval);
	x.joint = shift_at(x.means, reach->null.count, reach->joint);
	x.shift.p = signed_rank_p(&reach->null, d);
	free(d);
	return x;
}

/* The median of the pairwise means of those that are there. */
static double estimate_known(const struct gate_evidence *e)
{
	size_t n = e->n - e->missing;
	double *means = signed_rank_means(e->d, n);
	double estimate = sorted_median(means, n * (n + 1) / 2);

	free(means);
	return estimate;
}

/*
 * Everything but p_adjusted and the verdict. The sum of ranks grows with every difference, so that
 * the two extremes enclose whatever the missing ones could give; if the centre lies between them,
 * some values would give a p of 1.
 */
static void examine(
	const struct gate_reach *reach, const struct gate_evidence *e, struct gate_finding *out)
{
	struct extreme low = with_missing(reach, e, -BEYOND);
	struct extreme high = e->missing > 0 ? with_missing(reach, e, BEYOND) : low;
	bool split = low.shift.estimate < 0 && high.shift.estimate > 0;

	*out = (struct gate_finding){
		.ratio = exp(e->missing > 0 ? estimate_known(e) : low.shift.estimate),
		.ci_lo = exp(low.shift.ci_lo),
		.ci_hi = exp(high.shift.ci_hi),
		.joint_lo = exp(low.joint.ci_lo),
		.joint_hi = exp(high.joint.ci_hi),
		.p = split ? 1 : fmax(low.shift.p, high.shift.p),
		.mde = gate_mde(reach, low.means, high.means, e->min_effect),
	};
	free(low.means);
	if (e->missing > 0)
		free(high.means);
}

/* How much worse a ratio is: 1.05 is worse by the part 0.05. */
static double worse(const struct gate_evidence *e, double ratio)
{
	return e->higher_is_better ? 1 / ratio : ratio;
}

/* The largest slowdown that the interval leaves open. */
static double worst(const struct gate_evidence *e, const struct gate_finding *f)
{
	return worse(e, e->higher_is_better ? f->ci_lo : f->ci_hi);
}

static enum gate_verdict decide(
	const struct gate_rule *rule, const struct gate_evidence *e, const struct gate_finding *f)
{
	double change = worse(e, f->ratio);

	if (e->n == 0)
		return VERDICT_INCONCLUSIVE;
	if (f->p_adjusted < rule->alpha && change > 1 + e->min_effect)
		return VERDICT_REGRESSION;
	if (f->p_adjusted < rule->alpha && 1 / change > 1 + e->min_effect)
		return VERDICT_IMPROVED;
	return worst(e, f) < 1 + e->tolerance ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* The same of a test on means. */
static void examine_means(const struct gate_rule *rule, size_t hypotheses,
	const struct gate_evidence *e, struct gate_finding *out)
{
	const struct paired x = {e->base, e->new, e->n};
	double tail = interval_tail(rule, 1);

	*out = (struct gate_finding){
		.ratio = exp(paired_ratio(&x)),
		.ci_lo = exp(paired_end(&x, tail, false)),
		.ci_hi = exp(paired_end(&x, tail, true)),
		.joint_lo = NAN, /* nobody reads what two bisections would find */
		.joint_hi = NAN,
		.p = paired_p(&x),
		.mde = gate_mde_of_means(rule, hypotheses, &x, e->min_effect),
	};
}

/* Layouts are drawn as blocks are: what another draw of them would show counts as chance. */
static void widen(const struct gate_rule *rule, size_t hypotheses, const struct gate_evidence *e,
	struct gate_finding *f)
{
	double at = log(f->ratio), error = e->layout_error;
	double half = error * student_quantile(interval_tail(rule, 1), e->layout_df);
	double joint = error * student_quantile(interval_tail(rule, hypotheses), e->layout_df);
	double power = error * student_quantile(1 - rule->power, e->layout_df);
	double test = error * student_quantile(test_tail(rule, hypotheses), e->layout_df);

	f->p = fmax(f->p, 2 * student_tail(fabs(at) / error, e->layout_df));
	f->ci_lo = fmin(f->ci_lo, exp(at - half));
	f->ci_hi = fmax(f->ci_hi, exp(at + half));
	if (e->d != NULL) {
		f->joint_lo = fmin(f->joint_lo, exp(at - joint));
		f->joint_hi = fmax(f->joint_hi, exp(at + joint));
	}
	double shown = expm1(fmax(test, log1p(e->min_effect)) + power);

	f->by_layout = shown > f->mde && e->of_layout > 0.5;
	f->mde = fmax(f->mde, shown);
}

/* Most hypotheses of a gate have as many blocks as the one before: then `reach` is still right. */
static void examine_all(const struct gate_rule *rule, const struct gate_evidence *evidence,
	size_t count, struct gate_finding *out)
{
	struct gate_reach reach = {0};

	for (size_t i = 0; i < count; i++) {
		const struct gate_evidence *e = &evidence[i];

		out[i] = e->decided != NULL ? *e->decided : gate_unjudged;
		if (e->n == 0 || e->decided != NULL)
			continue;
		if (e->d != NULL && e->n != reach.null.n) {
			gate_reach_free(&reach);
			reach = gate_reach(rule, count, e->n);
		}
		if (e->d == NULL)
			examine_means(rule, count, e, &out[i]);
		else
			examine(&reach, e, &out[i]);
		if (e->layout_error > 0)
			widen(rule, count, e, &out[i]);
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

void gate_judge(const struct gate_rule *rule, const struct gate_evidence *evidence, size_t count,
	struct gate_finding *out)
{
	examine_all(rule, evidence, count, out);
	/* what has no p is as a p of 1: it is last, and only counts */
	gate_adjust(out, count, count, rule->looks);
	for (size_t i = 0; i < count; i++) {
		out[i].verdict = decide(rule, &evidence[i], &out[i]);
		if (out[i].verdict == VERDICT_INCONCLUSIVE && evidence[i].n > 0)
			out[i].mde = fmax(out[i].mde, worst(&evidence[i], &out[i]) - 1);
	}
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
