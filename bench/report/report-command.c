/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "report/parts.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/outputs.h"
#include "text/text-file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The options of `ipcbench report`. */
struct report_settings {
	const char *dirs[REPORT_RUNS_MAX];
	size_t dir_count;
	const char *output; /* a file, or "-" for stdout */
	bool no_figures, quiet;
};

/* ---- a directory ----------------------------------------------------------------------------- */

static int load_run(struct subject *s, struct reason *why)
{
	int r = stored_run_load(&s->run, s->dir, why);

	if (r == 0)
		r = stored_results_make(&s->stored, &s->run, why);
	s->run_id = s->run.run_id;
	s->env = json_incref(s->run.env);
	return r;
}

static int load_gate(struct subject *s, struct reason *why)
{
	int r = stored_gate_load(&s->gate, s->dir, why);

	s->run_id = s->gate.results.run_id;
	s->env = json_incref(s->gate.env);
	return r;
}

static int load_matrix(struct subject *s, struct reason *why)
{
	int r = stored_matrix_load(&s->matrix, s->dir, why);

	s->run_id = s->matrix.run_id;
	return r;
}

/* Where no other file had it. */
static int load_env(struct subject *s, struct reason *why)
{
	char *path = need_text("%s/env.json", s->dir);
	int r = s->env != NULL ? 0 : whole_file_json(path, &s->env, why);

	free(path);
	return r;
}

static const struct {
	const char *name;
	int (*load)(struct subject *s, struct reason *why);
	const char *mark; /* the file that tells it */
	/* what is offered for download, the most important first */
	const char *files[DOWNLOADS_MAX];
} kinds[] = {
	[SUBJECT_RUN] = {"run", load_run, "trials.csv",
		{"summary.csv", "env.json", "trials.csv", "percentiles.csv", "sides.csv",
			"timeline.csv"}},
	[SUBJECT_GATE] = {"gate", load_gate, "compare.csv",
		{"compare.csv", "env.json", "blocks.csv", "gate.json"}},
	[SUBJECT_MATRIX] = {"core-to-core matrix", load_matrix, "topology.csv",
		{"topology.csv", "env.json"}},
};

const char *subject_kind_name(enum subject_kind kind)
{
	return kinds[kind].name;
}

static int find_kind(struct subject *s, struct reason *why)
{
	int r = stored_directory(s->dir, why);

	if (r < 0)
		return r;
	if (stored_holds(s->dir, "gates.csv"))
		return reason_set(why, ENOENT,
			"%s: holds the gates of a self-test, which print their own summary; there "
			"is nothing to report",
			s->dir);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		s->kind = (enum subject_kind)i;
		if (stored_holds(s->dir, kinds[i].mark))
			return 0;
	}
	return reason_set(why, ENOENT,
		"%s: holds no trials.csv, compare.csv or topology.csv; name a directory that "
		"ipcbench --output has written",
		s->dir);
}

/* The files that there are. */
static int load_files(struct subject *s, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; i < DOWNLOADS_MAX && kinds[s->kind].files[i] != NULL; i++) {
		struct download *f = &s->downloads[i];
		char *path = need_text("%s/%s", s->dir, kinds[s->kind].files[i]);

		f->name = kinds[s->kind].files[i];
		r = whole_file_read(path, STORED_FILE_MAX, &f->bytes, &f->len, why);
		free(path);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

static void set_name(struct subject *s, char letter)
{
	char name[380];

	format_plain(name, sizeof(name), s->run.name != NULL ? s->run.name : s->dir, true);
	if (letter == '\0')
		snprintf(s->name, sizeof(s->name), "%s", name);
	else
		snprintf(s->name, sizeof(s->name), "%c: %s", letter, name);
}

int subject_load(struct subject *s, const char *dir, char letter, struct reason *why)
{
	*s = (struct subject){.dir = dir, .letter = {letter}, .run_id = ""};
	int r = find_kind(s, why);

	if (r == 0)
		r = kinds[s->kind].load(s, why);
	if (r == 0)
		r = load_env(s, why);
	if (r == 0)
		r = load_files(s, why);
	if (r == 0 && s->kind != SUBJECT_RUN)
		stored_incomplete(dir, SIZE_MAX, &s->run.incomplete);
	set_name(s, letter);
	return r;
}

void subject_free(struct subject *s)
{
	for (size_t i = 0; i < DOWNLOADS_MAX; i++)
		free(s->downloads[i].bytes);
	figures_free(&s->figures);
	matrix_free(&s->matrix);
	stored_gate_free(&s->gate);
	json_decref(s->env);
	stored_results_free(&s->stored);
	stored_run_free(&s->run);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int load(struct page *p, const struct report_settings *set, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; i < set->dir_count && r == 0; i++) {
		struct subject *s = &p->subjects[p->count++];

		r = subject_load(s, set->dirs[i], set->dir_count > 1 ? (char)('A' + i) : '\0', why);
		if (r == 0 && s->kind != p->subjects[0].kind)
			r = reason_set(why, ENOENT,
				"report: %.80s is a %s and %.80s a %s; name directories of one "
				"kind",
				set->dirs[0], subject_kind_name(p->subjects[0].kind), set->dirs[i],
				subject_kind_name(s->kind));
	}
	return r;
}

/* Each run but the first with the first. */
static void compare(struct page *p)
{
	const struct stored_options options = {(1u << GATE_METRIC_COUNT) - 1, 0.1};

	for (size_t i = 1; i < p->count && p->subjects[i].kind == SUBJECT_RUN; i++) {
		struct stored *pair = &p->pairs[p->pair_count++];

		stored_compare(pair, &p->subjects[0].run, &p->subjects[i].run, &options);
		pair->results.run_id = p->subjects[i].run_id;
	}
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
static int draw(struct page *p, const struct report_settings *set)
{
	int r = 0;

	for (size_t i = 0; i < p->count && r == 0; i++) {
		struct subject *s = &p->subjects[i];

		if (set->no_figures) {
			reason_set(&s->figures.why, ECANCELED, "not requested (--no-figures)");
			continue;
		}
		r = figures_draw(&s->figures, s->dir, s->letter);
		if (r == 0 && !set->quiet)
			tell_missing(&s->figures, s->dir);
	}
	return r;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_html(FILE *out, const void *html)
{
	errno = 0;
	fputs(html, out);
	fflush(out);
	return stream_status(out);
}

static int save(struct page *p, const struct report_settings *set, const struct outputs *o,
	int *stdout_error, struct reason *why)
{
	char *html;
	size_t len;
	int r;

	page_make(p, &html, &len);
	if (outputs_stdout(o) != NULL)
		*stdout_error = -write_html(stdout, html);
	r = outputs_save(o, html, true, why);
	if (r == 0 && outputs_stdout(o) == NULL && !set->quiet)
		fprintf(stderr, "ipcbench: wrote %s, %zu kB\n", set->output, (len + 500) / 1000);
	free(html);
	return r;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int run(struct page *p, const struct report_settings *set, int *stdout_error)
{
	const struct outputs outputs = {.targets = {{"--output", set->output, write_html}}};
	struct reason why = {""};
	int r = load(p, set, &why);

	if (r == -ENOENT || r == -ENOTDIR)
		return complain(&why, EXIT_USAGE);
	if (r == 0)
		compare(p);
	if (r == 0)
		catch_signals();
	if (r == 0 && outputs_check(&outputs, &why) < 0)
		return complain(&why, EXIT_USAGE);
	if (r == 0)
		r = draw(p, set);
	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	if (r == 0)
		r = save(p, set, &outputs, stdout_error, &why);
	return r < 0 ? complain(&why, EXIT_FAILED) : EXIT_MEASURED;
}

static int report_run(void *settings, struct call *call)
{
	struct page p = {.argc = call->argc, .argv = call->argv};
	int status = run(&p, settings, &call->stdout_error);

	for (size_t i = 0; i < p.pair_count; i++)
		stored_free(&p.pairs[i]);
	for (size_t i = 0; i < p.count; i++)
		subject_free(&p.subjects[i]);
	return status;
}

#define AT(field) offsetof(struct report_settings, field)

static const struct option_row options[] = {
	OPTION("output", 'o', "FILE", read_text, AT(output), "page to write; - is standard output"),
	OPTION_SWITCH(
		"no-figures", 0, AT(no_figures), "draw no figures, which take most of the time"),
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"load another mechanism from a shared object, for its traits"),
	OPTION_SWITCH("quiet", 'q', AT(quiet),
		"do not print what was written and what could not be drawn"),
	OPTION_ROWS_END,
};

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct report_settings *s = settings;

	if (given->word_count > REPORT_RUNS_MAX)
		return reason_set(why, EINVAL,
			"report: \"%.80s\" is one directory too many; a page has room for %d",
			given->words[REPORT_RUNS_MAX], REPORT_RUNS_MAX);
	if (given->word_count == 0)
		return reason_set(why, EINVAL,
			"report: no directory given; write report DIR -o report.html, DIR being "
			"one that ipcbench --output has written");
	if (s->output == NULL)
		return reason_set(why, EINVAL,
			"report: no --output given; write report %.80s -o report.html",
			given->words[0]);
	memcpy(s->dirs, given->words, given->word_count * sizeof(s->dirs[0]));
	s->dir_count = given->word_count;
	return 0;
}

const struct command report_command = {
	.name = "report",
	.summary = "make an HTML page of one stored run, or of several",
	.options = options,
	.operands = "DIR...",
	.doc = "Makes one HTML page of a run directory: the best mechanisms and caveats, every "
	       "figure and table, the raw data, the machine and the command. The page loads "
	       "nothing from elsewhere and works without scripts. Several runs are shown side by "
	       "side, each compared with the first. DIR may also come from ipcbench gate, compare "
	       "or topology.",
	.exit_status =
		"0 written; 1 a run is damaged, or the page cannot be written; 2 wrong usage, or a "
		"directory that is not a run",
	.takes_files = true,
	.settings_size = sizeof(struct report_settings),
	.check = check,
	.run = report_run,
};
