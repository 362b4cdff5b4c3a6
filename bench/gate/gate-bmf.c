/* SPDX-License-Identifier: MIT */
/*
 * Bencher Metric Format (https://bencher.dev/docs/reference/bencher-metric-format): benchmark,
 * measure, value. `latency` in nanoseconds and `throughput` in operations per second are measures
 * that every project has; the others are made by the first report that names them.
 */
#include "gate/gate-writers.h"

#include "results/json.h"
#include <math.h>

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

int gate_bmf_write(FILE *out, const struct gate_results *r)
{
	json_t *doc = json_object();

	for (size_t i = 0; i < r->row_count; i++) {
		const struct gate_row *row = &r->rows[i];
		json_t *name = json_text(r->cells[row->cell].name);
		const char *key = json_string_value(name);
		json_t *benchmark = json_object_get(doc, key);

		if (isfinite(row->new) && benchmark == NULL) {
			benchmark = json_object();
			json_object_set_new(doc, key, benchmark);
		}
		if (isfinite(row->new))
			json_object_set_new(benchmark, measures[row->metric], metric_json(row));
		json_decref(name);
	}
	return json_put(out, doc);
}
