/* SPDX-License-Identifier: MIT */
/*
 * CSV as RFC 4180 has it, except that lines end in LF alone: gnuplot, awk, cut and the like take a
 * CR for a part of the last field.
 */
#include "output/columns.h"
#include "output/format.h"
#include "run/timeline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct csv {
	FILE *out;
	bool names; /* the header line rather than values */
	bool begun; /* this line has a field */
};

/* Text is data: whatever it holds, it stays one field of one row. */
void csv_text(FILE *out, const char *s)
{
	if (strpbrk(s, ",\"\r\n") == NULL) {
		fputs(s, out);
		return;
	}
	fputc('"', out);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static int put_column(void *ctx, const char *name, const struct value *v)
{
	struct csv *csv = ctx;
	char buf[352];

	if (csv->begun)
		fputc(',', csv->out);
	csv->begun = true;
	if (csv->names) {
		csv_text(csv->out, name);
		return 0;
	}
	switch (v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		csv_text(csv->out, v->text);
		break;
	case VALUE_FLAGS:
		csv_text(csv->out, flags_join(buf, sizeof(buf), v->flags));
		break;
	case VALUE_COUNT:
		fputs(format_count(buf, sizeof(buf), v->number), csv->out);
		break;
	case VALUE_REAL:
		fputs(format_real(buf, sizeof(buf), v->number), csv->out);
		break;
	}
	return 0;
}

/* Ends a line; -errno as soon as the stream is broken, so that nobody writes on for nothing. */
static int end_row(struct csv *csv)
{
	csv->begun = false;
	csv->names = false;
	fputc('\n', csv->out);
	return stream_status(csv->out);
}

static int finish(FILE *out, int ret)
{
	if (ret == 0 && fflush(out) != 0)
		ret = stream_status(out);
	return ret;
}

int csv_write_trials(FILE *out, const struct results *r)
{
	struct csv csv = {.out = out, .names = true};

	errno = 0;
	columns_trial(r, NULL, put_column, &csv);
	int ret = end_row(&csv);

	for (size_t i = 0; ret == 0 && i < r->trial_count; i++) {
		columns_trial(r, &r->trials[i], put_column, &csv);
		ret = end_row(&csv);
	}
	return finish(out, ret);
}

int csv_write_summary(FILE *out, const struct results *r)
{
	struct csv csv = {.out = out, .names = true};
	struct outcome *outcomes = outcomes_collect(r);

	if (outcomes == NULL)
		return -ENOMEM;
	errno = 0;
	columns_summary(r, 0, NULL, put_column, &csv);
	int ret = end_row(&csv);

	for (size_t i = 0; ret == 0 && i < r->plan->item_count; i++) {
		columns_summary(r, i, &outcomes[i], put_column, &csv);
		ret = end_row(&csv);
	}
	free(outcomes);
	return finish(out, ret);
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

	columns_distribution(r, item, o, put_column, csv);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		put_column(csv, names[i], &values[i]);
	columns_distribution_late(r, item, o, put_column, csv);
	return end_row(csv);
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
	struct csv csv = {.out = out, .names = true};
	struct outcome *outcomes = outcomes_collect(r);

	if (outcomes == NULL)
		return -ENOMEM;
	errno = 0;
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
	return finish(out, ret);
}

/* One row of timeline.csv; `c` NULL writes the names. */
static int put_count(struct csv *csv, const struct results *r, const struct trial *t,
	const struct timeline_count *c)
{
	const struct timeline_count at = c != NULL ? *c : (struct timeline_count){0};
	const double slice_s = t != NULL ? t->timeline->slice_s : 0;
	const uint64_t high = timeline_high(at.range);
	const struct {
		const char *name;
		struct value value;
	} own[] = {
		{"slice_start_s", {.kind = VALUE_REAL, .number = at.slice * slice_s}},
		{"slice_s", {.kind = VALUE_REAL, .number = slice_s}},
		{"low_ns", {.kind = VALUE_COUNT, .number = (double)timeline_low(at.range)}},
		{"high_ns", {.kind = high != UINT64_MAX ? VALUE_COUNT : VALUE_NONE,
				    .number = (double)high}},
		{"count", {.kind = VALUE_COUNT, .number = (double)at.count}},
	};

	columns_timeline(r, t, false, put_column, csv);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		put_column(csv, own[i].name, &own[i].value);
	columns_timeline(r, t, true, put_column, csv);
	return end_row(csv);
}

int csv_write_timeline(FILE *out, const struct results *r)
{
	struct csv csv = {.out = out, .names = true};

	errno = 0;
	int ret = put_count(&csv, r, NULL, NULL);

	for (size_t i = 0; i < r->trial_count; i++) {
		const struct trial *t = &r->trials[i];

		for (size_t k = 0; ret == 0 && t->timeline != NULL && k < t->timeline->count; k++)
			ret = put_count(&csv, r, t, &t->timeline->counts[k]);
	}
	return finish(out, ret);
}
