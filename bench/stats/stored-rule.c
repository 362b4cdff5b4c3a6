/* SPDX-License-Identifier: MIT */
#include "stats/stored-rule.h"

#include "stats/gate-mde.h"
#include "stats/normal.h"
#include "stats/sorted.h"
#include "stats/summary.h"
#include "stats/two-sample.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double stored_p_min(size_t m, size_t n)
{
	double p = 2;

	for (size_t i = 1; i <= m; i++)
		p *= (double)i / (double)(n + i);
	return p < 1 ? p : 1;
}

size_t stored_trials_needed(size_t hypotheses)
{
	double each = hypotheses > 1 ? (double)hypotheses : 1;
	size_t n = 1;

	while (stored_p_min(n, n) > 1 - STORED_CONFIDENCE ||
		stored_p_min(n, n) * each >= STORED_ALPHA)
		n++;
	return n;
}

/* ---- one hypothesis -------------------------------------------------------------------------- */

static int logarithms(double *out, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i]) || values[i] <= 0)
			return -EINVAL;
		out[i] = log(values[i]);
	}
	return 0;
}

static double ratio_of_medians(const struct stored_evidence *e, double *room)
{
	memcpy(room, e->base, e->base_count * sizeof(*room));
	double base = median(room, e->base_count);

	memcpy(room, e->new, e->new_count * sizeof(*room));
	return median(room, e->new_count) / base;
}

/* Everything but what depends on the other hypotheses. */
static int examine(const struct stored_evidence *e, double *x, struct gate_finding *out)
{
	size_t m = e->base_count, n = e->new_count;
	struct shift shift = {0};
	int r = logarithms(x, e->base, m);

	if (r == 0)
		r = logarithms(x + m, e->new, n);
	if (r == 0)
		r = rank_sum(x, m, x + m, n, STORED_CONFIDENCE, &shift);
	if (r < 0)
		return r;
	out->ratio = exp(shift.estimate);
	out->ci_lo = exp(shift.ci_lo);
	out->ci_hi = exp(shift.ci_hi);
	out->p = shift.p;
	if (isinf(shift.ci_lo) || isinf(shift.ci_hi))
		out->ratio = ratio_of_medians(e, x);
	return 0;
}

/*
 * How much the estimate must lie above a limit so that the interval with these tails does, with
 * the chance STORED_POWER: see gate-mde.h.
 */
static int reach(const double *x, size_t m, size_t n, double tails, double *out)
{
	double z = normal_quantile(tails / 2), b = normal_quantile(1 - STORED_POWER);
	double error = GATE_WIDTH_ERROR / (double)(m + n);
	struct shift shift;
	int r = rank_sum(x, m, x + m, n, 1 - tails, &shift);

	if (r == 0)
		*out = (shift.ci_hi - shift.ci_lo) / 2 *
		       (1 + b / z * sqrt(1 + error * (z * z + (z + b) * (z + b))));
	return r;
}

static int find_mde(const struct stored_evidence *e, double *x, size_t tested, double threshold,
	struct gate_finding *out)
{
	size_t m = e->base_count, n = e->new_count;
	double shown = INFINITY, proven = INFINITY;
	int r = logarithms(x, e->base, m);

	if (r == 0)
		r = logarithms(x + m, e->new, n);
	if (r == 0)
		r = reach(x, m, n, 1 - STORED_CONFIDENCE, &shown);
	if (r == 0)
		r = reach(x, m, n, STORED_ALPHA / (double)tested, &proven);
	out->mde = expm1(fmax(log1p(threshold) + shown, proven));
	return r;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_p(const void *a, const void *b)
{
	const struct gate_finding *const *x = a, *const *y = b;

	return sorted_ascending(&(*x)->p, &(*y)->p);
}

static int adjust(struct gate_finding *out, size_t count, size_t *tested)
{
	struct gate_finding **order = calloc(count + 1, sizeof(*order));
	double least = 0;
	size_t k = 0;

	if (order == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (!isnan(out[i].p))
			order[k++] = &out[i];
	qsort(order, k, sizeof(struct gate_finding *), by_p);
	for (size_t i = 0; i < k; i++) {
		least = fmax(least, fmin(1, order[i]->p * (double)(k - i)));
		order[i]->p_adjusted = least;
	}
	free(order);
	*tested = k;
	return 0;
}

static enum gate_verdict verdict(const struct gate_finding *f, bool higher_is_better, double limit)
{
	/* how much worse, as logarithms: the least and the most that the interval allows */
	double least = higher_is_better ? -log(f->ci_hi) : log(f->ci_lo);
	double most = higher_is_better ? -log(f->ci_lo) : log(f->ci_hi);
	bool proven = f->p_adjusted < STORED_ALPHA;

	if (least > limit && proven)
		return VERDICT_REGRESSION;
	if (most < -limit && proven)
		return VERDICT_IMPROVED;
	return most < limit ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
}

static const struct gate_finding nothing = {
	.ratio = NAN,
	.ci_lo = NAN,
	.ci_hi = NAN,
	.p = NAN,
	.p_adjusted = NAN,
	.mde = INFINITY,
	.verdict = VERDICT_INCONCLUSIVE,
};

int stored_judge(const struct stored_evidence *evidence, size_t count, double threshold,
	struct gate_finding *out)
{
	double *room = calloc(2 * RANK_SUM_MAX, sizeof(*room));
	int r = room == NULL ? -ENOMEM : threshold > 0 && threshold < 1 ? 0 : -EINVAL;
	size_t tested = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct stored_evidence *e = &evidence[i];

		out[i] = nothing;
		if (e->base_count > RANK_SUM_MAX || e->new_count > RANK_SUM_MAX)
			r = -EINVAL;
		else if (e->base_count > 0 && e->new_count > 0)
			r = examine(e, room, &out[i]);
	}
	if (r == 0)
		r = adjust(out, count, &tested);
	for (size_t i = 0; i < count && r == 0; i++) {
		if (isnan(out[i].p))
			continue;
		out[i].verdict = verdict(&out[i], evidence[i].higher_is_better, log1p(threshold));
		r = find_mde(&evidence[i], room, tested, threshold, &out[i]);
	}
	free(room);
	return r;
}
