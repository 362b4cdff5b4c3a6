/* SPDX-License-Identifier: MIT */
#include "advise/candidate.h"

#include "plan/plan.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct span nothing = {NAN, NAN, NAN};

/* ---- figures --------------------------------------------------------------------------------- */

/* A metric of a cell that ended well, times `factor`. */
static struct span span_of(const struct measured_cell *c, enum metric m, double factor)
{
	if (c == NULL || !c->ok)
		return nothing;
	const struct estimate *e = &c->summary.metric[m];
	bool interval = isfinite(e->ci_lo) && isfinite(e->ci_hi);

	return (struct span){.value = e->median * factor,
		.lo = (interval ? e->ci_lo : e->min) * factor,
		.hi = (interval ? e->ci_hi : e->max) * factor};
}

/* A rate per second as nanoseconds for one. */
static struct span inverse(struct span s)
{
	if (!(s.lo > 0))
		return nothing;
	return (struct span){.value = 1e9 / s.value, .lo = 1e9 / s.hi, .hi = 1e9 / s.lo};
}

static unsigned int trials_of(const struct candidate *c)
{
	unsigned int a = c->latency != NULL ? c->latency->summary.trials : 0;
	unsigned int b = c->throughput != NULL ? c->throughput->summary.trials : 0;

	return a == 0 || (b > 0 && b < a) ? b : a;
}

static void read_figures(struct candidate *c, const struct scope *s, const struct needs *n)
{
	c->latency = scope_cell(s, n, c->name, c->wait, c->copy, MODE_LATENCY);
	c->throughput = scope_cell(s, n, c->name, c->wait, c->copy, MODE_THROUGHPUT);
	c->p50 = span_of(c->latency, METRIC_LAT_P50, 1);
	c->p99 = span_of(c->latency, METRIC_LAT_P99, 1);
	/* a round trip is two messages */
	c->cpu_trip = span_of(c->latency, METRIC_CPU_PER_MSG, 0.5);
	c->cpu_stream = span_of(c->throughput, METRIC_CPU_PER_MSG, 1);
	c->time = inverse(span_of(c->throughput, METRIC_MSGS_PER_S, 1));
	c->msgs_per_s = span_of(c->throughput, METRIC_MSGS_PER_S, 1).value;
	c->bytes_per_s = span_of(c->throughput, METRIC_BYTES_PER_S, 1).value;
	c->trials = trials_of(c);
	c->cpu = nothing;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Whether a spelling such as "shm:segment=sysv" is of the mechanism. */
static bool is_of(const char *spelling, const char *name)
{
	size_t n = strlen(name);

	return strncmp(spelling, name, n) == 0 && (spelling[n] == '\0' || spelling[n] == ':');
}

static struct candidate *add(
	struct candidate_list *l, const struct transport *t, const char *name, enum wait wait)
{
	struct candidate *grown = reallocarray(l->items, l->count + 1, sizeof(*grown));

	if (grown == NULL)
		return NULL;
	l->items = grown;
	grown[l->count] = (struct candidate){
		.id = l->count,
		.transport = t,
		.name = name,
		.wait = wait,
		.copy = "",
		.p50 = nothing,
		.p99 = nothing,
		.time = nothing,
		.cpu_trip = nothing,
		.cpu_stream = nothing,
		.cpu = nothing,
		.msgs_per_s = NAN,
		.bytes_per_s = NAN,
		.why = "",
		.headroom = NAN,
	};
	return &grown[l->count++];
}

static bool listed(const struct candidate_list *l, const struct measured_cell *c, enum wait wait)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].wait == wait && strcmp(l->items[i].name, c->key.transport) == 0 &&
			strcmp(l->items[i].copy, axis_word(&c->key, AXIS_COPY)) == 0)
			return true;
	return false;
}

static int add_cell(struct candidate_list *l, const struct transport *t,
	const struct measured_cell *cell, const struct scope *s, const struct needs *n)
{
	enum wait wait;

	if (!scope_usual(cell, n, &wait) || listed(l, cell, wait))
		return 0;
	struct candidate *c = add(l, t, cell->key.transport, wait);

	if (c == NULL)
		return -ENOMEM;
	c->copy = axis_word(&cell->key, AXIS_COPY);
	read_figures(c, s, n);
	return 0;
}

/* The first of the ways to wait that are asked for and that it has, or that are asked for. */
static enum wait first_wait(const struct transport *t, const struct needs *n)
{
	unsigned int both = t->waits & n->waits;

	return (enum wait)__builtin_ctz(both != 0 ? both : n->waits);
}

static int add_transport(struct candidate_list *l, const struct transport *t, const struct scope *s,
	const struct needs *n)
{
	size_t before = l->count, cells = s->measured == NULL ? 0 : s->measured->count;
	int r = 0;

	for (size_t i = 0; i < cells && r == 0; i++)
		if (is_of(s->measured->cells[i].key.transport, t->name))
			r = add_cell(l, t, &s->measured->cells[i], s, n);
	if (r == 0 && l->count == before && add(l, t, t->name, first_wait(t, n)) == NULL)
		r = -ENOMEM;
	return r;
}

static bool is_known(
	const char *spelling, const struct transport *const *transports, size_t transport_count)
{
	for (size_t i = 0; i < transport_count; i++)
		if (is_of(spelling, transports[i]->name))
			return true;
	return false;
}

int candidates_list(struct candidate_list *out, const struct transport *const *transports,
	size_t transport_count, const struct scope *s, const struct needs *n)
{
	size_t cells = s->measured == NULL ? 0 : s->measured->count;
	int r = 0;

	*out = (struct candidate_list){0};
	for (size_t i = 0; i < transport_count && r == 0; i++)
		if (transports[i]->shape != SHAPE_NULL)
			r = add_transport(out, transports[i], s, n);
	for (size_t i = 0; i < cells && r == 0; i++) {
		const struct measured_cell *c = &s->measured->cells[i];

		if (!is_known(c->key.transport, transports, transport_count))
			r = add_cell(out, NULL, c, s, n);
	}
	return r;
}
