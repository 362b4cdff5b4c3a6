/* SPDX-License-Identifier: MIT */
/* One JSON document: the columns of the CSV files by name, absent values as null. */
#include "results/columns.h"

#include <stdlib.h>

static json_t *plan_json(const struct plan *plan)
{
	const struct settings *s = plan->settings;
	bool counted = s->messages > 0;

	return json_pack("{s:o, s:i, s:o, s:o, s:o, s:b, s:b, s:b, s:o, s:I, s:I}", "seed",
		json_seed(s->seed), "trials", (int)s->trials, "duration_s",
		counted ? json_null() : json_rounded(s->duration_s), "messages",
		json_whole(counted, s->messages), "warmup_s", json_rounded(s->warmup_s), "verify",
		s->verify, "counters", s->counters, "timeline", s->timeline, "label",
		json_text(s->label), "cells", (json_int_t)plan->item_count, "launches",
		(json_int_t)plan->launch_count);
}

int json_write(FILE *out, const void *results)
{
	const struct results *r = results;
	struct outcome *outcomes = outcomes_collect(r);
	const struct summary_table summary = {r, outcomes};
	json_t *doc = json_pack("{s:i, s:o, s:b, s:o, s:o, s:o, s:o}", "schema_version",
		SCHEMA_VERSION, "run_id", json_text(r->run_id), "interrupted", r->interrupted,
		"env", json_embedded(r->env_json), "plan", plan_json(r->plan), "trials",
		records_json(trial_fields, r, r->trial_count), "summary",
		records_json(summary_fields, &summary, r->plan->item_count));

	free(outcomes);
	return json_put(out, doc);
}
