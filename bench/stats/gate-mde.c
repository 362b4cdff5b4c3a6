/* SPDX-License-Identifier: MIT */
#include "stats/gate-rule.h"

#include "text/memory.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* One sided; p itself must be below alpha, so the bound is just out of reach. */
static double test_tail(const struct gate_rule *rule, size_t hypotheses)
{
	return nextafter(rule->alpha / rule->looks / (double)hypotheses / 2, 0);
}

struct gate_reach gate_reach(const struct gate_rule *rule, size_t hypotheses, size_t n)
{
	struct gate_reach reach = {.null = signed_rank_null(n)};
	const struct signed_rank_null *null = &reach.null;

	reach.interval = signed_rank_depth(null, (1 - rule->confidence) / rule->looks / 2);
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

static double half_width(const struct gate_reach *reach, const double *means, size_t depth)
{
	return (means[reach->null.count - depth] - means[depth - 1]) / 2;
}

double gate_mde(const struct gate_reach *reach, const double *means, double min_effect)
{
	double z = reach->test_z, b = reach->effect_z;
	double error = GATE_WIDTH_ERROR / (double)reach->null.n;

	if (reach->test == 0 || reach->effect == 0)
		return INFINITY;
	double h = half_width(reach, means, reach->test);
	double g = half_width(reach, means, reach->effect);
	double shown = h * (1 + b / z * sqrt(1 + error * (z * z + (z + b) * (z + b))));
	double exceeds = log1p(min_effect) + g * sqrt(1 + error * b * b);

	return expm1(fmax(shown, exceeds));
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
