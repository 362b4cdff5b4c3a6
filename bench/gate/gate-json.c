/* SPDX-License-Identifier: MIT */
/* One JSON document with all of a comparison: the columns of the CSV files by name, and more. */
#include "gate/gate-writers.h"

#include "results/columns.h"
#include "results/json.h"
#include <math.h>

static json_t *count_json(bool there, uint64_t n)
{
	return there ? json_integer((json_int_t)n) : json_null();
}

static json_t *cell_json(const struct gate_cell *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cell",
		json_text(c->name), "transport_base", json_text(c->base), "transport_new",
		json_text(c->new), "wait", json_text(axis_word(&c->key, AXIS_WAIT)), "copy",
		json_text(axis_word(&c->key, AXIS_COPY)), "mode",
		json_text(axis_word(&c->key, AXIS_MODE)), "size_bytes",
		count_json(c->key.size > 0, c->key.size), "placement",
		json_text(axis_word(&c->key, AXIS_PLACEMENT)), "status",
		json_string(status_name(c->status)), "reason",
		json_text(c->status == STATUS_OK ? NULL : c->why.text));
}

static json_t *row_json(const struct gate_results *r, const struct gate_row *row)
{
	const struct gate_metric_info *m = &gate_metrics[row->metric];
	const struct gate_finding *f = &row->found;
	bool known = isfinite(f->ci_lo) && isfinite(f->ci_hi);
	json_t *j = json_pack("{s:o, s:s, s:s, s:s, s:i, s:i, s:o, s:o}", "cell",
		json_text(r->cells[row->cell].name), "metric", m->name, "unit", m->unit, "better",
		m->higher_is_better ? "higher" : "lower", "blocks", (int)row->blocks, "dropped",
		(int)row->dropped, "base", json_rounded(row->base), "new", json_rounded(row->new));
	json_t *found = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}",
		"ratio", json_rounded(f->ratio), "ci_lo", json_rounded(known ? f->ci_lo : NAN),
		"ci_hi", json_rounded(known ? f->ci_hi : NAN), "p", json_rounded(f->p), "p_holm",
		json_rounded(f->p_adjusted), "mde", json_rounded(f->mde), "min_effect",
		json_rounded(row->min_effect), "tolerance", json_rounded(row->tolerance), "look",
		count_json(row->look > 0, row->look), "verdict", gate_verdict_name(f->verdict),
		"reason", json_text(row->why.text[0] != '\0' ? row->why.text : NULL));

	json_object_update(j, found);
	json_decref(found);
	return j;
}

static json_t *slice_json(const struct gate_block *b, size_t i)
{
	const struct gate_slice *s = &b->slices[i];
	json_t *j = json_pack("{s:s}", "version", gate_slice_is_new(b, i) ? "new" : "base");

	for (enum gate_metric m = 0; m < GATE_METRIC_COUNT; m++)
		json_object_set_new(j, gate_metrics[m].name, json_rounded(s->value[m]));
	json_object_set_new(j, "wall_s", json_rounded(s->wall_s));
	json_object_set_new(j, "steal_s", json_rounded(s->steal_s));
	json_object_set_new(j, "foreign_s", json_rounded(s->foreign_s));
	json_object_set_new(j, "stall_s", json_rounded(s->stall_s));
	return j;
}

static json_t *block_json(const struct gate_results *r, const struct gate_block *b)
{
	json_t *slices = json_array();

	for (size_t i = 0; i < GATE_SLICES; i++)
		json_array_append_new(slices, slice_json(b, i));
	return json_pack("{s:o, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:b}", "cell",
		json_text(r->cells[b->cell].name), "block", (int)b->number, "at_s",
		json_rounded(b->at_s), "order", b->reversed ? "BAAB" : "ABBA", "cpu_tx",
		count_json(b->cpu_tx >= 0, (uint64_t)b->cpu_tx), "cpu_rx",
		count_json(b->cpu_rx >= 0, (uint64_t)b->cpu_rx), "slices", slices, "disturbance",
		json_rounded(b->disturbance), "dropped", b->dropped);
}

static json_t *rule_json(const struct gate_rule *rule)
{
	if (rule->alpha <= 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:i}", "alpha", json_rounded(rule->alpha), "confidence",
		json_rounded(rule->confidence), "power", json_rounded(rule->power), "looks",
		(int)rule->looks);
}

static void add_lists(json_t *doc, const struct gate_results *r)
{
	json_t *cells = json_array(), *rows = json_array(), *blocks = json_array();
	json_t *notes = json_array();

	for (size_t i = 0; i < r->cell_count; i++)
		json_array_append_new(cells, cell_json(&r->cells[i]));
	for (size_t i = 0; i < r->row_count; i++)
		json_array_append_new(rows, row_json(r, &r->rows[i]));
	for (size_t i = 0; i < r->block_count; i++)
		json_array_append_new(blocks, block_json(r, &r->blocks[i]));
	for (size_t i = 0; i < r->note_count; i++)
		json_array_append_new(notes, json_text(r->notes[i]));
	json_object_set_new(doc, "cells", cells);
	json_object_set_new(doc, "rows", rows);
	json_object_set_new(doc, "blocks", blocks);
	json_object_set_new(doc, "notes", notes);
}

int gate_json_write(FILE *out, const struct gate_results *r)
{
	json_t *env = r->env_json == NULL ? NULL : json_loads(r->env_json, 0, NULL);
	json_t *doc = json_pack("{s:i, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o}",
		"schema_version", SCHEMA_VERSION, "run_id", json_text(r->run_id), "command",
		json_text(r->command), "base", json_text(r->base), "new", json_text(r->new),
		"outcome", gate_outcome_name(gate_outcome(r)), "advisory", r->advisory,
		"interrupted", r->interrupted, "seed", json_seed(r->seed), "elapsed_s",
		json_rounded(r->elapsed_s), "machine", json_text(r->machine), "rule",
		rule_json(&r->rule), "env", env != NULL ? env : json_null());

	if (doc != NULL)
		add_lists(doc, r);
	return json_put(out, doc);
}
