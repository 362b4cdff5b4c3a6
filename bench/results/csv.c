/* SPDX-License-Identifier: MIT */
/* trials.csv, summary.csv, percentiles.csv and timeline.csv. */
#include "run/timeline.h"
#include "text/csv-row.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int csv_write_trials(FILE *out, const struct results *r)
{
	struct csv csv = csv_begin(out);

	columns_trial(r, NULL, csv_put, &csv);
	int ret = csv_end_row(&csv);

	for (size_t i = 0; ret == 0 && i < r->trial_count; i++) {
		columns_trial(r, &r->trials[i], csv_put, &csv);
		ret = csv_end_row(&csv);
	}
	return csv_finish(&csv, ret);
}

int csv_write_summary(FILE *out, const struct results *r)
{
	struct outcome *outcomes = outcomes_collect(r);

	if (outcomes == NULL)
		return -ENOMEM;
	struct csv csv = csv_begin(out);

	columns_summary(r, 0, NULL, csv_put, &csv);
	int ret = csv_end_row(&csv);

	for (size_t i = 0; ret == 0 && i < r->plan->item_count; i++) {
		columns_summary(r, i, &outcomes[i], csv_put, &csv);
		ret = csv_end_row(&csv);
	}
	free(outcomes);
	return csv_finish(&csv, ret);
}

/* One row of percentiles.csv. `beyond` is the number of values that rank above the quantile. */
static int put_quantile(struct csv *csv, const struct results *r, size_t item,
	const struct outcome *o, double q, double ns, double beyond)
{
	const struct value values[] = {
		{.kind = VALUE_REAL, .number = q},
		{.kind = VALUE_COUNT, .number = ns},
		{.kind = VALUE_COUNT, .number = beyond},
	};
	static const char *const names[] = {"quantile", "value_ns", "count_beyond"};

	columns_distribution(r, item, o, csv_put, csv);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		csv_put(csv, names[i], &values[i]);
	columns_distribution_late(r, item, o, csv_put, csv);
	return csv_end_row(csv);
}

/*
 * The grid: five steps, then as many over half of what is left, and so on towards 1, so that each
 * decade of the tail has about as many points. It ends where fewer than ten values lie beyond; the
 * maximum follows as quantile 1.
 */
static int put_distribution(struct csv *csv, const struct results *r, size_t item,
	const struct outcome *o, const struct histogram *h)
{
	const double ticks = 5;
	double total = (double)h->total, base = 0, rest = 1;
	unsigned int step = 0;
	int ret = 0;

	for (double q = 0; ret == 0 && hist_supports(h, q, NULL);
		q = base + step * rest / 2 / ticks) {
		double rank = fmax(ceil(q * total), 1);

		ret = put_quantile(csv, r, item, o, q, (double)hist_quantile(h, q), total - rank);
		if (++step == (unsigned int)ticks) {
			rest /= 2;
			base = 1 - rest;
			step = 0;
		}
	}
	return ret != 0 ? ret : put_quantile(csv, r, item, o, 1, (double)h->max, 0);
}

int csv_write_percentiles(FILE *out, const struct results *r)
{
	struct outcome *outcomes = outcomes_collect(r);

	if (outcomes == NULL)
		return -ENOMEM;
	struct csv csv = csv_begin(out);
	int ret = put_quantile(&csv, r, 0, NULL, NAN, NAN, NAN);

	for (size_t i = 0; ret == 0 && i < r->plan->item_count; i++) {
		for (unsigned int k = 0; ret == 0 && k < LAT_KINDS; k++) {
			const struct histogram *h = r->hists[k] != NULL ? r->hists[k][i] : NULL;
			struct outcome o = outcomes[i];

			o.lat_kind = k == 0 ? o.lat_kind : o.lat2_kind;
			if (h != NULL && h->total > 0)
				ret = put_distribution(&csv, r, i, &o, h);
		}
	}
	free(outcomes);
	return csv_finish(&csv, ret);
}

/* One row of timeline.csv; without a trial the names. */
static int put_moment(struct csv *csv, const struct results *r, const struct trial *t,
	const struct timeline_count *c)
{
	const double slice_s = t != NULL ? t->timeline->slice_s : 0;
	const uint64_t high = timeline_high(c->range);

	columns_timeline(r, t, false, csv_put, csv);
	csv_put_real(csv, "slice_start_s", c->slice * slice_s);
	csv_put_real(csv, "slice_s", slice_s);
	csv_put_count(csv, "low_ns", true, timeline_low(c->range));
	csv_put_count(csv, "high_ns", high != UINT64_MAX, high);
	csv_put_count(csv, "count", true, c->count);
	columns_timeline(r, t, true, csv_put, csv);
	return csv_end_row(csv);
}

int csv_write_timeline(FILE *out, const struct results *r)
{
	const struct timeline_count none = {0};
	struct csv csv = csv_begin(out);
	int ret = put_moment(&csv, r, NULL, &none);

	for (size_t i = 0; i < r->trial_count; i++) {
		const struct trial *t = &r->trials[i];

		for (size_t k = 0; ret == 0 && t->timeline != NULL && k < t->timeline->count; k++)
			ret = put_moment(&csv, r, t, &t->timeline->counts[k]);
	}
	return csv_finish(&csv, ret);
}
