/* SPDX-License-Identifier: MIT */
#include "results/measured.h"

#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row of trials.csv. */
struct trial_row {
	struct cell_key key;
	size_t row;
};

static int by_cell(const void *a, const void *b)
{
	const struct trial_row *x = a, *y = b;
	int order = key_order(&x->key, &y->key);

	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

/* The values of one row, by enum metric. None is below 0; what a file has there was not measured.
 */
static double *read_values(const struct rows *trials, size_t row)
{
	double *values = need_array(METRIC_COUNT, sizeof(*values));

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		values[m] = rows_number(trials, row, metric_info[m].column);
		if (values[m] < 0)
			values[m] = NAN;
	}
	return values;
}

static bool is_ok(const struct rows *trials, size_t row)
{
	return strcmp(rows_text(trials, row, "status"), "ok") == 0;
}

static void note_status(struct measured_cell *c, const struct rows *trials, size_t row)
{
	const char *status = rows_text(trials, row, "status");
	const char *flags = rows_text(trials, row, "flags");

	c->failed |= strcmp(status, "fail") == 0;
	if (c->reason[0] == '\0')
		c->reason = rows_text(trials, row, "reason");
	if (c->flags[0] == '\0')
		c->flags = flags;
}

static void read_cell(struct measured_cell *c, const struct rows *trials,
	const struct trial_row *from, size_t count)
{
	double **values = need_array(count, sizeof(*values));
	size_t n = 0;

	*c = (struct measured_cell){
		.family = rows_text(trials, from->row, "family"),
		.key = from->key,
		.size = (size_t)from->key.size,
		.rate = rows_number(trials, from->row, "offered_msgs_per_s"),
		.reason = "",
		.flags = "",
	};
	for (size_t i = 0; i < count; i++) {
		note_status(c, trials, from[i].row);
		if (is_ok(trials, from[i].row))
			values[n++] = read_values(trials, from[i].row);
	}
	summarise(&c->summary, (const double *const *)values, n);
	c->ok = n > 0 && !c->failed;
	for (size_t i = 0; i < n; i++)
		free(values[i]);
	free(values);
}

void measured_read(struct measured *out, const struct stored_run *run)
{
	const struct rows *trials = &run->trials;
	size_t n = trials->count, first = 0;
	struct trial_row *rows = need_array(n, sizeof(*rows));

	*out = (struct measured){
		.run = run,
		.cells = need_array(n, sizeof(*out->cells)),
		.rows = need_array(n, sizeof(*out->rows)),
	};
	for (size_t i = 0; i < n; i++) {
		rows[i].row = i;
		key_read(&rows[i].key, trials, i);
	}
	qsort(rows, n, sizeof(*rows), by_cell);
	for (size_t i = 0; i < n; i++)
		out->rows[i] = rows[i].row;
	for (size_t i = 1; i <= n; i++) {
		if (i < n && key_order(&rows[first].key, &rows[i].key) == 0)
			continue;
		struct measured_cell *c = &out->cells[out->count++];

		read_cell(c, trials, &rows[first], i - first);
		c->rows = &out->rows[first];
		c->row_count = i - first;
		first = i;
	}
	free(rows);
}

void measured_free(struct measured *m)
{
	free(m->cells);
	free(m->rows);
	*m = (struct measured){0};
}

double measured_value(const struct measured_cell *c, enum metric m)
{
	return c->summary.metric[m].median;
}

size_t measured_trials(
	const struct measured *m, const struct measured_cell *c, const char *column, double *out)
{
	const struct rows *trials = &m->run->trials;
	size_t n = 0;

	for (size_t i = 0; i < c->row_count; i++) {
		double value = rows_number(trials, c->rows[i], column);

		if (is_ok(trials, c->rows[i]) && isfinite(value) && value > 0)
			out[n++] = value;
	}
	return n;
}

struct measured_pair *measured_pairs(const struct measured of[2], size_t *count)
{
	struct measured_pair *pairs = need_array(of[0].count + of[1].count, sizeof(*pairs));
	size_t at[2] = {0, 0}, n = 0;

	while (at[0] < of[0].count || at[1] < of[1].count) {
		const struct measured_cell *a = &of[0].cells[at[0]], *b = &of[1].cells[at[1]];
		int order = at[0] == of[0].count   ? 1
			    : at[1] == of[1].count ? -1
						   : key_order(&a->key, &b->key);

		pairs[n++] = (struct measured_pair){order > 0 ? &b->key : &a->key,
			{order > 0 ? NULL : a, order < 0 ? NULL : b}};
		at[0] += order <= 0;
		at[1] += order >= 0;
	}
	*count = n;
	return pairs;
}
