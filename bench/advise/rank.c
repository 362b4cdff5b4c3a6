/* SPDX-License-Identifier: MIT */
/* The order of those that qualify. */
#include "advise/judge.h"

#include <math.h>
#include <string.h>

/* ---- simplicity ------------------------------------------------------------------------------ */

static size_t family_place(const char *family)
{
	static const char *const order[] = {
		"pipes", "sockets", "message-queues", "files", "shared-memory"};
	size_t i = 0;

	while (i < ARRAY_SIZE(order) && strcmp(order[i], family) != 0)
		i++;
	return i;
}

/*
 * Which of two is the simpler to use (< 0: a). By family: pipes, sockets, message queues, files,
 * shared memory, then what is none of these. In a family: that which reaches less far, then that
 * which leaves less behind, then the order of `ipcbench list`; without options, blocking and
 * copying before the rest.
 */
static int by_simplicity(const struct candidate *a, const struct candidate *b)
{
	const struct transport *s = a->transport, *t = b->transport;
	const size_t keys[][2] = {
		{family_place(s->family), family_place(t->family)},
		{s->reach, t->reach},
		{s->persistence, t->persistence},
		/* what differs in options, wait and copy alone has one transport */
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

/* ---- figures --------------------------------------------------------------------------------- */

/* 0 goes before 1: where CPU time decides, only among those that have headroom. */
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

static bool overlap(const struct span *a, const struct span *b)
{
	if (isnan(a->value) || isnan(b->value))
		return isnan(a->value) && isnan(b->value);
	return a->lo <= b->hi && b->lo <= a->hi;
}

/* Whether a has the lower figure; without one it has not. */
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

/* Whether the figures of two items do not tell which is better. */
static bool tied(const struct advice *a, const struct candidate *x, const struct candidate *y)
{
	return a->ranking == RANK_SIMPLICITY ||
	       (tier(a, x) == tier(a, y) && overlap(advice_figure(a, x), advice_figure(a, y)));
}

/* The simplest of those from `from` on that cannot be told from the lowest. */
static size_t find_next(const struct advice *a, size_t from, size_t lowest)
{
	size_t next = lowest;

	for (size_t i = from; i < a->qualified; i++)
		if (tied(a, &a->items[i], &a->items[lowest]) &&
			by_simplicity(&a->items[i], &a->items[next]) < 0)
			next = i;
	return next;
}

void advise_rank(struct advice *a)
{
	size_t lowest = a->qualified > 0 ? a->items[find_lowest(a, 0)].id : 0;

	for (size_t i = 0; i < a->qualified; i++) {
		size_t next = find_next(a, i, find_lowest(a, i));
		struct candidate c = a->items[next];

		memmove(&a->items[i + 1], &a->items[i], (next - i) * sizeof(c));
		a->items[i] = c;
	}
	for (size_t i = 0; i < a->qualified; i++)
		if (a->items[i].id == lowest)
			a->lowest = i;
}

enum lead advice_lead(const struct advice *a)
{
	if (a->qualified < 2)
		return LEAD_ALONE;
	if (a->ranking == RANK_SIMPLICITY)
		return LEAD_TRAITS;
	if (tier(a, &a->items[0]) != tier(a, &a->items[1]))
		return LEAD_HEADROOM;
	return tied(a, &a->items[1], &a->items[a->lowest]) ? LEAD_SIMPLER : LEAD_FIGURE;
}
