/* SPDX-License-Identifier: MIT */
/* Histograms as tables and as JSON. */
#include "histograms/hist-command.h"

#include "measure/hist.h"
#include "text/format.h"
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LEN = 256, CELL_LEN = 40 };

const struct hist_point hist_points[HIST_POINTS] = {
	{"min", "min_ns", POINT_MIN},
	{"mean", "mean_ns", POINT_MEAN},
	{"p50", "p50_ns", 0.5},
	{"p90", "p90_ns", 0.9},
	{"p99", "p99_ns", 0.99},
	{"p99.9", "p999_ns", 0.999},
	{"p99.99", "p9999_ns", 0.9999},
	{"max", "max_ns", POINT_MAX},
};

double hist_value(const struct hlog_histogram *h, const struct hist_point *p)
{
	if (h->total == 0)
		return NAN;
	if (p->quantile >= 0)
		return hist_count_supports(h->total, p->quantile, NULL)
			       ? (double)hlog_quantile(h, p->quantile)
			       : NAN;
	if (p->quantile == POINT_MEAN)
		return hlog_mean(h);
	return (double)(p->quantile == POINT_MIN ? hlog_min(h) : hlog_max(h));
}

static struct scale scale_of(const double *values, size_t n, const struct hist_point *p)
{
	return scale_pick(
		QUANTITY_TIME, values, n, p->quantile != POINT_MEAN, glyphs(format_utf8()));
}

/* ---- table ----------------------------------------------------------------------------------- */

/* A grid of text; the first column is wide and flush left, the others are flush right. */
struct grid {
	char *cell;
	size_t rows, columns;
};

static size_t row_len(const struct grid *g)
{
	return NAME_LEN + (g->columns - 1) * CELL_LEN;
}

static char *cell_at(const struct grid *g, size_t row, size_t column)
{
	return g->cell + row * row_len(g) + (column == 0 ? 0 : NAME_LEN + (column - 1) * CELL_LEN);
}

PRINTF_LIKE(4, 5)
static void put(const struct grid *g, size_t row, size_t column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(cell_at(g, row, column), column == 0 ? NAME_LEN : CELL_LEN, fmt, args);
	va_end(args);
}

static int grid_init(struct grid *g, size_t rows, size_t columns)
{
	*g = (struct grid){.rows = rows, .columns = columns};
	g->cell = calloc(rows, row_len(g));
	return g->cell == NULL ? -ENOMEM : 0;
}

static int grid_print(FILE *out, struct grid *g)
{
	size_t width[2 + HIST_POINTS] = {0};

	for (size_t r = 0; r < g->rows; r++)
		for (size_t c = 0; c < g->columns; c++)
			if (format_width(cell_at(g, r, c)) > width[c])
				width[c] = format_width(cell_at(g, r, c));
	errno = 0;
	for (size_t r = 0; r < g->rows; r++) {
		for (size_t c = 0; c < g->columns; c++) {
			const char *text = cell_at(g, r, c);
			int fill = (int)(width[c] - format_width(text));

			if (c == 0)
				fprintf(out, "%s%*s", text, fill, "");
			else
				fprintf(out, "  %*s%s", fill, "", text);
		}
		fputc('\n', out);
	}
	free(g->cell);
	return stream_status(out);
}

/* Whether a file is named after the tag in it, as those of a run directory are. */
static bool is_named_after(const char *file, const char *tag)
{
	const char *slash = strrchr(file, '/'), *base = slash == NULL ? file : slash + 1;
	size_t len = strlen(tag);

	return strncmp(base, tag, len) == 0 && strcmp(base + len, ".hlog") == 0;
}

static void put_name(char *buf, const struct hist_group *g, bool name_files, bool number)
{
	char file[120] = "", tag[100], suffix[24] = "";

	format_plain(tag, sizeof(tag), g->tag == NULL ? "(no tag)" : g->tag, format_utf8());
	if (name_files)
		format_plain(file, sizeof(file), g->file, format_utf8());
	if (name_files && g->tag != NULL && is_named_after(g->file, g->tag))
		tag[0] = '\0';
	if (number)
		snprintf(suffix, sizeof(suffix), " #%zu", g->number + 1);
	snprintf(buf, NAME_LEN, "%s%s%s%s", file, file[0] != '\0' && tag[0] != '\0' ? " " : "", tag,
		suffix);
}

/* One column of times: its unit is chosen from all its values. */
static int put_column(struct grid *g, size_t column, const struct hist_set *set)
{
	const struct hist_point *p = &hist_points[column - 2];
	size_t rows = g->rows - 1;
	double *values = calloc(rows + 1, sizeof(*values));
	char buf[CELL_LEN];

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < rows; i++)
		values[i] = hist_value(i < set->count ? &set->group[i]->hist : &set->all, p);
	struct scale scale = scale_of(values, rows, p);
	bool any = false;

	for (size_t i = 0; i < rows; i++)
		any = any || !isnan(values[i]);
	put(g, 0, column, "%s%s%s", p->title, any ? " " : "", any ? scale.unit : "");
	for (size_t i = 0; i < rows; i++)
		put(g, i + 1, column, "%s", scale_format(buf, sizeof(buf), &scale, values[i]));
	free(values);
	return 0;
}

int hist_table(FILE *out, const struct hist_set *set, bool name_files, bool number)
{
	struct grid g;
	size_t rows = 1 + set->count + (set->count > 1);
	int r = grid_init(&g, rows, 2 + HIST_POINTS);

	if (r < 0)
		return r;
	put(&g, 0, 0, "%s", name_files ? "file, tag" : "tag");
	put(&g, 0, 1, "count");
	for (size_t i = 0; i + 1 < rows; i++) {
		const struct hlog_histogram *h = i < set->count ? &set->group[i]->hist : &set->all;

		if (i < set->count)
			put_name(cell_at(&g, i + 1, 0), set->group[i], name_files, number);
		else
			put(&g, i + 1, 0, "all");
		put(&g, i + 1, 1, "%llu", (unsigned long long)h->total);
	}
	for (size_t c = 2; r == 0 && c < g.columns; c++)
		r = put_column(&g, c, set);
	if (r < 0) {
		free(g.cell);
		return r;
	}
	return grid_print(out, &g);
}

int hist_diff_table(FILE *out, const struct hlog_histogram *a, const struct hlog_histogram *b)
{
	enum { ROWS = 2 + HIST_POINTS, COLUMNS = 5 };
	double all[2 * HIST_POINTS];
	char buf[CELL_LEN];
	struct grid g;

	if (grid_init(&g, ROWS, COLUMNS) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < HIST_POINTS; i++) {
		all[2 * i] = hist_value(a, &hist_points[i]);
		all[2 * i + 1] = hist_value(b, &hist_points[i]);
	}
	/* one unit for all, or differences would not be seen to add up */
	struct scale scale = scale_of(all, ARRAY_SIZE(all), &hist_points[1]);

	put(&g, 0, 1, "A %s", scale.unit);
	put(&g, 0, 2, "B %s", scale.unit);
	put(&g, 0, 3, "B - A %s", scale.unit);
	put(&g, 0, 4, "B / A");
	put(&g, 1, 0, "count");
	put(&g, 1, 1, "%llu", (unsigned long long)a->total);
	put(&g, 1, 2, "%llu", (unsigned long long)b->total);
	put(&g, 1, 3, "%lld", (long long)(b->total - a->total));
	put(&g, 1, 4, "%s",
		format_fixed(buf, sizeof(buf),
			a->total > 0 ? (double)b->total / (double)a->total : NAN, 3));
	for (size_t i = 0; i < HIST_POINTS; i++) {
		double x = all[2 * i], y = all[2 * i + 1], values[] = {x, y, y - x};

		put(&g, i + 2, 0, "%s", hist_points[i].title);
		for (size_t k = 0; k < ARRAY_SIZE(values); k++)
			put(&g, i + 2, k + 1, "%s",
				scale_format(buf, sizeof(buf), &scale, values[k]));
		put(&g, i + 2, 4, "%s", format_fixed(buf, sizeof(buf), x > 0 ? y / x : NAN, 3));
	}
	return grid_print(out, &g);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *number_or_null(double value)
{
	char buf[40];

	if (!isfinite(value))
		return json_null();
	if (value == floor(value) && fabs(value) < 9e18)
		return json_integer((json_int_t)value);
	/* as many digits as the other files have */
	snprintf(buf, sizeof(buf), "%.9g", value);
	return json_real(strtod(buf, NULL));
}

/* Text of a file that need not be UTF-8. */
static json_t *text_or_null(const char *text)
{
	char plain[NAME_LEN];

	if (text == NULL)
		return json_null();
	return json_string(format_plain(plain, sizeof(plain), text, true));
}

static json_t *add_values(json_t *o, const struct hlog_histogram *h)
{
	json_object_set_new(o, "count", json_integer((json_int_t)h->total));
	for (size_t i = 0; i < HIST_POINTS; i++)
		json_object_set_new(
			o, hist_points[i].member, number_or_null(hist_value(h, &hist_points[i])));
	json_object_set_new(o, "significant_digits", json_integer(h->shape.digits));
	json_object_set_new(o, "lowest_discernible", json_integer((json_int_t)h->shape.lowest));
	json_object_set_new(o, "highest_trackable", json_integer((json_int_t)h->shape.highest));
	return o;
}

static int dump(FILE *out, json_t *document)
{
	int r = document == NULL ? -ENOMEM : 0;

	errno = 0;
	if (r == 0 && json_dumpf(document, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) != 0)
		r = stream_status(out) != 0 ? stream_status(out) : -ENOMEM;
	json_decref(document);
	if (r == 0)
		fputc('\n', out);
	return r != 0 ? r : stream_status(out);
}

int hist_json(FILE *out, const struct hist_set *set)
{
	json_t *document = json_object(), *list = json_array();

	for (size_t i = 0; i < set->count; i++) {
		const struct hist_group *g = set->group[i];
		json_t *o = json_object();

		json_object_set_new(o, "file", text_or_null(g->file));
		json_object_set_new(o, "tag", text_or_null(g->tag));
		json_object_set_new(o, "intervals", json_integer((json_int_t)g->intervals));
		json_object_set_new(o, "start_s", json_real(g->start_s));
		json_object_set_new(o, "end_s", json_real(g->end_s));
		json_array_append_new(list, add_values(o, &g->hist));
	}
	json_object_set_new(document, "histograms", list);
	json_object_set_new(document, "all", add_values(json_object(), &set->all));
	return dump(out, document);
}

int hist_diff_json(FILE *out, const struct hlog_histogram *a, const struct hlog_histogram *b)
{
	json_t *document = json_object(), *difference = json_object(), *ratio = json_object();

	for (size_t i = 0; i < HIST_POINTS; i++) {
		const struct hist_point *p = &hist_points[i];
		double x = hist_value(a, p), y = hist_value(b, p);

		json_object_set_new(difference, p->member, number_or_null(y - x));
		json_object_set_new(ratio, p->member, number_or_null(x > 0 ? y / x : NAN));
	}
	json_object_set_new(document, "a", add_values(json_object(), a));
	json_object_set_new(document, "b", add_values(json_object(), b));
	json_object_set_new(document, "difference", difference);
	json_object_set_new(document, "ratio", ratio);
	return dump(out, document);
}
