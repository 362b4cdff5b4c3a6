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

/* ---- the whole ------------------------------------------------------------------------------- */

static void measure_headroom(const struct needs *n, struct candidate *c)
{
	/* fmin() ignores NAN: needs that are not given do not count */
	double strict = fmin(headroom(n, c, NEED_RATE),
		fmin(headroom(n, c, NEED_BANDWIDTH), headroom(n, c, NEED_P99)));

	c->roomy = strict >= HEADROOM;
	c->headroom = fmin(strict, fmin(headroom(n, c, NEED_P50), headroom(n, c, NEED_CPU)));
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
	advise_rank(out, in->ranking);
	return 0;
}

void advice_free(struct advice *a)
{
	free(a->items);
	*a = (struct advice){0};
}
