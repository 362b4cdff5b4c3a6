/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "stats/summary.h"
#include "text/memory.h"
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

bool results_knee(const struct results *r, const struct outcome *outcomes, const struct item *item)
{
	const struct plan *plan = r->plan;
	struct load_point *points = need_array(plan->item_count, sizeof(*points));
	double load = r->summaries[item - plan->items].metric[METRIC_OFFERED].median;
	size_t n = 0;

	for (size_t i = 0; i < plan->item_count; i++) {
		const struct item *other = &plan->items[i];
		const struct estimate *metric = r->summaries[i].metric;

		if (other->load_group != item->load_group ||
			other->key.arrivals != item->key.arrivals || r->summaries[i].trials == 0)
			continue;
		points[n++] = (struct load_point){.offered = metric[METRIC_OFFERED].median,
			.p99 = metric[METRIC_LAT_P99].median,
			.missed = (outcomes[i].flags & FLAG_RATE_MISSED) != 0};
	}
	knee_sort(points, n);
	size_t knee = knee_find(points, n);
	/* a curve that never bends shows no knee */
	bool is = knee != KNEE_NONE && knee + 1 < n && !(points[knee].offered < load) &&
		  !(points[knee].offered > load);

	free(points);
	return is;
}
