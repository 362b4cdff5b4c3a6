/* SPDX-License-Identifier: MIT */
#include "claims/claims.h"

#include <math.h>

const char *claim_verdict_name(enum claim_verdict v)
{
	static const char *const names[CLAIM_VERDICTS] = {
		"holds", "does not hold", "undecided", "not on this machine"};

	return names[v];
}

struct gate_rule claim_rule(unsigned int looks)
{
	struct gate_rule rule = GATE_RULE_DEFAULT;

	rule.alpha = CLAIM_ALPHA;
	rule.looks = looks;
	return rule;
}

struct claim_speed claim_speed(
	const struct gate_finding *found, bool higher_is_better, bool first_is_base)
{
	struct claim_speed s = {found->ratio, found->ci_lo, found->ci_hi, found->p_adjusted};

	/* new / base becomes first / second; a time becomes a speed */
	if (first_is_base == higher_is_better)
		s = (struct claim_speed){
			1 / found->ratio, 1 / found->ci_hi, 1 / found->ci_lo, found->p_adjusted};
	if (!(s.lo > 0) || !isfinite(s.hi))
		s.lo = s.hi = NAN;
	return s;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static bool within(const struct claim_speed *s, double part)
{
	return s->lo > 1 / (1 + part) && s->hi < 1 + part;
}

static bool beyond(const struct claim_speed *s, double part)
{
	return s->hi < 1 / (1 + part) || s->lo > 1 + part;
}

enum claim_verdict claim_judge_pair(enum claim_kind kind, const struct claim_speed *s)
{
	bool proven = s->p_adjusted < CLAIM_ALPHA;

	/* what is NAN passes no comparison */
	if (kind == CLAIM_SAME)
		return within(s, CLAIM_ALIKE)		  ? CLAIM_HOLDS
		       : proven && beyond(s, CLAIM_ALIKE) ? CLAIM_DOES_NOT_HOLD
							  : CLAIM_UNDECIDED;
	if (proven && s->ratio > 1)
		return CLAIM_HOLDS;
	if ((proven && s->ratio < 1) || within(s, CLAIM_EQUAL))
		return CLAIM_DOES_NOT_HOLD;
	return CLAIM_UNDECIDED;
}

enum claim_verdict claim_judge(enum claim_needs needs, const size_t of[CLAIM_VERDICTS])
{
	size_t measured = of[CLAIM_HOLDS] + of[CLAIM_DOES_NOT_HOLD] + of[CLAIM_UNDECIDED];
	size_t wanted = needs == CLAIM_ALL ? measured : measured / 2 + 1;

	if (measured == 0)
		return CLAIM_NOT_HERE;
	if (of[CLAIM_HOLDS] >= wanted)
		return CLAIM_HOLDS;
	return of[CLAIM_HOLDS] + of[CLAIM_UNDECIDED] < wanted ? CLAIM_DOES_NOT_HOLD
							      : CLAIM_UNDECIDED;
}

/* ---- curves ---------------------------------------------------------------------------------- */

/*
 * Where the ratio passes 1 for the first time between points `from` and `to`, which lie on either
 * side of it. Estimates of points between that prove nothing still say where.
 */
static double interpolate(const struct claim_point *points, size_t from, size_t to)
{
	double x = log((double)points[from].size), y = log(points[from].ratio);

	for (size_t i = from + 1; i <= to; i++) {
		double next_x = log((double)points[i].size), next_y = log(points[i].ratio);

		if (!isfinite(next_y))
			continue;
		if ((next_y > 0) != (y > 0))
			return exp(x + (next_x - x) * y / (y - next_y));
		x = next_x;
		y = next_y;
	}
	return NAN;
}

struct claim_crossing claim_cross(const struct claim_point *points, size_t n)
{
	struct claim_crossing c = {.at = NAN};
	size_t last = n;

	for (size_t i = 0; i < n; i++) {
		if (points[i].ahead == 0)
			continue;
		if (last == n) {
			c.from = points[i].size;
			c.ahead = points[i].ahead;
			c.open = i > 0;
		} else if (points[last].ahead != points[i].ahead && c.count++ == 0) {
			c.open = false;
			c.from = points[last].size;
			c.to = points[i].size;
			c.at = interpolate(points, last, i);
		}
		if (c.count == 0)
			c.to = points[i].size;
		last = i;
	}
	return c;
}
