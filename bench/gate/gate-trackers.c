/* SPDX-License-Identifier: MIT */
/*
 * The new version's values for what tracks them over many versions.
 *
 * github-action-benchmark (https://github.com/benchmark-action/github-action-benchmark) reads an
 * array of name, unit, value, and for people range and extra. A file says nothing about which
 * direction is better; the action is told that by its input `tool`, so each direction has a file.
 *
 * Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format): benchmark,
 * measure, value. `latency` in nanoseconds and `throughput` in operations per second are measures
 * that every project has; the others are made by the first report that names them.
 */
#include "gate/gate.h"

#include "text/record.h"
#include <math.h>
#include <stdlib.h>

/* ---- github-action-benchmark ----------------------------------------------------------------- */

static void put_entry(struct record *rec, const void *results, size_t i)
{
	const struct gate_results *r = results;
	const struct gate_row *row = &r->rows[i];
	const struct gate_metric_info *m = &gate_metrics[row->metric];
	double half = (row->found.ci_hi - row->found.ci_lo) / 2 * row->base;
	const struct gate_cell *c = &r->cells[row->cell];
	char cell[320], plain[160], *title = key_title_new(&c->key, c->name);

	format_plain(cell, sizeof(cell), title, true);
	free(title);
	record_text(rec, "name", phrase("%s: %s", cell, m->title).text);
	record_text(rec, "unit", m->unit);
	record_real(rec, "value", row->new);
	/* the action reads "± X" as a number of the benchmark's unit */
	if (isfinite(half))
		record_text(rec, "range", phrase("± %s", format_real(half).text).text);
	struct phrase text = phrase("base %s: %s\nratio new/base: %s\n%s: %u\nverdict: %s",
		format_plain(plain, sizeof(plain), r->base, true), format_real(row->base).text,
		format_real(row->found.ratio).text, r->block_count > 0 ? "blocks" : "trials",
		row->blocks, gate_verdict_name(row->found.verdict));

	record_text(rec, "extra", text.text);
}

static int action_write(FILE *out, const struct gate_results *r, bool bigger_is_better)
{
	json_t *doc = json_array();

	for (size_t i = 0; i < r->row_count; i++)
		if (gate_metrics[r->rows[i].metric].higher_is_better == bigger_is_better &&
			isfinite(r->rows[i].new))
			json_array_append_new(doc, record_json(put_entry, r, i));
	return json_put(out, doc);
}

int gate_action_bigger_write(FILE *out, const void *results)
{
	return action_write(out, results, true);
}

int gate_action_smaller_write(FILE *out, const void *results)
{
	return action_write(out, results, false);
}

/* ---- Bencher --------------------------------------------------------------------------------- */

static const char *const measures[GATE_METRIC_COUNT] = {
	[GATE_THROUGHPUT] = "throughput",
	[GATE_LATENCY] = "latency",
	[GATE_MEAN] = "mean-time-per-message",
	[GATE_P99] = "latency-p99",
	[GATE_CPU] = "cpu-time-per-message",
};

/* The interval of the ratio, times the base. */
static void put_metric(struct record *rec, const void *rows, size_t i)
{
	const struct gate_row *row = (const struct gate_row *)rows + i;
	double lo = row->found.ci_lo * row->base, hi = row->found.ci_hi * row->base;

	record_real(rec, "value", row->new);
	if (isfinite(lo) && isfinite(hi)) {
		record_real(rec, "lower_value", lo);
		record_real(rec, "upper_value", hi);
	}
}

int gate_bmf_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;
	json_t *doc = json_object();

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		const struct gate_cell *c = &r->cells[row->cell];
		char *title = key_title_new(&c->key, c->name);
		json_t *name = json_text(title);
		const char *key = json_string_value(name);

		if (isfinite(row->new) && json_object_get(doc, key) == NULL)
			json_object_set_new(doc, key, json_object());
		if (isfinite(row->new))
			json_object_set_new(json_object_get(doc, key), measures[row->metric],
				record_json(put_metric, r->rows, i));
		json_decref(name);
		free(title);
	}
	return json_put(out, doc);
}
