/* SPDX-License-Identifier: MIT */
#include "gate/comparison.h"

#include "stats/two-sample.h"
#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

/* ---- cells ----------------------------------------------------------------------------------- */

static void say(struct gate_cell *out, enum status status, const char *what, const char *where,
	const char *why)
{
	out->status = status;
	reason_set(&out->why, 0, "%s %s%s%s", what, where, why[0] == '\0' ? "" : ": ", why);
}

/*
 * What can be said of a cell before its values are looked at, and whether it can be compared: FAIL
 * when a trial of either run failed, SKIP when a run lacks or skipped it, each with the reason.
 */
static void describe(struct gate_cell *out, const struct stored_run *const runs[2],
	const struct measured_pair *pair)
{
	const struct measured_cell *base = pair->of[0], *new = pair->of[1];

	*out = (struct gate_cell){
		.name = key_name_new(pair->key, AXIS_ALL),
		.base = need_copy(pair->key->transport),
		.new = need_copy(pair->key->transport),
		.key = *pair->key,
	};
	if (base == NULL || new == NULL)
		say(out, STATUS_SKIP, "only in", runs[base == NULL]->name, "");
	else if (base->failed || new->failed)
		say(out, STATUS_FAIL, "failed in", runs[new->failed]->name,
			pair->of[new->failed]->reason);
	else if (!base->ok && !new->ok)
		say(out, STATUS_SKIP, "skipped in", "both runs", new->reason);
	else if (!new->ok) /* what the new version lost cannot pass */
		say(out, STATUS_FAIL, "skipped in", runs[1]->name, new->reason);
	else if (!base->ok)
		say(out, STATUS_SKIP, "skipped in", runs[0]->name, base->reason);
	else if (base->summary.trials > RANK_SUM_MAX || new->summary.trials > RANK_SUM_MAX) {
		out->status = STATUS_SKIP;
		reason_set(&out->why, 0, "%u and %u trials; at most %d of each run can be compared",
			base->summary.trials, new->summary.trials, RANK_SUM_MAX);
	}
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Rows under way: what they will be judged by. */
struct evidence {
	struct stored_evidence *row; /* per row */
	double *free;		     /* room for values that is not used yet */
};

/* A row, unless neither run has measured the metric. */
static void add_row(struct gate_results *r, struct evidence *e, const struct measured_pair *pair,
	size_t cell, enum gate_metric m, double threshold)
{
	enum metric metric = gate_metrics[m].metric;
	double *base = e->free;
	size_t k = measured_values(pair->of[0], metric, base);
	double *new = base + k;
	size_t n = measured_values(pair->of[1], metric, new);

	/* elsewhere a mean is that of another time: of a wait, or one way */
	enum gate_metric other =
		pair->of[0]->key.mode == MODE_LATENCY ? GATE_THROUGHPUT : GATE_MEAN;

	if (k + n == 0 || m == other)
		return;
	e->free = new + n;
	e->row[r->row_count] = (struct stored_evidence){
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

static void compare_cells(struct stored *s, const struct stored_options *o,
	const struct measured_pair *pairs, size_t count)
{
	struct gate_results *r = &s->results;
	size_t most = count * GATE_METRIC_COUNT, trials = s->runs[0]->count + s->runs[1]->count;
	double *values = need_array(trials * GATE_METRIC_COUNT, sizeof(*values));
	struct evidence e = {need_array(most, sizeof(*e.row)), values};
	struct gate_finding *found = need_array(most, sizeof(*found));

	r->cells = need_array(count, sizeof(*r->cells));
	r->cell_count = count;
	r->rows = need_array(most, sizeof(*r->rows));
	for (size_t i = 0; i < count; i++) {
		describe(&r->cells[i], s->runs, &pairs[i]);
		for (int m = 0; m < GATE_METRIC_COUNT; m++)
			if ((o->metrics & 1u << m) != 0 && r->cells[i].status == STATUS_OK)
				add_row(r, &e, &pairs[i], i, (enum gate_metric)m, o->threshold);
	}
	stored_judge(e.row, r->row_count, o->threshold, found);
	for (size_t i = 0; i < r->row_count; i++) {
		r->rows[i].found = found[i];
		r->rows[i].look = found[i].verdict != VERDICT_INCONCLUSIVE;
	}
	free(found);
	free(e.row);
	free(values);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* One line for both machines, and env.json where it is that of both. */
static void describe_machine(struct stored *s)
{
	char *base = env_machine(s->runs[0]->env), *new = env_machine(s->runs[1]->env);

	s->machine = strcmp(base, new) == 0 ? need_copy(base)
					    : need_text("%s (base) and %s (new)", base, new);
	free(base);
	free(new);
	if (!s->results.advisory && s->runs[1]->env != NULL)
		s->env_json = json_dumps(s->runs[1]->env, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	s->results.machine = s->machine;
	s->results.env_json = s->env_json;
}

void stored_compare(struct stored *out, const struct stored_run *base, const struct stored_run *new,
	const struct stored_options *options)
{
	size_t count;

	*out = (struct stored){.runs = {base, new}};
	out->results.command = "compare";
	out->results.rule = (struct gate_rule){STORED_ALPHA, STORED_CONFIDENCE, STORED_POWER, 1};
	out->results.base = base->name;
	out->results.new = new->name;
	struct measured_pair *pairs = measured_pairs(out->runs, &count);

	compare_cells(out, options, pairs, count);
	stored_notes(out, pairs);
	describe_machine(out);
	free(pairs);
}

void stored_free(struct stored *s)
{
	gate_results_free(&s->results);
	free(s->machine);
	free(s->env_json);
	*s = (struct stored){0};
}
