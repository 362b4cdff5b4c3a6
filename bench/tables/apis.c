/* SPDX-License-Identifier: MIT */
#include "tables/tables.h"

#include "plan/plan.h"
#include "stats/two-sample.h"
#include "text/memory.h"
#include <ipcbench/host.h>
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

struct api_pair *api_pairs(size_t *count)
{
	size_t n = registry_count();
	struct api_pair *pairs = NULL;

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			const struct api_pair pair = {registry_at(i), registry_at(j)};

			if (is_pair(pair.sysv, pair.posix))
				*need_next(pairs, *count) = pair;
		}
	}
	return pairs;
}

/* ---- one comparison -------------------------------------------------------------------------- */

/* The logarithms of a cell's trials, at most RANK_SUM_MAX; returns how many. */
static size_t read_logs(const struct measured_cell *c, enum metric metric, double *logs)
{
	double *values = need_array(c->trial_count, sizeof(*values));
	size_t n = measured_values(c, metric, values);

	n = n < RANK_SUM_MAX ? n : RANK_SUM_MAX;
	for (size_t i = 0; i < n; i++)
		logs[i] = log(values[i]);
	free(values);
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

static void compare_trials(struct api_row *row)
{
	double *base = need_array(2 * RANK_SUM_MAX, sizeof(*base)), *new = base + RANK_SUM_MAX;

	row->base_trials = read_logs(row->base, row->metric->metric, base);
	row->new_trials = read_logs(row->new, row->metric->metric, new);
	const struct ratio r = ratio_of_logs(base, row->base_trials, new, row->new_trials);

	/* without an interval that of the medians which the row shows */
	row->ratio = isnan(r.ci_lo) ? row->new_value / row->base_value : r.ratio;
	row->ci_lo = r.ci_lo;
	row->ci_hi = r.ci_hi;
	free(base);
	row->faster = judge(row);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Whether two cells differ in their mechanism alone, and both have a value. */
static bool is_comparable(const struct api_row *r)
{
	return r->base_value > 0 && r->new_value > 0 &&
	       key_order_by(&r->base->key, &r->new->key, AXIS_ALL & ~AXIS_BIT(AXIS_TRANSPORT)) == 0;
}

static bool is_of(const struct measured_cell *c, const struct transport *t, enum mode mode)
{
	return c->key.mode == mode && cell_transport(c->key.transport) == t;
}

/* Adds the rows that compare a cell with others, of a pair and a metric. */
static void add_rows(
	struct table *t, struct api_row row, const struct measured_cell *const *cells, size_t count)
{
	row.base_value = measured_value(row.base, row.metric->metric);
	for (size_t i = 0; i < count; i++) {
		row.new = cells[i];
		row.new_value = measured_value(row.new, row.metric->metric);
		if (!is_comparable(&row))
			continue;
		struct api_row *rows = t->rows = need_more(t->rows, t->count + 1, sizeof(row));

		rows[t->count] = row;
		compare_trials(&rows[t->count++]);
	}
}

static void read_table(struct table *t, const struct stored_run *run,
	const struct measured_cell *const *cells, size_t count)
{
	size_t pair_count, n;
	struct api_pair *pairs = api_pairs(&pair_count);
	const struct measured_cell **new = need_array(count, sizeof(*new));

	(void)run;
	*t = (struct table){.rows = NULL};
	for (size_t k = 0; k < pair_count * ARRAY_SIZE(metrics); k++) {
		struct api_row row = {.pair = pairs[k / ARRAY_SIZE(metrics)],
			.metric = &metrics[k % ARRAY_SIZE(metrics)]};

		n = 0;
		for (size_t i = 0; i < count; i++)
			if (is_of(cells[i], row.pair.posix, row.metric->mode))
				new[n++] = cells[i];
		for (size_t i = 0; i < count; i++) {
			row.base = cells[i];
			if (is_of(cells[i], row.pair.sysv, row.metric->mode))
				add_rows(t, row, new, n);
		}
	}
	free(new);
	free(pairs);
}

static void put_fields(struct record *rec, const void *table, size_t i)
{
	static const char *const faster[] = {
		[API_NO_INTERVAL] = "",
		[API_UNCLEAR] = "unclear",
		[API_SYSV_FASTER] = "sysv",
		[API_POSIX_FASTER] = "posix",
	};
	static const struct measured_cell no_cell;
	static const struct api_row blank = {.base = &no_cell, .new = &no_cell, .metric = metrics};
	const struct table *t = table;
	const struct api_row *r = t->count > 0 ? (const struct api_row *)t->rows + i : &blank;

	put_cell(rec, r->base);
	record_text(rec, "transport_posix", r->new->key.transport);
	record_text(rec, "mode", mode_name(r->metric->mode));
	record_whole(rec, "size_bytes", r->base->key.size > 0, r->base->key.size);
	record_text(rec, "metric", metric_info[r->metric->metric].column);
	record_text(rec, "better", r->metric->higher_is_better ? "higher" : "lower");
	record_real(rec, "sysv", r->base_value);
	record_real(rec, "posix", r->new_value);
	record_whole(rec, "trials_sysv", true, r->base_trials);
	record_whole(rec, "trials_posix", true, r->new_trials);
	record_real(rec, "ratio", r->ratio);
	record_real(rec, "ratio_ci_lo", r->ci_lo);
	record_real(rec, "ratio_ci_hi", r->ci_hi);
	record_text(rec, "faster", faster[r->faster]);
	put_late_axes(rec, r->base);
	put_new_axes(rec, r->base);
}

/* ---- for people ------------------------------------------------------------------------------ */

enum { CELL, SYSV, POSIX, RATIO, INTERVAL, TRIALS, FASTER, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[CELL] = {.heading = "cell", .left = true},
	[RATIO] = {.heading = "ratio"},
	[INTERVAL] = {.heading = "95% CI"},
	[TRIALS] = {.heading = "trials", .drop = 1},
	[FASTER] = {.heading = "faster", .left = true},
};

/* "64 B same-cpu block", and both spellings where options tell cells apart. */
static void put_cell_name(struct grid *g, const struct api_row *r)
{
	const char *base = r->base->key.transport, *new = r->new->key.transport;
	const struct cell_key *key = &r->base->key;
	char place[80], idle[48], names[200] = "", text[420];
	bool optioned = strchr(base, ':') != NULL || strchr(new, ':') != NULL;

	if (optioned)
		snprintf(names, sizeof(names), " %.90s, %.90s", new, base);
	key_name(place, sizeof(place), key, AXIS_BIT(AXIS_SIZE) | AXIS_BIT(AXIS_PLACEMENT));
	key_name(idle, sizeof(idle), key, AXIS_BIT(AXIS_IDLE));
	snprintf(text, sizeof(text), "%s %.80s%s%s%s", place, cell_variant(r->base).text,
		idle[0] != '\0' ? " " : "", idle, names);
	grid_plain(g, text);
}

static const char *faster_text(const struct api_row *r)
{
	return r->faster == API_POSIX_FASTER  ? r->pair.posix->name
	       : r->faster == API_SYSV_FASTER ? r->pair.sysv->name
	       : r->faster == API_UNCLEAR     ? "unclear"
					      : "-";
}

static void add_row(struct grid *g, const struct scale *scale, const struct api_row *r)
{
	static const struct scale plain = {.factor = 1, .decimals = 2};

	grid_row(g);
	put_cell_name(g, r);
	grid_number(g, scale, r->base_value);
	grid_number(g, scale, r->new_value);
	grid_number(g, &plain, r->ratio);
	grid_span(g, &plain, r->ci_lo, r->ci_hi);
	grid_field(g, "%zu+%zu", r->base_trials, r->new_trials);
	grid_field(g, "%s", faster_text(r));
}

static struct scale choose_scale(
	const struct api_row *rows, size_t count, const struct glyphs *glyphs)
{
	double *values = need_array(2 * count, sizeof(*values));
	const struct api_metric *m = rows->metric;

	for (size_t i = 0; i < count; i++) {
		values[2 * i] = rows[i].base_value;
		values[2 * i + 1] = rows[i].new_value;
	}
	struct scale scale = scale_pick(m->quantity, values, 2 * count,
		metric_info[m->metric].kind == METRIC_COUNTED, glyphs);

	free(values);
	return scale;
}

static void add_section(struct document *d, const struct api_row *rows, size_t count)
{
	const char *sysv = rows->pair.sysv->name, *posix = rows->pair.posix->name;
	struct grid *g = document_grid(d, columns, COLUMNS);
	struct scale scale = choose_scale(rows, count, d->glyphs);

	g->wraps = true;
	grid_title(g, "%s: %s against %s, %s in %s%s, %s is better", rows->pair.sysv->family, posix,
		sysv, rows->metric->title, scale.unit, rows->metric->unit,
		rows->metric->higher_is_better ? "higher" : "lower");
	grid_head(g, SYSV, "%s", sysv);
	grid_head(g, POSIX, "%s", posix);
	for (size_t i = 0; i < count; i++)
		add_row(g, &scale, &rows[i]);
}

static bool is_same(const struct api_pair *a, const struct api_pair *b)
{
	return a->sysv == b->sysv && a->posix == b->posix;
}

static void add_grids(struct document *d, const struct table *t)
{
	for (size_t first = 0, n; first < t->count; first += n) {
		const struct api_row *rows = (const struct api_row *)t->rows + first;

		n = 1;
		while (first + n < t->count && is_same(&rows->pair, &rows[n].pair) &&
			rows->metric == rows[n].metric)
			n++;
		add_section(d, rows, n);
	}
}

/* ---- notes ----------------------------------------------------------------------------------- */

static bool has_row(const struct table *t, const struct api_pair *pair)
{
	const struct api_row *rows = t->rows;

	for (size_t i = 0; i < t->count; i++)
		if (is_same(&rows[i].pair, pair))
			return true;
	return false;
}

static void add_notes(struct document *d, const struct table *t)
{
	const struct api_row *rows = t->rows;
	size_t without = 0, pair_count;
	struct api_pair *pairs = api_pairs(&pair_count);

	for (size_t i = 0; i < t->count; i++)
		without += rows[i].faster == API_NO_INTERVAL;
	if (without > 0)
		document_add(d, BLOCK_NOTE,
			"note %zu of %zu ratios of System V and POSIX are of medians and have no "
			"interval: it takes %zu trials of both (--trials %zu)",
			without, t->count, api_trials_needed(), api_trials_needed());
	for (size_t p = 0; p < pair_count; p++)
		if (!has_row(t, &pairs[p]))
			document_add(d, BLOCK_NOTE,
				"note %s against %s: the run holds no cell of both",
				pairs[p].posix->name, pairs[p].sysv->name);
	free(pairs);
}

const struct table_maker api_maker = {
	.read = read_table,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = put_fields,
	.explanation =
		"ratio: POSIX divided by System V; 95% CI: of this ratio, over the trials of both; faster: "
		"named only if the interval proves it.",
};
