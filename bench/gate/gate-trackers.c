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
#include "gate/gate-files.h"

#include "text/format.h"
#include "text/record.h"
#include <math.h>

/* ---- github-action-benchmark ----------------------------------------------------------------- */

static json_t *extra_json(const struct gate_results *r, const struct gate_row *row)
{
	char base[40], ratio[40], text[512], name[160];

	snprintf(text, sizeof(text), "base %s: %s\nratio new/base: %s\n%s: %u\nverdict: %s",
		format_plain(name, sizeof(name), r->base, true),
		format_real(base, sizeof(base), row->base),
		format_real(ratio, sizeof(ratio), row->found.ratio),
		r->block_count > 0 ? "blocks" : "trials", row->blocks,
		gate_verdict_name(row->found.verdict));
	return json_text(text);
}

static json_t *entry_json(const struct gate_results *r, const struct gate_row *row)
{
	const struct gate_metric_info *m = &gate_metrics[row->metric];
	double half = (row->found.ci_hi - row->found.ci_lo) / 2 * row->base;
	char name[400], cell[320], digits[40], range[64];
	json_t *j = json_object();

	format_plain(cell, sizeof(cell), r->cells[row->cell].name, true);
	snprintf(name, sizeof(name), "%s: %s", cell, m->title);
	json_object_set_new(j, "name", json_text(name));
	json_object_set_new(j, "unit", json_string(m->unit));
	json_object_set_new(j, "value", json_rounded(row->new));
	if (isfinite(half)) {
		/* the action reads "± X" as a number of the benchmark's unit */
		snprintf(range, sizeof(range), "± %s", format_real(digits, sizeof(digits), half));
		json_object_set_new(j, "range", json_string(range));
	}
	json_object_set_new(j, "extra", extra_json(r, row));
	return j;
}

static int action_write(FILE *out, const struct gate_results *r, bool bigger_is_better)
{
	json_t *doc = json_array();

	for (size_t i = 0; i < r->row_count; i++)
		if (gate_metrics[r->rows[i].metric].higher_is_better == bigger_is_better &&
			isfinite(r->rows[i].new))
			json_array_append_new(doc, entry_json(r, &r->rows[i]));
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
	[GATE_P99] = "latency-p99",
	[GATE_CPU] = "cpu-time-per-message",
};

/* The interval of the ratio, times the base. */
static json_t *metric_json(const struct gate_row *row)
{
	json_t *j = json_object();
	double lo = row->found.ci_lo * row->base, hi = row->found.ci_hi * row->base;

	json_object_set_new(j, "value", json_rounded(row->new));
	if (isfinite(lo) && isfinite(hi)) {
		json_object_set_new(j, "lower_value", json_rounded(lo));
		json_object_set_new(j, "upper_value", json_rounded(hi));
	}
	return j;
}

int gate_bmf_write(FILE *out, const void *results)
{
	const struct gate_results *r = results;
	json_t *doc = json_object();

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		json_t *name = json_text(r->cells[row->cell].name);
		const char *key = json_string_value(name);

		if (isfinite(row->new) && json_object_get(doc, key) == NULL)
			json_object_set_new(doc, key, json_object());
		if (isfinite(row->new))
			json_object_set_new(
				json_object_get(doc, key), measures[row->metric], metric_json(row));
		json_decref(name);
	}
	return json_put(out, doc);
}
