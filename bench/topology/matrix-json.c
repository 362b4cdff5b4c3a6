/* SPDX-License-Identifier: MIT */
#include "topology/matrix-report.h"

#include "measure/clock.h"
#include "results/columns.h"
#include "results/json.h"
#include <stdlib.h>

static json_t *count_json(uint64_t n)
{
	return n > 0 ? json_integer((json_int_t)n) : json_null();
}

static json_t *pair_json(const struct matrix *m, const struct pair *p)
{
	bool ok = p->status == STATUS_OK, both = p->cpu_b >= 0;

	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "cpu_a",
		p->cpu_a, "cpu_b", both ? json_integer(p->cpu_b) : json_null(), "class",
		both ? json_string(placement_name(p->class)) : json_null(), "pages",
		count_json(p->pages), "round_trips", count_json(p->round_trips), "rtt_min_ns",
		json_rounded(p->min_ns), "rtt_p50_ns", json_rounded(p->p50_ns), "rtt_max_ns",
		json_rounded(p->max_ns), "clock",
		ok ? json_string(clock_name(&m->clock)) : json_null(), "status",
		status_name(p->status), "reason", ok ? json_null() : json_string(p->reason.text));
}

static json_t *pairs_json(const struct matrix *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->done; i++)
		json_array_append_new(list, pair_json(m, &m->pairs[i]));
	return list;
}

static json_t *classes_json(const struct matrix *m)
{
	struct matrix_class c[PLACE_COUNT];
	size_t n = matrix_classes(c, m);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:I, s:o, s:o, s:o}", "class", placement_name(c[i].class),
				"pairs", (json_int_t)c[i].pairs, "min_ns",
				json_rounded(c[i].min_ns), "median_ns", json_rounded(c[i].p50_ns),
				"max_ns", json_rounded(c[i].max_ns)));
	return list;
}

static json_t *cpus_json(const struct topology *topo)
{
	size_t n = topology_cpus(topo, NULL, 0);
	struct topology_cpu *cpus = calloc(n + 1, sizeof(*cpus));
	json_t *list = json_array();

	if (cpus == NULL) {
		json_decref(list);
		return NULL;
	}
	topology_cpus(topo, cpus, n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:i, s:i, s:i, s:i, s:i}", "cpu", cpus[i].cpu, "package",
				      (int)cpus[i].package, "node", (int)cpus[i].node, "llc",
				      (int)cpus[i].llc, "core", (int)cpus[i].core));
	free(cpus);
	return list;
}

int matrix_write_json(FILE *out, const struct matrix_results *r)
{
	json_t *env = r->env_json == NULL ? NULL : json_loads(r->env_json, 0, NULL);
	json_t *doc = json_pack("{s:i, s:s, s:b, s:o, s:o, s:o, s:o}", "schema_version",
		SCHEMA_VERSION, "run_id", r->run_id, "interrupted", r->matrix->interrupted, "env",
		env == NULL ? json_null() : env, "cpus", cpus_json(r->topology), "pairs",
		pairs_json(r->matrix), "classes", classes_json(r->matrix));

	return json_put(out, doc);
}
