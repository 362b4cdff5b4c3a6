/* SPDX-License-Identifier: MIT */
/* The core-to-core matrix as CSV and JSON. */
#include "topology/matrix.h"

#include "measure/clock.h"
#include "results/columns.h"
#include "text/record.h"

static void put_pair(struct record *rec, const void *results, size_t i)
{
	static const struct pair blank;
	const struct matrix_results *r = results;
	const struct pair *p = i < r->matrix->done ? &r->matrix->pairs[i] : &blank;
	bool ok = p->status == STATUS_OK, both = p->cpu_b >= 0;

	if (!record_is_json(rec)) {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", r->run_id);
	}
	record_whole(rec, "cpu_a", true, (uint64_t)p->cpu_a);
	record_whole(rec, "cpu_b", both, (uint64_t)p->cpu_b);
	record_text(rec, "class", both ? placement_name(p->class) : NULL);
	record_whole(rec, "pages", p->pages > 0, p->pages);
	record_whole(rec, "round_trips", p->round_trips > 0, p->round_trips);
	record_real(rec, "rtt_min_ns", p->min_ns);
	record_real(rec, "rtt_p50_ns", p->p50_ns);
	record_real(rec, "rtt_max_ns", p->max_ns);
	record_text(rec, "clock", ok ? clock_name(&r->matrix->clock) : NULL);
	record_text(rec, "status", status_name(p->status));
	record_text(rec, "reason", ok ? NULL : p->reason.text);
}

static void put_class(struct record *rec, const void *classes, size_t i)
{
	const struct matrix_class *c = (const struct matrix_class *)classes + i;

	record_text(rec, "class", placement_name(c->class));
	record_whole(rec, "pairs", true, c->pairs);
	record_real(rec, "min_ns", c->min_ns);
	record_real(rec, "median_ns", c->p50_ns);
	record_real(rec, "max_ns", c->max_ns);
}

static json_t *cpus_json(const struct topology *topo)
{
	json_t *list = json_array();

	for (size_t i = 0; i < topo->count; i++) {
		const struct topology_cpu *c = &topo->cpu[i];

		if (c->allowed)
			json_array_append_new(
				list, json_pack("{s:i, s:i, s:i, s:i, s:i}", "cpu", c->cpu,
					      "package", (int)c->package, "node", (int)c->node,
					      "llc", (int)c->llc, "core", (int)c->core));
	}
	return list;
}

int matrix_write_csv(FILE *out, const void *results)
{
	const struct matrix_results *r = results;

	return records_csv(out, put_pair, r, r->matrix->done);
}

int matrix_write_json(FILE *out, const void *results)
{
	const struct matrix_results *r = results;
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, r->matrix);

	return json_put(out,
		json_pack("{s:i, s:s, s:b, s:o, s:o, s:o, s:o}", "schema_version", SCHEMA_VERSION,
			"run_id", r->run_id, "interrupted", r->matrix->interrupted, "env",
			json_embedded(r->env_json), "cpus", cpus_json(r->topology), "pairs",
			records_json(put_pair, r, r->matrix->done), "classes",
			records_json(put_class, c, n)));
}
