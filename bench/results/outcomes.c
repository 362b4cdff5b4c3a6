/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "stats/summary.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

static void add(struct outcome *o, const struct trial *t)
{
	o->flags |= t->flags;
	for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
		o->flagged[f] += (t->flags & 1u << f) != 0;
	if (t->status == STATUS_OK) {
		o->ok++;
		o->clock = t->clock;
		o->lat_kind[0] = t->lat_kind;
		o->lat_kind[1] = mode_of(&t->key)->records[1];
		if (o->fails == 0) {
			o->status = STATUS_OK;
			o->reason = "";
		}
	} else if (t->status == STATUS_FAIL) {
		if (o->fails++ == 0)
			o->reason = t->reason.text;
		o->status = STATUS_FAIL;
	} else if (t->number > 0 && o->ok == 0 && o->fails == 0) {
		/* settled when its turn came, not when the plan was made */
		o->reason = t->reason.text;
	}
}

bool outcome_competes(const struct outcome *o, const struct item *it)
{
	return it->transport->shape != SHAPE_NULL && (o->flags & FLAG_SELF_REPORTED) == 0;
}

/* ---- curves of open loops -------------------------------------------------------------------- */

/* Trials of one curve together, and of them those of one number. */
static int by_curve(const void *a, const void *b)
{
	const struct trial *x = *(const struct trial *const *)a,
			   *y = *(const struct trial *const *)b;
	const struct item *i = x->item, *k = y->item;

	if (i->load_group != k->load_group)
		return i->load_group < k->load_group ? -1 : 1;
	if (i->key.arrivals != k->key.arrivals)
		return i->key.arrivals < k->key.arrivals ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* The highest load that is sustained. A curve that never bends shows none. */
static double knee_of(const struct trial **trials, size_t count)
{
	struct load_point *p = need_array(count, sizeof(*p));
	size_t n = load_curve(p, trials, count, METRIC_LAT_P99);
	size_t knee = curve_below(p, n, knee_limit(p, n));
	bool bends = knee != KNEE_NONE && curve_beyond(p, n, knee_limit(p, n)) < n;
	double load = bends ? p[knee].offered : NAN;

	free(p);
	return load;
}

/* The highest load that holds a limit, by what each number of trials says. */
static struct estimate highest_of(const struct trial **trials, size_t count, const struct slo *slo)
{
	struct load_point *p = need_array(count, sizeof(*p));
	struct curve_cut *cuts = need_array(count, sizeof(*cuts));
	size_t n = 0;

	for (size_t from = 0, end; from < count; from = end) {
		end = from + 1;
		while (end < count && trials[end]->number == trials[from]->number)
			end++;
		size_t loads = load_curve(p, &trials[from], end - from, slo->metric);

		cuts[n++] = curve_cut(p, loads, slo->limit_ns);
	}
	const struct estimate e = curve_highest(cuts, n);

	free(cuts);
	free(p);
	return e;
}

/* Tells the cells of a curve what all of its `count` trials say. */
static void add_curve(
	struct outcome *all, const struct plan *plan, const struct trial **trials, size_t count)
{
	struct outcome like = {.slo = {NAN, NAN, NAN, NAN, NAN}};

	if (plan->settings->slo.text != NULL)
		like.slo = highest_of(trials, count, &plan->settings->slo);
	like.knee = knee_of(trials, count);
	for (size_t i = 0; i < count; i++) {
		struct outcome *o = &all[trials[i]->item - plan->items];
		double load = trials[i]->value[METRIC_OFFERED];

		o->slo = like.slo;
		o->knee = like.knee;
		o->is_knee |= like.knee >= load && like.knee <= load;
	}
}

static void add_curves(struct outcome *all, const struct results *r)
{
	const struct trial **of = need_array(r->trial_count, sizeof(*of));
	size_t n = 0;

	for (size_t i = 0; i < r->trial_count; i++)
		if (r->trials[i].status == STATUS_OK &&
			axis_applies(&r->trials[i].item->key, AXIS_RATE))
			of[n++] = &r->trials[i];
	if (n > 1)
		qsort(of, n, sizeof(*of), by_curve);
	for (size_t from = 0, end; from < n; from = end) {
		end = from + 1;
		while (end < n && load_same_curve(of[from]->item, of[end]->item))
			end++;
		add_curve(all, r->plan, &of[from], end - from);
	}
	free(of);
}

/* ---- all cells ------------------------------------------------------------------------------- */

struct outcome *outcomes_collect(const struct results *r)
{
	const struct plan *plan = r->plan;
	struct outcome *all = need_array(plan->item_count, sizeof(*all));

	for (size_t i = 0; i < plan->item_count; i++) {
		const struct item *it = &plan->items[i];

		all[i].status = STATUS_SKIP;
		all[i].reason = it->skip != 0
					? it->why.text
					: "not measured, because the run was interrupted before it";
		all[i].knee = NAN;
	}
	for (size_t i = 0; i < r->trial_count; i++)
		add(&all[r->trials[i].item - plan->items], &r->trials[i]);
	add_curves(all, r);
	return all;
}
