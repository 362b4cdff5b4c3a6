/* SPDX-License-Identifier: MIT */
#include "advise/advise-command.h"

#include "advise/advice.h"
#include "advise/advise-options.h"
#include "cli/command.h"
#include "cli/exit-status.h"
#include "gate/fingerprint.h"
#include "plan/registry.h"
#include <errno.h>
#include <stdlib.h>

/* What is asked, and what there is to answer it from. */
struct session {
	const struct advise_settings *settings;
	const struct transport **transports;
	size_t transport_count;
	struct stored_run run;
	struct measured measured;
	char *machine;
	struct advice_source source;
};

static int list_transports(struct session *s)
{
	s->transport_count = registry_count();
	s->transports = calloc(s->transport_count + 1, sizeof(*s->transports));
	if (s->transports == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->transport_count; i++)
		s->transports[i] = registry_at(i);
	return 0;
}

static int load(struct session *s, struct reason *why)
{
	const char *dir = s->settings->dir;

	s->source.asked = s->settings->asked;
	if (list_transports(s) < 0)
		return reason_set(why, ENOMEM, "out of memory");
	if (dir == NULL)
		return 0;
	int r = stored_run_load(&s->run, dir, why);

	if (r < 0)
		return r;
	s->machine = fingerprint_machine(s->run.env);
	if (s->machine == NULL || measured_read(&s->measured, &s->run) < 0)
		return reason_set(why, ENOMEM, "out of memory while reading %s", dir);
	s->source.dir = dir;
	s->source.run_id = s->run.run_id;
	s->source.machine = s->machine;
	return 0;
}

/* NULL = by traits alone. */
static const struct measured *figures(const struct session *s)
{
	return s->settings->dir == NULL ? NULL : &s->measured;
}

static int write_advice(const struct session *s, const struct advice *a)
{
	const struct advise_settings *set = s->settings;

	if (set->json)
		return advice_write_json(stdout, a, &s->source);
	if (set->markdown)
		return advice_write_markdown(stdout, a, &s->source);
	return advice_write_text(stdout, a, &s->source, terminal_width(), use_color(COLOR_AUTO));
}

static int write_tree(const struct session *s, const struct tree *t)
{
	const struct advise_settings *set = s->settings;

	if (set->json)
		return tree_write_json(stdout, t, &s->source);
	if (set->markdown)
		return tree_write_markdown(stdout, t, &s->source);
	return tree_write_text(stdout, t, &s->source, terminal_width(), use_color(COLOR_AUTO));
}

/* 0 or an error of the stream; *status is set. A negative return with `why` could not judge. */
static int answer(const struct session *s, int *status, struct reason *why)
{
	const struct judge_input in = {
		.transports = s->transports,
		.transport_count = s->transport_count,
		.measured = figures(s),
		.needs = &s->settings->needs,
	};
	struct advice advice;
	int r = advise_judge(&advice, &in, why);

	if (r == 0) {
		r = write_advice(s, &advice);
		*status = advice.qualified > 0 ? EXIT_MEASURED : EXIT_FAILED;
	}
	advice_free(&advice);
	return r;
}

static int draw(const struct session *s, int *status, struct reason *why)
{
	struct tree tree;
	int r = tree_build(&tree, s->transports, s->transport_count, figures(s), why);

	if (r == 0) {
		r = write_tree(s, &tree);
		*status = EXIT_MEASURED;
	}
	tree_free(&tree);
	return r;
}

static int advise(struct session *s, int *stdout_error)
{
	struct reason why = {""};
	int status = EXIT_FAILED, r = load(s, &why);

	if (r < 0)
		return complain(&why, r == -ENOENT || r == -ENOTDIR ? EXIT_USAGE : EXIT_FAILED);
	r = s->settings->asked != NULL ? answer(s, &status, &why) : draw(s, &status, &why);
	if (why.text[0] != '\0')
		return complain(&why, r == -ENODATA ? EXIT_USAGE : EXIT_FAILED);
	if (r == -ENOMEM) {
		reason_set(&why, ENOMEM, "out of memory while printing");
		return complain(&why, EXIT_FAILED);
	}
	*stdout_error = -r;
	return status;
}

int advise_command(int argc, char **argv, int *stdout_error)
{
	struct advise_settings settings;
	struct reason why = {""};
	int r = advise_parse(&settings, argc - 1, argv + 1, &why), status;

	if (r != 0) {
		status = r > 0 ? EXIT_MEASURED : complain(&why, EXIT_USAGE);
	} else {
		struct session s = {.settings = &settings};

		status = advise(&s, stdout_error);
		measured_free(&s.measured);
		stored_run_free(&s.run);
		free(s.transports);
		free(s.machine);
	}
	advise_settings_free(&settings);
	return status;
}
