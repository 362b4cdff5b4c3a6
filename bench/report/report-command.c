/* SPDX-License-Identifier: MIT */
#include "cli/exit-status.h"
#include "report/page.h"
#include "report/report-options.h"
#include "run/interrupt.h"
#include "text/memory.h"
#include "text/outputs.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
	struct report_settings settings;
	struct subject subjects[REPORT_RUNS_MAX];
	size_t loaded;
	struct stored pairs[REPORT_RUNS_MAX];
	size_t compared;
	char *html;
	size_t len;
};

/* ---- reading --------------------------------------------------------------------------------- */

static int load(struct session *s, struct reason *why)
{
	const struct report_settings *set = &s->settings;
	int r = 0;

	for (size_t i = 0; i < set->dir_count && r == 0; i++) {
		struct subject *subject = &s->subjects[s->loaded++];

		r = subject_load(
			subject, set->dirs[i], set->dir_count > 1 ? (char)('A' + i) : '\0', why);
		if (r == 0 && subject->kind != s->subjects[0].kind)
			r = reason_set(why, ENOENT,
				"report: %.80s is a %s and %.80s a %s; name directories of one kind",
				set->dirs[0], subject_kind_name(s->subjects[0].kind), set->dirs[i],
				subject_kind_name(subject->kind));
	}
	return r;
}

/* Each run but the first with the first. */
static int compare(struct session *s, struct reason *why)
{
	const struct report_settings *set = &s->settings;
	struct stored_options options = {
		.base = set->dirs[0], .metrics = (1u << GATE_METRIC_COUNT) - 1, .threshold = 0.1};
	int r = 0;

	if (s->subjects[0].kind != SUBJECT_RUN)
		return 0;
	for (size_t i = 1; i < set->dir_count && r == 0; i++) {
		struct stored *pair = &s->pairs[s->compared++];

		options.new = set->dirs[i];
		r = stored_compare(pair, &options, why);
		pair->results.run_id = s->subjects[i].run_id;
	}
	return r;
}

static void tell_missing(const struct figures *f, const char *dir)
{
	if (f->why.text[0] != '\0')
		fprintf(stderr, "ipcbench: report: no figures of %s: %s\n", dir, f->why.text);
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].svg == NULL)
			fprintf(stderr, "ipcbench: report: a figure of %s is left out: %s\n", dir,
				f->list[i].why.text);
}

/* A page without figures is still one: what is missing is told, in it and here. 0 or -EINTR. */
static int draw(struct session *s)
{
	const struct report_settings *set = &s->settings;
	int r = 0;

	for (size_t i = 0; i < s->loaded && r == 0; i++) {
		struct figures *f = &s->subjects[i].figures;

		if (set->no_figures) {
			reason_set(&f->why, ECANCELED, "none was asked for (--no-figures)");
			continue;
		}
		r = figures_draw(f, set->dirs[i], s->subjects[i].letter);
		if (r == 0 && !set->quiet)
			tell_missing(f, set->dirs[i]);
	}
	return r;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_html(FILE *out, const void *session)
{
	const struct session *s = session;

	errno = 0;
	if (fwrite(s->html, 1, s->len, out) < s->len || fflush(out) != 0)
		return errno != 0 ? -errno : -EIO;
	return 0;
}

static int save(struct session *s, struct reason *why, int *stdout_error)
{
	const struct report_settings *set = &s->settings;

	if (output_is_stdout(set->output)) {
		*stdout_error = -write_html(stdout, s);
		return 0;
	}
	int r = output_write(set->output, write_html, s, why);

	if (r == 0 && !set->quiet)
		fprintf(stderr, "ipcbench: wrote %s, %zu kB\n", set->output, (s->len + 500) / 1000);
	return r;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int run(struct session *s, int argc, char **argv, int *stdout_error)
{
	const char *output = s->settings.output;
	struct reason why = {""};
	int r = load(s, &why);

	if (r == -ENOENT || r == -ENOTDIR)
		return complain(&why, EXIT_USAGE);
	if (r == 0)
		r = compare(s, &why);
	if (r == 0 && !output_is_stdout(output) && output_check("--output", output, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (r == 0) {
		catch_signals();
		r = draw(s);
	}
	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	if (r == 0) {
		const struct page page = {.subjects = s->subjects,
			.count = s->loaded,
			.pairs = s->compared > 0 ? s->pairs : NULL,
			.argc = argc,
			.argv = argv};

		page_make(&page, &s->html, &s->len);
		r = save(s, &why, stdout_error);
	}
	return r < 0 ? complain(&why, EXIT_FAILED) : EXIT_MEASURED;
}

int report_run(void *settings, struct call *call)
{
	struct session s = {.settings = *(const struct report_settings *)settings};
	int status = run(&s, call->argc, call->argv, &call->stdout_error);

	for (size_t i = 0; i < s.compared; i++)
		stored_free(&s.pairs[i]);
	for (size_t i = 0; i < s.loaded; i++)
		subject_free(&s.subjects[i]);
	free(s.html);
	return status;
}
