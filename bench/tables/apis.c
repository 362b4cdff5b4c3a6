/* SPDX-License-Identifier: MIT */
#include "tables/apis.h"

#include "plan/plan.h"
#include "plan/registry.h"
#include "stats/stored-rule.h"
#include "stats/two-sample.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Open loops are left out: their times are those of the load that was asked for. */
static const struct api_metric metrics[] = {
	{MODE_LATENCY, METRIC_LAT_P50, QUANTITY_TIME, false, "median round trip", ""},
	{MODE_THROUGHPUT, METRIC_MSGS_PER_S, QUANTITY_RATE, true, "throughput", "msg/s"},
	{MODE_ONEWAY, METRIC_LAT_P50, QUANTITY_TIME, false, "median time one way", ""},
	{MODE_SETUP, METRIC_SETUP, QUANTITY_TIME, false, "set-up", ""},
};

const char *api_faster_name(enum api_faster faster)
{
	static const char *const names[] = {
		[API_NO_INTERVAL] = "",
		[API_UNCLEAR] = "unclear",
		[API_SYSV_FASTER] = "sysv",
		[API_POSIX_FASTER] = "posix",
	};

	return names[faster];
}

size_t api_trials_needed(void)
{
	size_t n = 1;

	while (stored_p_min(n, n) > 1 - API_CONFIDENCE)
		n++;
	return n;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static bool is_pair(const struct transport *a, const struct transport *b)
{
	return a->api == API_SYSV && b->api == API_POSIX && a->shape == b->shape &&
	       a->persistence == b->persistence && strcmp(a->family, b->family) == 0;
}

static int find_pairs(struct api_table *t)
{
	size_t n = registry_count();

	t->pairs = calloc(n * n + 1, sizeof(*t->pairs));
	if (t->pairs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			const struct api_pair pair = {registry_at(i), registry_at(j)};

			if (is_pair(pair.sysv, pair.posix))
				t->pairs[t->pair_count++] = pair;
		}
	}
	return 0;
}

/* Whether two cells differ in nothing but their mechanism. */
static bool alike(const struct measured_cell *a, const struct measured_cell *b)
{
	return (key_differences(&a->key, &b->key) & ~AXIS_BIT(AXIS_TRANSPORT)) == 0;
}

/* ---- one comparison -------------------------------------------------------------------------- */

/* The logarithms of a cell's trials, at most RANK_SUM_MAX; returns how many. */
static size_t read_logs(
	const struct rows *trials, const struct measured_cell *c, enum metric metric, double *logs)
{
	size_t n = 0;

	for (size_t i = 0; i < c->row_count && n < RANK_SUM_MAX; i++) {
		if (strcmp(rows_text(trials, c->rows[i], "status"), "ok") != 0)
			continue;
		double value = rows_number(trials, c->rows[i], metric_info[metric].column);

		if (isfinite(value) && value > 0)
			logs[n++] = log(value);
	}
	return n;
}

static enum api_faster judge(const struct api_row *row)
{
	if (isnan(row->ci_lo))
		return API_NO_INTERVAL;
	if (row->ci_lo <= 1 && row->ci_hi >= 1)
		return API_UNCLEAR;
	return (row->ratio > 1) == row->metric->higher_is_better ? API_POSIX_FASTER
								 : API_SYSV_FASTER;
}

/* -ENOMEM. A ratio that cannot be told stays NAN. */
static int compare_trials(struct api_row *row, const struct rows *trials)
{
	double *base = calloc(2 * RANK_SUM_MAX, sizeof(*base));
	enum metric m = row->metric->metric;
	struct shift shift;
	int r = base == NULL ? -ENOMEM : 0;

	row->ratio = measured_value(row->new, m) / measured_value(row->base, m);
	row->ci_lo = row->ci_hi = NAN;
	if (r == 0) {
		double *new = base + RANK_SUM_MAX;

		row->base_trials = read_logs(trials, row->base, m, base);
		row->new_trials = read_logs(trials, row->new, m, new);
		r = rank_sum(base, row->base_trials, new, row->new_trials, API_CONFIDENCE, &shift);
	}
	if (r == 0 && isfinite(shift.ci_lo) && isfinite(shift.ci_hi)) {
		row->ratio = exp(shift.estimate);
		row->ci_lo = exp(shift.ci_lo);
		row->ci_hi = exp(shift.ci_hi);
	}
	free(base);
	row->faster = judge(row);
	/* nothing to compare is no error */
	return r == -EINVAL ? 0 : r;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* What the search for rows goes through. */
struct search {
	const struct measured *run;
	const struct measured_cell **cells;
	size_t count;
};

static int add_row(struct api_table *t, const struct api_row *row, const struct rows *trials)
{
	struct api_row *grown = reallocarray(t->rows, t->count + 1, sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	t->rows = grown;
	grown[t->count] = *row;
	return compare_trials(&grown[t->count++], trials);
}

static int read_metric(struct api_table *t, const struct search *s, const struct api_pair *pair,
	const struct api_metric *metric)
{
	int r = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct measured_cell *base = s->cells[i];

		if (base->key.mode != metric->mode ||
			cell_transport(base->key.transport) != pair->sysv)
			continue;
		for (size_t j = 0; j < s->count && r == 0; j++) {
			const struct measured_cell *new = s->cells[j];
			const struct api_row row = {.sysv = pair->sysv,
				.posix = pair->posix,
				.base = base,
				.new = new,
				.metric = metric};

			if (new->size == base->size && alike(base, new) &&
				cell_transport(new->key.transport) ==
					pair->posix &&measured_value(base, metric->metric) > 0 &&
				measured_value(new, metric->metric) > 0)
				r = add_row(t, &row, &s->run->run->trials);
		}
	}
	return r;
}

int api_table_read(struct api_table *t, const struct measured *m)
{
	struct search s = {.run = m};
	int r = cells_select(m, &s.cells, &s.count);

	*t = (struct api_table){.rows = NULL};
	if (r == 0)
		r = find_pairs(t);
	for (size_t p = 0; p < t->pair_count; p++) {
		for (size_t i = 0; i < ARRAY_SIZE(metrics) && r == 0; i++)
			r = read_metric(t, &s, &t->pairs[p], &metrics[i]);
	}
	free(s.cells);
	return r;
}

void api_table_free(struct api_table *t)
{
	free(t->pairs);
	free(t->rows);
	*t = (struct api_table){.rows = NULL};
}

int api_table_visit(const void *table, size_t row, column_fn fn, void *ctx)
{
	const struct api_table *t = table;
	bool names = row == SIZE_MAX;
	const struct api_row *r = names ? NULL : &t->rows[row];
	enum metric m = names ? METRIC_LAT_P50 : r->metric->metric;
	const struct fact before[] = {
		{"transport_posix", fact_text(names ? "" : r->new->key.transport)},
		{"mode", fact_text(names ? "" : mode_name(r->metric->mode))},
		{"size_bytes",
			fact_count(names || r->base->size == 0 ? NAN : (double)r->base->size)},
		{"metric", fact_text(metric_info[m].column)},
		{"better", fact_text(!names && r->metric->higher_is_better ? "higher" : "lower")},
		{"sysv", fact_number(names ? NAN : measured_value(r->base, m))},
		{"posix", fact_number(names ? NAN : measured_value(r->new, m))},
		{"trials_sysv", fact_count(names ? NAN : (double)r->base_trials)},
		{"trials_posix", fact_count(names ? NAN : (double)r->new_trials)},
		{"ratio", fact_number(names ? NAN : r->ratio)},
		{"ratio_ci_lo", fact_number(names ? NAN : r->ci_lo)},
		{"ratio_ci_hi", fact_number(names ? NAN : r->ci_hi)},
		{"faster", fact_text(names ? "" : api_faster_name(r->faster))},
	};
	int ret = facts_cell(names ? NULL : r->base, fn, ctx);

	return ret == 0 ? facts_visit(before, ARRAY_SIZE(before), fn, ctx) : ret;
}
