/* SPDX-License-Identifier: MIT */
/* In which order those that qualify are recommended. */
#include "advise/judge.h"

#include "stats/summary.h"
#include <math.h>
#include <string.h>

/* ---- simplicity ------------------------------------------------------------------------------ */

static size_t family_place(const char *family)
{
	size_t i = 0;

	while (need_families[i] != NULL && strcmp(need_families[i], family) != 0)
		i++;
	return i;
}

/*
 * Which of two is simpler to use (< 0: a). By family in the order of need_families, then any other.
 * Within a family: shorter reach, then shorter persistence, then the order of `ipcbench list`;
 * without options, blocking and copying before the rest.
 */
static int by_simplicity(const struct candidate *a, const struct candidate *b)
{
	const struct transport *s = a->transport, *t = b->transport;
	const size_t keys[][2] = {
		{family_place(s->family), family_place(t->family)},
		{s->reach, t->reach},
		{s->persistence, t->persistence},
		/* the same transport, with other options, wait or copy */
		{s == t ? 0 : a->id, s == t ? 0 : b->id},
		{strchr(a->key.transport, ':') != NULL, strchr(b->key.transport, ':') != NULL},
		{a->key.wait != WAIT_BLOCK, b->key.wait != WAIT_BLOCK},
		{a->key.copy == COPY_INPLACE, b->key.copy == COPY_INPLACE},
		{a->id, b->id},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* ---- the order ------------------------------------------------------------------------------- */

/* 0 goes before 1: if CPU time decides, only among those with headroom. */
static int tier(const struct advice *a, const struct candidate *c)
{
	return a->ranking == RANK_CPU && !c->roomy;
}

const struct span *advice_figure(const struct advice *a, const struct candidate *c)
{
	if (a->ranking == RANK_TIME)
		return &c->time;
	return &c->figure[a->ranking == RANK_CPU && c->roomy ? NEED_CPU : NEED_P50];
}

/* The range of too few trials is not an interval. */
static struct estimate estimate_of(const struct span *s)
{
	return (struct estimate){
		.median = s->value,
		.ci_lo = s->interval ? s->lo : NAN,
		.ci_hi = s->interval ? s->hi : NAN,
	};
}

/* Whether neither of two values is the best, by the rule of every table. */
static bool overlap(const struct span *a, const struct span *b)
{
	const struct estimate e[] = {estimate_of(a), estimate_of(b)};
	enum standing standing[ARRAY_SIZE(e)];

	if (isnan(a->value) || isnan(b->value))
		return isnan(a->value) && isnan(b->value);
	rank_estimates(
		(const struct estimate *const[]){&e[0], &e[1]}, ARRAY_SIZE(e), false, standing);
	return standing[0] != STANDING_BEST && standing[1] != STANDING_BEST;
}

/* Whether a has the lower value; not if it has none. */
static bool is_lower(const struct advice *a, const struct candidate *x, const struct candidate *y)
{
	double p = advice_figure(a, x)->value, q = advice_figure(a, y)->value;

	if (tier(a, x) != tier(a, y))
		return tier(a, x) < tier(a, y);
	if (isnan(p) || isnan(q) || p == q)
		return isnan(p) == isnan(q) ? by_simplicity(x, y) < 0 : isnan(q);
	return p < q;
}

static size_t find_lowest(const struct advice *a, size_t from)
{
	size_t best = from;

	for (size_t i = from + 1; i < a->qualified; i++)
		if (is_lower(a, &a->items[i], &a->items[best]))
			best = i;
	return best;
}

/* Whether the values of two items do not show which is better. */
static bool tied(const struct advice *a, const struct candidate *x, const struct candidate *y)
{
	return a->ranking == RANK_SIMPLICITY || a->few > 0 ||
	       (tier(a, x) == tier(a, y) && overlap(advice_figure(a, x), advice_figure(a, y)));
}

bool advice_tied(const struct advice *a, size_t i)
{
	return tied(a, &a->items[i], &a->items[a->lowest]);
}

const struct span *advice_cpu(const struct advice *a, const struct candidate *c)
{
	static const struct span missing = {NAN, NAN, NAN, false};

	if (a->ranking == RANK_SIMPLICITY || a->few > 0 ||
		advice_figure(a, c) == &c->figure[NEED_CPU])
		return &missing;
	return a->ranking == RANK_TIME ? &c->cpu_stream : &c->figure[NEED_CPU];
}

/* The least CPU time of those from `from` on that tie with the lowest; NULL = none does. */
static const struct span *least_cpu(const struct advice *a, size_t from, size_t lowest)
{
	const struct span *least = NULL;

	for (size_t i = from; i < a->qualified; i++) {
		const struct span *s = advice_cpu(a, &a->items[i]);

		if (tied(a, &a->items[i], &a->items[lowest]) &&
			(least == NULL || s->value < least->value ||
				(isnan(least->value) && !isnan(s->value))))
			least = s;
	}
	return least;
}

/*
 * Of those from `from` on that tie with the lowest of all, the simplest that also ties in CPU time
 * with the least of these; once there is none, the lowest of the rest.
 */
static size_t find_next(const struct advice *a, size_t from, size_t lowest)
{
	const struct span *least = least_cpu(a, from, lowest);
	size_t next = SIZE_MAX;

	for (size_t i = from; i < a->qualified && least != NULL; i++)
		if (tied(a, &a->items[i], &a->items[lowest]) &&
			overlap(advice_cpu(a, &a->items[i]), least) &&
			(next == SIZE_MAX || by_simplicity(&a->items[i], &a->items[next]) < 0))
			next = i;
	return next != SIZE_MAX ? next : find_lowest(a, from);
}

static size_t place_of(const struct advice *a, size_t id)
{
	size_t i = 0;

	while (a->items[i].id != id)
		i++;
	return i;
}

/* How many tie with the lowest, and how many of these in CPU time as well. */
static void count_ties(struct advice *a)
{
	const struct span *least = least_cpu(a, 0, a->lowest);

	for (size_t i = 0; i < a->qualified; i++) {
		a->tied += advice_tied(a, i);
		a->frugal += advice_tied(a, i) && overlap(advice_cpu(a, &a->items[i]), least);
	}
}

static void rank(struct advice *a)
{
	size_t lowest = a->qualified > 0 ? a->items[find_lowest(a, 0)].id : 0;

	for (size_t i = 0; i < a->qualified; i++) {
		size_t next = find_next(a, i, place_of(a, lowest));
		struct candidate c = a->items[next];

		memmove(&a->items[i + 1], &a->items[i], (next - i) * sizeof(c));
		a->items[i] = c;
	}
	if (a->qualified == 0)
		return;
	a->lowest = place_of(a, lowest);
	count_ties(a);
}

enum lead advice_lead(const struct advice *a)
{
	if (tier(a, &a->items[0]) != tier(a, &a->items[1]))
		return LEAD_HEADROOM;
	return a->tied == 1 ? LEAD_FIGURE : a->frugal == 1 ? LEAD_CPU : LEAD_SIMPLER;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void choose_ranking(struct advice *a, enum ranking asked)
{
	bool cpu = false, p50 = false;

	for (size_t i = 0; i < a->qualified; i++) {
		const struct candidate *c = &a->items[i];

		cpu = cpu || (c->roomy && isfinite(c->figure[NEED_CPU].value));
		p50 = p50 || isfinite(c->figure[NEED_P50].value);
	}
	if (a->scope.measured == NULL)
		a->ranking = RANK_SIMPLICITY;
	else if (asked != RANK_AUTO)
		a->ranking = asked;
	else
		a->ranking = cpu ? RANK_CPU : p50 ? RANK_P50 : RANK_TIME;
}

/* Looks for a value without an interval, unless nothing is to be compared. */
static void find_few(struct advice *a)
{
	for (size_t i = 0; i < a->qualified && a->qualified > 1; i++) {
		const struct candidate *c = &a->items[i];
		const struct span *s = advice_figure(a, c);

		if (a->ranking != RANK_SIMPLICITY && !isnan(s->value) && !s->interval &&
			(a->few == 0 || c->trials < a->few))
			a->few = c->trials;
	}
}

void advise_rank(struct advice *a, enum ranking asked)
{
	choose_ranking(a, asked);
	find_few(a);
	rank(a);
}
