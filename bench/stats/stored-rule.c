/* SPDX-License-Identifier: MIT */
#include "stats/two-sample.h"

#include "stats/gate-rule.h"
#include "stats/summary.h"
#include <math.h>
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

/* Those of base, then those of new. */
static void logarithms(double *out, const struct stored_evidence *e)
{
	for (size_t i = 0; i < e->base_count; i++)
		*out++ = log(e->base[i]);
	for (size_t i = 0; i < e->new_count; i++)
		*out++ = log(e->new[i]);
}

static double ratio_of_medians(const struct stored_evidence *e, double *room)
{
	memcpy(room, e->base, e->base_count * sizeof(*room));
	double base = median(room, e->base_count);

	memcpy(room, e->new, e->new_count * sizeof(*room));
	return median(room, e->new_count) / base;
}

/*
 * How much the estimate must lie above a limit so that the interval with these tails does, with
 * the chance STORED_POWER: see gate-rule.h.
 */
static double reach(const struct shift *interval, size_t values, double tails)
{
	double z = normal_quantile(tails / 2), b = normal_quantile(1 - STORED_POWER);
	double error = GATE_WIDTH_ERROR / (double)values;

	return (interval->ci_hi - interval->ci_lo) / 2 *
	       (1 + b / z * sqrt(1 + error * (z * z + (z + b) * (z + b))));
}

/* Everything but p_adjusted and the verdict. */
static void examine(const struct stored_evidence *e, double *x, size_t tested, double threshold,
	struct gate_finding *out)
{
	size_t m = e->base_count, n = e->new_count;
	const double tails[] = {1 - STORED_CONFIDENCE, STORED_ALPHA / (double)tested};
	struct shift shift[2];

	logarithms(x, e);
	rank_sum_tails(x, m, x + m, n, tails, 2, shift);
	out->ratio = exp(shift[0].estimate);
	out->ci_lo = exp(shift[0].ci_lo);
	out->ci_hi = exp(shift[0].ci_hi);
	out->p = shift[0].p;
	out->mde = expm1(fmax(log1p(threshold) + reach(&shift[0], m + n, tails[0]),
		reach(&shift[1], m + n, tails[1])));
	if (isinf(shift[0].ci_lo) || isinf(shift[0].ci_hi))
		out->ratio = ratio_of_medians(e, x);
}

/* ---- all of them ----------------------------------------------------------------------------- */

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

void stored_judge(const struct stored_evidence *evidence, size_t count, double threshold,
	struct gate_finding *out)
{
	double room[2 * RANK_SUM_MAX];
	size_t tested = 0;

	for (size_t i = 0; i < count; i++)
		tested += evidence[i].base_count > 0 && evidence[i].new_count > 0;
	for (size_t i = 0; i < count; i++) {
		const struct stored_evidence *e = &evidence[i];

		out[i] = gate_unjudged;
		out[i].mde = INFINITY;
		if (e->base_count > 0 && e->new_count > 0)
			examine(e, room, tested, threshold, &out[i]);
	}
	gate_adjust(out, count, tested, 1);
	for (size_t i = 0; i < count; i++)
		if (!isnan(out[i].p))
			out[i].verdict =
				verdict(&out[i], evidence[i].higher_is_better, log1p(threshold));
}
