/* SPDX-License-Identifier: MIT */
/* One JSON document: the columns of the CSV files by name, absent values as null. */
#include "results/json.h"
#include "results/columns.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *json_flags(unsigned int flags)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < TRIAL_FLAG_COUNT; i++) {
		if (flags & 1u << i)
			json_array_append_new(list, json_string(trial_flag_names[i]));
	}
	return list;
}

json_t *json_column(const struct value *v)
{
	switch (v->kind) {
	case VALUE_TEXT:
		return json_text(v->text);
	case VALUE_FLAGS:
		return json_flags(v->flags);
	case VALUE_COUNT:
		if (v->number == floor(v->number))
			return json_integer((json_int_t)v->number);
		return json_real(v->number);
	case VALUE_REAL:
		return json_rounded(v->number);
	case VALUE_NONE:
		break;
	}
	return json_null();
}

/* Schema version and run stand once, at the top of the document. */
static int add_member(void *ctx, const char *name, const struct value *v)
{
	if (strcmp(name, "schema_version") == 0 || strcmp(name, "run_id") == 0)
		return 0;
	return json_object_set_new(ctx, name, json_column(v)) == 0 ? 0 : -ENOMEM;
}

static json_t *json_trials(const struct results *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < r->trial_count; i++) {
		json_t *row = json_object();

		if (row == NULL || columns_trial(r, &r->trials[i], add_member, row) != 0) {
			json_decref(row);
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *json_summary(const struct results *r, const struct outcome *outcomes)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < r->plan->item_count; i++) {
		json_t *row = json_object();

		if (row == NULL || columns_summary(r, i, &outcomes[i], add_member, row) != 0) {
			json_decref(row);
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *json_plan(const struct plan *plan)
{
	const struct settings *s = plan->settings;
	json_t *p = json_object();
	json_t *by_count = s->messages > 0 ? json_integer((json_int_t)s->messages) : json_null();

	json_object_set_new(p, "seed", json_seed(s->seed));
	json_object_set_new(p, "trials", json_integer(s->trials));
	json_object_set_new(
		p, "duration_s", s->messages > 0 ? json_null() : json_rounded(s->duration_s));
	json_object_set_new(p, "messages", by_count);
	json_object_set_new(p, "warmup_s", json_rounded(s->warmup_s));
	json_object_set_new(p, "verify", json_boolean(s->verify));
	json_object_set_new(p, "counters", json_boolean(s->counters));
	json_object_set_new(p, "timeline", json_boolean(s->timeline));
	json_object_set_new(p, "label", s->label != NULL ? json_text(s->label) : json_null());
	json_object_set_new(p, "cells", json_integer((json_int_t)plan->item_count));
	json_object_set_new(p, "launches", json_integer((json_int_t)plan->launch_count));
	return p;
}

static json_t *json_document(const struct results *r, const char *env_json)
{
	struct outcome *outcomes = outcomes_collect(r);
	json_t *doc = json_object(), *env = NULL;
	int err = outcomes == NULL || doc == NULL;

	if (env_json != NULL)
		env = json_loads(env_json, JSON_REJECT_DUPLICATES, NULL);
	if (!err) {
		err |= json_object_set_new(doc, "schema_version", json_integer(SCHEMA_VERSION));
		err |= json_object_set_new(doc, "run_id", json_text(r->run_id));
		err |= json_object_set_new(doc, "interrupted", json_boolean(r->interrupted));
		err |= json_object_set_new(doc, "env", env != NULL ? env : json_null());
		err |= json_object_set_new(doc, "plan", json_plan(r->plan));
		err |= json_object_set_new(doc, "trials", json_trials(r));
		err |= json_object_set_new(doc, "summary", json_summary(r, outcomes));
	}
	free(outcomes);
	if (!err)
		return doc;
	json_decref(doc);
	return NULL;
}

int json_write(FILE *out, const struct results *r, const char *env_json)
{
	return json_put(out, json_document(r, env_json));
}
