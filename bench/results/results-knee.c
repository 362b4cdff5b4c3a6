/* SPDX-License-Identifier: MIT */
#include "results/results.h"
#include "stats/summary.h"

#include <stdlib.h>

static bool missed(const struct results *r, const struct item *item)
{
	for (size_t i = 0; i < r->trial_count; i++)
		if (r->trials[i].item == item && (r->trials[i].flags & FLAG_RATE_MISSED) != 0)
			return true;
	return false;
}

bool results_knee(const struct results *r, const struct item *item)
{
	const struct plan *plan = r->plan;
	struct load_point *points = calloc(plan->item_count + 1, sizeof(*points));
	double load = r->summaries[item - plan->items].metric[METRIC_OFFERED].median;
	size_t n = 0;

	if (points == NULL)
		return false;
	for (size_t i = 0; i < plan->item_count; i++) {
		const struct item *other = &plan->items[i];
		const struct estimate *metric = r->summaries[i].metric;

		if (other->load_group != item->load_group ||
			other->key.arrivals != item->key.arrivals || r->summaries[i].trials == 0)
			continue;
		points[n++] = (struct load_point){.offered = metric[METRIC_OFFERED].median,
			.p99 = metric[METRIC_LAT_P99].median,
			.missed = missed(r, other)};
	}
	knee_sort(points, n);
	size_t knee = knee_find(points, n);
	/* a curve that never bends shows no knee */
	bool is = knee != KNEE_NONE && knee + 1 < n && !(points[knee].offered < load) &&
		  !(points[knee].offered > load);

	free(points);
	return is;
}
