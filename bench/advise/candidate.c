/* SPDX-License-Identifier: MIT */
#include "advise/judge.h"

#include "text/memory.h"
#include <math.h>
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

static void read_figures(struct candidate *c)
{
	c->figure[NEED_P50] = span_of(c->latency, METRIC_LAT_P50, 1);
	c->figure[NEED_P99] = span_of(c->latency, METRIC_LAT_P99, 1);
	c->figure[NEED_RATE] = span_of(c->throughput, METRIC_MSGS_PER_S, 1);
	c->figure[NEED_BANDWIDTH] = span_of(c->throughput, METRIC_BYTES_PER_S, 1);
	c->figure[NEED_CPU] = nothing;
	c->time = inverse(c->figure[NEED_RATE]);
	/* a round trip is two messages */
	c->cpu_trip = span_of(c->latency, METRIC_CPU_PER_MSG, 0.5);
	c->cpu_stream = span_of(c->throughput, METRIC_CPU_PER_MSG, 1);
	c->trials = trials_of(c);
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Whether a spelling such as "shm:segment=sysv" is of the mechanism. */
static bool is_of(const char *spelling, const char *name)
{
	size_t n = strlen(name);

	return strncmp(spelling, name, n) == 0 && (spelling[n] == '\0' || spelling[n] == ':');
}

static void add(struct advice *a, const struct transport *t, const struct cell_key *key)
{
	struct candidate *c = need_next(a->items, a->count);

	*c = (struct candidate){
		.id = a->count - 1,
		.transport = t,
		.key = *key,
		.latency = scope_cell(&a->scope, key, MODE_LATENCY),
		.throughput = scope_cell(&a->scope, key, MODE_THROUGHPUT),
		.why = "",
		.headroom = NAN,
	};
	read_figures(c);
}

static bool is_listed(const struct advice *a, const struct cell_key *key)
{
	unsigned int way = AXIS_BIT(AXIS_TRANSPORT) | AXIS_BIT(AXIS_WAIT) | AXIS_BIT(AXIS_COPY);

	for (size_t i = 0; i < a->count; i++)
		if ((key_differences(&a->items[i].key, key) & way) == 0)
			return true;
	return false;
}

/* Adds the ways in which the run has a mechanism, or with NULL those of which nothing is known. */
static void add_measured(struct advice *a, const struct judge_input *in, const struct transport *t)
{
	for (size_t i = 0; in->measured != NULL && i < in->measured->count; i++) {
		const struct measured_cell *c = &in->measured->cells[i];
		bool own = t != NULL && is_of(c->key.transport, t->name);

		for (size_t k = 0; t == NULL && k < in->transport_count && !own; k++)
			own = is_of(c->key.transport, in->transports[k]->name);
		if (own == (t != NULL) && scope_usual(&a->scope, c) && !is_listed(a, &c->key))
			add(a, t, &c->key);
	}
}

/* The first of the ways to wait that are asked for and that it has, or that are asked for. */
static enum wait first_wait(const struct transport *t, const struct needs *n)
{
	unsigned int both = t->waits & n->waits;

	return (enum wait)__builtin_ctz(both != 0 ? both : n->waits);
}

void advise_list(struct advice *a, const struct judge_input *in)
{
	for (size_t i = 0; i < in->transport_count; i++) {
		const struct transport *t = in->transports[i];
		size_t before = a->count;

		if (t->shape == SHAPE_NULL)
			continue;
		add_measured(a, in, t);
		if (a->count == before)
			add(a, t,
				&(struct cell_key){
					.transport = t->name, .wait = first_wait(t, in->needs)});
	}
	add_measured(a, in, NULL);
}
