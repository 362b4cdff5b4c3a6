/* SPDX-License-Identifier: MIT */
#include "replay/recipe.h"

#include "cli/measure-options.h"
#include "text/memory.h"
#include "text/record.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int take_option(struct recipe *r, const struct argument *given, struct reason *why)
{
	static const char *const storing_nothing[] = {"help", "version", "dry-run", "slice"};
	const char *name = given->option->name;

	for (size_t i = 0; i < ARRAY_SIZE(storing_nothing); i++)
		if (strcmp(name, storing_nothing[i]) == 0)
			return reason_set(
				why, EINVAL, "--%s: such a command stores no results", name);
	if (strcmp(name, "replay") == 0)
		return reason_set(why, EINVAL,
			"--%s: the plan is that of another run; replay that one", name);
	if (given->option->read == read_plugin)
		r->plugins++;
	else if (option_is_of_plan(given->option))
		arguments_add(&r->options, given->option, given->value);
	return 0;
}

int recipe_read(struct recipe *r, const char *const *words, size_t count, struct reason *why)
{
	struct arguments all;
	int err = 0;

	*r = (struct recipe){.plugins = 0};
	if (count == 0 || count > INT_MAX / 2)
		return reason_set(why, EINVAL, "the command line is empty");
	arguments_split(&all, measure_options, (int)count, words);
	for (size_t i = 0; i < all.count && err == 0; i++)
		err = take_option(r, &all.options[i], why);
	if (err == 0 && all.fault.text[0] != '\0')
		err = reason_set(why, EINVAL, "%s", all.fault.text);
	if (err == 0 && all.word_count > 0)
		err = reason_set(why, EINVAL,
			"\"%.40s\" is no option: this is not the command line of a measurement",
			all.words[0]);
	arguments_free(&all);
	r->has_seed = arguments_given(&r->options, "seed") != NULL;
	r->has_length = arguments_say(&r->options, measure_rules, "duration");
	r->has_warmup = arguments_given(&r->options, "warmup") != NULL;
	return err;
}

void recipe_free(struct recipe *r)
{
	arguments_free(&r->options);
}

json_t *recipe_json(const struct recipe *r, const struct settings *s)
{
	json_t *options = json_array();
	bool counted = s->messages > 0;

	for (size_t i = 0; i < r->options.count; i++) {
		const struct argument *given = &r->options.options[i];
		bool valued = given->value != NULL;
		char *word = need_text("--%s%s%s", given->option->name, valued ? "=" : "",
			valued ? given->value : "");

		json_array_append_new(options, json_text(word));
		free(word);
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "options", options, "plugins",
		json_integer(r->plugins), "seed", json_seed(s->seed), "duration_s",
		counted ? json_null() : json_rounded(s->duration_s), "messages",
		json_whole(counted, s->messages), "warmup_s", json_rounded(s->warmup_s));
}
