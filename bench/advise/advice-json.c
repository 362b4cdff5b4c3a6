/* SPDX-License-Identifier: MIT */
/* Everything that `ipcbench advise` knows, as JSON. */
#include "advise/advice.h"

#include "results/results.h"

/* ---- mechanisms ------------------------------------------------------------------------------ */

/* A mechanism with its figures and its rank, or the reason that excludes it. */
static void put_item(struct record *rec, const void *advice, size_t i)
{
	const struct advice *a = advice;
	const struct candidate *c = &a->items[i];
	bool out = c->obstacle != OBSTACLE_NONE;

	record_whole(rec, "rank", !out && a->few == 0, i + 1);
	record_text(rec, "transport", c->key.transport);
	record_text(rec, "family", c->transport == NULL ? NULL : c->transport->family);
	record_text(rec, "wait", wait_name(c->key.wait));
	record_text(rec, "copy", axis_word(&c->key, AXIS_COPY));
	record_real(rec, "p50_ns", c->figure[NEED_P50].value);
	record_real(rec, "p50_lo_ns", c->figure[NEED_P50].lo);
	record_real(rec, "p50_hi_ns", c->figure[NEED_P50].hi);
	record_real(rec, "p99_ns", c->figure[NEED_P99].value);
	record_real(rec, "msgs_per_s", c->figure[NEED_RATE].value);
	record_real(rec, "bytes_per_s", c->figure[NEED_BANDWIDTH].value);
	record_real(rec, "cpu_ns_per_msg", c->figure[NEED_CPU].value);
	record_real(rec, "cpu_lo_ns_per_msg", c->figure[NEED_CPU].lo);
	record_real(rec, "cpu_hi_ns_per_msg", c->figure[NEED_CPU].hi);
	record_real(rec, "headroom", c->headroom);
	record_whole(rec, "trials", true, c->trials);
	record_bool(rec, "qualifies", !out);
	record_bool(rec, "tied", !out && a->few == 0 && a->tied > 1 && advice_tied(a, i));
	record_text(rec, "reason", out ? advice_obstacle(a, c, glyphs(true)).text : NULL);
}

static const char *recommended(const struct advice *a)
{
	return a->qualified > 0 && a->few == 0 ? a->items[0].key.transport : NULL;
}

static const char *ranked_by(const struct advice *a)
{
	static const char *const names[] = {
		[RANK_CPU] = "cpu",
		[RANK_P50] = "p50",
		[RANK_TIME] = "time",
		[RANK_SIMPLICITY] = "simplicity",
	};

	return a->few > 0 ? NULL : names[a->ranking];
}

/* ---- answers --------------------------------------------------------------------------------- */

/* What both answers begin with; "figures" is the run that they are of, null by traits alone. */
static void put_run(struct record *rec, const struct answer *answer)
{
	record_whole(rec, "schema_version", true, SCHEMA_VERSION);
	record_text(rec, "command", "advise");
	if (answer->asked != NULL)
		record_text(rec, "need", answer->asked);
	json_object_set_new(rec->object, "figures",
		answer->run == NULL
			? json_null()
			: json_pack("{s:o, s:o, s:o}", "dir", json_text(answer->run->dir), "run_id",
				  json_text(answer->run->run_id), "machine",
				  json_text(answer->machine)));
}

static json_t *remarks_json(const struct advice *a)
{
	struct document d = document_begin(DOC_MARKDOWN);
	json_t *list = json_array();

	advice_remarks(&d, a);
	for (size_t i = 0; i < d.count; i++)
		json_array_append_new(list, json_text(d.blocks[i].text));
	document_free(&d);
	return list;
}

void advice_put(struct record *rec, const void *answer, size_t i)
{
	const struct advice *a = &((const struct answer *)answer)->advice;
	bool figures = a->scope.measured != NULL;

	(void)i;
	put_run(rec, answer);
	record_whole(rec, "size_bytes", a->scope.size > 0, a->scope.size);
	record_text(rec, "placement", figures ? placement_name(a->scope.placement) : NULL);
	record_text(rec, "ranked_by", ranked_by(a));
	record_text(rec, "cpu_of",
		!figures	  ? NULL
		: a->back_to_back ? "back-to-back"
				  : "round-trip");
	record_text(rec, "recommended", recommended(a));
	record_text(rec, "reason", advice_reason(a, glyphs(true)).text);
	json_object_set_new(rec->object, "mechanisms", records_json(put_item, a, a->count));
	json_object_set_new(rec->object, "remarks", remarks_json(a));
}

/* ---- the tree -------------------------------------------------------------------------------- */

static void put_leaf(struct record *rec, const void *tree, size_t i)
{
	const struct tree *t = tree;
	const struct tree_leaf *l = &t->leaves[i];

	record_text(rec, "answer", t->nodes[i].text);
	record_text(rec, "ranked_by", ranked_by(&l->advice));
	record_text(rec, "recommended", recommended(&l->advice));
	record_real(rec, "small_p50_ns", l->p50);
	record_real(rec, "large_time_ns", l->time);
	json_object_set_new(
		rec->object, "mechanisms", records_json(put_item, &l->advice, l->advice.qualified));
}

/* Node *at and what is below it; *at becomes the node that follows. */
static json_t *node_json(const struct tree *t, size_t *at)
{
	size_t own = (*at)++;

	if (t->nodes[own].needs != NULL)
		return record_json(put_leaf, t, own);
	json_t *yes = node_json(t, at), *no = node_json(t, at);

	return json_pack("{s:s, s:o, s:o}", "question", t->nodes[own].text, "yes", yes, "no", no);
}

/* The fastest; null if that is not known. */
static json_t *best_json(const struct advice *a)
{
	return a->qualified > 0 && a->scope.measured != NULL && a->few == 0
		       ? record_json(put_item, a, a->lowest)
		       : json_null();
}

void tree_put(struct record *rec, const void *answer, size_t i)
{
	const struct tree *t = &((const struct answer *)answer)->tree;
	bool figures = t->small.scope.measured != NULL;

	put_run(rec, answer);
	record_text(rec, "placement", figures ? placement_name(t->small.scope.placement) : NULL);
	record_whole(rec, "small_bytes", figures, t->small.scope.size);
	record_whole(rec, "large_bytes", figures, t->large.scope.size);
	/* from the root, which is node 0 as this is row 0 */
	json_object_set_new(rec->object, "tree", node_json(t, &i));
	json_object_set_new(rec->object, "small", best_json(&t->small));
	json_object_set_new(rec->object, "large", best_json(&t->large));
}
