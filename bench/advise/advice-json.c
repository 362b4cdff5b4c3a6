/* SPDX-License-Identifier: MIT */
/* Everything that `ipcbench advise` knows, as JSON. */
#include "advise/advice-json.h"

#include "results/columns.h"
#include <math.h>
#include <string.h>

enum { LINE = 1024 };

json_t *advice_source_json(const struct advice_source *s)
{
	if (s->dir == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "dir", json_text(s->dir), "run_id",
		json_text(s->run_id), "machine", json_text(s->machine));
}

/* A text, null where it is empty. */
static json_t *filled(const char *text)
{
	return text[0] == '\0' ? json_null() : json_text(text);
}

static json_t *figures_json(const struct candidate *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "p50_ns",
		json_rounded(c->p50.value), "p50_lo_ns", json_rounded(c->p50.lo), "p50_hi_ns",
		json_rounded(c->p50.hi), "p99_ns", json_rounded(c->p99.value), "msgs_per_s",
		json_rounded(c->msgs_per_s), "bytes_per_s", json_rounded(c->bytes_per_s),
		"cpu_ns_per_msg", json_rounded(c->cpu.value), "cpu_lo_ns_per_msg",
		json_rounded(c->cpu.lo), "cpu_hi_ns_per_msg", json_rounded(c->cpu.hi), "headroom",
		json_rounded(c->headroom), "trials", (json_int_t)c->trials);
}

json_t *advice_item_json(const struct advice *a, size_t i)
{
	const struct candidate *c = &a->items[i];
	bool out = c->obstacle != OBSTACLE_NONE;
	char reason[LINE];
	json_t *j = json_pack("{s:o, s:o, s:o, s:s, s:o}", "rank",
		out ? json_null() : json_integer((json_int_t)i + 1), "transport",
		json_text(c->name), "family",
		json_text(c->transport == NULL ? NULL : c->transport->family), "wait",
		wait_name(c->wait), "copy", filled(c->copy));
	json_t *figures = figures_json(c);
	json_t *why = json_pack("{s:b, s:o}", "qualifies", !out, "reason",
		out ? json_text(advice_obstacle(reason, sizeof(reason), a, c, glyphs(true)))
		    : json_null());

	json_object_update(j, figures);
	json_object_update(j, why);
	json_decref(figures);
	json_decref(why);
	return j;
}

static json_t *lines_json(const struct lines *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(list, json_text(l->text[i]));
	return list;
}

static json_t *size_json(size_t bytes)
{
	return bytes > 0 ? json_integer((json_int_t)bytes) : json_null();
}

json_t *advice_ranked_json(const struct advice *a)
{
	static const char *const names[] = {
		[RANK_CPU] = "cpu",
		[RANK_P50] = "p50",
		[RANK_TIME] = "time",
		[RANK_SIMPLICITY] = "simplicity",
	};

	return json_string(names[a->ranking]);
}

int advice_write_json(FILE *out, const struct advice *a, const struct advice_source *s)
{
	bool figures = s->dir != NULL;
	struct lines remarks = {0};
	char why[LINE];
	json_t *items = json_array();

	advice_remarks(&remarks, a);
	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(items, advice_item_json(a, i));
	advice_reason(why, sizeof(why), a, glyphs(true), true);
	json_t *doc = json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"schema_version", SCHEMA_VERSION, "command", "advise", "need", json_text(s->asked),
		"figures", advice_source_json(s), "size_bytes", size_json(a->scope.size),
		"placement", figures ? json_text(a->scope.placement) : json_null(), "ranked_by",
		advice_ranked_json(a), "cpu_of",
		!figures ? json_null()
			 : json_string(a->back_to_back ? "back-to-back" : "round-trip"),
		"recommended", a->qualified > 0 ? json_text(a->items[0].name) : json_null(),
		"reason", filled(why), "mechanisms", items, "remarks", lines_json(&remarks));

	lines_free(&remarks);
	return json_put(out, doc);
}
