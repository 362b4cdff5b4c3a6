/* SPDX-License-Identifier: MIT */
/* From what the gate found to verdicts, and what else there is to say. */
#include "claims/claims.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *claim_verdict_name(enum claim_verdict v)
{
	static const char *const names[CLAIM_VERDICTS] = {
		"holds", "does not hold", "undecided", "not on this machine"};

	return names[v];
}

/* Known at both ends or not at all; `inverted`: of 1 / the ratio. */
static void set_interval(double *lo, double *hi, double from, double to, bool inverted)
{
	bool known = from > 0 && isfinite(to);

	*lo = !known ? NAN : inverted ? 1 / to : from;
	*hi = !known ? NAN : inverted ? 1 / from : to;
}

struct claim_speed claim_speed(const struct gate_finding *found, unsigned int looks,
	bool higher_is_better, bool first_is_base)
{
	/* new / base becomes first / second; a time becomes a speed */
	bool inverted = first_is_base == higher_is_better;
	struct claim_speed s = {
		.ratio = inverted ? 1 / found->ratio : found->ratio,
		.p = found->p * looks > 1 ? 1 : found->p * looks,
		.p_adjusted = found->p_adjusted,
	};

	set_interval(&s.lo, &s.hi, found->ci_lo, found->ci_hi, inverted);
	set_interval(&s.joint_lo, &s.joint_hi, found->joint_lo, found->joint_hi, inverted);
	return s;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

/* What is NAN passes no comparison. */
static bool within(double lo, double hi, double part)
{
	return lo > 1 / (1 + part) && hi < 1 + part;
}

static bool jointly_within(const struct claim_speed *s, double part)
{
	return within(s->joint_lo, s->joint_hi, part);
}

static bool jointly_beyond(const struct claim_speed *s, double part)
{
	return s->joint_hi < 1 / (1 + part) || s->joint_lo > 1 + part;
}

static bool holds(enum claim_kind kind, const struct claim_speed *s, size_t share)
{
	if (kind == CLAIM_FASTER)
		return s->ratio > 1 && s->p * (double)share < CLAIM_ALPHA;
	return share > 1 ? jointly_within(s, CLAIM_ALIKE) : within(s->lo, s->hi, CLAIM_ALIKE);
}

static bool is_refuted(enum claim_kind kind, const struct claim_speed *s)
{
	if (kind == CLAIM_SAME)
		return jointly_beyond(s, CLAIM_ALIKE);
	return (s->ratio < 1 && s->p_adjusted < CLAIM_ALPHA) || jointly_within(s, CLAIM_EQUAL);
}

enum claim_verdict claim_judge_pair(enum claim_kind kind, const struct claim_speed *s, size_t share)
{
	if (holds(kind, s, share))
		return CLAIM_HOLDS;
	return is_refuted(kind, s) ? CLAIM_DOES_NOT_HOLD : CLAIM_UNDECIDED;
}

bool claim_is_on_curve(const struct claim_speed *s)
{
	return s->p_adjusted < CLAIM_ALPHA || jointly_within(s, CLAIM_EQUAL);
}

size_t claim_wanted(enum claim_needs needs, size_t n)
{
	return needs == CLAIM_ALL ? n : n / 2 + 1;
}

size_t claim_share(enum claim_needs needs, size_t n)
{
	return n - claim_wanted(needs, n) + 1;
}

enum claim_verdict claim_judge(enum claim_needs needs, const size_t of[CLAIM_VERDICTS])
{
	size_t measured = of[CLAIM_HOLDS] + of[CLAIM_DOES_NOT_HOLD] + of[CLAIM_UNDECIDED];
	size_t wanted = claim_wanted(needs, measured);

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

/* ---- pairs ----------------------------------------------------------------------------------- */

static const struct gate_row *row_of(const struct gate_results *r, size_t cell)
{
	for (size_t i = 0; i < r->row_count; i++)
		if (r->rows[i].cell == cell)
			return &r->rows[i];
	return NULL;
}

static void judge_pair(struct claim_pair *p, const struct gate_results *measured)
{
	const struct gate_cell *cell = &measured->cells[p->cell];
	const struct gate_row *row = row_of(measured, p->cell);

	p->row = row;
	p->why = cell->why;
	p->first_value = p->second_value = NAN;
	p->speed = CLAIM_SPEED_UNKNOWN;
	p->verdict = cell->status == STATUS_SKIP ? CLAIM_NOT_HERE : CLAIM_UNDECIDED;
	if (row == NULL)
		return;
	p->first_value = p->first_is_base ? row->base : row->new;
	p->second_value = p->first_is_base ? row->new : row->base;
	p->speed = claim_speed(&row->found, measured->rule.looks,
		gate_metrics[row->metric].higher_is_better, p->first_is_base);
	/* of an interrupted run nothing is judged */
	if (measured->interrupted)
		return;
	p->why = row->why;
	p->verdict = claim_judge_pair(p->kind, &p->speed, p->share);
}

/* ---- what claims say besides ----------------------------------------------------------------- */

static void say_what_fits(struct claim_result *r)
{
	const struct claim_pair *least = NULL;
	char size[24];

	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];

		if (p->fits.text[0] != '\0' && (least == NULL || p->size < least->size))
			least = p;
	}
	if (least != NULL)
		phrase_add(&r->says, "; ",
			"1 MiB moves in messages of %s here, the largest that both take: %s",
			ipcbench_bytes(size, sizeof(size), least->size), least->fits.text);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = ((const struct claim_point *)a)->size;
	uint64_t y = ((const struct claim_point *)b)->size;

	return (x > y) - (x < y);
}

/* A verdict as who is ahead: the first of the pair, the second, or unknown. */
static int ahead_of(const struct claim_pair *p, const char *first)
{
	int ahead = !(p->speed.p_adjusted < CLAIM_ALPHA) ? 0 : p->speed.ratio > 1 ? 1 : -1;

	return strcmp(p->first, first) == 0 ? ahead : -ahead;
}

/* A size that is an estimate: "23 KiB", "1.5 MiB". */
static const char *about(char *buf, size_t len, double bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
	size_t unit = 0;

	while (bytes >= 1024 && unit < ARRAY_SIZE(units) - 1) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, len, "%.*f %s", unit > 0 && bytes < 10 ? 1 : 0, bytes, units[unit]);
	return buf;
}

static void say_curve(struct claim_result *r, const struct claim_curve *curve)
{
	const struct claim_crossing *c = &curve->crossing;
	const char *leader = c->ahead > 0 ? curve->first : curve->second;
	const struct phrase name =
		phrase("%s, %s%s", curve->mode, curve->place, curve->cold ? ", cold" : "");
	char from[24], to[24], at[24];

	ipcbench_bytes(from, sizeof(from), c->from);
	ipcbench_bytes(to, sizeof(to), c->to);
	if (c->count > 0)
		phrase_add(&r->says, "; ",
			"%s: the curves cross at about %s, between %s and %s; below, %s is faster%s",
			name.text, about(at, sizeof(at), c->at), from, to, leader,
			c->count > 1 ? ", and they cross again above" : "");
	else if (c->ahead != 0 && c->from == c->to)
		phrase_add(&r->says, "; ", "%s: %s is faster at %s; no other size could be decided",
			name.text, leader, from);
	else if (c->ahead != 0)
		phrase_add(&r->says, "; ",
			"%s: they do not cross between %s and %s: %s is faster at every size that "
			"could be decided%s",
			name.text, from, to, leader, c->open ? ", and below nothing could be" : "");
	else
		phrase_add(&r->says, "; ", "%s: where the curves cross could not be decided",
			name.text);
}

static bool same_curve(const struct claim_pair *a, const struct claim_pair *b)
{
	return a->cold == b->cold && strcmp(a->place, b->place) == 0 &&
	       strcmp(a->mode, b->mode) == 0;
}

/* The crossing of the pairs that are on one curve with `like`. */
static void find_crossing(
	const struct claim_result *r, const struct claim_pair *like, struct claim_curve *curve)
{
	struct claim_point *points = need_array(r->pair_count, sizeof(*points));
	size_t n = 0;

	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];
		bool straight = strcmp(p->first, curve->first) == 0;

		if (same_curve(like, p))
			points[n++] = (struct claim_point){p->size,
				straight ? p->speed.ratio : 1 / p->speed.ratio,
				ahead_of(p, curve->first)};
	}
	qsort(points, n, sizeof(*points), by_size);
	curve->crossing = claim_cross(points, n);
	free(points);
}

static bool begins_curve(const struct claim_result *r, size_t pair)
{
	for (size_t i = 0; i < pair; i++)
		if (same_curve(&r->pairs[i], &r->pairs[pair]))
			return false;
	return true;
}

static void find_curves(struct claim_result *r)
{
	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];

		if (!begins_curve(r, i))
			continue;
		struct claim_curve *curve = need_next(r->curves, r->curve_count);

		*curve = (struct claim_curve){
			p->mode, p->place, r->pairs[0].first, r->pairs[0].second, p->cold, {0}};
		find_crossing(r, p, curve);
		say_curve(r, curve);
	}
}

/* The part of a claim that a trait answers; false where the trait contradicts it. */
static bool say_empty(struct claim_result *r)
{
	bool all = true;

	for (const char *const *name = r->claim->empty; *name != NULL; name++) {
		const struct transport *t = registry_find(*name);
		bool empty = t != NULL && t->shape == SHAPE_NOTIFY;

		phrase_add(&r->says, "; ",
			empty ? "%s carries no bytes: it is a notification"
			      : "%s carries bytes, which the claim denies",
			*name);
		all &= empty;
	}
	return all;
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void judge_claim(struct claim_result *r, const struct gate_results *measured)
{
	r->says.text[0] = '\0';
	r->curve_count = 0;
	memset(r->of, 0, sizeof(r->of));
	for (size_t i = 0; i < r->pair_count; i++) {
		judge_pair(&r->pairs[i], measured);
		r->of[r->pairs[i].verdict] += r->pairs[i].counts;
	}
	r->verdict = claim_judge(r->claim->needs, r->of);
	say_what_fits(r);
	if (!say_empty(r) && r->verdict != CLAIM_NOT_HERE)
		r->verdict = CLAIM_DOES_NOT_HOLD;
	if (r->claim->curve && !measured->interrupted)
		find_curves(r);
}

void claims_judge(struct claims *c)
{
	c->measured.command = "claims";
	for (size_t i = 0; i < c->count; i++)
		judge_claim(&c->results[i], &c->measured);
}

/* How far a pair is from what is claimed of it: the more, the less it supports the claim. */
static double doubt(const struct claim_pair *p)
{
	double log_ratio = log(p->speed.ratio);

	return p->kind == CLAIM_SAME ? fabs(log_ratio) : -log_ratio;
}

const struct claim_pair *claim_weakest(const struct claim_result *r)
{
	const struct claim_pair *weakest = NULL;

	for (size_t i = 0; i < r->pair_count; i++) {
		const struct claim_pair *p = &r->pairs[i];

		if (!p->counts || !isfinite(p->speed.ratio))
			continue;
		if (weakest == NULL || doubt(p) > doubt(weakest))
			weakest = p;
	}
	return weakest;
}
