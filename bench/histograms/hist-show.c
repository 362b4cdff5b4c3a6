/* SPDX-License-Identifier: MIT */
/* Histograms as tables and as JSON. */
#include "histograms/hist-command.h"

#include "measure/hist.h"
#include "text/memory.h"
#include "text/record.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What both print: count first, then values in nanoseconds; NAN where too few values are beyond. */
struct hist_point {
	const char *title, *member; /* in a table, in JSON */
	double quantile;	    /* < 0: one of the following */
};
enum { POINT_MIN = -1, POINT_MEAN = -2, POINT_MAX = -3, HIST_POINTS = 8 };

static const struct hist_point hist_points[HIST_POINTS] = {
	{"min", "min_ns", POINT_MIN},
	{"mean", "mean_ns", POINT_MEAN},
	{"p50", "p50_ns", 0.5},
	{"p90", "p90_ns", 0.9},
	{"p99", "p99_ns", 0.99},
	{"p99.9", "p999_ns", 0.999},
	{"p99.99", "p9999_ns", 0.9999},
	{"max", "max_ns", POINT_MAX},
};

static double hist_value(const struct hlog_histogram *h, const struct hist_point *p)
{
	if (h->total == 0)
		return NAN;
	if (p->quantile >= 0)
		return hist_supports(h->total, p->quantile) ? (double)hlog_quantile(h, p->quantile)
							    : NAN;
	if (p->quantile == POINT_MEAN)
		return hlog_mean(h);
	return (double)(p->quantile == POINT_MIN ? hlog_min(h) : hlog_max(h));
}

/* ---- table ----------------------------------------------------------------------------------- */

/* Whether a file is named after the tag in it, as those of a run directory are. */
static bool is_named_after(const char *file, const char *tag)
{
	const char *slash = strrchr(file, '/'), *base = slash == NULL ? file : slash + 1;
	size_t len = strlen(tag);

	return strncmp(base, tag, len) == 0 && strcmp(base + len, ".hlog") == 0;
}

static void put_name(struct grid *grid, const struct hist_set *set, const struct hist_group *g)
{
	char file[120] = "", tag[100], suffix[24] = "";
	bool utf8 = grid->glyphs->utf8;

	format_plain(tag, sizeof(tag), g->tag == NULL ? "(no tag)" : g->tag, utf8);
	if (set->several)
		format_plain(file, sizeof(file), g->file, utf8);
	if (set->several && g->tag != NULL && is_named_after(g->file, g->tag))
		tag[0] = '\0';
	if (set->split == SPLIT_INTERVAL)
		snprintf(suffix, sizeof(suffix), " #%zu", g->number + 1);
	grid_field(
		grid, "%s%s%s%s", file, file[0] != '\0' && tag[0] != '\0' ? " " : "", tag, suffix);
}

/* A row of the set: a group, or behind them all of it. */
static const struct hlog_histogram *row_of(const struct hist_set *set, size_t row)
{
	return row < set->count ? &set->group[row]->hist : &set->all;
}

/* Adds a column of times: its unit is chosen from all its values. */
static struct scale add_point(
	struct grid *g, const struct hist_set *set, size_t rows, const struct hist_point *p)
{
	double *values = need_array(rows, sizeof(*values));
	bool any = false;

	for (size_t i = 0; i < rows; i++) {
		values[i] = hist_value(row_of(set, i), p);
		any |= !isnan(values[i]);
	}
	struct scale scale =
		scale_pick(QUANTITY_TIME, values, rows, p->quantile != POINT_MEAN, g->glyphs);

	free(values);
	grid_column(g, "%s%s%s", p->title, any ? " " : "", any ? scale.unit : "");
	return scale;
}

void hist_fill(struct document *d, const void *of)
{
	const struct hist_set *set = of;
	struct grid *g = document_grid(d, NULL, 0);
	struct scale scales[HIST_POINTS];
	size_t rows = set->count + (set->count > 1);

	g->flush = true;
	grid_column(g, set->several ? "file, tag" : "tag")->left = true;
	grid_column(g, "count");
	for (size_t i = 0; i < HIST_POINTS; i++)
		scales[i] = add_point(g, set, rows, &hist_points[i]);
	for (size_t row = 0; row < rows; row++) {
		const struct hlog_histogram *h = row_of(set, row);

		grid_row(g);
		if (row < set->count)
			put_name(g, set, set->group[row]);
		else
			grid_field(g, "all");
		grid_field(g, "%llu", (unsigned long long)h->total);
		for (size_t i = 0; i < HIST_POINTS; i++)
			grid_number(g, &scales[i], hist_value(h, &hist_points[i]));
	}
}

void hist_diff_fill(struct document *d, const void *pair)
{
	static const struct scale ratio = {.factor = 1, .decimals = 3};
	const struct hlog_histogram *a = ((const struct hlog_histogram *const *)pair)[0];
	const struct hlog_histogram *b = ((const struct hlog_histogram *const *)pair)[1];
	struct grid *g = document_grid(d, NULL, 0);
	double all[2 * HIST_POINTS];

	for (size_t i = 0; i < HIST_POINTS; i++) {
		all[2 * i] = hist_value(a, &hist_points[i]);
		all[2 * i + 1] = hist_value(b, &hist_points[i]);
	}
	/* one unit for all, or differences would not be seen to add up */
	struct scale scale = scale_pick(QUANTITY_TIME, all, ARRAY_SIZE(all), false, g->glyphs);

	g->flush = true;
	grid_column(g, "%s", "")->left = true;
	grid_column(g, "A %s", scale.unit);
	grid_column(g, "B %s", scale.unit);
	grid_column(g, "B - A %s", scale.unit);
	grid_column(g, "B / A");
	grid_row(g);
	grid_field(g, "count");
	grid_field(g, "%llu", (unsigned long long)a->total);
	grid_field(g, "%llu", (unsigned long long)b->total);
	grid_field(g, "%lld", (long long)(b->total - a->total));
	grid_number(g, &ratio, a->total > 0 ? (double)b->total / (double)a->total : NAN);
	for (size_t i = 0; i < HIST_POINTS; i++) {
		double x = all[2 * i], y = all[2 * i + 1];

		grid_row(g);
		grid_field(g, "%s", hist_points[i].title);
		grid_number(g, &scale, x);
		grid_number(g, &scale, y);
		grid_number(g, &scale, y - x);
		grid_number(g, &ratio, x > 0 ? y / x : NAN);
	}
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_number(struct record *rec, const char *name, double value)
{
	if (value == floor(value) && fabs(value) < 9e18)
		record_count(rec, name, value);
	else
		record_real(rec, name, value);
}

static void put_values(struct record *rec, const void *histogram, size_t i)
{
	const struct hlog_histogram *h = histogram;

	(void)i;
	record_whole(rec, "count", true, h->total);
	for (size_t k = 0; k < HIST_POINTS; k++)
		put_number(rec, hist_points[k].member, hist_value(h, &hist_points[k]));
	record_whole(rec, "significant_digits", true, (uint64_t)h->shape.digits);
	record_whole(rec, "lowest_discernible", true, h->shape.lowest);
	record_whole(rec, "highest_trackable", true, h->shape.highest);
}

static void put_group(struct record *rec, const void *set, size_t i)
{
	const struct hist_group *g = ((const struct hist_set *)set)->group[i];

	record_text(rec, "file", g->file);
	record_text(rec, "tag", g->tag);
	record_whole(rec, "intervals", true, g->intervals);
	record_count(rec, "start_s", g->start_s);
	record_count(rec, "end_s", g->end_s);
	put_values(rec, &g->hist, 0);
}

int hist_json(FILE *out, const void *of)
{
	const struct hist_set *set = of;

	return json_put(
		out, json_pack("{s:o, s:o}", "histograms", records_json(put_group, set, set->count),
			     "all", record_json(put_values, &set->all, 0)));
}

/* Two values of a histogram: how far they are apart, how many times as large the second is. */
static void put_differences(struct record *rec, const void *pair, size_t ratio)
{
	const struct hlog_histogram *const *h = pair;

	for (size_t i = 0; i < HIST_POINTS; i++) {
		double x = hist_value(h[0], &hist_points[i]), y = hist_value(h[1], &hist_points[i]);

		put_number(rec, hist_points[i].member, ratio == 0 ? y - x : x > 0 ? y / x : NAN);
	}
}

int hist_diff_json(FILE *out, const void *pair)
{
	const struct hlog_histogram *const *h = pair;

	return json_put(
		out, json_pack("{s:o, s:o, s:o, s:o}", "a", record_json(put_values, h[0], 0), "b",
			     record_json(put_values, h[1], 0), "difference",
			     record_json(put_differences, pair, 0), "ratio",
			     record_json(put_differences, pair, 1)));
}
