/* SPDX-License-Identifier: MIT */
/* The table of apis.h as people read it: a section per pair and mode. */
#include "doc/build.h"
#include "tables/apis.h"

#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL, SYSV, POSIX, RATIO, INTERVAL, TRIALS, FASTER, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[CELL] = {.heading = "cell", .left = true},
	[SYSV] = {.heading = ""},
	[POSIX] = {.heading = ""},
	[RATIO] = {.heading = "ratio"},
	[INTERVAL] = {.heading = "95% CI"},
	[TRIALS] = {.heading = "trials", .drop = 1},
	[FASTER] = {.heading = "faster", .left = true},
};

/* A section under construction. */
struct build {
	const struct api_row *rows;
	size_t count;
	const struct glyphs *glyphs;
	bool utf8;
	struct scale scale;
};

/* "64 B same-cpu block", and both spellings where options tell cells apart. */
static void cell_text(const struct build *b, const struct api_row *r, char *buf, size_t len)
{
	const char *base = r->base->key.transport, *new = r->new->key.transport;
	const struct cell_key *key = &r->base->key;
	char place[80], manner[80], idle[48], names[200] = "", text[420];
	bool optioned = strchr(base, ':') != NULL || strchr(new, ':') != NULL;

	if (optioned)
		snprintf(names, sizeof(names), " %.90s, %.90s", new, base);
	key_name(place, sizeof(place), key, AXIS_BIT(AXIS_SIZE) | AXIS_BIT(AXIS_PLACEMENT));
	key_name(idle, sizeof(idle), key, AXIS_BIT(AXIS_IDLE));
	snprintf(text, sizeof(text), "%s %s%s%s%s", place,
		cell_manner(manner, sizeof(manner), r->base), idle[0] != '\0' ? " " : "", idle,
		names);
	format_plain(buf, len, text, b->utf8);
}

static void interval_text(const struct build *b, const struct api_row *r, char *buf, size_t len)
{
	char lo[40], hi[40];

	if (isnan(r->ci_lo))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%s%s%s", format_fixed(lo, sizeof(lo), r->ci_lo, 2),
			b->glyphs->dash, format_fixed(hi, sizeof(hi), r->ci_hi, 2));
}

static const char *faster_text(const struct api_row *r)
{
	return r->faster == API_POSIX_FASTER  ? r->posix->name
	       : r->faster == API_SYSV_FASTER ? r->sysv->name
	       : r->faster == API_UNCLEAR     ? "unclear"
					      : "-";
}

static void field_text(const void *build, size_t row, size_t column, char *buf, size_t len)
{
	const struct build *b = build;
	const struct api_row *r = &b->rows[row];

	switch (column) {
	case CELL:
		cell_text(b, r, buf, len);
		break;
	case SYSV:
		scale_format(buf, len, &b->scale, measured_value(r->base, r->metric->metric));
		break;
	case POSIX:
		scale_format(buf, len, &b->scale, measured_value(r->new, r->metric->metric));
		break;
	case RATIO:
		format_fixed(buf, len, r->ratio, 2);
		break;
	case INTERVAL:
		interval_text(b, r, buf, len);
		break;
	case TRIALS:
		snprintf(buf, len, "%zu+%zu", r->base_trials, r->new_trials);
		break;
	default:
		snprintf(buf, len, "%s", faster_text(r));
		break;
	}
}

static int choose_scale(struct build *b)
{
	double *values = calloc(2 * b->count, sizeof(*values));
	enum metric m = b->rows->metric->metric;

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < b->count; i++) {
		values[2 * i] = measured_value(b->rows[i].base, m);
		values[2 * i + 1] = measured_value(b->rows[i].new, m);
	}
	b->scale = scale_pick(b->rows->metric->quantity, values, 2 * b->count,
		metric_info[m].kind == METRIC_COUNTED, b->glyphs);
	free(values);
	return 0;
}

static int add_section(struct report *rep, struct build *b)
{
	const struct api_row *first = b->rows;
	char unit[24];
	struct grid *g;
	int r = build_grid(rep, &g, b->count, columns, COLUMNS);

	if (r == 0)
		r = choose_scale(b);
	if (r < 0)
		return r;
	g->wraps = true;
	snprintf(unit, sizeof(unit), "%s%s", b->scale.unit, first->metric->unit);
	snprintf(g->title, sizeof(g->title), "%s: %s against %s, %s in %s, %s is better",
		first->sysv->family, first->posix->name, first->sysv->name, first->metric->title,
		unit, first->metric->higher_is_better ? "higher" : "lower");
	build_unit(g, SYSV, first->sysv->name);
	build_unit(g, POSIX, first->posix->name);
	return build_fields(g, field_text, b);
}

static int note_missing(struct report *rep, const struct api_table *t)
{
	int r = 0;

	for (size_t p = 0; p < t->pair_count && r == 0; p++) {
		bool any = false;

		for (size_t i = 0; i < t->count; i++)
			any |= t->rows[i].sysv == t->pairs[p].sysv &&
			       t->rows[i].posix == t->pairs[p].posix;
		if (!any)
			r = build_note(rep, "note %s against %s: the run holds no cell of both",
				t->pairs[p].posix->name, t->pairs[p].sysv->name);
	}
	return r;
}

static int note_intervals(struct report *rep, const struct api_table *t)
{
	size_t without = 0;

	for (size_t i = 0; i < t->count; i++)
		without += t->rows[i].faster == API_NO_INTERVAL;
	if (without == 0)
		return 0;
	return build_note(rep,
		"note %zu of %zu ratios of System V and POSIX are of medians and have no interval: it "
		"takes %zu trials of both (--trials %zu)",
		without, t->count, api_trials_needed(), api_trials_needed());
}

static const char explanation[] =
	"ratio: POSIX divided by System V; 95% CI: of this ratio, over the trials of both; faster: "
	"the one of which the interval proves it.";

int api_table_report(struct report *rep, const struct api_table *t, bool utf8)
{
	struct build b = {.glyphs = glyphs(utf8), .utf8 = utf8};
	int r = 0;

	for (size_t first = 0; r == 0 && first < t->count; first += b.count) {
		b.rows = &t->rows[first];
		b.count = 1;
		while (first + b.count < t->count && b.rows->sysv == b.rows[b.count].sysv &&
			b.rows->posix == b.rows[b.count].posix &&
			b.rows->metric == b.rows[b.count].metric)
			b.count++;
		r = add_section(rep, &b);
	}
	if (r == 0)
		r = note_intervals(rep, t);
	if (r == 0)
		r = note_missing(rep, t);
	if (r == 0 && t->count > 0)
		build_explain(rep, explanation);
	return r;
}
