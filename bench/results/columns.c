/* SPDX-License-Identifier: MIT */
#include "results/columns.h"

#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row before its metrics: which cell, and what became of it. NULL outcome = names only. */
struct row {
	const struct results *results;
	const struct item *item;
	const struct outcome *outcome;
};

enum { IN_TRIALS = 1, IN_SUMMARY = 2, IN_PERCENTILES = 4, IN_TIMELINE = 8, IN_ALL = 15 };

/* A column of its own, or that of an axis. */
struct key_column {
	const char *name;
	unsigned int in;
	struct value (*get)(const struct row *);
	enum axis axis;
};

static struct value text(const char *s)
{
	bool none = s == NULL || s[0] == '\0';

	return (struct value){.kind = none ? VALUE_NONE : VALUE_TEXT, .text = s};
}

static struct value number(enum value_kind kind, double n)
{
	return (struct value){.kind = isnan(n) ? VALUE_NONE : kind, .number = n};
}

static struct value axis_value(const struct cell_key *key, enum axis axis)
{
	static _Thread_local char buf[40];
	enum axis_type type = axes[axis].type;

	if (type == AXIS_TEXT || !axis_applies(key, axis))
		return text(type == AXIS_TEXT ? key->transport : NULL);
	if (type == AXIS_WORD)
		return text(axis_word(key, axis));
	if (type == AXIS_OFFERED)
		return text(rate_spell(buf, sizeof(buf), &key->rate));
	return number(VALUE_COUNT, (double)axis_number(key, axis));
}

/* Numbers whose zero (or -1) means that there is none. */
static struct value above(long n, long none)
{
	return number(VALUE_COUNT, n > none ? (double)n : NAN);
}

static struct value get_schema(const struct row *row)
{
	(void)row;
	return number(VALUE_COUNT, SCHEMA_VERSION);
}

static struct value get_run_id(const struct row *row)
{
	return text(row->results->run_id);
}

static struct value get_label(const struct row *row)
{
	return text(row->results->plan->settings->label);
}

static struct value get_family(const struct row *row)
{
	return text(row->item->transport->family);
}

static struct value get_trial(const struct row *row)
{
	return above(row->outcome->trial, 0);
}

static struct value get_order(const struct row *row)
{
	return above(row->outcome->order, 0);
}

static struct value get_cpu_tx(const struct row *row)
{
	return above(row->item->cell.cpu_tx, -1);
}

static struct value get_cpu_rx(const struct row *row)
{
	return above(row->item->cell.cpu_rx, -1);
}

static struct value get_status(const struct row *row)
{
	return text(status_name(row->outcome->status));
}

static struct value get_reason(const struct row *row)
{
	return text(row->outcome->reason);
}

static struct value get_flags(const struct row *row)
{
	return (struct value){.kind = VALUE_FLAGS, .flags = row->outcome->flags};
}

static struct value get_clock(const struct row *row)
{
	return text(row->outcome->clock);
}

static struct value get_lat_kind(const struct row *row)
{
	return text(row->outcome->lat_kind);
}

static struct value get_lat2_kind(const struct row *row)
{
	return text(row->outcome->lat2_kind);
}

static struct value get_knee(const struct row *row)
{
	if (!axis_applies(&row->item->key, AXIS_RATE))
		return text(NULL);
	return text(results_knee(row->results, row->item) ? "yes" : "no");
}

static struct value get_stop(const struct row *row)
{
	static const char *const names[] = {"trials", "precision", "max-time"};
	const struct results *r = row->results;

	if (r->stops == NULL || !r->plan->settings->automatic || row->item->skip != 0)
		return text(NULL);
	return text(names[r->stops[row->item - r->plan->items]]);
}

static const struct key_column late_columns[] = {
	{"lat2_kind", IN_TRIALS | IN_SUMMARY, get_lat2_kind, 0},
	{.in = IN_ALL, .axis = AXIS_THINK},
	{.in = IN_ALL, .axis = AXIS_RATE},
	{.in = IN_ALL, .axis = AXIS_ARRIVALS},
	{.in = IN_ALL, .axis = AXIS_DISPATCH},
	{.in = IN_ALL, .axis = AXIS_MEM},
	{"ended_by", IN_SUMMARY, get_stop, 0},
	{"knee", IN_SUMMARY, get_knee, 0},
};

static const struct key_column key_columns[] = {
	{"schema_version", IN_ALL, get_schema, 0},
	{"run_id", IN_ALL, get_run_id, 0},
	{"label", IN_ALL, get_label, 0},
	{.in = IN_ALL, .axis = AXIS_TRANSPORT},
	{"family", IN_ALL, get_family, 0},
	{.in = IN_ALL, .axis = AXIS_WAIT},
	{.in = IN_ALL, .axis = AXIS_COPY},
	{.in = IN_ALL, .axis = AXIS_MODE},
	{.in = IN_ALL, .axis = AXIS_SIZE},
	{"trial", IN_TRIALS | IN_TIMELINE, get_trial, 0},
	{"order", IN_TRIALS, get_order, 0},
	{.in = IN_ALL, .axis = AXIS_PLACEMENT},
	{"cpu_tx", IN_ALL, get_cpu_tx, 0},
	{"cpu_rx", IN_ALL, get_cpu_rx, 0},
	{.in = IN_ALL, .axis = AXIS_IDLE},
	{"status", IN_TRIALS | IN_SUMMARY, get_status, 0},
	{"reason", IN_TRIALS | IN_SUMMARY, get_reason, 0},
	{"flags", IN_TRIALS | IN_SUMMARY, get_flags, 0},
	{"clock", IN_ALL, get_clock, 0},
	/* trials.csv has lat_kind too, among its metrics */
	{"lat_kind", IN_SUMMARY | IN_PERCENTILES | IN_TIMELINE, get_lat_kind, 0},
};

static int visit(const struct key_column *columns, size_t n, const struct row *row, unsigned int in,
	column_fn fn, void *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct key_column *c = &columns[i];

		if (!(c->in & in))
			continue;
		struct value v = {0};

		if (row->outcome != NULL)
			v = c->get != NULL ? c->get(row) : axis_value(&row->item->key, c->axis);
		r = fn(ctx, c->name != NULL ? c->name : axes[c->axis].column, &v);
	}
	return r;
}

static int visit_keys(const struct row *row, unsigned int in, column_fn fn, void *ctx)
{
	return visit(key_columns, ARRAY_SIZE(key_columns), row, in, fn, ctx);
}

/* Columns are only ever appended. */
static int visit_late(const struct row *row, unsigned int in, column_fn fn, void *ctx)
{
	return visit(late_columns, ARRAY_SIZE(late_columns), row, in, fn, ctx);
}

static enum value_kind metric_value_kind(size_t m)
{
	return metric_info[m].kind == METRIC_COUNTED ? VALUE_COUNT : VALUE_REAL;
}

static struct outcome trial_outcome(const struct trial *t)
{
	return (struct outcome){
		.status = t->status,
		.reason = t->status == STATUS_OK ? "" : t->reason.text,
		.flags = t->flags,
		.clock = t->clock != NULL ? t->clock : "",
		.lat_kind = t->lat_kind != NULL ? t->lat_kind : "",
		.lat2_kind = t->lat2_kind != NULL ? t->lat2_kind : "",
		.trial = t->number,
		.order = t->order,
	};
}

int columns_trial(const struct results *r, const struct trial *t, column_fn fn, void *ctx)
{
	struct outcome o = {0};
	struct row row = {.results = r};

	if (t != NULL) {
		o = trial_outcome(t);
		row.item = t->item;
		row.outcome = &o;
	}
	int ret = visit_keys(&row, IN_TRIALS, fn, ctx);

	for (size_t m = 0; ret == 0 && m < METRIC_COUNT; m++) {
		struct value v = {0};

		if (m == METRIC_LAT_COUNT) {
			if (t != NULL)
				v = get_lat_kind(&row);
			ret = fn(ctx, "lat_kind", &v);
			if (ret != 0)
				break;
		}
		v = number(metric_value_kind(m), t != NULL ? t->value[m] : NAN);
		ret = fn(ctx, metric_info[m].column, &v);
	}
	return ret != 0 ? ret : visit_late(&row, IN_TRIALS, fn, ctx);
}

/* A metric of the summary is three columns: the median and its interval. */
static int visit_estimate(size_t m, const struct estimate *e, column_fn fn, void *ctx)
{
	const char *const suffix[] = {"", "_ci_lo", "_ci_hi"};
	const double values[] = {e->median, e->ci_lo, e->ci_hi};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suffix); i++) {
		struct value v = number(metric_value_kind(m), values[i]);
		char name[64];

		snprintf(name, sizeof(name), "%s%s", metric_info[m].column, suffix[i]);
		r = fn(ctx, name, &v);
	}
	return r;
}

int columns_summary(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx)
{
	static const struct estimate none = {NAN, NAN, NAN, NAN, NAN};
	struct row row = {.results = r, .item = o != NULL ? &r->plan->items[item] : NULL};
	/* A skip launched nothing: its counts are not zero, there are none. */
	bool launched = o != NULL && o->status != STATUS_SKIP;
	struct value ok = number(VALUE_COUNT, launched ? (double)o->ok : NAN);
	struct value failed = number(VALUE_COUNT, launched ? (double)o->fails : NAN);

	row.outcome = o;
	int ret = visit_keys(&row, IN_SUMMARY, fn, ctx);

	if (ret == 0)
		ret = fn(ctx, "trials", &ok);
	if (ret == 0)
		ret = fn(ctx, "failed", &failed);
	for (size_t m = 0; ret == 0 && m < METRIC_COUNT; m++) {
		bool some = o != NULL && o->ok > 0;

		if (metric_info[m].summarised)
			ret = visit_estimate(
				m, some ? &r->summaries[item].metric[m] : &none, fn, ctx);
	}
	return ret != 0 ? ret : visit_late(&row, IN_SUMMARY, fn, ctx);
}

int columns_distribution(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx)
{
	struct row row = {
		.results = r, .item = o != NULL ? &r->plan->items[item] : NULL, .outcome = o};

	return visit_keys(&row, IN_PERCENTILES, fn, ctx);
}

int columns_distribution_late(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx)
{
	struct row row = {
		.results = r, .item = o != NULL ? &r->plan->items[item] : NULL, .outcome = o};

	return visit_late(&row, IN_PERCENTILES, fn, ctx);
}

int columns_timeline(
	const struct results *r, const struct trial *t, bool late, column_fn fn, void *ctx)
{
	struct outcome o = {0};
	struct row row = {.results = r};

	if (t != NULL) {
		o = trial_outcome(t);
		row.item = t->item;
		row.outcome = &o;
	}
	return late ? visit_late(&row, IN_TIMELINE, fn, ctx)
		    : visit_keys(&row, IN_TIMELINE, fn, ctx);
}

static void outcome_add(struct outcome *o, const struct trial *t)
{
	struct outcome one = trial_outcome(t);

	o->flags |= one.flags;
	if (t->status == STATUS_OK) {
		o->ok++;
		o->clock = one.clock;
		o->lat_kind = one.lat_kind;
		o->lat2_kind = one.lat2_kind;
		if (o->fails == 0) {
			o->status = STATUS_OK;
			o->reason = "";
		}
	} else if (t->status == STATUS_FAIL) {
		if (o->fails++ == 0)
			o->reason = one.reason;
		o->status = STATUS_FAIL;
	} else if (t->number > 0 && o->ok == 0 && o->fails == 0) {
		/* settled when its turn came, not when the plan was made */
		o->reason = one.reason;
	}
}

struct outcome *outcomes_collect(const struct results *r)
{
	const struct plan *plan = r->plan;
	struct outcome *all = need_array(plan->item_count, sizeof(*all));

	for (size_t i = 0; i < plan->item_count; i++) {
		all[i] = (struct outcome){.status = STATUS_SKIP,
			.reason = "",
			.clock = "",
			.lat_kind = "",
			.lat2_kind = ""};
		all[i].reason = plan->items[i].skip != 0
					? plan->items[i].why.text
					: "not measured, because the run was interrupted before it";
	}
	for (size_t i = 0; i < r->trial_count; i++)
		outcome_add(&all[r->trials[i].item - plan->items], &r->trials[i]);
	return all;
}

char *flags_join(char *buf, size_t len, unsigned int flags)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < TRIAL_FLAG_COUNT; i++) {
		if (!(flags & 1u << i))
			continue;
		int n = snprintf(
			buf + at, len - at, "%s%s", at > 0 ? ";" : "", trial_flag_names[i]);

		if (n < 0 || (size_t)n >= len - at)
			break;
		at += (size_t)n;
	}
	return buf;
}
