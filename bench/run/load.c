/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define EVERYTHING_DUE 1e9

/*
 * A launch of the same cell that is not a row: every message is due at once, so the open loop goes
 * as fast as it can. The throughput of mode throughput would be no measure for it where that sends
 * in batches.
 */
static int measure_throughput(struct run *run, const struct trial *t)
{
	struct load *l = &run->load;
	struct histogram *const none[LAT_KINDS] = {NULL, NULL};
	struct item item = *t->item;
	size_t group = item.load_group;

	item.key.arrivals = ARRIVAL_CONSTANT;
	struct trial probe = trial_of(&item);

	probe.number = 1;
	probe.rate = EVERYTHING_DUE;
	int r = launch(&probe, run->plan->settings, run->clock, NULL, none);

	if (r < 0)
		return r;
	l->throughput[group] = probe.value[METRIC_MSGS_PER_S];
	if (probe.status != STATUS_OK)
		l->why[group] = probe.reason;
	else if (isnan(l->throughput[group]))
		reason_set(&l->why[group], ENODATA,
			"too few messages in the window; use a longer --duration");
	return 0;
}

static int settle(struct trial *t, enum status status, const char *why)
{
	t->status = status;
	reason_set(&t->reason, 0, "%s", why);
	return 1;
}

/* What the trials of a load group have shown so far, in ascending order of load. */
static size_t collect(struct load_point *points, const struct run *run, const struct item *like)
{
	size_t n = 0;

	for (size_t i = 0; i < run->trial_count; i++) {
		const struct trial *t = &run->trials[i];

		if (t->item->load_group != like->load_group ||
			t->item->key.arrivals != like->key.arrivals || t->status != STATUS_OK)
			continue;
		points[n++] = (struct load_point){.offered = t->value[METRIC_OFFERED],
			.p99 = t->value[METRIC_LAT_P99],
			.missed = (t->flags & FLAG_RATE_MISSED) != 0};
	}
	knee_sort(points, n);
	return n;
}

/* Half way between the highest load that was borne and the lowest beyond. */
static double refine(const struct run *run, const struct item *item)
{
	struct load_point *points = need_array(run->trial_count, sizeof(*points));
	double rate = NAN;

	size_t n = collect(points, run, item), knee = knee_find(points, n);

	if (knee != KNEE_NONE && knee + 1 < n)
		rate = floor((points[knee].offered + points[knee + 1].offered) / 2);
	free(points);
	return rate;
}

/* Measured once per run and pair; offsets that are nothing within their bound count as nothing. */
static int resolve_offset(struct run *run, struct trial *t)
{
	struct load *l = &run->load;
	const struct cell *c = &t->item->cell;
	struct reason why = {""};
	size_t i = 0;

	while (i < l->offset_count &&
		(l->offsets[i].tx != c->cpu_tx || l->offsets[i].rx != c->cpu_rx))
		i++;
	if (i == ARRAY_SIZE(l->offsets))
		return settle(t, STATUS_FAIL, "more pairs of CPUs than there are placements");
	struct pair_offset *p = &l->offsets[i];

	if (i == l->offset_count) {
		*p = (struct pair_offset){.tx = c->cpu_tx, .rx = c->cpu_rx};
		if (offset_measure(run->clock, p->tx, p->rx, &p->offset, &why) < 0)
			return settle(t, STATUS_FAIL, why.text);
		if (fabs(p->offset.estimate_ns) <= p->offset.bound_ns)
			p->offset.estimate_ns = 0;
		l->offset_count++;
	}
	t->offset_ns = p->offset.estimate_ns;
	t->offset_bound_ns = p->offset.bound_ns;
	return 0;
}

int load_resolve(struct run *run, struct trial *t)
{
	struct load *l = &run->load;
	const struct item *item = t->item;
	size_t group = item->load_group;

	if (item->key.mode == MODE_ONEWAY)
		return resolve_offset(run, t);
	if (item->key.rate.kind == RATE_NONE)
		return 0;
	if (item->key.rate.kind == RATE_ABSOLUTE) {
		t->rate = item->key.rate.value;
		return 0;
	}
	if (item->key.rate.kind == RATE_REFINE) {
		double *known = &l->refined[item - run->plan->items];

		/* the first trial decides, so that later ones measure the same load */
		if (!(*known > 0) && !isnan(*known))
			*known = refine(run, item);
		t->rate = *known;
		return isnan(*known)
			       ? settle(t, STATUS_SKIP,
					 "no step towards the knee: it is not within the loads measured (no p99 to judge by, or none beyond it)")
			       : 0;
	}
	if (!(l->throughput[group] > 0) && !isnan(l->throughput[group])) {
		int r = measure_throughput(run, t);

		if (r < 0)
			return r;
	}
	if (isnan(l->throughput[group])) {
		return settle(t, STATUS_FAIL,
			phrase("no throughput to take a part of: %.200s", l->why[group].text).text);
	}
	t->rate = l->throughput[group] * item->key.rate.value / 100;
	return 0;
}
