/* SPDX-License-Identifier: MIT */
#include "advise/judge.h"

#include "stats/summary.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- traits ---------------------------------------------------------------------------------- */

static bool has_family(const struct needs *n, const struct transport *t)
{
	return !needs_given(n, NEED_FAMILY) || strcmp(t->family, need_families[n->family]) == 0;
}

static bool has_shape(const struct needs *n, const struct transport *t)
{
	return !needs_given(n, NEED_SHAPE) || t->shape == n->shape;
}

/* System V IPC and sockets are in POSIX too, as the XSI option and from BSD. */
static bool has_api(const struct needs *n, const struct transport *t)
{
	if (n->api == API_POSIX)
		return t->api != API_LINUX;
	return n->api == API_LINUX || t->api == n->api;
}

static bool lasts(const struct needs *n, const struct transport *t)
{
	if (!needs_given(n, NEED_PERSISTENCE))
		return true;
	return n->persistence == PERSIST_PROCESS ? t->persistence == PERSIST_PROCESS
						 : t->persistence >= n->persistence;
}

/* Whether it can have several producers, consumers, subscribers or clients, if they are requested.
 */
static bool has_sides(const struct needs *n, const struct transport *t)
{
	switch (needs_sides(n)) {
	case NEED_PRODUCERS:
		return (t->topologies & FAN_IN) != 0;
	case NEED_CONSUMERS:
		return (t->topologies & FAN_OUT_ONE) != 0;
	case NEED_SUBSCRIBERS:
		return (t->topologies & FAN_OUT_EVERY) != 0;
	case NEED_CLIENTS:
		return ((n->waits & WAIT_BIT_BLOCK) != 0 && (t->topologies & SERVE_THREADS) != 0) ||
		       ((n->waits & WAIT_BIT_EPOLL) != 0 && t->descriptor != NULL);
	default:
		return true;
	}
}

static enum obstacle trait_obstacle(const struct needs *n, const struct transport *t)
{
	if (t == NULL)
		return OBSTACLE_UNKNOWN;
	if (!needs_given(n, NEED_SHAPE) && t->shape == SHAPE_NOTIFY)
		return OBSTACLE_NO_DATA;
	if (!has_shape(n, t))
		return OBSTACLE_SHAPE;
	if (!has_family(n, t))
		return OBSTACLE_FAMILY;
	if (n->boundaries && t->shape != SHAPE_MESSAGE)
		return OBSTACLE_BOUNDARIES;
	if (t->reach < n->reach)
		return OBSTACLE_REACH;
	if (!lasts(n, t))
		return OBSTACLE_PERSISTENCE;
	if (!has_api(n, t))
		return OBSTACLE_API;
	if (t->may_drop && !n->loss)
		return OBSTACLE_LOSS;
	if (!has_sides(n, t))
		return OBSTACLE_SIDES;
	return (t->waits & n->waits) == 0 ? OBSTACLE_WAIT : OBSTACLE_NONE;
}

/* ---- figures --------------------------------------------------------------------------------- */

static bool has_figures(const struct measured_cell *cell)
{
	return cell != NULL && cell->ok;
}

/* Why a cell has no values. */
static enum obstacle cell_obstacle(struct candidate *c, const struct measured_cell *cell)
{
	if (cell == NULL)
		return OBSTACLE_NOT_MEASURED;
	c->why = cell->reason;
	return cell->failed ? OBSTACLE_FAILED : OBSTACLE_SKIPPED;
}

/*
 * Round trips and streams have to be measured if a need concerns them; otherwise either is enough.
 * A mechanism that failed in one of them is not recommended for the other.
 */
static enum obstacle missing_cells(const struct needs *n, struct candidate *c)
{
	const struct measured_cell *latency = c->latency, *throughput = c->throughput;
	bool stream = needs_given(n, NEED_RATE) || needs_given(n, NEED_BANDWIDTH);
	bool trips = needs_given(n, NEED_P50) || needs_given(n, NEED_P99);

	if (latency != NULL && latency->failed)
		return cell_obstacle(c, latency);
	if (throughput != NULL && throughput->failed)
		return cell_obstacle(c, throughput);
	if (trips && !has_figures(latency))
		return cell_obstacle(c, latency);
	/* of clients the rate is that of their round trips */
	if (stream && !has_figures(needs_given(n, NEED_CLIENTS) ? latency : throughput))
		return cell_obstacle(c, needs_given(n, NEED_CLIENTS) ? latency : throughput);
	if (trips || stream || has_figures(latency) || has_figures(throughput))
		return OBSTACLE_NONE;
	return cell_obstacle(c, latency != NULL ? latency : throughput);
}

/* Whether a program said how long it took. */
static bool is_told(const struct measured_cell *cell)
{
	return cell != NULL && (cell->flags & FLAG_SELF_REPORTED) != 0;
}

/* How many times over a value meets its need; NAN = there is no such need, or it is not known. */
static double headroom(const struct needs *n, const struct candidate *c, enum need which)
{
	double limit = n->limit[which].value, figure = c->figure[which].value;

	if (!needs_given(n, which))
		return NAN;
	return need_is_ceiling(which) ? limit / figure : figure / limit;
}

static bool meets(const struct needs *n, const struct candidate *c, enum need which)
{
	double times = headroom(n, c, which);

	return !needs_given(n, which) || (n->limit[which].strict ? times > 1 : times >= 1);
}

/*
 * A mechanism may have a size limit between the nearest measured size and the needed one. So it
 * must have carried a message at least as large as needed.
 */
static enum obstacle size_obstacle(const struct scope *s, struct candidate *c)
{
	const struct measured_cell *refused = NULL;
	const struct needs *n = s->needs;

	if (!needs_given(n, NEED_SIZE) || n->size <= s->size ||
		c->transport->shape != SHAPE_MESSAGE)
		return OBSTACLE_NONE;
	for (size_t i = 0; i < s->measured->cell_count; i++) {
		const struct measured_cell *m = &s->measured->cells[i];

		if (strcmp(m->key.transport, c->key.transport) != 0)
			continue;
		if (m->ok && m->key.size >= n->size)
			return OBSTACLE_NONE;
		if (scope_refused(s, m) && (refused == NULL || m->key.size < refused->key.size))
			refused = m;
	}
	if (refused == NULL)
		return OBSTACLE_SIZE;
	c->why = refused->reason;
	return OBSTACLE_SKIPPED;
}

/* All except CPU time, which is not known yet. */
static enum obstacle figure_obstacle(const struct scope *s, struct candidate *c)
{
	enum obstacle o = missing_cells(s->needs, c);

	if (o == OBSTACLE_NONE && (is_told(c->latency) || is_told(c->throughput)))
		o = OBSTACLE_SELF_REPORTED;
	if (o == OBSTACLE_NONE)
		o = size_obstacle(s, c);
	for (enum need i = NEED_RATE; i < NEED_CPU && o == OBSTACLE_NONE; i++)
		if (!meets(s->needs, c, i))
			o = obstacle_of(i);
	return o;
}

/* ---- CPU time per message -------------------------------------------------------------------- */

/* Messages per second that are needed, in the measured size. */
static double demand(const struct advice *a)
{
	const struct needs *n = a->needs;
	double bytes = a->scope.size > 0 ? (double)a->scope.size : 1;

	return fmax(n->limit[NEED_RATE].value, n->limit[NEED_BANDWIDTH].value / bytes);
}

/*
 * Whether a message is due before even the fastest remaining mechanism has finished the previous
 * one.
 */
static bool is_back_to_back(const struct advice *a)
{
	double fastest = NAN;
	bool trips = false;

	for (size_t i = 0; i < a->count; i++) {
		if (a->items[i].obstacle != OBSTACLE_NONE)
			continue;
		fastest = fmin(fastest, a->items[i].figure[NEED_P50].value);
		trips = trips || isfinite(a->items[i].cpu_trip.value);
	}
	return !trips || demand(a) * fastest / 2 >= 1e9;
}

static void judge_cpu(struct advice *a)
{
	/* what a server is asked are round trips */
	a->back_to_back = !needs_given(a->needs, NEED_CLIENTS) && is_back_to_back(a);
	for (size_t i = 0; i < a->count; i++) {
		struct candidate *c = &a->items[i];

		c->figure[NEED_CPU] = a->back_to_back ? c->cpu_stream : c->cpu_trip;
		if (c->obstacle == OBSTACLE_NONE && !meets(a->needs, c, NEED_CPU))
			c->obstacle = obstacle_of(NEED_CPU);
	}
}

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

static void measure_headroom(const struct needs *n, struct candidate *c)
{
	/* fmin() ignores NAN: needs that are not given do not count */
	double strict = fmin(headroom(n, c, NEED_RATE),
		fmin(headroom(n, c, NEED_BANDWIDTH), headroom(n, c, NEED_P99)));

	c->roomy = strict >= HEADROOM;
	c->headroom = fmin(strict, fmin(headroom(n, c, NEED_P50), headroom(n, c, NEED_CPU)));
}

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

static int by_qualification(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	bool p = a->obstacle != OBSTACLE_NONE, q = b->obstacle != OBSTACLE_NONE;

	return p != q ? p - q : (a->id > b->id) - (a->id < b->id);
}

static void judge_items(struct advice *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct candidate *c = &a->items[i];

		c->obstacle = trait_obstacle(a->needs, c->transport);
		if (c->obstacle == OBSTACLE_NONE && a->scope.measured != NULL)
			c->obstacle = figure_obstacle(&a->scope, c);
	}
	if (a->scope.measured != NULL)
		judge_cpu(a);
	for (size_t i = 0; i < a->count; i++) {
		measure_headroom(a->needs, &a->items[i]);
		a->qualified += a->items[i].obstacle == OBSTACLE_NONE;
	}
	if (a->count > 0)
		qsort(a->items, a->count, sizeof(*a->items), by_qualification);
}

int advise_judge(struct advice *out, const struct judge_input *in, struct reason *why)
{
	*out = (struct advice){.needs = in->needs};
	int r = advise_list(out, in, why);

	if (r < 0)
		return r;
	judge_items(out);
	choose_ranking(out, in->ranking);
	find_few(out);
	rank(out);
	return 0;
}

void advice_free(struct advice *a)
{
	free(a->items);
	*a = (struct advice){0};
}
