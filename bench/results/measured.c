/* SPDX-License-Identifier: MIT */
#include "results/measured.h"

#include <errno.h>
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
	double *values = calloc(METRIC_COUNT, sizeof(*values));

	for (size_t m = 0; values != NULL && m < METRIC_COUNT; m++) {
		values[m] = rows_number(trials, row, metric_info[m].column);
		if (values[m] < 0)
			values[m] = NAN;
	}
	return values;
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

static int read_cell(struct measured_cell *c, const struct rows *trials,
	const struct trial_row *from, size_t count)
{
	double **values = calloc(count + 1, sizeof(*values));
	size_t n = 0;
	int r = values == NULL ? -ENOMEM : 0;

	*c = (struct measured_cell){
		.family = rows_text(trials, from->row, "family"),
		.key = from->key,
		.size = (size_t)from->key.size,
		.rate = rows_number(trials, from->row, "offered_msgs_per_s"),
		.reason = "",
		.flags = "",
	};
	for (size_t i = 0; i < count && r == 0; i++) {
		note_status(c, trials, from[i].row);
		if (strcmp(rows_text(trials, from[i].row, "status"), "ok") != 0)
			continue;
		values[n] = read_values(trials, from[i].row);
		r = values[n] == NULL ? -ENOMEM : 0;
		n += r == 0;
	}
	if (r == 0)
		summarise(&c->summary, (const double *const *)values, n);
	c->ok = n > 0 && !c->failed;
	for (size_t i = 0; values != NULL && i < n; i++)
		free(values[i]);
	free(values);
	return r;
}

int measured_read(struct measured *out, const struct stored_run *run)
{
	const struct rows *trials = &run->trials;
	size_t n = trials->count, first = 0;
	struct trial_row *rows = calloc(n + 1, sizeof(*rows));
	int r = 0;

	*out = (struct measured){.run = run,
		.cells = calloc(n + 1, sizeof(*out->cells)),
		.rows = calloc(n + 1, sizeof(*out->rows))};
	if (rows == NULL || out->cells == NULL || out->rows == NULL) {
		free(rows);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		rows[i].row = i;
		key_read(&rows[i].key, trials, i);
	}
	qsort(rows, n, sizeof(*rows), by_cell);
	for (size_t i = 0; i < n; i++)
		out->rows[i] = rows[i].row;
	for (size_t i = 1; i <= n && r == 0; i++) {
		if (i < n && key_order(&rows[first].key, &rows[i].key) == 0)
			continue;
		struct measured_cell *c = &out->cells[out->count++];

		r = read_cell(c, trials, &rows[first], i - first);
		c->rows = &out->rows[first];
		c->row_count = i - first;
		first = i;
	}
	free(rows);
	return r;
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
