/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "stats/summary.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

static void add(struct outcome *o, const struct trial *t)
{
	o->flags |= t->flags;
	if (t->status == STATUS_OK) {
		o->ok++;
		o->clock = t->clock;
		o->lat_kind[0] = t->lat_kind;
		o->lat_kind[1] = t->lat2_kind;
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
	}
	for (size_t i = 0; i < r->trial_count; i++)
		add(&all[r->trials[i].item - plan->items], &r->trials[i]);
	return all;
}

double results_knee_load(const struct results *r, const struct item *item)
{
	struct load_point *p = need_array(r->plan->item_count, sizeof(*p));
	size_t n = load_curve(p, r->plan, r->trials, r->trial_count, item, METRIC_LAT_P99, 0);
	size_t knee = curve_below(p, n, knee_limit(p, n));
	/* a curve that never bends shows no knee */
	bool bends = knee != KNEE_NONE && curve_beyond(p, n, knee_limit(p, n)) < n;
	double load = bends ? p[knee].offered : NAN;

	free(p);
	return load;
}

bool results_knee(const struct results *r, const struct item *item)
{
	double load = r->summaries[item - r->plan->items].metric[METRIC_OFFERED].median;
	double knee = results_knee_load(r, item);

	return knee >= load && knee <= load;
}

struct estimate results_slo(const struct results *r, const struct item *item)
{
	const struct slo *slo = &r->plan->settings->slo;
	struct load_point *p = need_array(r->plan->item_count, sizeof(*p));
	struct curve_cut *cuts = need_array(r->trial_count, sizeof(*cuts));
	unsigned int last = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->trial_count; i++)
		if (r->trials[i].number > last)
			last = r->trials[i].number;
	/* a file may say any number */
	for (unsigned int number = 1; number <= last && number <= r->trial_count; number++) {
		size_t loads = load_curve(
			p, r->plan, r->trials, r->trial_count, item, slo->metric, number);

		if (loads > 0)
			cuts[n++] = curve_cut(p, loads, slo->limit_ns);
	}
	const struct estimate e = curve_highest(cuts, n);

	free(cuts);
	free(p);
	return e;
}
