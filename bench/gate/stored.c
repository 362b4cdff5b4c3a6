/* SPDX-License-Identifier: MIT */
#include "gate/stored.h"

#include "gate/fingerprint.h"
#include "gate/stored-cells.h"
#include "gate/stored-notes.h"
#include "stats/stored-rule.h"
#include "stats/summary.h"
#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

/* Rows under way: what they will be judged by. */
struct evidence {
	struct stored_evidence *of; /* per row */
	double *values, *free;	    /* of all rows; what is not used yet */
};

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

static void compare_cells(
	struct gate_results *r, const struct stored_cells *cells, const struct stored_options *o)
{
	size_t most = cells->count * GATE_METRIC_COUNT;
	struct evidence e = {
		.of = need_array(most, sizeof(*e.of)),
		.values = need_array(cells->row_count * GATE_METRIC_COUNT, sizeof(*e.values)),
	};
	struct gate_finding *found = need_array(most, sizeof(*found));

	e.free = e.values;
	r->cells = need_array(cells->count, sizeof(*r->cells));
	r->cell_count = cells->count;
	r->rows = need_array(most, sizeof(*r->rows));
	for (size_t i = 0; i < cells->count; i++) {
		stored_cell_describe(cells, i, &r->cells[i]);
		for (int m = 0; m < GATE_METRIC_COUNT; m++)
			if ((o->metrics & 1u << m) != 0 && r->cells[i].status == STATUS_OK)
				add_row(r, &e, cells, i, (enum gate_metric)m, o->threshold);
	}
	stored_judge(e.of, r->row_count, o->threshold, found);
	for (size_t i = 0; i < r->row_count; i++) {
		r->rows[i].found = found[i];
		r->rows[i].look = found[i].verdict != VERDICT_INCONCLUSIVE;
	}
	free(found);
	free(e.of);
	free(e.values);
}

/* One line for both machines, and env.json where it is that of both. */
static void describe_machine(struct stored *s)
{
	char *base = fingerprint_machine(s->runs[0].env),
	     *new = fingerprint_machine(s->runs[1].env);

	s->machine = strcmp(base, new) == 0 ? need_copy(base)
					    : need_text("%s (base) and %s (new)", base, new);
	free(base);
	free(new);
	if (!s->results.advisory && s->runs[1].env != NULL)
		s->env_json = json_dumps(s->runs[1].env, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	s->results.machine = s->machine;
	s->results.env_json = s->env_json;
}

void stored_compare_runs(struct stored *out, const struct stored_options *options)
{
	struct stored_cells cells;

	out->results.command = "compare";
	out->results.rule = (struct gate_rule){STORED_ALPHA, STORED_CONFIDENCE, STORED_POWER, 1};
	out->results.base = out->runs[0].name;
	out->results.new = out->runs[1].name;
	stored_cells_match(&cells, out->runs);
	compare_cells(&out->results, &cells, options);
	stored_notes(out, &cells);
	describe_machine(out);
	stored_cells_free(&cells);
}

int stored_compare(struct stored *out, const struct stored_options *options, struct reason *why)
{
	*out = (struct stored){0};
	int err = stored_run_load(&out->runs[0], options->base, why);

	if (err == 0)
		err = stored_run_load(&out->runs[1], options->new, why);
	if (err == 0)
		stored_compare_runs(out, options);
	return err;
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
