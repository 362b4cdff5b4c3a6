/* SPDX-License-Identifier: MIT */
#include "gate/stored.h"

#include "gate/fingerprint.h"
#include "gate/stored-cells.h"
#include "gate/stored-notes.h"
#include "stats/stored-rule.h"
#include "stats/summary.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows under way: what they will be judged by. */
struct evidence {
	struct stored_evidence *of; /* per row */
	double *values, *free;	    /* of all rows; what is not used yet */
};

static int describe_cells(struct gate_results *r, const struct stored_cells *cells)
{
	r->cells = calloc(cells->count + 1, sizeof(*r->cells));
	if (r->cells == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < cells->count; i++) {
		/* counted first, so that what it has got is freed when the rest fails */
		r->cell_count = i + 1;
		if (stored_cell_describe(cells, i, &r->cells[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* A row, unless neither run has measured the metric. */
static void add_row(struct gate_results *r, struct evidence *e, const struct stored_cells *cells,
	size_t cell, enum gate_metric m, double threshold)
{
	const char *column = metric_info[gate_metrics[m].metric].column;
	double *base = e->free;
	size_t k = stored_cell_values(cells, cell, 0, column, base);
	size_t n = stored_cell_values(cells, cell, 1, column, base + k);
	double *new = base + k;

	if (k + n == 0)
		return;
	e->free = new + n;
	e->of[r->row_count] = (struct stored_evidence){
		base, new, k, n, .higher_is_better = gate_metrics[m].higher_is_better};
	r->rows[r->row_count++] = (struct gate_row){
		.cell = cell,
		.metric = m,
		.blocks = (unsigned int)k,
		.dropped = (unsigned int)n,
		.base = median(base, k),
		.new = median(new, n),
		.tolerance = threshold,
		.min_effect = threshold,
	};
}

static int judge(struct gate_results *r, const struct evidence *e, double threshold)
{
	struct gate_finding *found = calloc(r->row_count + 1, sizeof(*found));

	if (found == NULL)
		return -ENOMEM;
	int err = stored_judge(e->of, r->row_count, threshold, found);

	for (size_t i = 0; i < r->row_count && err == 0; i++) {
		r->rows[i].found = found[i];
		r->rows[i].look = found[i].verdict != VERDICT_INCONCLUSIVE;
	}
	free(found);
	return err;
}

static int compare_cells(
	struct gate_results *r, const struct stored_cells *cells, const struct stored_options *o)
{
	size_t rows = cells->count * GATE_METRIC_COUNT + 1;
	struct evidence e = {
		.of = calloc(rows, sizeof(*e.of)),
		.values = calloc(cells->row_count * GATE_METRIC_COUNT + 1, sizeof(*e.values)),
	};
	int err = -ENOMEM;

	e.free = e.values;
	r->rows = calloc(rows, sizeof(*r->rows));
	if (e.of != NULL && e.values != NULL && r->rows != NULL) {
		for (size_t i = 0; i < cells->count; i++)
			for (int m = 0; m < GATE_METRIC_COUNT; m++)
				if (o->metrics[m] && r->cells[i].status == STATUS_OK)
					add_row(r, &e, cells, i, (enum gate_metric)m, o->threshold);
		err = judge(r, &e, o->threshold);
	}
	free(e.of);
	free(e.values);
	return err;
}

/* One line for both machines, and env.json where it is that of both. */
static int describe_machine(struct stored *s)
{
	char *base = fingerprint_machine(s->runs[0].env),
	     *new = fingerprint_machine(s->runs[1].env);
	int err = base == NULL || new == NULL ? -ENOMEM : 0;

	if (err == 0 && strcmp(base, new) == 0) {
		s->machine = base;
		base = NULL;
	} else if (err == 0 && asprintf(&s->machine, "%s (base) and %s (new)", base, new) < 0) {
		s->machine = NULL;
		err = -ENOMEM;
	}
	free(base);
	free(new);
	if (err == 0 && !s->results.advisory && s->runs[1].env != NULL) {
		s->env_json = json_dumps(s->runs[1].env, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
		err = s->env_json == NULL ? -ENOMEM : 0;
	}
	s->results.machine = s->machine;
	s->results.env_json = s->env_json;
	return err;
}

int stored_compare_runs(
	struct stored *out, const struct stored_options *options, struct reason *why)
{
	struct stored_cells cells = {0};
	int err;

	out->results.command = "compare";
	out->results.rule = (struct gate_rule){STORED_ALPHA, STORED_CONFIDENCE, STORED_POWER, 1};
	out->results.base = out->runs[0].name;
	out->results.new = out->runs[1].name;
	err = stored_cells_match(&cells, out->runs);
	if (err == 0)
		err = describe_cells(&out->results, &cells);
	if (err == 0)
		err = compare_cells(&out->results, &cells, options);
	if (err == 0)
		err = stored_notes(out, &cells);
	if (err == 0)
		err = describe_machine(out);
	stored_cells_free(&cells);
	return err < 0 ? reason_set(why, -err, "out of memory while comparing; measure fewer cells")
		       : 0;
}

int stored_compare(struct stored *out, const struct stored_options *options, struct reason *why)
{
	*out = (struct stored){0};
	int err = stored_run_load(&out->runs[0], options->base, why);

	if (err == 0)
		err = stored_run_load(&out->runs[1], options->new, why);
	return err < 0 ? err : stored_compare_runs(out, options, why);
}

void stored_free(struct stored *s)
{
	gate_results_free(&s->results);
	stored_run_free(&s->runs[0]);
	stored_run_free(&s->runs[1]);
	free(s->machine);
	free(s->env_json);
	*s = (struct stored){0};
}
