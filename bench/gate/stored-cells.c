/* SPDX-License-Identifier: MIT */
#include "gate/stored-cells.h"

#include "stats/two-sample.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_cell(const void *a, const void *b)
{
	return cell_keys_order(
		((const struct stored_row *)a)->key, ((const struct stored_row *)b)->key);
}

static int by_cell_and_row(const void *a, const void *b)
{
	const struct stored_row *x = a, *y = b;
	int order = by_cell(a, b);

	if (order == 0)
		order = x->run - y->run;
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

int stored_cells_match(struct stored_cells *cells, const struct stored_run *runs)
{
	size_t n = runs[0].trials.count + runs[1].trials.count;

	*cells = (struct stored_cells){
		.runs = runs,
		.rows = calloc(n + 1, sizeof(*cells->rows)),
		.first = calloc(n + 2, sizeof(*cells->first)),
	};
	if (cells->rows == NULL || cells->first == NULL)
		return -ENOMEM;
	for (int run = 0; run < 2; run++) {
		for (size_t i = 0; i < runs[run].trials.count; i++) {
			struct stored_row *row = &cells->rows[cells->row_count++];

			*row = (struct stored_row){.run = run, .row = i};
			cell_keys_read(row->key, &runs[run].trials, i);
		}
	}
	qsort(cells->rows, n, sizeof(*cells->rows), by_cell_and_row);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_cell(&cells->rows[i - 1], &cells->rows[i]) != 0)
			cells->first[cells->count++] = i;
	cells->first[cells->count] = n;
	return 0;
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

/* " rate 90%/poisson", " 10us": what differs from a plain loop. */
static void spell_load(char *buf, size_t len, const char *const *key)
{
	struct item pause = {.think_ns = strtoull(key[CELL_THINK], NULL, 10)};
	char think[32];

	if (key[CELL_RATE][0] != '\0')
		snprintf(buf, len, " %s%s", key[CELL_RATE],
			strcmp(key[CELL_ARRIVALS], "poisson") == 0 ? "/poisson" : "");
	else if (key[CELL_THINK][0] != '\0')
		snprintf(buf, len, " %s", load_spell(think, sizeof(think), &pause));
	else
		buf[0] = '\0';
}

/* As format_item() names the cell of a plan. */
static char *spell_name(const char *const *key, uint64_t size)
{
	char load[64], bytes[32], *name = NULL;
	bool inplace = strcmp(key[CELL_COPY], "inplace") == 0, sized = key[CELL_SIZE][0] != '\0';

	spell_load(load, sizeof(load), key);
	if (asprintf(&name, "%s %s%s %s%s%s%s %s%s%s%s%s%s%s", key[CELL_TRANSPORT], key[CELL_WAIT],
		    inplace ? " inplace" : "", key[CELL_MODE], load, sized ? " " : "",
		    sized ? ipcbench_bytes(bytes, sizeof(bytes), size) : "", key[CELL_PLACEMENT],
		    key[CELL_IDLE][0] == '\0' ? "" : " ", key[CELL_IDLE],
		    key[CELL_DISPATCH][0] == '\0' ? "" : " ", key[CELL_DISPATCH],
		    key[CELL_MEM][0] == '\0' ? "" : " mem ", key[CELL_MEM]) < 0)
		return NULL;
	return name;
}

int stored_cell_describe(const struct stored_cells *cells, size_t i, struct gate_cell *out)
{
	const char *const *key = cells->rows[cells->first[i]].key;
	uint64_t size = strtoull(key[CELL_SIZE], NULL, 10);

	*out = (struct gate_cell){
		.name = spell_name(key, size),
		.base = strdup(key[CELL_TRANSPORT]),
		.new = strdup(key[CELL_TRANSPORT]),
		.wait = key[CELL_WAIT],
		.copy = key[CELL_COPY],
		.mode = key[CELL_MODE],
		.placement = key[CELL_PLACEMENT],
		.size = size,
		.status = STATUS_OK,
	};
	if (out->name == NULL || out->base == NULL || out->new == NULL)
		return -ENOMEM;
	judge(cells, i, out);
	return 0;
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
