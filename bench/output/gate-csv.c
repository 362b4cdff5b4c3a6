/* SPDX-License-Identifier: MIT */
/* compare.csv and blocks.csv. */
#include "output/gate.h"

#include "output/columns.h"
#include "output/format.h"
#include "output/output.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- fields ---------------------------------------------------------------------------------- */

/* Writes the header line, or one row. */
struct csv {
	FILE *out;
	bool names; /* the names of the fields rather than their values */
	bool begun; /* this line has a field */
};

/* Begins a field; whether its value is wanted. */
static bool field(struct csv *csv, const char *name)
{
	if (csv->begun)
		fputc(',', csv->out);
	csv->begun = true;
	if (csv->names)
		fputs(name, csv->out);
	return !csv->names;
}

static void text(struct csv *csv, const char *name, const char *value)
{
	if (field(csv, name) && value != NULL)
		csv_text(csv->out, value);
}

/* Empty where it is not finite. */
static void real(struct csv *csv, const char *name, double value)
{
	char buf[40];

	if (field(csv, name) && isfinite(value))
		fputs(format_real(buf, sizeof(buf), value), csv->out);
}

static void count(struct csv *csv, const char *name, unsigned long long value)
{
	if (field(csv, name))
		fprintf(csv->out, "%llu", value);
}

/* A count that may be absent. */
static void optional(struct csv *csv, const char *name, bool there, unsigned long long value)
{
	if (field(csv, name) && there)
		fprintf(csv->out, "%llu", value);
}

/* Ends a line; -errno as soon as the stream is broken. */
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

/* ---- compare.csv ----------------------------------------------------------------------------- */

static void put_cell(struct csv *csv, const struct gate_results *r, const struct gate_cell *c)
{
	count(csv, "schema_version", SCHEMA_VERSION);
	text(csv, "run_id", r->run_id);
	text(csv, "cell", c->name);
	text(csv, "transport_base", c->base);
	text(csv, "transport_new", c->new);
	text(csv, "wait", c->wait);
	text(csv, "copy", c->copy);
	text(csv, "mode", c->mode);
	optional(csv, "size_bytes", c->size > 0, c->size);
	text(csv, "placement", c->placement);
}

/* The interval is known at both ends or not at all. */
static void put_finding(struct csv *csv, const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	bool known = isfinite(f->ci_lo) && isfinite(f->ci_hi);

	real(csv, "base", row->base);
	real(csv, "new", row->new);
	real(csv, "ratio", f->ratio);
	real(csv, "ci_lo", known ? f->ci_lo : NAN);
	real(csv, "ci_hi", known ? f->ci_hi : NAN);
	real(csv, "p", f->p);
	real(csv, "p_holm", f->p_adjusted);
	real(csv, "mde", f->mde);
	real(csv, "min_effect", row->min_effect);
	real(csv, "tolerance", row->tolerance);
	optional(csv, "look", row->look > 0, row->look);
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
	text(csv, "metric", m != NULL ? m->name : NULL);
	text(csv, "unit", m != NULL ? m->unit : NULL);
	text(csv, "better", m == NULL ? NULL : m->higher_is_better ? "higher" : "lower");
	optional(csv, "blocks", row != NULL, row != NULL ? row->blocks : 0);
	optional(csv, "dropped", row != NULL, row != NULL ? row->dropped : 0);
	put_finding(csv, row != NULL ? row : &none);
	text(csv, "verdict",
		row != NULL		   ? gate_verdict_name(row->found.verdict)
		: c->status == STATUS_FAIL ? "fail"
					   : "skip");
	text(csv, "reason", row != NULL ? row->why.text : c->why.text);
	text(csv, "version_base", r->base);
	text(csv, "version_new", r->new);
	return end_row(csv);
}

int gate_compare_csv_write(FILE *out, const struct gate_results *r)
{
	static const struct gate_cell nothing;
	struct csv csv = {.out = out, .names = true};

	errno = 0;
	int ret = put_compare(&csv, r, &nothing, NULL);

	for (size_t i = 0; ret == 0 && i < r->row_count; i++)
		ret = put_compare(&csv, r, &r->cells[r->rows[i].cell], &r->rows[i]);
	for (size_t i = 0; ret == 0 && i < r->cell_count; i++) {
		if (r->cells[i].status != STATUS_OK)
			ret = put_compare(&csv, r, &r->cells[i], NULL);
	}
	return finish(out, ret);
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
	real(csv, "steal_s", steal);
	real(csv, "foreign_s", foreign);
	real(csv, "stall_s", stall);
	real(csv, "wall_s", wall);
	real(csv, "disturbance", b->disturbance);
	count(csv, "dropped", b->dropped);
}

static int put_block(struct csv *csv, const struct gate_results *r, const struct gate_cell *c,
	const struct gate_block *b, enum gate_metric m)
{
	count(csv, "schema_version", SCHEMA_VERSION);
	text(csv, "run_id", r->run_id);
	text(csv, "cell", c->name);
	text(csv, "metric", gate_metrics[m].name);
	count(csv, "block", b->number);
	real(csv, "at_s", b->at_s);
	text(csv, "order", b->reversed ? "BAAB" : "ABBA");
	optional(csv, "cpu_tx", b->cpu_tx >= 0, (unsigned int)b->cpu_tx);
	optional(csv, "cpu_rx", b->cpu_rx >= 0, (unsigned int)b->cpu_rx);
	real(csv, "slice1", b->slices[0].value[m]);
	real(csv, "slice2", b->slices[1].value[m]);
	real(csv, "slice3", b->slices[2].value[m]);
	real(csv, "slice4", b->slices[3].value[m]);
	real(csv, "ln_ratio", gate_block_difference(b, m));
	put_disturbance(csv, b);
	return end_row(csv);
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
	struct csv csv = {.out = out, .names = true};

	errno = 0;
	int ret = put_block(&csv, r, &nothing, &none, GATE_THROUGHPUT);

	for (size_t i = 0; i < r->block_count; i++) {
		const struct gate_block *b = &r->blocks[i];

		for (enum gate_metric m = 0; ret == 0 && m < GATE_METRIC_COUNT; m++) {
			if (measured(b, m))
				ret = put_block(&csv, r, &r->cells[b->cell], b, m);
		}
	}
	return finish(out, ret);
}
