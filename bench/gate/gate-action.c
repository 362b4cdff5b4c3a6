/* SPDX-License-Identifier: MIT */
/*
 * Input of github-action-benchmark (https://github.com/benchmark-action/github-action-benchmark):
 * an array of name, unit, value, and for people range and extra. A file says nothing about which
 * direction is better; the action is told that by its input `tool`, so each direction has a file.
 */
#include "gate/gate-writers.h"

#include "results/json.h"
#include "text/format.h"
#include <math.h>

/* The action reads "± X" as a number of the benchmark's unit. */
static json_t *range_json(const struct gate_row *row)
{
	double half = (row->found.ci_hi - row->found.ci_lo) / 2 * row->base;
	char digits[40], text[64];

	if (!isfinite(half))
		return NULL;
	snprintf(text, sizeof(text), "± %s", format_real(digits, sizeof(digits), half));
	return json_string(text);
}

static json_t *extra_json(const struct gate_results *r, const struct gate_row *row)
{
	const struct gate_finding *f = &row->found;
	char base[40], ratio[40], text[512], name[160];

	snprintf(text, sizeof(text), "base %s: %s\nratio new/base: %s\n%s: %u\nverdict: %s",
		format_plain(name, sizeof(name), r->base, true),
		format_real(base, sizeof(base), row->base),
		format_real(ratio, sizeof(ratio), f->ratio),
		r->block_count > 0 ? "blocks" : "trials", row->blocks,
		gate_verdict_name(f->verdict));
	return json_text(text);
}

static json_t *entry_json(const struct gate_results *r, const struct gate_row *row)
{
	const struct gate_metric_info *m = &gate_metrics[row->metric];
	char name[400], cell[320];
	json_t *j = json_object(), *range = range_json(row);

	format_plain(cell, sizeof(cell), r->cells[row->cell].name, true);
	snprintf(name, sizeof(name), "%s: %s", cell, m->title);
	json_object_set_new(j, "name", json_text(name));
	json_object_set_new(j, "unit", json_string(m->unit));
	json_object_set_new(j, "value", json_rounded(row->new));
	if (range != NULL)
		json_object_set_new(j, "range", range);
	json_object_set_new(j, "extra", extra_json(r, row));
	return j;
}

int gate_action_benchmark_write(FILE *out, const struct gate_results *r, bool bigger_is_better)
{
	json_t *doc = json_array();

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];

		if (gate_metrics[row->metric].higher_is_better == bigger_is_better &&
			isfinite(row->new))
			json_array_append_new(doc, entry_json(r, row));
	}
	return json_put(out, doc);
}
