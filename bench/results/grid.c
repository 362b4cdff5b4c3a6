/* SPDX-License-Identifier: MIT */
/* The columns of one section: which there are, and what stands in them. */
#include "results/sections.h"

#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Percentiles that want samples are marked in their own field. */
#define SHOWN_FLAGS (~(unsigned int)FLAG_LOW_SAMPLES)

/* In a unit that suits the others, a value gets its own from here on, or with one digit only. */
#define EACH_FROM 1000

/* A column as it is shown in a section. */
struct view {
	const struct column *column;
	struct grid_column *head;
	struct scale scale;
	bool each;     /* one unit would not suit all rows, so each has its own behind the number */
	bool interval; /* of a spread: that of the median rather than the range of the trials */
};

/* What a column is, in sections of these modes. */
struct column {
	unsigned int modes;	    /* 1 << enum mode */
	const char *heading, *unit; /* in front of the unit, behind it; NULL = no unit */
	/* sets the field of a row */
	void (*put)(const struct section *s, struct view *v, size_t row);
	/* sections with such a row have it; NULL = all */
	bool (*wanted)(const struct section *s, size_t row);
	enum axis axis; /* of put_axis() */
	enum metric metric;
	enum metric like; /* the metric that its unit suits, so that both can be compared */
	enum quantity quantity;
	unsigned int drop;
	unsigned int marks;
};

static size_t item_index(const struct section *s, size_t row)
{
	return (size_t)(s->rows[row] - s->results->plan->items);
}

static const struct outcome *row_outcome(const struct section *s, size_t row)
{
	return &s->outcomes[item_index(s, row)];
}

static const struct estimate *metric_of(const struct section *s, size_t row, enum metric m)
{
	return &s->results->summaries[item_index(s, row)].metric[m];
}

/*
 * The maximum of a cell is the worst of any trial; all else is the median of the trials. The p99.9
 * of fewer trials than the p99 beside it may lie below that: then it is left out.
 */
static double shown(const struct section *s, size_t row, enum metric m)
{
	const struct estimate *e = metric_of(s, row, m);

	if (m == METRIC_LAT_MAX)
		return e->max;
	if (m == METRIC_LAT_P999 && e->median < metric_of(s, row, METRIC_LAT_P99)->median)
		return NAN;
	return e->median;
}

/* ---- which columns --------------------------------------------------------------------------- */

static bool notifies(const struct section *s, size_t row)
{
	return s->rows[row]->transport->shape == SHAPE_NOTIFY;
}

static bool carries(const struct section *s, size_t row)
{
	return !notifies(s, row);
}

/* Whether a message of this section comes back. */
static bool returns(const struct section *s, size_t row)
{
	return mode_of(&s->rows[row]->key)->returns;
}

static bool carries_away(const struct section *s, size_t row)
{
	return carries(s, row) && !returns(s, row);
}

static bool notifies_away(const struct section *s, size_t row)
{
	return notifies(s, row) && !returns(s, row);
}

static bool copies_otherwise(const struct section *s, size_t row)
{
	return carries(s, row) && s->rows[row]->key.copy != s->like->key.copy;
}

/* Direct calls are how everything is measured: only the other way has to be told. */
static bool is_indirect(const struct section *s, size_t row)
{
	return s->rows[row]->key.dispatch == DISPATCH_INDIRECT;
}

static bool loses(const struct section *s, size_t row)
{
	return s->rows[row]->transport->may_drop || metric_of(s, row, METRIC_LOST)->median > 0;
}

static bool falls_behind(const struct section *s, size_t row)
{
	return metric_of(s, row, METRIC_UNSENT)->median > 0;
}

/* A load that is a part of what the cell can bear says of how much. */
static bool has_capacity(const struct section *s, size_t row)
{
	return !isnan(metric_of(s, row, METRIC_CAPACITY)->median);
}

static bool has_spread(const struct section *s, size_t row)
{
	return row_outcome(s, row)->ok > 1;
}

/* A tail is shown with its spread over launches where it has one. */
static bool has_p99(const struct section *s, size_t row)
{
	return has_spread(s, row) && !isnan(shown(s, row, METRIC_LAT_P99));
}

static bool has_p999(const struct section *s, size_t row)
{
	return has_spread(s, row) && !isnan(shown(s, row, METRIC_LAT_P999));
}

static bool has_flags(const struct section *s, size_t row)
{
	const struct outcome *o = row_outcome(s, row);

	return (o->flags & SHOWN_FLAGS) != 0 || o->fails > 0 || s->like->key.mode == MODE_RATE;
}

static bool some(const struct section *s, bool (*is)(const struct section *s, size_t row))
{
	for (size_t row = 0; row < s->count; row++)
		if (is(s, row))
			return true;
	return false;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static void put_axis(const struct section *s, struct view *v, size_t row)
{
	char value[320];

	grid_plain(s->grid, axis_spell(value, sizeof(value), &s->rows[row]->key, v->column->axis));
}

/* How many samples a trial lacks for a percentile; 0 if unknown, none, or another metric. */
static double lacking(const struct section *s, size_t row, enum metric m)
{
	size_t i = item_index(s, row);
	struct histogram *const *hists = s->results->hists[0];
	const struct histogram *h = hists != NULL ? hists[i] : NULL;
	double quantile = metric_quantile(m), need = quantile > 0 ? hist_needs(quantile) : 0,
	       have = metric_of(s, row, METRIC_LAT_COUNT)->median;

	if (isnan(have) && h != NULL && row_outcome(s, row)->ok > 0)
		have = (double)h->total / row_outcome(s, row)->ok;
	if (have >= need)
		have = metric_of(s, row, METRIC_LAT_COUNT)->min;
	return have < need ? ceil(need - have) : 0;
}

/* The unit of a row in a column. */
static struct scale row_scale(const struct section *s, const struct view *v, size_t row)
{
	const struct column *c = v->column;
	double value = shown(s, row, c->metric);

	return v->each ? scale_pick(c->quantity, &value, 1,
				 metric_info[c->metric].kind == METRIC_COUNTED, s->grid->glyphs)
		       : v->scale;
}

/* "2.15", or "2.15 us" where each row has its unit; "215  " of a rate stands above "2.15 k". */
static void put_measured(
	const struct section *s, const struct view *v, const struct scale *u, struct phrase text)
{
	char unit[sizeof(u->unit)];

	snprintf(unit, sizeof(unit), "%s", u->unit);
	unit[strcspn(unit, " ")] = '\0';
	grid_field(s->grid, "%s%s%s", text.text, v->each ? " " : "",
		!v->each	  ? ""
		: unit[0] == '\0' ? " "
				  : unit);
}

static void put_number(const struct section *s, struct view *v, size_t row)
{
	const struct column *c = v->column;
	double value = shown(s, row, c->metric);
	double more = isnan(value) ? lacking(s, row, c->metric) : 0;

	if (more == 0 && isnan(value)) {
		grid_field(s->grid, "-");
		return;
	}
	if (more == 0) {
		const struct scale u = row_scale(s, v, row);

		put_measured(s, v, &u, scale_format(&u, value));
		return;
	}
	v->head->marks |= MARK(MISSING);
	v->head->wants = true;
	grid_field(s->grid, "+%.0f", more);
}

/* The spread between trials. */
static void put_spread(const struct section *s, struct view *v, size_t row)
{
	const struct estimate *e = metric_of(s, row, v->column->metric);
	const struct scale u = row_scale(s, v, row);
	const double lo = v->interval ? e->ci_lo : e->min, hi = v->interval ? e->ci_hi : e->max;

	if (isnan(lo) || isnan(hi) || isnan(shown(s, row, v->column->metric)))
		grid_field(s->grid, "-");
	else
		put_measured(s, v, &u,
			phrase("%s%s%s", scale_format(&u, lo).text, s->grid->glyphs->dash,
				scale_format(&u, hi).text));
}

/* Messages that did not get there, as a share of those that should have. */
static void put_lost(const struct section *s, struct view *v, size_t row)
{
	double lost = metric_of(s, row, v->column->metric)->median;
	double part = 100 * lost / (lost + metric_of(s, row, METRIC_MESSAGES)->median);

	if (isnan(lost) || (lost > 0 && isnan(part)))
		grid_field(s->grid, "-");
	else if (lost > 0 && part < 0.01)
		grid_field(s->grid, "<0.01%%");
	else if (lost > 0)
		grid_field(s->grid, "%s%%", format_fixed(part, 2).text);
	else
		grid_field(s->grid, "0");
}

static void put_flags(const struct section *s, struct view *v, size_t row)
{
	const struct outcome *o = row_outcome(s, row);
	struct phrase line = {""};
	bool number = false;

	for (size_t i = 0; i < TRIAL_FLAG_COUNT; i++) {
		if ((o->flags & SHOWN_FLAGS & 1u << i) == 0)
			continue;
		v->head->marks |= MARK(FLAGS) << i;
		phrase_add(&line, number ? " " : "", "%c", legend_texts[MARK_FLAGS + i][0]);
		/* one doubtful trial of many is not what the row rests on */
		number = o->flagged[i] < o->ok + o->fails;
		if (number) {
			v->head->marks |= MARK(SOME);
			phrase_add(&line, "", "%u", o->flagged[i]);
		}
	}
	if (o->fails > 0) {
		v->head->marks |= MARK(PARTIAL);
		phrase_add(&line, "", "!");
	}
	if (o->is_knee) {
		v->head->marks |= MARK(KNEE);
		phrase_add(&line, "", "K");
	}
	grid_field(s->grid, "%s", line.text);
}

static bool has_ratio(const struct section *s, size_t row)
{
	return s->ratios != NULL && !isnan(s->ratios[row].ratio);
}

static bool has_ratio_interval(const struct section *s, size_t row)
{
	return s->ratios != NULL && !isnan(s->ratios[row].ci_lo);
}

static const struct scale *ratio_scale(const struct ratio *r)
{
	static const struct scale scales[] = {{"", 1, 6}, {"", 1, 4}, {"", 1, 2}, {"", 1, 1}};

	return &scales[r->ratio < 0.001 ? 0 : r->ratio < 0.1 ? 1 : r->ratio < 100 ? 2 : 3];
}

static void put_ratio(const struct section *s, struct view *v, size_t row)
{
	const struct ratio *r = &s->ratios[row];

	(void)v;
	grid_number(s->grid, ratio_scale(r), r->ratio);
}

static void put_ratio_interval(const struct section *s, struct view *v, size_t row)
{
	const struct ratio *r = &s->ratios[row];

	(void)v;
	grid_span(s->grid, ratio_scale(r), r->ci_lo, r->ci_hi);
}

/* A rate that is not just the inverse of a time. */
static bool has_several_trips(const struct section *s, size_t row)
{
	const struct cell_key *key = &s->rows[row]->key;

	return key->depth > 1 || !axis_is_usual(key, AXIS_TOPOLOGY);
}

static bool has_channels(const struct section *s, size_t row)
{
	return s->rows[row]->key.channels > 1;
}

/* ---- the columns of each mode ---------------------------------------------------------------- */

#define LATENCY	    (1u << MODE_LATENCY)
#define THROUGHPUT  (1u << MODE_THROUGHPUT)
#define RATE	    (1u << MODE_RATE)
#define ONEWAY	    (1u << MODE_ONEWAY)
#define SETUP	    (1u << MODE_SETUP)
#define ALL	    ((1u << MODE_COUNT) - 1)
#define TIME(m, of) .metric = METRIC_##m, .like = METRIC_##of, .quantity = QUANTITY_TIME
#define LOAD(m, of) .metric = METRIC_##m, .like = METRIC_##of, .quantity = QUANTITY_RATE
#define SPREAD(m)   NULL, NULL, put_spread, has_spread, m

/* From left to right. Of setup, what one message costs in CPU time stands in the CSV only. */
static const struct column columns[] = {
	{ALL, "transport", NULL, put_axis, NULL, AXIS_TRANSPORT, .drop = 0},
	{ALL, "wait", NULL, put_axis, NULL, AXIS_WAIT, .drop = 0},
	{ALL, "copy", NULL, put_axis, copies_otherwise, AXIS_COPY, .drop = 0},
	{ALL, "dispatch", NULL, put_axis, is_indirect, AXIS_DISPATCH, .drop = 0},

	{LATENCY, "p50 ", "", put_number, NULL, TIME(LAT_P50, LAT_P50)},
	{LATENCY, SPREAD(TIME(LAT_P50, LAT_P50)), .drop = 2},
	{LATENCY, "p99 ", "", put_number, NULL, TIME(LAT_P99, LAT_P50), .drop = 4},
	{LATENCY, NULL, NULL, put_spread, has_p99, TIME(LAT_P99, LAT_P50), .drop = 1},
	{LATENCY, "p99.9 ", "", put_number, has_p999, TIME(LAT_P999, LAT_P50), .drop = 1},
	{LATENCY, NULL, NULL, put_spread, has_p999, TIME(LAT_P999, LAT_P50), .drop = 1},
	{LATENCY, "max ", "", put_number, NULL, TIME(LAT_MAX, LAT_MAX), .drop = 3},
	{LATENCY, "", "trips/s", put_number, has_several_trips, LOAD(MSGS_PER_S, MSGS_PER_S)},

	/* an open loop: the load, what came of it, and times from when messages were due */
	{RATE, "load", NULL, put_axis, NULL, AXIS_RATE, .drop = 3},
	{RATE, "offered ", "msg/s", put_number, NULL, LOAD(OFFERED, OFFERED)},
	{RATE, "achieved", NULL, put_number, NULL, LOAD(MSGS_PER_S, OFFERED)},
	{RATE, "saturated ", "msg/s", put_number, has_capacity, LOAD(CAPACITY, OFFERED), .drop = 1,
		.marks = MARK(CAPACITY)},
	{RATE, NULL, NULL, put_spread, has_capacity, LOAD(CAPACITY, OFFERED), .drop = 1},
	{RATE, "unsent", NULL, put_lost, .wanted = falls_behind, .metric = METRIC_UNSENT},
	{RATE, "p50 ", "", put_number, NULL, TIME(LAT_P50, LAT_P50), .marks = MARK(DUE)},
	{RATE, "p99 ", "", put_number, NULL, TIME(LAT_P99, LAT_P50)},
	{RATE, NULL, NULL, put_spread, has_p99, TIME(LAT_P99, LAT_P50), .drop = 1},
	{RATE, "max ", "", put_number, NULL, TIME(LAT_MAX, LAT_MAX), .drop = 2},
	{RATE, "sent p99 ", "", put_number, NULL, TIME(SENT_P99, LAT_P50), .drop = 1},

	{ONEWAY, "there p50 ", "", put_number, NULL, TIME(LAT_P50, LAT_P50)},
	{ONEWAY, SPREAD(TIME(LAT_P50, LAT_P50)), .drop = 1},
	{ONEWAY, "p99 ", "", put_number, NULL, TIME(LAT_P99, LAT_P50), .drop = 2},
	{ONEWAY, NULL, NULL, put_spread, has_p99, TIME(LAT_P99, LAT_P50), .drop = 1},
	{ONEWAY, "back p50 ", "", put_number, NULL, TIME(BACK_P50, LAT_P50)},
	{ONEWAY, "p99 ", "", put_number, NULL, TIME(BACK_P99, LAT_P50), .drop = 2},
	{ONEWAY, "clocks within ", "", put_number, NULL, TIME(OFFSET_BOUND, OFFSET_BOUND),
		.drop = 3},

	{THROUGHPUT, "", "msg/s", put_number, carries, LOAD(MSGS_PER_S, MSGS_PER_S)},
	{THROUGHPUT, "", "posts/s", put_number, notifies, LOAD(MSGS_PER_S, MSGS_PER_S)},
	{THROUGHPUT, SPREAD(LOAD(MSGS_PER_S, MSGS_PER_S)), .drop = 2},
	{THROUGHPUT, "", "", put_number, carries, .metric = METRIC_BYTES_PER_S,
		.like = METRIC_BYTES_PER_S, .quantity = QUANTITY_BYTE_RATE, .drop = 3},
	{THROUGHPUT | RATE, "lost", NULL, put_lost, .wanted = loses, .metric = METRIC_LOST},

	{SETUP, "set-up ", "", put_number, NULL, TIME(SETUP, SETUP), .marks = MARK(SETUP)},
	{SETUP, SPREAD(TIME(SETUP, SETUP)), .drop = 2},
	{SETUP, "first message ", "", put_number, NULL, TIME(FIRST_MESSAGE, FIRST_MESSAGE)},
	{SETUP, SPREAD(TIME(FIRST_MESSAGE, FIRST_MESSAGE)), .drop = 1},
	{SETUP, "", "channels/s", put_number, has_channels, LOAD(MSGS_PER_S, MSGS_PER_S),
		.marks = MARK(CHANNELS)},

	{LATENCY | ONEWAY | RATE, "CPU ", "/trip", put_number, returns,
		TIME(CPU_PER_MSG, CPU_PER_MSG), .marks = MARK(CPU)},
	{THROUGHPUT | RATE, "CPU ", "/msg", put_number, carries_away,
		TIME(CPU_PER_MSG, CPU_PER_MSG), .marks = MARK(CPU)},
	{THROUGHPUT | RATE, "CPU ", "/post", put_number, notifies_away,
		TIME(CPU_PER_MSG, CPU_PER_MSG), .marks = MARK(CPU)},
	{THROUGHPUT, "CPU ns/B", NULL, put_number, carries, TIME(CPU_PER_BYTE, CPU_PER_BYTE),
		.drop = 1},

	{ALL, "ratio", NULL, put_ratio, has_ratio, .marks = MARK(RATIO)},
	{ALL, "95% CI", NULL, put_ratio_interval, has_ratio_interval, .drop = 5},
	{ALL, "flags", NULL, put_flags, .wanted = has_flags},
};

/* CPU time per byte is a small number of nanoseconds, or a small part of one. */
static struct scale scale_per_byte(const struct section *s)
{
	double least = INFINITY;

	for (size_t row = 0; row < s->count; row++)
		least = fmin(least, shown(s, row, METRIC_CPU_PER_BYTE));
	return (struct scale){.unit = "ns",
		.factor = 1,
		.decimals = least < 0.1	 ? 4
			    : least < 10 ? 2
					 : 1};
}

static struct scale pick_scale(const struct section *s, const struct column *c)
{
	bool integral = metric_info[c->like].kind == METRIC_COUNTED;
	double *values;
	size_t n = 0;

	if (c->metric == METRIC_CPU_PER_BYTE)
		return scale_per_byte(s);
	values = need_array(s->count, sizeof(*values));
	/* the null transport is out of all proportion: it must not choose the unit of the others */
	for (size_t row = 0; row < s->count; row++) {
		if (s->rows[row]->transport->shape != SHAPE_NULL || s->count == 1)
			values[n++] = shown(s, row, c->like);
	}
	struct scale scale = scale_pick(c->quantity, values, n, integral, s->grid->glyphs);

	free(values);
	return scale;
}

/* Whether every value has a confidence interval; else a spread is from lowest to highest. */
static bool has_intervals(const struct section *s, enum metric m)
{
	for (size_t row = 0; row < s->count; row++) {
		const struct estimate *e = metric_of(s, row, m);

		/* all trials have one capacity, which is no range of them */
		if (!isnan(shown(s, row, m)) && isnan(e->ci_lo) && m != METRIC_CAPACITY)
			return false;
	}
	return true;
}

/* Whether a number would have four digits or more before its point, or be all but rounded away. */
static bool needs_own_units(const struct section *s, const struct column *c, const struct scale *u)
{
	const double least = 2 * pow(10, -u->decimals);
	const bool smallest = u->factor <= 1;

	if ((c->put != put_number && c->put != put_spread) || c->metric == METRIC_CPU_PER_BYTE)
		return false;
	for (size_t row = 0; row < s->count; row++) {
		double value = shown(s, row, c->metric) / u->factor;

		if (value >= EACH_FROM || (value > 0 && value < least && !smallest))
			return true;
	}
	return false;
}

/* "p50 us", "CPU us/trip"; "p50", "CPU/trip" where each row has its unit. */
static struct phrase heading_phrase(const struct column *c, const struct view *v)
{
	if (c->unit == NULL)
		return phrase("%s", c->heading);
	if (!v->each)
		return phrase("%s%s%s", c->heading, v->scale.unit, c->unit);
	if (c->heading[0] == '\0' && c->unit[0] == '\0')
		return phrase("bytes/s");
	const bool blank = c->unit[0] == '\0' || c->unit[0] == '/';

	return phrase("%.*s%s", (int)strlen(c->heading) - (blank && c->heading[0] != '\0'),
		c->heading, c->unit);
}

static bool has_helpers(const struct section *s)
{
	for (size_t row = 0; row < s->count; row++)
		if (!isnan(metric_of(s, row, METRIC_HELPER_CPU)->median))
			return true;
	return false;
}

static struct view add_column(const struct section *s, const struct column *c)
{
	struct view v = {.column = c, .scale = pick_scale(s, c)};

	v.each = needs_own_units(s, c, &v.scale);

	if (c->put == put_spread) {
		v.interval = has_intervals(s, c->metric);
		v.head = grid_column(s->grid, "%s", v.interval ? "95% CI" : "low-high");
		/* the interval of the capacity is explained with it: it is not over the trials */
		v.head->marks = !v.interval		       ? MARK(RANGE)
				: c->metric == METRIC_CAPACITY ? 0
							       : MARK(INTERVAL);
	} else {
		v.head = grid_column(s->grid, "%s", heading_phrase(c, &v).text);
		v.head->marks = c->marks;
		if (c->marks == MARK(CPU) && has_helpers(s))
			v.head->marks |= MARK(HELPERS);
	}
	v.head->drop = c->drop;
	v.head->left = c->put == put_axis || c->put == put_flags;
	return v;
}

void grid_fill(struct section *s)
{
	struct view views[GRID_COLUMNS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const struct column *c = &columns[i];

		if (c->modes & 1u << s->like->key.mode && (c->wanted == NULL || some(s, c->wanted)))
			views[n++] = add_column(s, c);
	}
	for (size_t row = 0; row < s->count; row++) {
		grid_row(s->grid)->family = s->rows[row]->transport->family;
		for (size_t i = 0; i < n; i++)
			views[i].column->put(s, &views[i], row);
	}
	section_title(s);
	section_mark(s);
}
