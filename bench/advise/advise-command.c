/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"
#include "cli/command.h"
#include "plan/plan.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct advise_settings {
	const char *dir;    /* a run directory; NULL = by traits alone */
	char *asked;	    /* every --need, one after the other; NULL = the decision tree */
	struct needs needs; /* what they say */
	bool json, markdown;
};

struct session {
	const struct advise_settings *settings;
	struct stored_run run;
	struct answer answer;
};

static int judge(struct session *s, struct reason *why)
{
	const struct transport **transports = need_array(registry_count(), sizeof(*transports));
	const struct judge_input in = {
		.transports = transports,
		.transport_count = registry_count(),
		.measured = s->answer.run,
		.needs = &s->settings->needs,
	};

	for (size_t i = 0; i < in.transport_count; i++)
		transports[i] = registry_at(i);
	int r = s->answer.asked != NULL ? advise_judge(&s->answer.advice, &in, why)
					: tree_build(&s->answer.tree, &in, why);

	free(transports);
	return r;
}

/* 0 or -errno of standard output. */
static int print(const struct advise_settings *set, const struct answer *a)
{
	if (set->json)
		return json_put(
			stdout, record_json(a->asked != NULL ? advice_put : tree_put, a, 0));
	return document_print(stdout, set->markdown ? DOC_MARKDOWN : DOC_TERMINAL,
		a->asked != NULL ? advice_fill : tree_fill, a, terminal_width(),
		use_color(COLOR_AUTO));
}

static int advise(struct session *s, int *stdout_error)
{
	const struct advise_settings *set = s->settings;
	struct reason why = {""};
	int r = set->dir == NULL ? 0 : stored_run_load(&s->run, set->dir, &why);

	if (r < 0)
		return complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	s->answer.asked = set->asked;
	if (set->dir != NULL) {
		s->answer.run = &s->run;
		s->answer.machine = env_machine(s->run.env);
	}
	if (judge(s, &why) < 0)
		return complain(&why, EXIT_USAGE);
	*stdout_error = -print(set, &s->answer);
	return set->asked == NULL || s->answer.advice.qualified > 0 ? EXIT_MEASURED : EXIT_FAILED;
}

static int run(void *settings, struct call *call)
{
	struct session s = {.settings = settings};
	int status = advise(&s, &call->stdout_error);

	advice_free(&s.answer.advice);
	tree_free(&s.answer.tree);
	free(s.answer.machine);
	stored_run_free(&s.run);
	return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

#define AT(field) offsetof(struct advise_settings, field)

static const struct option_row options[] = {
	OPTION("need", 0, "LIST", NULL, 0,
		"what the mechanism must do, as in size=1K,rate=200k,p99<20us,reach=host. Needs: "
		"size, rate (messages per second), bandwidth, p50, p99 (of the round trip), cpu "
		"(time per message), reach, persistence, shape, family, boundaries, api, loss, wait, "
		"placement, and producers, consumers, subscribers or clients. May be repeated. Default: print the decision tree"),
	OPTION_SWITCH("json", 0, AT(json), "print a JSON object"),
	OPTION_SWITCH("md", 0, AT(markdown), "print Markdown"),
	OPTION("plugin", 0, "FILE", read_plugin, 0, "load another mechanism from a shared object"),
	OPTION_ROWS_END,
};

static const struct option_rule rules[] = {
	{.one = "json", .other = "md", .because = "give one"},
	{.one = NULL},
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct advise_settings *s = settings;

	s->dir = given->word_count > 0 ? given->words[0] : NULL;
	needs_init(&s->needs);
	for (size_t i = 0; i < given->count; i++) {
		const char *before = s->asked == NULL ? "" : s->asked;

		if (strcmp(given->options[i].option->name, "need") != 0)
			continue;
		char *both = need_text(
			"%s%s%s", before, before[0] == '\0' ? "" : " ", given->options[i].value);

		free(s->asked);
		s->asked = both;
	}
	int r = command_check_words(&advise_command, given, 1, why);

	return r < 0 || s->asked == NULL ? r : needs_parse(&s->needs, s->asked, why);
}

const struct command advise_command = {
	.name = "advise",
	.summary = "recommend a mechanism, from the results of a stored run",
	.options = options,
	.rules = rules,
	.operands = "[DIR]",
	.doc = "Recommends a mechanism, from the results of a stored run (a directory that "
	       "ipcbench --output wrote) and the traits that ipcbench list prints; without a "
	       "directory, from the traits alone. Lists the mechanisms that meet the needs, the "
	       "best first, and why the others do not. Measures nothing.",
	.exit_status =
		"0 a mechanism meets the needs, or the tree was printed; 1 no mechanism meets the "
		"needs, or the run is damaged; 2 wrong usage, a directory that is not a run, or a "
		"run without results for the needs",
	.takes_files = true,
	.settings_size = sizeof(struct advise_settings),
	.check = check,
	.run = run,
};
