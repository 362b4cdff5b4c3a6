/* SPDX-License-Identifier: MIT */
/* Claims as programs read them: claims.csv and one JSON document. */
#include "claims/claims-files.h"

#include "plan/plan.h"
#include "results/json.h"
#include "results/results.h"
#include "text/csv-row.h"
#include "text/format.h"
#include <errno.h>
#include <math.h>

/* ---- CSV ------------------------------------------------------------------------------------- */

static bool has_interval(const struct claim_speed *s)
{
	return isfinite(s->lo) && isfinite(s->hi) && s->lo > 0;
}

static void put_pair(struct csv *csv, const struct claims *c, const struct claim_result *r,
	const struct claim_pair *p)
{
	const struct gate_metric_info *m = p->row == NULL ? NULL : &gate_metrics[p->row->metric];
	bool known = has_interval(&p->speed);

	csv_put_count(csv, "schema_version", true, SCHEMA_VERSION);
	csv_put_text(csv, "run_id", c->measured.run_id);
	csv_put_text(csv, "claim", r->claim->name);
	csv_put_text(csv, "claim_verdict", claim_verdict_name(r->verdict));
	csv_put_text(csv, "cell", c->measured.cells[p->cell].name);
	csv_put_text(csv, "first", p->first);
	csv_put_text(csv, "second", p->second);
	csv_put_text(csv, "claimed", p->kind == CLAIM_SAME ? "same" : "faster");
	csv_put_count(csv, "counts", true, p->counts);
	csv_put_text(csv, "wait", wait_name(CLAIM_WAIT));
	csv_put_text(csv, "mode", p->mode);
	csv_put_count(csv, "size_bytes", p->size > 0, p->size);
	csv_put_text(csv, "placement", p->place);
	csv_put_text(csv, "metric", m == NULL ? NULL : m->name);
	csv_put_text(csv, "unit", m == NULL ? NULL : m->unit);
	csv_put_count(csv, "blocks", m != NULL, m == NULL ? 0 : p->row->blocks);
	csv_put_count(csv, "dropped", m != NULL, m == NULL ? 0 : p->row->dropped);
	csv_put_real(csv, "first_value", p->first_value);
	csv_put_real(csv, "second_value", p->second_value);
	csv_put_real(csv, "speed", p->speed.ratio);
	csv_put_real(csv, "ci_lo", known ? p->speed.lo : NAN);
	csv_put_real(csv, "ci_hi", known ? p->speed.hi : NAN);
	csv_put_real(csv, "p", m == NULL ? NAN : p->row->found.p);
	csv_put_real(csv, "p_holm", p->speed.p_adjusted);
	csv_put_text(csv, "verdict", claims_pair_word(p));
	csv_put_text(csv, "reason", p->why.text);
}

int claims_csv_write(FILE *out, const struct claims *c)
{
	struct csv csv = csv_begin(out);

	/* every claim has pairs, so that the first one gives the line of names */
	put_pair(&csv, c, &c->results[0], &c->results[0].pairs[0]);
	int ret = csv_end_row(&csv);

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->results[i].pair_count && ret == 0; k++) {
			put_pair(&csv, c, &c->results[i], &c->results[i].pairs[k]);
			ret = csv_end_row(&csv);
		}
	return csv_finish(&csv, ret);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *count_json(bool there, uint64_t n)
{
	return there ? json_integer((json_int_t)n) : json_null();
}

static json_t *pair_json(const struct claims *c, const struct claim_pair *p)
{
	const struct gate_metric_info *m = p->row == NULL ? NULL : &gate_metrics[p->row->metric];
	bool known = has_interval(&p->speed);
	json_t *j = json_pack("{s:o, s:o, s:o, s:s, s:b, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o}",
		"cell", json_text(c->measured.cells[p->cell].name), "first", json_text(p->first),
		"second", json_text(p->second), "claimed",
		p->kind == CLAIM_SAME ? "same" : "faster", "counts", p->counts, "wait",
		wait_name(CLAIM_WAIT), "mode", p->mode, "size_bytes",
		count_json(p->size > 0, p->size), "placement", p->place, "metric",
		json_text(m == NULL ? NULL : m->name), "unit",
		json_text(m == NULL ? NULL : m->unit), "blocks",
		count_json(p->row != NULL, p->row == NULL ? 0 : p->row->blocks), "dropped",
		count_json(p->row != NULL, p->row == NULL ? 0 : p->row->dropped));
	json_t *found = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "first_value",
		json_rounded(p->first_value), "second_value", json_rounded(p->second_value),
		"speed", json_rounded(p->speed.ratio), "ci_lo",
		json_rounded(known ? p->speed.lo : NAN), "ci_hi",
		json_rounded(known ? p->speed.hi : NAN), "p",
		json_rounded(p->row == NULL ? NAN : p->row->found.p), "p_holm",
		json_rounded(p->speed.p_adjusted), "verdict", claims_pair_word(p), "reason",
		json_text(p->why.text[0] == '\0' ? NULL : p->why.text));

	json_object_update(j, found);
	json_decref(found);
	return j;
}

static json_t *curve_json(const struct claim_curve *v)
{
	const struct claim_crossing *c = &v->crossing;
	bool crosses = c->count > 0, known = c->ahead != 0;

	return json_pack("{s:o, s:o, s:s, s:s, s:i, s:o, s:o, s:o, s:o}", "first",
		json_text(v->first), "second", json_text(v->second), "mode", v->mode, "placement",
		v->place, "crossings", (int)c->count, "faster_below",
		json_text(!known	 ? NULL
			  : c->ahead > 0 ? v->first
					 : v->second),
		"size_bytes", json_rounded(crosses ? c->at : NAN), "from_bytes",
		count_json(known, c->from), "to_bytes", count_json(known, c->to));
}

static json_t *claim_json(const struct claims *c, const struct claim_result *r)
{
	json_t *pairs = json_array(), *curves = json_array();

	for (size_t i = 0; i < r->curve_count; i++)
		json_array_append_new(curves, curve_json(&r->curves[i]));
	for (size_t i = 0; i < r->pair_count; i++)
		json_array_append_new(pairs, pair_json(c, &r->pairs[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "claim", r->claim->name, "sentence",
		r->claim->sentence, "needs", r->claim->needs == CLAIM_ALL ? "all" : "most",
		"verdict", claim_verdict_name(r->verdict), "says",
		json_text(r->says[0] == '\0' ? NULL : r->says), "curves", curves, "pairs", pairs);
}

int claims_json_write(FILE *out, const struct claims *c)
{
	const struct gate_results *m = &c->measured;
	json_t *env = m->env_json == NULL ? NULL : json_loads(m->env_json, 0, NULL);
	json_t *claims = json_array();

	for (size_t i = 0; i < c->count; i++)
		json_array_append_new(claims, claim_json(c, &c->results[i]));
	return json_put(out,
		json_pack("{s:i, s:o, s:s, s:b, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:i}, s:o, s:o}",
			"schema_version", SCHEMA_VERSION, "run_id", json_text(m->run_id), "command",
			"claims", "interrupted", m->interrupted, "seed", json_seed(m->seed),
			"elapsed_s", json_rounded(m->elapsed_s), "machine", json_text(m->machine),
			"rule", "alpha", json_rounded(m->rule.alpha), "equal",
			json_rounded(CLAIM_EQUAL), "alike", json_rounded(CLAIM_ALIKE), "looks",
			(int)m->rule.looks, "claims", claims, "env",
			env != NULL ? env : json_null()));
}
