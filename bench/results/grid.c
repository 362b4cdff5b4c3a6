/* SPDX-License-Identifier: MIT */
/* The columns of one section: which there are, and what stands in them. */
#include "results/sections.h"

#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Percentiles that want samples are marked in their own field. */
#define SHOWN_FLAGS (~(unsigned int)FLAG_LOW_SAMPLES)

static size_t item_index(const struct section *s, size_t row)
{
	return (size_t)(s->rows[row] - s->results->plan->items);
}

static const struct outcome *row_outcome(const struct section *s, size_t row)
{
	return &s->outcomes[item_index(s, row)];
}

const struct estimate *section_metric(const struct section *s, size_t row, enum metric m)
{
	return &s->results->summaries[item_index(s, row)].metric[m];
}

static int set_text(struct grid *g, size_t row, const char *text)
{
	char **at = &g->text[row * GRID_COLUMNS_MAX + g->column_count];

	*at = strdup(text);
	return *at != NULL ? 0 : -ENOMEM;
}

typedef void (*cell_fn)(
	const struct section *s, size_t row, const void *arg, char *buf, size_t len);

/* Adds a column, its fields written by `fn`. */
static int add_column(struct section *s, const char *heading, bool left, unsigned int drop,
	cell_fn fn, const void *arg)
{
	struct grid *g = s->grid;
	struct grid_column *c = &g->column[g->column_count];
	char buf[320];
	int r = 0;

	s->marks = &c->marks;
	for (size_t row = 0; r == 0 && row < s->count; row++) {
		fn(s, row, arg, buf, sizeof(buf));
		r = set_text(g, row, buf);
	}
	g->column_count++;
	snprintf(c->heading, sizeof(c->heading), "%s", heading);
	c->left = left;
	c->drop = drop;
	return r;
}

static void cell_transport(
	const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	format_plain(buf, len, s->rows[row]->key.transport, *(const bool *)arg);
}

static void cell_wait(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	(void)arg;
	snprintf(buf, len, "%s", wait_name(s->rows[row]->key.wait));
}

static void cell_copy(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	(void)arg;
	snprintf(buf, len, "%s", copy_name(s->rows[row]->key.copy));
}

static void cell_dispatch(
	const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	(void)arg;
	snprintf(buf, len, "%s", dispatch_name(s->rows[row]->key.dispatch));
}

/* How to show one metric of a section. */
struct show {
	enum metric metric;
	struct scale scale;
	bool interval; /* spread: the confidence interval rather than the range of the trials */
	double quantile;
};

/* The maximum of a cell is the worst of any trial; all else is the median of the trials. */
static double shown(const struct section *s, size_t row, enum metric m)
{
	const struct estimate *e = section_metric(s, row, m);

	return m == METRIC_LAT_MAX ? e->max : e->median;
}

static void pick_scale(const struct section *s, struct show *show, enum quantity q)
{
	double *values = malloc((s->count + 1) * sizeof(*values));
	size_t n = 0;

	/* The null transport is out of all proportion: it must not choose the unit of the others.
	 */
	for (size_t row = 0; values != NULL && row < s->count; row++) {
		if (s->rows[row]->transport->shape != SHAPE_NULL || s->count == 1)
			values[n++] = shown(s, row, show->metric);
	}
	bool integral = metric_info[show->metric].kind == METRIC_COUNTED;

	show->scale = scale_pick(q, values, n, integral, s->report->glyphs);
	free(values);
}

/* How many samples a trial lacks for a percentile; 0 if unknown or none. */
static double lacking(const struct section *s, size_t row, double quantile)
{
	size_t i = item_index(s, row);
	struct histogram *const *hists = s->results->hists[0];
	const struct histogram *h = hists != NULL ? hists[i] : NULL;
	double need = ceil(10 / (1 - quantile) - 1e-6),
	       have = section_metric(s, row, METRIC_LAT_COUNT)->median;

	if (isnan(have) && h != NULL && row_outcome(s, row)->ok > 0)
		have = (double)h->total / row_outcome(s, row)->ok;
	return have < need ? ceil(need - have) : 0;
}

static void cell_number(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	const struct show *show = arg;
	double value = shown(s, row, show->metric);

	if (isnan(value) && show->quantile > 0) {
		double more = lacking(s, row, show->quantile);

		if (more > 0) {
			s->marks->missing = true;
			snprintf(buf, len, "+%.0f", more);
			return;
		}
	}
	scale_format(buf, len, &show->scale, value);
}

static void cell_spread(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	const struct show *show = arg;
	const struct estimate *e = section_metric(s, row, show->metric);
	double lo = show->interval ? e->ci_lo : e->min, hi = show->interval ? e->ci_hi : e->max;
	char a[40], b[40];

	if (isnan(lo) || isnan(hi))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%s%s%s", scale_format(a, sizeof(a), &show->scale, lo),
			s->report->glyphs->dash, scale_format(b, sizeof(b), &show->scale, hi));
}

static void cell_lost(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	double lost = section_metric(s, row, METRIC_LOST)->median;
	double part = 100 * lost / (lost + section_metric(s, row, METRIC_MESSAGES)->median);

	(void)arg;
	if (isnan(lost) || (lost > 0 && isnan(part)))
		snprintf(buf, len, "-");
	else if (lost > 0 && part < 0.01)
		snprintf(buf, len, "<0.01%%");
	else if (lost > 0)
		snprintf(buf, len, "%s%%", format_fixed((char[40]){0}, 40, part, 2));
	else
		snprintf(buf, len, "0");
}

static void cell_flags(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	const struct outcome *o = row_outcome(s, row);
	size_t at = 0;

	(void)arg;
	for (size_t i = 0; i < TRIAL_FLAG_COUNT && at + 2 < len; i++) {
		if (o->flags & SHOWN_FLAGS & 1u << i)
			buf[at++] = legend_flag_letters[i];
	}
	if (o->fails > 0 && at + 1 < len)
		buf[at++] = '!';
	if (s->like->key.mode == MODE_RATE && at + 1 < len &&
		results_knee(s->results, s->rows[row])) {
		s->marks->knee = true;
		buf[at++] = 'K';
	}
	buf[at] = '\0';
}

bool section_copies_differ(const struct section *s)
{
	for (size_t row = 1; row < s->count; row++) {
		if (s->rows[row]->key.copy != s->rows[0]->key.copy)
			return true;
	}
	return false;
}

/* Direct calls are how everything is measured: only the other way has to be told. */
static bool some_indirect(const struct section *s)
{
	for (size_t row = 0; row < s->count; row++) {
		if (s->rows[row]->key.dispatch == DISPATCH_INDIRECT)
			return true;
	}
	return false;
}

static bool loses(const struct section *s)
{
	for (size_t row = 0; row < s->count; row++) {
		if (s->rows[row]->transport->may_drop ||
			section_metric(s, row, METRIC_LOST)->median > 0)
			return true;
	}
	return false;
}

static int add_names(struct section *s)
{
	bool utf8 = s->report->glyphs == glyphs(true);
	int r = add_column(s, "transport", true, 0, cell_transport, &utf8);

	if (r == 0)
		r = add_column(s, "wait", true, 0, cell_wait, NULL);
	if (r == 0 && !section_notifies(s) && section_copies_differ(s))
		r = add_column(s, "copy", true, 0, cell_copy, NULL);
	if (r == 0 && some_indirect(s))
		r = add_column(s, "dispatch", true, 0, cell_dispatch, NULL);
	return r;
}

/* One metric under a heading that ends in its unit. */
static int add_metric(
	struct section *s, const struct show *show, const char *name, unsigned int drop)
{
	char heading[40];

	snprintf(heading, sizeof(heading), "%s %s", name, show->scale.unit);
	return add_column(s, heading, false, drop, cell_number, show);
}

/* The spread between trials: an interval if every row has one, else lowest to highest. */
static int add_spread(struct section *s, struct show *show, unsigned int drop)
{
	bool several = false;

	show->interval = true;
	for (size_t row = 0; row < s->count; row++) {
		if (isnan(section_metric(s, row, show->metric)->ci_lo))
			show->interval = false;
		several |= row_outcome(s, row)->ok > 1;
	}
	if (!several)
		return 0;
	int r = add_column(
		s, show->interval ? "95% CI" : "low-high", false, drop, cell_spread, show);

	*(show->interval ? &s->marks->interval : &s->marks->range) = true;
	return r;
}

/* CPU time per byte is a small number of nanoseconds, or a small part of one. */
static int add_byte_cost(struct section *s)
{
	struct show cpu = {.metric = METRIC_CPU_PER_BYTE, .scale = {.unit = "ns", .factor = 1}};
	double least = INFINITY;

	for (size_t row = 0; row < s->count; row++)
		least = fmin(least, shown(s, row, cpu.metric));
	cpu.scale.decimals = least < 0.1 ? 4 : least < 10 ? 2 : 1;
	return add_column(s, "CPU ns/B", false, 1, cell_number, &cpu);
}

static int add_cost(struct section *s)
{
	struct show cpu = {.metric = METRIC_CPU_PER_MSG};
	bool stream = !mode_returns(s->like->key.mode), notify = section_notifies(s);
	char heading[40];

	pick_scale(s, &cpu, QUANTITY_TIME);
	snprintf(heading, sizeof(heading), "CPU %s/%s", cpu.scale.unit,
		!stream	 ? "trip"
		: notify ? "post"
			 : "msg");
	int r = add_column(s, heading, false, 0, cell_number, &cpu);

	s->marks->cpu = true;
	return r == 0 && s->like->key.mode == MODE_THROUGHPUT && !notify ? add_byte_cost(s) : r;
}

static int add_flags(struct section *s)
{
	unsigned int flags = 0;
	bool partial = false;

	for (size_t row = 0; row < s->count; row++) {
		flags |= row_outcome(s, row)->flags & SHOWN_FLAGS;
		partial |= row_outcome(s, row)->fails > 0;
	}
	if (flags == 0 && !partial && s->like->key.mode != MODE_RATE)
		return 0;
	int r = add_column(s, "flags", true, 0, cell_flags, NULL);

	s->marks->flags = flags;
	s->marks->partial = partial;
	return r;
}

static int fill_latency(struct section *s)
{
	struct show p50 = {.metric = METRIC_LAT_P50, .quantile = 0.5};
	struct show p99 = {.metric = METRIC_LAT_P99, .quantile = 0.99};
	struct show max = {.metric = METRIC_LAT_MAX};

	pick_scale(s, &p50, QUANTITY_TIME);
	pick_scale(s, &max, QUANTITY_TIME);
	p99.scale = p50.scale;
	int r = add_metric(s, &p50, "p50", 0);

	if (r == 0)
		r = add_spread(s, &p50, 1);
	if (r == 0)
		r = add_metric(s, &p99, "p99", 3);
	if (r == 0)
		r = add_metric(s, &max, "max", 2);
	return r;
}

static void cell_rate(const struct section *s, size_t row, const void *arg, char *buf, size_t len)
{
	(void)arg;
	rate_spell(buf, len, &s->rows[row]->key.rate);
}

/* An open loop: the load, what came of it, and times from when messages were due. */
static int fill_rate(struct section *s)
{
	struct show offered = {.metric = METRIC_OFFERED}, achieved = {.metric = METRIC_MSGS_PER_S};
	struct show p50 = {.metric = METRIC_LAT_P50, .quantile = 0.5};
	struct show p99 = {.metric = METRIC_LAT_P99, .quantile = 0.99};
	struct show send = {.metric = METRIC_LAT2_P99, .quantile = 0.99};
	struct show max = {.metric = METRIC_LAT_MAX};
	char heading[40];

	pick_scale(s, &offered, QUANTITY_RATE);
	achieved.scale = offered.scale;
	pick_scale(s, &p50, QUANTITY_TIME);
	pick_scale(s, &max, QUANTITY_TIME);
	p99.scale = send.scale = p50.scale;
	int r = add_column(s, "load", true, 3, cell_rate, NULL);

	snprintf(heading, sizeof(heading), "offered %smsg/s", offered.scale.unit);
	if (r == 0)
		r = add_column(s, heading, false, 0, cell_number, &offered);
	if (r == 0)
		r = add_column(s, "achieved", false, 0, cell_number, &achieved);
	if (r == 0)
		r = add_metric(s, &p50, "p50", 0);
	s->marks->due = true;
	if (r == 0)
		r = add_metric(s, &p99, "p99", 0);
	if (r == 0)
		r = add_metric(s, &max, "max", 2);
	return r == 0 ? add_metric(s, &send, "send p99", 1) : r;
}

static int fill_oneway(struct section *s)
{
	struct show p50 = {.metric = METRIC_LAT_P50, .quantile = 0.5};
	struct show p99 = {.metric = METRIC_LAT_P99, .quantile = 0.99};
	struct show back = {.metric = METRIC_LAT2_P50, .quantile = 0.5};
	struct show back99 = {.metric = METRIC_LAT2_P99, .quantile = 0.99};
	struct show bound = {.metric = METRIC_OFFSET_BOUND};

	pick_scale(s, &p50, QUANTITY_TIME);
	pick_scale(s, &bound, QUANTITY_TIME);
	p99.scale = back.scale = back99.scale = p50.scale;
	int r = add_metric(s, &p50, "there p50", 0);

	if (r == 0)
		r = add_spread(s, &p50, 1);
	if (r == 0)
		r = add_metric(s, &p99, "p99", 2);
	if (r == 0)
		r = add_metric(s, &back, "back p50", 0);
	if (r == 0)
		r = add_metric(s, &back99, "p99", 2);
	return r == 0 ? add_metric(s, &bound, "clocks within", 3) : r;
}

static int fill_throughput(struct section *s)
{
	struct show msgs = {.metric = METRIC_MSGS_PER_S}, bytes = {.metric = METRIC_BYTES_PER_S};
	char heading[40];

	pick_scale(s, &msgs, QUANTITY_RATE);
	pick_scale(s, &bytes, QUANTITY_BYTE_RATE);
	snprintf(heading, sizeof(heading), "%s%s/s", msgs.scale.unit,
		section_notifies(s) ? "posts" : "msg");
	int r = add_column(s, heading, false, 0, cell_number, &msgs);

	if (r == 0)
		r = add_spread(s, &msgs, 2);
	if (r == 0 && !section_notifies(s))
		r = add_column(s, bytes.scale.unit, false, 3, cell_number, &bytes);
	if (r == 0 && loses(s))
		r = add_column(s, "lost", false, 0, cell_lost, NULL);
	return r;
}

/* What one message costs in CPU time is beside the point here, so it stands in the CSV only. */
static int fill_setup(struct section *s)
{
	struct show setup = {.metric = METRIC_SETUP}, first = {.metric = METRIC_FIRST_MESSAGE};

	pick_scale(s, &setup, QUANTITY_TIME);
	pick_scale(s, &first, QUANTITY_TIME);
	int r = add_metric(s, &setup, "set-up", 0);

	s->marks->setup = true;
	if (r == 0)
		r = add_spread(s, &setup, 2);
	if (r == 0)
		r = add_metric(s, &first, "first message", 0);
	if (r == 0)
		r = add_spread(s, &first, 1);
	return r;
}

/* Fields were written into rows of GRID_COLUMNS_MAX; close them up to what is there. */
static void compact(struct grid *g)
{
	for (size_t row = 0; row < g->row_count; row++)
		memmove(&g->text[row * g->column_count], &g->text[row * GRID_COLUMNS_MAX],
			g->column_count * sizeof(*g->text));
}

int grid_fill(struct section *s)
{
	static int (*const fill[MODE_COUNT])(struct section * s) = {
		[MODE_LATENCY] = fill_latency,
		[MODE_THROUGHPUT] = fill_throughput,
		[MODE_RATE] = fill_rate,
		[MODE_ONEWAY] = fill_oneway,
		[MODE_SETUP] = fill_setup,
	};
	struct grid *g = s->grid;

	g->row_count = s->count;
	g->text = calloc(s->count * GRID_COLUMNS_MAX, sizeof(*g->text));
	if (g->text == NULL)
		return -ENOMEM;
	int r = grid_heading(s);

	if (r == 0)
		r = add_names(s);
	if (r == 0)
		r = fill[s->like->key.mode](s);
	if (r == 0 && s->like->key.mode != MODE_SETUP)
		r = add_cost(s);
	if (r == 0)
		r = add_flags(s);
	compact(g);
	return r;
}
