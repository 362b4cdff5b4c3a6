/* SPDX-License-Identifier: MIT */
#include "gate/stored-cells.h"

#include "stats/two-sample.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_cell(const void *a, const void *b)
{
	return key_order(
		&((const struct stored_row *)a)->key, &((const struct stored_row *)b)->key);
}

static int by_cell_and_row(const void *a, const void *b)
{
	const struct stored_row *x = a, *y = b;
	int order = by_cell(a, b);

	if (order == 0)
		order = x->run - y->run;
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

void stored_cells_match(struct stored_cells *cells, const struct stored_run *runs)
{
	size_t n = runs[0].trials.count + runs[1].trials.count;

	*cells = (struct stored_cells){
		.runs = runs,
		.rows = need_array(n, sizeof(*cells->rows)),
		.first = need_array(n + 1, sizeof(*cells->first)),
	};
	for (int run = 0; run < 2; run++) {
		for (size_t i = 0; i < runs[run].trials.count; i++) {
			struct stored_row *row = &cells->rows[cells->row_count++];

			*row = (struct stored_row){.run = run, .row = i};
			key_read(&row->key, &runs[run].trials, i);
		}
	}
	qsort(cells->rows, n, sizeof(*cells->rows), by_cell_and_row);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_cell(&cells->rows[i - 1], &cells->rows[i]) != 0)
			cells->first[cells->count++] = i;
	cells->first[cells->count] = n;
}

void stored_cells_free(struct stored_cells *cells)
{
	free(cells->rows);
	free(cells->first);
	*cells = (struct stored_cells){0};
}

/* ---- one cell -------------------------------------------------------------------------------- */

/* What one run has of a cell. */
struct presence {
	size_t rows, ok, failed;
	const char *failure, *skip; /* the first reason of each */
};

static struct presence look(const struct stored_cells *cells, size_t i, int run)
{
	const struct rows *trials = &cells->runs[run].trials;
	struct presence p = {.failure = "", .skip = ""};

	for (size_t r = cells->first[i]; r < cells->first[i + 1]; r++) {
		if (cells->rows[r].run != run)
			continue;
		const char *status = rows_text(trials, cells->rows[r].row, "status");
		const char *reason = rows_text(trials, cells->rows[r].row, "reason");

		p.rows++;
		p.ok += status[0] == 'o';
		p.failed += status[0] == 'f';
		if (status[0] == 'f' && p.failure[0] == '\0')
			p.failure = reason;
		if (status[0] == 's' && p.skip[0] == '\0')
			p.skip = reason;
	}
	return p;
}

static void say(struct gate_cell *out, enum status status, const char *what, const char *where,
	const char *why)
{
	out->status = status;
	reason_set(&out->why, 0, "%s %s%s%s", what, where, why[0] == '\0' ? "" : ": ", why);
}

static void say_too_many(struct gate_cell *out, size_t base, size_t new)
{
	out->status = STATUS_SKIP;
	reason_set(&out->why, 0, "%zu and %zu trials; at most %d of each run can be compared", base,
		new, RANK_SUM_MAX);
}

static void judge(const struct stored_cells *cells, size_t i, struct gate_cell *out)
{
	const struct stored_run *runs = cells->runs;
	struct presence p[2] = {look(cells, i, 0), look(cells, i, 1)};
	int worse = p[1].failed > 0 ? 1 : 0, without = p[1].ok == 0 ? 1 : 0;

	if (p[0].rows == 0 || p[1].rows == 0)
		say(out, STATUS_SKIP, "only in", runs[p[0].rows == 0].name, "");
	else if (p[worse].failed > 0)
		say(out, STATUS_FAIL, "failed in", runs[worse].name, p[worse].failure);
	else if (p[0].ok == 0 && p[1].ok == 0)
		say(out, STATUS_SKIP, "skipped in", "both runs", p[1].skip);
	else if (p[without].ok == 0)
		/* what the new version lost is no pass */
		say(out, without == 1 ? STATUS_FAIL : STATUS_SKIP, "skipped in", runs[without].name,
			p[without].skip);
	else if (p[0].ok > RANK_SUM_MAX || p[1].ok > RANK_SUM_MAX)
		say_too_many(out, p[0].ok, p[1].ok);
}

void stored_cell_describe(const struct stored_cells *cells, size_t i, struct gate_cell *out)
{
	const struct cell_key *key = &cells->rows[cells->first[i]].key;

	*out = (struct gate_cell){
		.name = key_name_new(key, AXIS_ALL),
		.base = need_copy(key->transport),
		.new = need_copy(key->transport),
		.key = *key,
		.status = STATUS_OK,
	};
	judge(cells, i, out);
}

size_t stored_cell_values(
	const struct stored_cells *cells, size_t i, int run, const char *column, double *out)
{
	const struct rows *trials = &cells->runs[run].trials;
	size_t n = 0;

	for (size_t r = cells->first[i]; r < cells->first[i + 1]; r++) {
		size_t row = cells->rows[r].row;

		if (cells->rows[r].run != run ||
			strcmp(rows_text(trials, row, "status"), "ok") != 0)
			continue;
		double value = rows_number(trials, row, column);

		if (isfinite(value) && value > 0)
			out[n++] = value;
	}
	return n;
}
