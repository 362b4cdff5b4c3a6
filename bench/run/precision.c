/* SPDX-License-Identifier: MIT */
#include "run/precision.h"

#include "run/launch.h"
#include "stats/summary.h"
#include <math.h>
#include <stdlib.h>

enum metric precision_metric(const struct item *item)
{
	return launch_records(item->key.mode, 0) ? METRIC_LAT_P50 : METRIC_MSGS_PER_S;
}

/* Whether the trials so far pin the median down; a cell that cannot be measured is done as well. */
static bool precise(const struct run *run, const struct item *item, double precision)
{
	double *values = calloc(run->trial_count + 1, sizeof(*values));
	enum metric m = precision_metric(item);
	size_t n = 0, tried = 0;

	if (values == NULL)
		return false;
	for (size_t i = 0; i < run->trial_count; i++) {
		if (run->trials[i].item != item)
			continue;
		tried++;
		if (run->trials[i].status == STATUS_OK && !isnan(run->trials[i].value[m]))
			values[n++] = run->trials[i].value[m];
	}
	struct estimate e = estimate_median(values, n);

	free(values);
	if (n == 0)
		return tried >= PRECISION_TRIALS_MIN;
	return !isnan(e.ci_lo) && e.ci_hi - e.ci_lo <= 2 * precision * e.median;
}

bool precision_wants(struct run *run, const struct launch *l)
{
	const struct settings *s = run->plan->settings;
	enum stop *stop = &run->stops[l->item];

	if (!s->automatic)
		return true;
	if (*stop != STOP_TRIALS)
		return false;
	if (l->trial > PRECISION_TRIALS_MIN &&
		precise(run, &run->plan->items[l->item], s->precision)) {
		*stop = STOP_PRECISION;
		return false;
	}
	if ((double)(clock_gettime_ns() - run->began_ns) / 1e9 > s->max_time_s) {
		*stop = STOP_TIME;
		return false;
	}
	return true;
}
