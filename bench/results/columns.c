/* SPDX-License-Identifier: MIT */
/* The rows of trials.csv, summary.csv, percentiles.csv, sides.csv and timeline.csv. */
#include "results/results.h"

#include "run/trial.h"
#include "text/memory.h"
#include "text/rows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the line of names of a table without rows is made of. */
static const struct transport no_transport = {.family = ""};
static const struct item no_item = {.transport = &no_transport, .key = {.transport = ""}};

/* ---- what rows begin and end with ------------------------------------------------------------ */

/* In JSON schema version and run stand once, at the top of the document. */
static void put_run(struct record *rec, const struct results *r)
{
	if (!record_is_json(rec)) {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", r->run_id);
	}
	record_text(rec, "label", r->plan->settings->label);
}

static void put_work(struct record *rec, const struct trial *t)
{
	key_write(rec, &t->key, AXIS_TRANSPORT, AXIS_WAIT);
	record_text(rec, "family", t->family);
	key_write(rec, &t->key, AXIS_WAIT, AXIS_PLACEMENT);
}

static void put_place(struct record *rec, const struct trial *t)
{
	key_write(rec, &t->key, AXIS_PLACEMENT, AXIS_IDLE);
	record_whole(rec, "cpu_tx", t->cpu_tx >= 0, (uint64_t)t->cpu_tx);
	record_whole(rec, "cpu_rx", t->cpu_rx >= 0, (uint64_t)t->cpu_rx);
	key_write(rec, &t->key, AXIS_IDLE, AXIS_THINK);
}

static void put_status(
	struct record *rec, enum status status, const char *reason, unsigned int flags)
{
	record_text(rec, "status", status_name(status));
	record_text(rec, "reason", reason);
	record_words(rec, "flags", trial_flag_names, TRIAL_FLAG_COUNT, flags);
}

/* Columns are only ever appended. */
static void put_later_axes(struct record *rec, const struct trial *t)
{
	key_write(rec, &t->key, AXIS_THINK, AXIS_APPENDED);
}

/* The name of the cell, for programs that would have to spell it from the axes, and later axes. */
static void put_end(struct record *rec, const struct trial *t)
{
	char *name = rec->names ? NULL : key_name_new(&t->key, AXIS_ALL);

	record_text(rec, "cell", name);
	key_write(rec, &t->key, AXIS_APPENDED, AXIS_NEWEST);
	free(name);
}

/* Behind everything else. */
static void put_newest(struct record *rec, const struct trial *t)
{
	key_write(rec, &t->key, AXIS_NEWEST, AXIS_COUNT);
}

static void put_value(struct record *rec, const char *name, enum metric m, double value)
{
	if (metric_info[m].kind == METRIC_COUNTED)
		record_count(rec, name, value);
	else
		record_real(rec, name, value);
}

/* ---- trials.csv ------------------------------------------------------------------------------ */

void trial_fields(struct record *rec, const void *table, size_t i)
{
	static const struct trial none;
	const struct results *r = table;
	const struct trial *t = i < r->trial_count ? &r->trials[i] : &none;

	put_run(rec, r);
	put_work(rec, t);
	record_whole(rec, "trial", t->number > 0, t->number);
	record_whole(rec, "order", t->order > 0, t->order);
	put_place(rec, t);
	put_status(rec, t->status, t->status == STATUS_OK ? NULL : t->reason.text, t->flags);
	record_text(rec, "clock", t->clock);
	for (enum metric m = 0; m < METRIC_APPENDED; m++) {
		if (m == METRIC_LAT_COUNT)
			record_text(rec, "lat_kind", t->lat_kind);
		put_value(rec, metric_info[m].column, m, t->value[m]);
	}
	put_later_axes(rec, t);
	put_end(rec, t);
	for (enum metric m = METRIC_APPENDED; m < METRIC_NEWEST; m++)
		put_value(rec, metric_info[m].column, m, t->value[m]);
	put_newest(rec, t);
	for (enum metric m = METRIC_NEWEST; m < METRIC_COUNT; m++)
		put_value(rec, metric_info[m].column, m, t->value[m]);
}

int csv_write_trials(FILE *out, const void *results)
{
	const struct results *r = results;

	return records_csv(out, trial_fields, r, r->trial_count);
}

/* ---- summary.csv ----------------------------------------------------------------------------- */

/* An estimate is three columns: the median and its interval. */
static void put_estimate(
	struct record *rec, const char *column, enum metric_kind kind, const struct estimate *e)
{
	const char *const suffix[] = {"", "_ci_lo", "_ci_hi"};
	const double values[] = {e->median, e->ci_lo, e->ci_hi};

	for (size_t i = 0; i < ARRAY_SIZE(suffix); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s", column, suffix[i]);
		if (kind == METRIC_COUNTED)
			record_count(rec, name, values[i]);
		else
			record_real(rec, name, values[i]);
	}
}

static const struct estimate not_measured = {NAN, NAN, NAN, NAN, NAN};

/* Those of the metrics from `first` to before `end` that a summary has. */
static void put_estimates(
	struct record *rec, const struct estimate *of, enum metric first, enum metric end)
{
	for (enum metric m = first; m < end; m++)
		if (metric_info[m].summarised)
			put_estimate(rec, metric_info[m].column, metric_info[m].kind,
				of != NULL ? &of[m] : &not_measured);
}

/* What was asked of the loads of a cell, and the highest that held it. */
static void put_slo(struct record *rec, const struct slo *slo, const struct estimate *highest)
{
	record_text(rec, "slo", slo != NULL ? slo->text : NULL);
	put_estimate(rec, "slo_msgs_per_s", METRIC_REAL, slo != NULL ? highest : &not_measured);
	record_real(rec, "slo_ns", slo != NULL ? slo->limit_ns : NAN);
}

/* What ended the trials of --auto. */
static const char *ending(const struct results *r, const struct item *it)
{
	static const char *const names[] = {"trials", "precision", "max-time"};

	if (r->stops == NULL || !r->plan->settings->automatic || it->skip != 0)
		return NULL;
	return names[r->stops[it - r->plan->items]];
}

void summary_fields(struct record *rec, const void *table, size_t i)
{
	static const struct outcome none = {.status = STATUS_SKIP};
	const struct summary_table *s = table;
	const struct results *r = s->results;
	bool any = i < r->plan->item_count;
	const struct item *it = any ? &r->plan->items[i] : &no_item;
	const struct outcome *o = any ? &s->outcomes[i] : &none;
	const struct trial row = trial_of(it);
	const struct estimate *of = o->ok > 0 ? r->summaries[i].metric : NULL;
	/* A skip launched nothing: its counts are not zero, there are none. */
	bool launched = o->status != STATUS_SKIP;

	put_run(rec, r);
	put_work(rec, &row);
	put_place(rec, &row);
	put_status(rec, o->status, o->reason, o->flags);
	record_text(rec, "clock", o->clock);
	record_text(rec, "lat_kind", o->lat_kind[0]);
	record_whole(rec, "trials", launched, o->ok);
	record_whole(rec, "failed", launched, o->fails);
	put_estimates(rec, of, 0, METRIC_APPENDED);
	put_later_axes(rec, &row);
	record_text(rec, "ended_by", ending(r, it));
	record_text(rec, "knee",
		!axis_applies(&it->key, AXIS_RATE) ? NULL
		: o->is_knee			   ? "yes"
						   : "no");
	put_end(rec, &row);
	put_estimates(rec, of, METRIC_APPENDED, METRIC_NEWEST);
	const struct slo *slo = &r->plan->settings->slo;
	bool asked = o->ok > 0 && slo->text != NULL && axis_applies(&it->key, AXIS_RATE);

	put_slo(rec, asked ? slo : NULL, &o->slo);
	put_newest(rec, &row);
	put_estimates(rec, of, METRIC_NEWEST, METRIC_COUNT);
}

int csv_write_summary(FILE *out, const void *results)
{
	const struct results *r = results;
	const struct summary_table s = {r, outcomes_collect(r)};
	int ret = records_csv(out, summary_fields, &s, r->plan->item_count);

	free((void *)(uintptr_t)s.outcomes);
	return ret;
}

/* ---- percentiles.csv ------------------------------------------------------------------------- */

/* A row. `beyond` is the number of values that rank above the quantile. */
struct quantile {
	const struct item *item;
	const char *clock, *lat_kind;
	double q, ns, beyond;
};

struct quantiles {
	const struct results *results;
	struct quantile *rows;
	size_t count;
};

static void quantile_fields(struct record *rec, const void *table, size_t i)
{
	static const struct quantile none = {.item = &no_item};
	const struct quantiles *all = table;
	const struct quantile *q = i < all->count ? &all->rows[i] : &none;
	const struct trial row = trial_of(q->item);

	put_run(rec, all->results);
	put_work(rec, &row);
	put_place(rec, &row);
	record_text(rec, "clock", q->clock);
	record_text(rec, "lat_kind", q->lat_kind);
	record_real(rec, "quantile", q->q);
	record_count(rec, "value_ns", q->ns);
	record_count(rec, "count_beyond", q->beyond);
	put_later_axes(rec, &row);
	put_end(rec, &row);
	put_newest(rec, &row);
}

/*
 * The grid: five steps, then as many over half of what is left, and so on towards 1, so that each
 * decade of the tail has about as many points. It ends where fewer than ten values lie beyond; the
 * maximum follows as quantile 1.
 */
static void add_distribution(struct quantiles *all, struct quantile like, const struct histogram *h)
{
	const double ticks = 5;
	double total = (double)h->total, base = 0, rest = 1;
	unsigned int step = 0;

	for (like.q = 0; hist_supports(h->total, like.q); like.q = base + step * rest / 2 / ticks) {
		like.ns = (double)hist_quantile(h, like.q);
		like.beyond = total - fmax(ceil(like.q * total), 1);
		*need_next(all->rows, all->count) = like;
		if (++step == (unsigned int)ticks) {
			rest /= 2;
			base = 1 - rest;
			step = 0;
		}
	}
	like.q = 1;
	like.ns = (double)h->max;
	like.beyond = 0;
	*need_next(all->rows, all->count) = like;
}

int csv_write_percentiles(FILE *out, const void *results)
{
	const struct results *r = results;
	struct outcome *outcomes = outcomes_collect(r);
	struct quantiles all = {.results = r};

	for (size_t i = 0; i < r->plan->item_count; i++) {
		for (unsigned int k = 0; k < LAT_KINDS; k++) {
			const struct histogram *h = r->hists[k] != NULL ? r->hists[k][i] : NULL;
			const struct quantile like = {.item = &r->plan->items[i],
				.clock = outcomes[i].clock,
				.lat_kind = outcomes[i].lat_kind[k]};

			if (h != NULL && h->total > 0)
				add_distribution(&all, like, h);
		}
	}
	int ret = records_csv(out, quantile_fields, &all, all.count);

	free(all.rows);
	free(outcomes);
	return ret;
}

/* ---- sides.csv ------------------------------------------------------------------------------- */

/* A row: a trial, and the number of a side. */
struct side_row {
	const struct trial *trial;
	size_t side;
};

struct side_rows {
	const struct results *results;
	struct side_row *rows;
	size_t count;
};

static void side_fields(struct record *rec, const void *table, size_t i)
{
	static const struct trial no_trial;
	static const struct side_row none = {&no_trial, 0};
	const struct side_rows *all = table;
	const struct side_row *row = i < all->count ? &all->rows[i] : &none;
	const struct trial *t = row->trial;

	put_run(rec, all->results);
	put_work(rec, t);
	record_whole(rec, "trial", true, t->number);
	put_place(rec, t);
	put_later_axes(rec, t);
	put_end(rec, t);
	put_newest(rec, t);
	record_whole(rec, "pair", true, row->side / 2 + 1);
	record_text(rec, "side", row->side % 2 == SIDE_TX ? "tx" : "rx");
	record_real(rec, "window_s", t->sides == NULL ? NAN : t->sides->window_s);
	for (size_t v = 0; v < SIDE_VALUE_COUNT; v++) {
		double value = t->sides == NULL ? NAN : t->sides->value[row->side][v];

		if (side_info[v].kind == METRIC_COUNTED)
			record_count(rec, side_info[v].column, value);
		else
			record_real(rec, side_info[v].column, value);
	}
}

int csv_write_sides(FILE *out, const void *results)
{
	const struct results *r = results;
	struct side_rows all = {.results = r};

	for (size_t i = 0; i < r->trial_count; i++) {
		const struct trial *t = &r->trials[i];

		for (unsigned int k = 0; t->sides != NULL && k < t->sides->count; k++)
			if (sides_exist(t->key.sides, k))
				*need_next(all.rows, all.count) = (struct side_row){t, k};
	}
	int ret = records_csv(out, side_fields, &all, all.count);

	free(all.rows);
	return ret;
}

/* ---- timeline.csv ---------------------------------------------------------------------------- */

/* A row: a trial, and one of its counts. */
struct moment {
	const struct trial *trial;
	const struct timeline_count *count;
};

struct moments {
	const struct results *results;
	struct moment *rows;
	size_t count;
};

static void moment_fields(struct record *rec, const void *table, size_t i)
{
	static const struct kept_timeline no_timeline;
	static const struct trial no_trial = {
		.timeline = (struct kept_timeline *)(uintptr_t)&no_timeline};
	static const struct timeline_count no_count;
	static const struct moment none = {&no_trial, &no_count};
	const struct moments *all = table;
	const struct moment *m = i < all->count ? &all->rows[i] : &none;
	const double slice_s = m->trial->timeline->slice_s;
	const uint64_t high = timeline_high(m->count->range);

	put_run(rec, all->results);
	put_work(rec, m->trial);
	record_whole(rec, "trial", true, m->trial->number);
	put_place(rec, m->trial);
	record_text(rec, "clock", m->trial->clock);
	record_text(rec, "lat_kind", m->trial->lat_kind);
	record_real(rec, "slice_start_s", m->count->slice * slice_s);
	record_real(rec, "slice_s", slice_s);
	record_whole(rec, "low_ns", true, timeline_low(m->count->range));
	record_whole(rec, "high_ns", high != UINT64_MAX, high);
	record_whole(rec, "count", true, m->count->count);
	put_later_axes(rec, m->trial);
	put_end(rec, m->trial);
	put_newest(rec, m->trial);
}

int csv_write_timeline(FILE *out, const void *results)
{
	const struct results *r = results;
	struct moments all = {.results = r};

	for (size_t i = 0; i < r->trial_count; i++) {
		const struct trial *t = &r->trials[i];

		for (size_t k = 0; t->timeline != NULL && k < t->timeline->count; k++)
			*need_next(all.rows, all.count) =
				(struct moment){t, &t->timeline->counts[k]};
	}
	int ret = records_csv(out, moment_fields, &all, all.count);

	free(all.rows);
	return ret;
}

/* A row as a count; false if it holds none. */
static bool read_count(
	struct timeline_count *to, const struct rows *rows, size_t row, double slice_s)
{
	double slice = rint(rows_number(rows, row, "slice_start_s") / slice_s);
	double low = rows_number(rows, row, "low_ns"), count = rows_number(rows, row, "count");

	if (!(slice >= 0 && slice < TIMELINE_SLICES && low >= 0 && low < 1e15 && count >= 1 &&
		    count < 1e15))
		return false;
	*to = (struct timeline_count){
		(uint32_t)slice, timeline_range((uint64_t)low), (uint64_t)count};
	return true;
}

static bool is_row_of(const struct rows *rows, size_t row, unsigned int trial, const char *cell)
{
	return rows_whole(rows, row, "trial", 1e9, 0) == (int)trial &&
	       strcmp(rows_text(rows, row, "cell"), cell) == 0;
}

/* The rows of a trial, from *row on: from the one returned to before the new *row. */
static size_t rows_of(const struct rows *rows, size_t *row, const struct trial *t)
{
	char *name = key_name_new(&t->key, AXIS_ALL);
	size_t first = *row, end;

	while (first < rows->count && !is_row_of(rows, first, t->number, name))
		first++;
	for (end = first; end < rows->count && is_row_of(rows, end, t->number, name);)
		end++;
	free(name);
	if (first < end)
		*row = end;
	return first;
}

/* Its times, if there are all of them: each time is in one row. */
static struct kept_timeline *take_timeline(
	const struct rows *rows, size_t *row, const struct trial *t)
{
	size_t first = rows_of(rows, row, t);
	double times = 0;

	if (first >= *row)
		return NULL;
	struct kept_timeline *kept =
		need_array(1, sizeof(*kept) + (*row - first) * sizeof(kept->counts[0]));

	kept->slice_s = rows_number(rows, first, "slice_s");
	while (first < *row && read_count(&kept->counts[kept->count], rows, first++, kept->slice_s))
		times += (double)kept->counts[kept->count++].count;
	if (fabs(times - t->value[METRIC_LAT_COUNT]) < 1)
		return kept;
	free(kept);
	return NULL;
}

/* Its sides, if there are all of them. */
static struct kept_sides *take_sides(const struct rows *rows, size_t *row, const struct trial *t)
{
	size_t first = rows_of(rows, row, t), count = 2 * (size_t)sides_lanes(t->key.sides);

	if (first >= *row || *row - first != sides_present(t->key.sides))
		return NULL;
	struct kept_sides *kept = sides_new(count);

	kept->window_s = rows_number(rows, first, "window_s");
	for (unsigned int i = 0; i < count; i++) {
		if (!sides_exist(t->key.sides, i))
			continue;
		for (size_t v = 0; v < SIDE_VALUE_COUNT; v++)
			kept->value[i][v] = rows_number(rows, first, side_info[v].column);
		first++;
	}
	return kept;
}

/* Reads a file of a run directory; false if there is none, or it is not sound. */
static bool load_rows(struct rows *rows, const char *dir, const char *name)
{
	char *path = need_text("%s/%s", dir, name);
	struct reason why;
	int err = rows_load(rows, path, &why);

	free(path);
	return err == 0;
}

void sides_load(const char *dir, struct trial *trials, size_t n)
{
	struct rows rows;
	size_t row = 0;
	bool there = load_rows(&rows, dir, "sides.csv");

	for (size_t i = 0; i < n; i++) {
		struct trial *t = &trials[i];

		if (t->status != STATUS_OK || sides_lanes(t->key.sides) == 1)
			continue;
		if (there && row < rows.count)
			t->sides = take_sides(&rows, &row, t);
		if (t->sides == NULL)
			t->item = NULL;
	}
	rows_free(&rows);
}

void timelines_load(const char *dir, struct trial *trials, size_t n)
{
	struct rows rows;
	size_t row = 0;
	bool there = load_rows(&rows, dir, "timeline.csv");

	for (size_t i = 0; i < n; i++) {
		struct trial *t = &trials[i];

		if (t->status != STATUS_OK || mode_of(&t->key)->records[0] == NULL)
			continue;
		if (there && row < rows.count)
			t->timeline = take_timeline(&rows, &row, t);
		if (t->timeline == NULL)
			t->item = NULL;
	}
	rows_free(&rows);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *plan_json(const struct plan *plan)
{
	const struct settings *s = plan->settings;
	bool counted = s->messages > 0;

	return json_pack("{s:o, s:i, s:o, s:o, s:o, s:b, s:b, s:b, s:o, s:I, s:I}", "seed",
		json_seed(s->seed), "trials", (int)s->trials, "duration_s",
		counted ? json_null() : json_rounded(s->duration_s), "messages",
		json_whole(counted, s->messages), "warmup_s", json_rounded(s->warmup_s), "verify",
		s->verify, "counters", s->counters, "timeline", s->timeline, "label",
		json_text(s->label), "cells", (json_int_t)plan->item_count, "launches",
		(json_int_t)plan->launch_count);
}

int json_write(FILE *out, const void *results)
{
	const struct results *r = results;
	struct outcome *outcomes = outcomes_collect(r);
	const struct summary_table summary = {r, outcomes};
	json_t *doc = json_pack("{s:i, s:o, s:b, s:o, s:o, s:o, s:o}", "schema_version",
		SCHEMA_VERSION, "run_id", json_text(r->run_id), "interrupted", r->interrupted,
		"env", json_embedded(r->env_json), "plan", plan_json(r->plan), "trials",
		records_json(trial_fields, r, r->trial_count), "summary",
		records_json(summary_fields, &summary, r->plan->item_count));

	free(outcomes);
	return json_put(out, doc);
}
