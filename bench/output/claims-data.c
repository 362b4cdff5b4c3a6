/* SPDX-License-Identifier: MIT */
/* Claims as programs read them: claims.csv and one JSON document. */
#include "output/claims.h"

#include "output/columns.h"
#include "output/format.h"
#include "output/json.h"
#include "output/output.h"
#include "plan/plan.h"
#include <errno.h>
#include <math.h>

/* ---- CSV ------------------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *text)
{
	fputc(',', out);
	if (text != NULL)
		csv_text(out, text);
}

/* Empty where it is not finite. */
static void put_real(FILE *out, double value)
{
	char buf[40];

	fputc(',', out);
	if (isfinite(value))
		fputs(format_real(buf, sizeof(buf), value), out);
}

static void put_count(FILE *out, bool there, unsigned long long value)
{
	fputc(',', out);
	if (there)
		fprintf(out, "%llu", value);
}

static bool has_interval(const struct claim_speed *s)
{
	return isfinite(s->lo) && isfinite(s->hi) && s->lo > 0;
}

static void put_pair(
	FILE *out, const struct claims *c, const struct claim_result *r, const struct claim_pair *p)
{
	const struct gate_metric_info *m = p->row == NULL ? NULL : &gate_metrics[p->row->metric];
	bool known = has_interval(&p->speed);

	fprintf(out, "%d", SCHEMA_VERSION);
	put_text(out, c->measured.run_id);
	put_text(out, r->claim->name);
	put_text(out, claim_verdict_name(r->verdict));
	put_text(out, c->measured.cells[p->cell].name);
	put_text(out, p->first);
	put_text(out, p->second);
	put_text(out, p->kind == CLAIM_SAME ? "same" : "faster");
	put_count(out, true, p->counts);
	put_text(out, wait_name(CLAIM_WAIT));
	put_text(out, p->mode);
	put_count(out, p->size > 0, p->size);
	put_text(out, p->place);
	put_text(out, m == NULL ? NULL : m->name);
	put_text(out, m == NULL ? NULL : m->unit);
	put_count(out, p->row != NULL, p->row == NULL ? 0 : p->row->blocks);
	put_count(out, p->row != NULL, p->row == NULL ? 0 : p->row->dropped);
	put_real(out, p->first_value);
	put_real(out, p->second_value);
	put_real(out, p->speed.ratio);
	put_real(out, known ? p->speed.lo : NAN);
	put_real(out, known ? p->speed.hi : NAN);
	put_real(out, p->row == NULL ? NAN : p->row->found.p);
	put_real(out, p->speed.p_adjusted);
	put_text(out, claims_pair_word(p));
	put_text(out, p->why.text);
	fputc('\n', out);
}

int claims_csv_write(FILE *out, const struct claims *c)
{
	int err;

	errno = 0;
	fputs("schema_version,run_id,claim,claim_verdict,cell,first,second,claimed,counts,wait,mode,"
	      "size_bytes,placement,metric,unit,blocks,dropped,first_value,second_value,speed,ci_lo,"
	      "ci_hi,p,p_holm,verdict,reason\n",
		out);
	err = stream_status(out);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->results[i].pair_count && err == 0; k++) {
			put_pair(out, c, &c->results[i], &c->results[i].pairs[k]);
			err = stream_status(out);
		}
	if (err == 0 && fflush(out) != 0)
		err = stream_status(out);
	return err;
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
