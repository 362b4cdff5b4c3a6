/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "measure/hist.h"
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define EVERYTHING_DUE 1e9

/* See load_overloads(). */
#define OVERLOAD_SHARE 0.01

/* A launch of the same cell that is not a row: every message is due at once. */
static int launch_capacity(
	const struct run *run, const struct trial *t, unsigned int i, struct trial *probe)
{
	struct histogram *const none[LAT_KINDS] = {NULL, NULL};
	struct settings settings = *run->plan->settings;

	*probe = trial_of(t->item);
	probe->key.arrivals = ARRIVAL_CONSTANT;
	probe->number = 1;
	probe->order = UINT_MAX - i; /* another layout than that of any row */
	probe->rate = EVERYTHING_DUE;
	if (settings.messages == 0)
		settings.duration_s = plan_capacity_s(&settings);
	return launch(probe, &settings, run->clock, NULL, none);
}

/*
 * What the cell can bear: the open loop goes as fast as it can. The throughput of mode throughput
 * would be no measure for it where that sends in batches.
 */
static int measure_capacity(struct run *run, const struct trial *t)
{
	struct estimate *capacity = &run->load.capacity[t->item->load_group];
	struct reason *why = &run->load.why[t->item->load_group];
	double rates[CAPACITY_LAUNCHES];
	struct item item = *t->item;
	struct trial like = *t, probe;
	unsigned int good = 0;

	item.key.arrivals = ARRIVAL_CONSTANT;
	like.item = &item;
	*capacity = (struct estimate){.median = NAN};
	for (unsigned int i = 0;
		i < CAPACITY_LAUNCHES && i - good <= CAPACITY_LAUNCHES - CAPACITY_GOOD; i++) {
		int r = launch_capacity(run, &like, i, &probe);

		if (r < 0)
			return r;
		rates[good] = probe.value[METRIC_MSGS_PER_S];
		if (probe.status != STATUS_OK)
			*why = probe.reason;
		else if (isnan(rates[good]))
			reason_set(why, ENODATA,
				"too few messages in the window; use a longer --duration");
		else
			good++;
	}
	if (good >= CAPACITY_GOOD)
		*capacity = estimate_median(rates, good);
	return 0;
}

void load_note(const struct run *run, struct trial *t)
{
	const struct estimate *c = &run->load.capacity[t->item->load_group];

	/* not a number where the cell has no open loop, and 0 where no load asked for it */
	if (t->item->key.mode != MODE_RATE || t->status != STATUS_OK || !(c->median > 0))
		return;
	t->value[METRIC_CAPACITY] = c->median;
	t->value[METRIC_CAPACITY_LO] = c->ci_lo;
	t->value[METRIC_CAPACITY_HI] = c->ci_hi;
}

void load_recall(struct run *run, const struct trial *t)
{
	const struct item *item = t->item;
	const double *v = t->value;
	double *step = &run->load.steps[item - run->plan->items];

	if (t->status == STATUS_OK && v[METRIC_CAPACITY] > 0)
		run->load.capacity[item->load_group] = (struct estimate){
			.median = v[METRIC_CAPACITY],
			.ci_lo = v[METRIC_CAPACITY_LO],
			.ci_hi = v[METRIC_CAPACITY_HI],
		};
	/* a step that was skipped when its turn came has no load */
	if (rate_is_step(&item->key.rate) && t->status == STATUS_OK)
		*step = v[METRIC_OFFERED];
	else if (rate_is_step(&item->key.rate) && t->status == STATUS_SKIP)
		*step = NAN;
}

static int settle(struct trial *t, enum status status, const char *why)
{
	t->status = status;
	reason_set(&t->reason, 0, "%s", why);
	return 1;
}

/* ---- curves ---------------------------------------------------------------------------------- */

bool load_overloads(const struct trial *t)
{
	const double *v = t->value;
	const double lost = v[METRIC_LOST] > 0 ? v[METRIC_LOST] : 0;

	/* a row of an earlier version, which flagged nothing else */
	if (isnan(v[METRIC_LATE]))
		return (t->flags & FLAG_RATE_MISSED) != 0;
	return v[METRIC_LATE] > OVERLOAD_SHARE * v[METRIC_DURATION_S] ||
	       v[METRIC_UNSENT] + lost >
		       OVERLOAD_SHARE * (v[METRIC_UNSENT] + lost + v[METRIC_MESSAGES]);
}

bool load_same_curve(const struct item *a, const struct item *b)
{
	return a->load_group == b->load_group && a->key.arrivals == b->key.arrivals &&
	       axis_applies(&a->key, AXIS_RATE) && axis_applies(&b->key, AXIS_RATE);
}

static int by_item(const void *a, const void *b)
{
	const struct trial *x = *(const struct trial *const *)a,
			   *y = *(const struct trial *const *)b;

	return x->item != y->item ? (x->item > y->item) - (x->item < y->item) : (x > y) - (x < y);
}

/* What `n` trials of one item show of a metric; `times` has room for them. */
static struct load_point point_of(
	const struct trial *const *trials, size_t n, enum metric metric, double *times)
{
	struct load_point p = {.offered = trials[0]->value[METRIC_OFFERED]};
	size_t missed = 0;

	for (size_t i = 0; i < n; i++) {
		const struct trial *t = trials[i];

		if (t->value[METRIC_LAT_COUNT] > 0)
			p.samples += t->value[METRIC_LAT_COUNT];
		missed += load_overloads(t);
		times[i] = t->value[metric];
	}
	p.missed = 2 * missed > n;
	p.time = estimate_median(times, n).median;
	return p;
}

size_t load_curve(
	struct load_point *points, const struct trial **trials, size_t count, enum metric metric)
{
	double *times = need_array(count, sizeof(*times));
	size_t n = 0;

	if (count > 1)
		qsort(trials, count, sizeof(*trials), by_item);
	for (size_t from = 0, end; from < count; from = end) {
		end = from + 1;
		while (end < count && trials[end]->item == trials[from]->item)
			end++;
		points[n] = point_of(&trials[from], end - from, metric, times);
		n += isnan(points[n].offered) ? 0 : 1;
	}
	free(times);
	curve_sort(points, n);
	return n;
}

/* What is known so far of the curve to which an item belongs; `points` has room for all trials. */
static size_t curve_so_far(struct load_point *points, const struct run *run,
	const struct item *item, enum metric metric)
{
	const struct trial **of = need_array(run->trial_count, sizeof(*of));
	size_t n = 0;

	for (size_t i = 0; i < run->trial_count; i++)
		if (run->trials[i].status == STATUS_OK &&
			load_same_curve(run->trials[i].item, item))
			of[n++] = &run->trials[i];
	n = load_curve(points, of, n, metric);
	free(of);
	return n;
}

/* The load from which on a window has the samples that a metric needs. */
static double least_load(const struct settings *s, enum metric m)
{
	double quantile = metric_quantile(m);

	return quantile > 0 && s->messages == 0 ? hist_needs(quantile) / s->duration_s : 0;
}

/*
 * Half way between the lowest load that was not sustained, or did not hold --slo, and the one
 * before it, but no lower than a load can tell anything.
 */
static double next_step(const struct run *run, const struct item *item)
{
	const struct settings *s = run->plan->settings;
	bool knee = item->key.rate.kind == RATE_REFINE;
	enum metric m = knee ? METRIC_LAT_P99 : s->slo.metric;
	struct load_point *p = need_array(run->trial_count, sizeof(*p));
	size_t n = curve_so_far(p, run, item, m);
	double limit = knee ? knee_limit(p, n) : s->slo.limit_ns, rate = NAN;
	size_t beyond = curve_beyond(p, n, limit);

	if (beyond < n && (!knee || curve_below(p, n, limit) != KNEE_NONE)) {
		double low = fmax(beyond > 0 ? p[beyond - 1].offered : 0, least_load(s, m));

		if (low < p[beyond].offered)
			rate = floor((low + p[beyond].offered) / 2);
	}
	free(p);
	return rate >= 1 ? rate : NAN;
}

/* The first trial of a step decides, so that later ones measure the same load. */
static int resolve_step(struct run *run, struct trial *t)
{
	double *known = &run->load.steps[t->item - run->plan->items];

	if (!(*known > 0) && !isnan(*known))
		*known = next_step(run, t->item);
	t->rate = *known;
	if (!isnan(*known))
		return 0;
	return settle(t, STATUS_SKIP,
		t->item->key.rate.kind == RATE_REFINE
			? "the knee was not found: too few samples for a p99, or no measured load was beyond it"
			: "no step towards the limit of --slo: no load measured exceeds it, or lower ones would have too few samples; use another --rate or a longer --duration");
}

/* ---- what a launch needs to know ------------------------------------------------------------- */

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
	const struct item *item = t->item;
	const struct estimate *capacity = &run->load.capacity[item->load_group];

	if (item->key.mode == MODE_ONEWAY)
		return resolve_offset(run, t);
	if (item->key.rate.kind == RATE_NONE)
		return 0;
	if (item->key.rate.kind == RATE_ABSOLUTE) {
		t->rate = item->key.rate.value;
		return 0;
	}
	if (rate_is_step(&item->key.rate))
		return resolve_step(run, t);
	if (!(capacity->median > 0) && !isnan(capacity->median)) {
		int r = measure_capacity(run, t);

		if (r < 0)
			return r;
	}
	if (isnan(capacity->median)) {
		return settle(t, STATUS_FAIL,
			phrase("no throughput to take a part of: %.200s",
				run->load.why[item->load_group].text)
				.text);
	}
	t->rate = capacity->median * item->key.rate.value / 100;
	return 0;
}
