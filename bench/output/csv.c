/* SPDX-License-Identifier: MIT */
/* trials.csv, summary.csv and percentiles.csv. */
#include "output/csv-row.h"

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
