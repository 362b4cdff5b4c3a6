/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"
#include "advise/advise-options.h"
#include "cli/exit-status.h"
#include "gate/fingerprint.h"
#include "plan/registry.h"
#include "text/memory.h"
#include "text/record.h"
#include <errno.h>
#include <stdlib.h>

/* The run that an answer is from. */
struct session {
	const struct advise_settings *settings;
	struct stored_run run;
	struct measured measured;
	char *machine;
	struct answer answer;
};

static int load(struct session *s, struct reason *why)
{
	const char *dir = s->settings->dir;
	int r = stored_run_load(&s->run, dir, why);

	if (r < 0)
		return r;
	s->machine = fingerprint_machine(s->run.env);
	measured_read(&s->measured, &s->run);
	s->answer.dir = dir;
	s->answer.run_id = s->run.run_id;
	s->answer.machine = s->machine;
	return 0;
}

static int judge(struct session *s, struct reason *why)
{
	const struct transport **transports = need_array(registry_count(), sizeof(*transports));
	const struct judge_input in = {
		.transports = transports,
		.transport_count = registry_count(),
		.measured = s->settings->dir == NULL ? NULL : &s->measured,
		.needs = &s->settings->needs,
	};

	for (size_t i = 0; i < in.transport_count; i++)
		transports[i] = registry_at(i);
	s->answer.asked = s->settings->asked;
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
	struct reason why = {""};
	int r = s->settings->dir == NULL ? 0 : load(s, &why);

	if (r < 0)
		return complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	if (judge(s, &why) < 0)
		return complain(&why, EXIT_USAGE);
	*stdout_error = -print(s->settings, &s->answer);
	return s->answer.asked == NULL || s->answer.advice.qualified > 0 ? EXIT_MEASURED
									 : EXIT_FAILED;
}

int advise_run(void *settings, struct call *call)
{
	struct session s = {.settings = settings};
	int status = advise(&s, &call->stdout_error);

	advice_free(&s.answer.advice);
	tree_free(&s.answer.tree);
	measured_free(&s.measured);
	stored_run_free(&s.run);
	free(s.machine);
	return status;
}
