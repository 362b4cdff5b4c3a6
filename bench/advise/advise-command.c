/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"
#include "cli/command.h"
#include "plan/registry.h"
#include "text/memory.h"
#include "text/record.h"
#include <errno.h>
#include <stdlib.h>

struct session {
	const struct advise_settings *settings;
	struct stored_run run;
	struct measured measured;
	struct answer answer;
};

static int judge(struct session *s, struct reason *why)
{
	const struct transport **transports = need_array(registry_count(), sizeof(*transports));
	const struct judge_input in = {
		.transports = transports,
		.transport_count = registry_count(),
		.measured = s->answer.run == NULL ? NULL : &s->measured,
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
		return json_put(stdout, a->asked != NULL ? advice_json(a) : tree_json(a));
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
		measured_read(&s->measured, &s->run);
		s->answer.run = &s->run;
		s->answer.machine = env_machine(s->run.env);
	}
	if (judge(s, &why) < 0)
		return complain(&why, EXIT_USAGE);
	*stdout_error = -print(set, &s->answer);
	return set->asked == NULL || s->answer.advice.qualified > 0 ? EXIT_MEASURED : EXIT_FAILED;
}

int advise_run(void *settings, struct call *call)
{
	struct session s = {.settings = settings};
	int status = advise(&s, &call->stdout_error);

	advice_free(&s.answer.advice);
	tree_free(&s.answer.tree);
	free(s.answer.machine);
	measured_free(&s.measured);
	stored_run_free(&s.run);
	return status;
}
