/* SPDX-License-Identifier: MIT */
/* compare.csv and blocks.csv. */
#include "gate/gate-writers.h"

#include "text/csv-row.h"
#include <math.h>

/* ---- compare.csv ----------------------------------------------------------------------------- */

static void put_cell(struct csv *csv, const struct gate_results *r, const struct gate_cell *c)
{
	csv_put_count(csv, "schema_version", true, SCHEMA_VERSION);
	csv_put_text(csv, "run_id", r->run_id);
	csv_put_text(csv, "cell", c->name);
	csv_put_text(csv, "transport_base", c->base);
	csv_put_text(csv, "transport_new", c->new);
	csv_put_text(csv, "wait", axis_word(&c->key, AXIS_WAIT));
	csv_put_text(csv, "copy", axis_word(&c->key, AXIS_COPY));
	csv_put_text(csv, "mode", axis_word(&c->key, AXIS_MODE));
	csv_put_count(csv, "size_bytes", c->key.size > 0, c->key.size);
	csv_put_text(csv, "placement", axis_word(&c->key, AXIS_PLACEMENT));
}

/* The interval is known at both ends or not at all. */
static void put_finding(struct csv *csv, const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	bool known = isfinite(f->ci_lo) && isfinite(f->ci_hi);

	csv_put_real(csv, "base", row->base);
	csv_put_real(csv, "new", row->new);
	csv_put_real(csv, "ratio", f->ratio);
	csv_put_real(csv, "ci_lo", known ? f->ci_lo : NAN);
	csv_put_real(csv, "ci_hi", known ? f->ci_hi : NAN);
	csv_put_real(csv, "p", f->p);
	csv_put_real(csv, "p_holm", f->p_adjusted);
	csv_put_real(csv, "mde", f->mde);
	csv_put_real(csv, "min_effect", row->min_effect);
	csv_put_real(csv, "tolerance", row->tolerance);
	csv_put_count(csv, "look", row->look > 0, row->look);
}

/* A row of a metric, or with `row` NULL that of a cell that has none. */
static int put_compare(struct csv *csv, const struct gate_results *r, const struct gate_cell *c,
	const struct gate_row *row)
{
	static const struct gate_row none = {.base = NAN,
		.new = NAN,
		.found = {NAN, NAN, NAN, NAN, NAN, NAN, VERDICT_INCONCLUSIVE},
		.min_effect = NAN,
		.tolerance = NAN};
	const struct gate_metric_info *m = row != NULL ? &gate_metrics[row->metric] : NULL;

	put_cell(csv, r, c);
	csv_put_text(csv, "metric", m != NULL ? m->name : NULL);
	csv_put_text(csv, "unit", m != NULL ? m->unit : NULL);
	csv_put_text(csv, "better", m == NULL ? NULL : m->higher_is_better ? "higher" : "lower");
	csv_put_count(csv, "blocks", row != NULL, row != NULL ? row->blocks : 0);
	csv_put_count(csv, "dropped", row != NULL, row != NULL ? row->dropped : 0);
	put_finding(csv, row != NULL ? row : &none);
	csv_put_text(csv, "verdict",
		row != NULL		   ? gate_verdict_name(row->found.verdict)
		: c->status == STATUS_FAIL ? "fail"
					   : "skip");
	csv_put_text(csv, "reason", row != NULL ? row->why.text : c->why.text);
	csv_put_text(csv, "version_base", r->base);
	csv_put_text(csv, "version_new", r->new);
	return csv_end_row(csv);
}

int gate_compare_csv_write(FILE *out, const struct gate_results *r)
{
	static const struct gate_cell nothing;
	struct csv csv = csv_begin(out);
	int ret = put_compare(&csv, r, &nothing, NULL);

	for (size_t i = 0; ret == 0 && i < r->row_count; i++)
		ret = put_compare(&csv, r, &r->cells[r->rows[i].cell], &r->rows[i]);
	for (size_t i = 0; ret == 0 && i < r->cell_count; i++) {
		if (r->cells[i].status != STATUS_OK)
			ret = put_compare(&csv, r, &r->cells[i], NULL);
	}
	return csv_finish(&csv, ret);
}

/* ---- blocks.csv ------------------------------------------------------------------------------ */

static void put_disturbance(struct csv *csv, const struct gate_block *b)
{
	double steal = 0, foreign = 0, stall = 0, wall = 0;

	for (size_t i = 0; i < GATE_SLICES; i++) {
		steal += b->slices[i].steal_s;
		foreign += b->slices[i].foreign_s;
		stall += b->slices[i].stall_s;
		wall += b->slices[i].wall_s;
	}
	csv_put_real(csv, "steal_s", steal);
	csv_put_real(csv, "foreign_s", foreign);
	csv_put_real(csv, "stall_s", stall);
	csv_put_real(csv, "wall_s", wall);
	csv_put_real(csv, "disturbance", b->disturbance);
	csv_put_count(csv, "dropped", true, b->dropped);
}

static int put_block(struct csv *csv, const struct gate_results *r, const struct gate_cell *c,
	const struct gate_block *b, enum gate_metric m)
{
	csv_put_count(csv, "schema_version", true, SCHEMA_VERSION);
	csv_put_text(csv, "run_id", r->run_id);
	csv_put_text(csv, "cell", c->name);
	csv_put_text(csv, "metric", gate_metrics[m].name);
	csv_put_count(csv, "block", true, b->number);
	csv_put_real(csv, "at_s", b->at_s);
	csv_put_text(csv, "order", b->reversed ? "BAAB" : "ABBA");
	csv_put_count(csv, "cpu_tx", b->cpu_tx >= 0, (unsigned int)b->cpu_tx);
	csv_put_count(csv, "cpu_rx", b->cpu_rx >= 0, (unsigned int)b->cpu_rx);
	csv_put_real(csv, "slice1", b->slices[0].value[m]);
	csv_put_real(csv, "slice2", b->slices[1].value[m]);
	csv_put_real(csv, "slice3", b->slices[2].value[m]);
	csv_put_real(csv, "slice4", b->slices[3].value[m]);
	csv_put_real(csv, "ln_ratio", gate_block_difference(b, m));
	put_disturbance(csv, b);
	return csv_end_row(csv);
}

/* Whether any slice has a value: a cell has the metrics of its mode. */
static bool measured(const struct gate_block *b, enum gate_metric m)
{
	for (size_t i = 0; i < GATE_SLICES; i++) {
		if (isfinite(b->slices[i].value[m]))
			return true;
	}
	return false;
}

int gate_blocks_csv_write(FILE *out, const struct gate_results *r)
{
	static const struct gate_cell nothing;
	static const struct gate_block none;
	struct csv csv = csv_begin(out);
	int ret = put_block(&csv, r, &nothing, &none, GATE_THROUGHPUT);

	for (size_t i = 0; i < r->block_count; i++) {
		const struct gate_block *b = &r->blocks[i];

		for (enum gate_metric m = 0; ret == 0 && m < GATE_METRIC_COUNT; m++) {
			if (measured(b, m))
				ret = put_block(&csv, r, &r->cells[b->cell], b, m);
		}
	}
	return csv_finish(&csv, ret);
}
