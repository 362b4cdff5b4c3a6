/* SPDX-License-Identifier: MIT */
#include "stats/stored-rule.h"

#include "stats/two-sample.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double stored_median(double *values, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof(*values), ascending);
	return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

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
	double base = stored_median(room, e->base_count);

	memcpy(room, e->new, e->new_count * sizeof(*room));
	return stored_median(room, e->new_count) / base;
}

/* Everything but what depends on the other hypotheses. */
static int examine(const struct stored_evidence *e, struct gate_finding *out)
{
	size_t m = e->base_count, n = e->new_count;
	struct shift shift;

	*out = (struct gate_finding){
		.ratio = NAN,
		.ci_lo = NAN,
		.ci_hi = NAN,
		.p = NAN,
		.p_adjusted = NAN,
		.mde = INFINITY,
		.verdict = VERDICT_INCONCLUSIVE,
	};
	if (m == 0 || n == 0)
		return 0;
	double *x = calloc(m + n, sizeof(*x));

	if (x == NULL)
		return -ENOMEM;
	int r = logarithms(x, e->base, m);

	if (r == 0)
		r = logarithms(x + m, e->new, n);
	if (r == 0)
		r = rank_sum(x, m, x + m, n, STORED_CONFIDENCE, &shift);
	if (r == 0) {
		out->ratio = exp(shift.estimate);
		out->ci_lo = exp(shift.ci_lo);
		out->ci_hi = exp(shift.ci_hi);
		out->p = shift.p;
		if (isinf(shift.ci_lo) || isinf(shift.ci_hi))
			out->ratio = ratio_of_medians(e, x);
	}
	free(x);
	return r;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_p(const void *a, const void *b)
{
	const struct gate_finding *const *x = a, *const *y = b;

	return ascending(&(*x)->p, &(*y)->p);
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

int stored_judge(const struct stored_evidence *evidence, size_t count, double threshold,
	struct gate_finding *out)
{
	size_t tested = 0;
	int r = threshold > 0 && threshold < 1 ? 0 : -EINVAL;

	for (size_t i = 0; i < count && r == 0; i++)
		r = examine(&evidence[i], &out[i]);
	if (r == 0)
		r = adjust(out, count, &tested);
	for (size_t i = 0; i < count && r == 0; i++) {
		if (isnan(out[i].p))
			continue;
		double p_min = stored_p_min(evidence[i].base_count, evidence[i].new_count);

		if (isfinite(out[i].ci_hi) && p_min * (double)tested < STORED_ALPHA)
			out[i].mde = NAN;
		out[i].verdict = verdict(&out[i], evidence[i].higher_is_better, log1p(threshold));
	}
	return r;
}
