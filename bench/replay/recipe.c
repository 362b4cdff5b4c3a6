/* SPDX-License-Identifier: MIT */
#include "replay/recipe.h"

#include "cli/option-table.h"
#include "cli/options.h"
#include "text/record.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What argp's callback works on. */
struct sifting {
	struct recipe *recipe;
	struct reason *why;
};

static int add(struct recipe *r, const char *name, const char *value)
{
	int n = value == NULL ? asprintf(&r->words[r->count], "--%s", name)
			      : asprintf(&r->words[r->count], "--%s=%s", name, value);

	if (n < 0) {
		r->words[r->count] = NULL;
		return -ENOMEM;
	}
	r->count++;
	return 0;
}

static int take_option(struct sifting *s, int key, const char *value)
{
	struct recipe *r = s->recipe;

	switch (key) {
	case KEY_HELP:
	case KEY_VERSION:
	case KEY_DRY_RUN:
	case KEY_SLICE:
		return reason_set(s->why, EINVAL, "--%s: such a command stores no results",
			measure_option(key)->name);
	case KEY_REPLAY:
		return reason_set(s->why, EINVAL,
			"--%s: the plan is that of another run; replay that one",
			measure_option(key)->name);
	case KEY_PLUGIN:
		r->plugins++;
		return 0;
	default:
		break;
	}
	r->has_seed |= key == KEY_SEED;
	r->has_length |= key == KEY_DURATION || key == KEY_MESSAGES;
	r->has_warmup |= key == KEY_WARMUP;
	return table_is_of_plan(key) ? add(r, measure_option(key)->name, value) : 0;
}

static error_t read_argument(int key, char *text, struct argp_state *state)
{
	struct sifting *s = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		return -reason_set(s->why, EINVAL,
			"\"%.40s\" is no option: this is not the command line of a measurement",
			text);
	case ARGP_KEY_ERROR:
		return options_rejected(state, s->why);
	default:
		if (key <= 0 || key >= KEY_LAST)
			return ARGP_ERR_UNKNOWN;
		return -take_option(s, key, text);
	}
}

int recipe_read(struct recipe *r, const char *const *words, size_t count, struct reason *why)
{
	static const struct argp sieve = {.options = option_table, .parser = read_argument};
	struct sifting s = {.recipe = r, .why = why};

	*r = (struct recipe){0};
	if (count == 0 || count > INT_MAX / 2)
		return reason_set(why, EINVAL, "the command line is empty");
	/* a word holds several short options at most its length */
	size_t room = count + 2;

	for (size_t i = 0; i < count; i++)
		room += strlen(words[i]);
	r->words = calloc(room, sizeof(*r->words));
	if (r->words != NULL) {
		r->words[0] = strdup("ipcbench");
		r->count = r->words[0] != NULL;
	}
	if (r->count == 0)
		return reason_set(why, ENOMEM, "out of memory");
	return options_read(&sieve, (int)count, (char *const *)(uintptr_t)words, &s, why);
}

void recipe_free(struct recipe *r)
{
	for (int i = 0; i < r->count; i++)
		free(r->words[i]);
	free(r->words);
	*r = (struct recipe){0};
}

json_t *recipe_json(const struct recipe *r, const struct settings *s)
{
	json_t *o = json_object(), *options = json_array();
	bool counted = s->messages > 0;
	int err = o == NULL || options == NULL;

	for (int i = 1; i < r->count && !err; i++)
		err |= json_array_append_new(options, json_text(r->words[i]));
	err |= json_object_set_new(o, "options", options);
	err |= json_object_set_new(o, "plugins", json_integer(r->plugins));
	err |= json_object_set_new(o, "seed", json_seed(s->seed));
	err |= json_object_set_new(
		o, "duration_s", counted ? json_null() : json_rounded(s->duration_s));
	err |= json_object_set_new(
		o, "messages", counted ? json_integer((json_int_t)s->messages) : json_null());
	err |= json_object_set_new(o, "warmup_s", json_rounded(s->warmup_s));
	if (!err)
		return o;
	json_decref(o);
	return NULL;
}
