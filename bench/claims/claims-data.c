/* SPDX-License-Identifier: MIT */
/* Claims as programs read them: claims.csv and one JSON document. */
#include "claims/claims.h"

#include "plan/plan.h"
#include "results/results.h"
#include "text/record.h"
#include <math.h>

/* A row of claims.csv; in JSON what is of the claim stands beside its pairs. */
static void put_pair(struct record *rec, const void *claims, size_t i)
{
	const struct claims *c = claims;
	const struct claim_result *r;
	const struct claim_pair *p = claims_pair(c, i, &r);
	const struct gate_row *row = p->row;
	const struct gate_metric_info *m = row == NULL ? NULL : &gate_metrics[row->metric];

	if (!record_is_json(rec)) {
		record_whole(rec, "schema_version", true, SCHEMA_VERSION);
		record_text(rec, "run_id", c->measured.run_id);
		record_text(rec, "claim", r->claim->name);
		record_text(rec, "claim_verdict", claim_verdict_name(r->verdict));
	}
	record_text(rec, "cell", c->measured.cells[p->cell].name);
	record_text(rec, "first", p->first);
	record_text(rec, "second", p->second);
	record_text(rec, "claimed", p->kind == CLAIM_SAME ? "same" : "faster");
	record_bool(rec, "counts", p->counts);
	record_text(rec, "wait", wait_name(CLAIM_WAIT));
	record_text(rec, "mode", p->mode);
	record_whole(rec, "size_bytes", p->size > 0, p->size);
	record_text(rec, "placement", p->place);
	record_text(rec, "metric", m == NULL ? NULL : gate_metric_words[row->metric]);
	record_text(rec, "unit", m == NULL ? NULL : m->unit);
	record_whole(rec, "blocks", m != NULL, m == NULL ? 0 : row->blocks);
	record_whole(rec, "dropped", m != NULL, m == NULL ? 0 : row->dropped);
	record_real(rec, "first_value", p->first_value);
	record_real(rec, "second_value", p->second_value);
	record_real(rec, "speed", p->speed.ratio);
	record_real(rec, "ci_lo", p->speed.lo);
	record_real(rec, "ci_hi", p->speed.hi);
	record_real(rec, "p", m == NULL ? NAN : row->found.p);
	record_real(rec, "p_holm", p->speed.p_adjusted);
	record_text(rec, "verdict", claims_pair_word(p));
	record_text(rec, "reason", p->why.text);
	struct phrase each;

	record_words(rec, "flags", trial_flag_names, TRIAL_FLAG_COUNT,
		gate_cell_flags(&c->measured, p->cell, &each));
	record_text(rec, "footprint", claims_pair_footprint(p));
	record_whole(rec, "batch", claims_pair_batch(p) > 0, claims_pair_batch(p));
}

int claims_csv_write(FILE *out, const void *claims)
{
	size_t count = 0;

	while (claims_pair(claims, count, NULL) != NULL)
		count++;
	return records_csv(out, put_pair, claims, count);
}

static void put_curve(struct record *rec, const void *curves, size_t i)
{
	const struct claim_curve *v = (const struct claim_curve *)curves + i;
	const struct claim_crossing *c = &v->crossing;
	bool known = c->ahead != 0;

	record_text(rec, "first", v->first);
	record_text(rec, "second", v->second);
	record_text(rec, "mode", v->mode);
	record_text(rec, "placement", v->place);
	record_whole(rec, "crossings", true, c->count);
	record_text(rec, "faster_below", !known ? NULL : c->ahead > 0 ? v->first : v->second);
	record_real(rec, "size_bytes", c->count > 0 ? c->at : NAN);
	record_whole(rec, "from_bytes", known, c->from);
	record_whole(rec, "to_bytes", known, c->to);
	record_text(rec, "footprint", axes[AXIS_FOOTPRINT].words[v->cold]);
}

/* `first` is the number of its first pair among those of all claims. */
static json_t *claim_json(const struct claims *c, const struct claim_result *r, size_t first)
{
	json_t *pairs = json_array();

	for (size_t i = 0; i < r->pair_count; i++)
		json_array_append_new(pairs, record_json(put_pair, c, first + i));
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "claim", r->claim->name, "sentence",
		r->claim->sentence, "needs", r->claim->needs == CLAIM_ALL ? "all" : "most",
		"verdict", claim_verdict_name(r->verdict), "says",
		json_text(r->says.text[0] == '\0' ? NULL : r->says.text), "curves",
		records_json(put_curve, r->curves, r->curve_count), "pairs", pairs);
}

int claims_json_write(FILE *out, const void *claims)
{
	const struct claims *c = claims;
	const struct gate_results *m = &c->measured;
	json_t *results = json_array();
	size_t first = 0;

	for (size_t i = 0; i < c->count; i++) {
		json_array_append_new(results, claim_json(c, &c->results[i], first));
		first += c->results[i].pair_count;
	}
	return json_put(out,
		json_pack("{s:i, s:o, s:s, s:b, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:i}, s:o, s:o}",
			"schema_version", SCHEMA_VERSION, "run_id", json_text(m->run_id), "command",
			m->command, "interrupted", m->interrupted, "seed", json_seed(m->seed),
			"elapsed_s", json_rounded(m->elapsed_s), "machine", json_text(m->machine),
			"rule", "alpha", json_rounded(m->rule.alpha), "equal",
			json_rounded(CLAIM_EQUAL), "alike", json_rounded(CLAIM_ALIKE), "looks",
			(int)m->rule.looks, "claims", results, "env", json_embedded(m->env_json)));
}
