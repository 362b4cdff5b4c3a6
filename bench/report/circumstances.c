/* SPDX-License-Identifier: MIT */
/*
 * What speaks against the figures: flags of trials, skips, failures, findings of the doctor. And
 * what else env.json tells: the machine and build, and how the run is repeated.
 */
#include "report/parts.h"

#include "doc/document.h"
#include "results/measured.h"
#include "results/sections.h"
#include "text/memory.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run --------------------------------------------------------------------------------- */

static void write_flags(FILE *out, const struct results *r)
{
	size_t count[TRIAL_FLAG_COUNT] = {0}, flagged = 0;

	for (size_t i = 0; i < r->trial_count; i++) {
		flagged += r->trials[i].flags != 0;
		for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
			count[f] += (r->trials[i].flags & 1u << f) != 0;
	}
	if (flagged == 0) {
		fputs("<p>No trial carries a flag.</p>\n", out);
		return;
	}
	html_put(out, "<p>Flags on %zu of %zu row%s of trials.csv:</p>\n<ul>\n", flagged,
		r->trial_count, r->trial_count == 1 ? "" : "s");
	for (size_t f = 0; f < TRIAL_FLAG_COUNT; f++)
		if (count[f] > 0)
			html_put(out, "<li><b>%zu</b> %s</li>\n", count[f], legend_flag_meaning(f));
	fputs("</ul>\n", out);
}

static void write_counts(FILE *out, const struct stored_run *run, size_t unlaunched)
{
	size_t ok = 0, failed = 0;

	for (size_t i = 0; i < run->cell_count; i++) {
		ok += run->cells[i].ok;
		failed += run->cells[i].failed;
	}
	html_put(out, "<p>%zu cell%s: %zu measured, <b>%zu failed</b>, %zu skipped.",
		run->cell_count, run->cell_count == 1 ? "" : "s", ok, failed,
		run->cell_count - ok - failed);
	fputs(ok < run->cell_count ? " <a href=\"#notes\">The reasons</a></p>\n" : "</p>\n", out);
	if (unlaunched > 0)
		html_put(out,
			"<p><b>The run was interrupted</b>: %zu more cell%s not reached.</p>\n",
			unlaunched, unlaunched == 1 ? " was" : "s were");
}

/* ---- the doctor ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void write_finding(FILE *out, const json_t *finding)
{
	const json_t *figure = json_object_get(finding, "figure");
	double value = json_number_value(figure);

	html_put(out, "<li class=\"finding %s\"><b class=\"grade\">%s</b> <b>%s",
		text_of(finding, "grade"), text_of(finding, "grade"), text_of(finding, "title"));
	if (json_is_number(figure)) {
		char *text = need_text(fabs(value) < 1e4 ? "%.4g" : "%.0f", value);

		html_put(out, ": %s %s", text, text_of(finding, "unit"));
		free(text);
	}
	fputs("</b>", out);
	if (text_of(finding, "state")[0] != '\0')
		html_put(out, " (%s)", text_of(finding, "state"));
	html_put(out, "<br>%s", text_of(finding, "effect"));
	if (text_of(finding, "remedy")[0] != '\0')
		html_put(out, ". <i>Remedy:</i> %s", text_of(finding, "remedy"));
	fputs("</li>\n", out);
}

/* The findings of one grade; returns how many. */
static size_t write_grade(FILE *out, const json_t *findings, const char *grade)
{
	size_t n = 0, i;
	json_t *finding;

	json_array_foreach(findings, i, finding)
	{
		if (strcmp(text_of(finding, "grade"), grade) != 0)
			continue;
		write_finding(out, finding);
		n++;
	}
	return n;
}

static void write_doctor(FILE *out, const json_t *doctor)
{
	const json_t *findings = json_object_get(doctor, "findings");

	if (!json_is_array(findings)) {
		fputs("<p>The findings of <code>ipcbench doctor</code> were not recorded.</p>\n",
			out);
		return;
	}
	html_put(out,
		"<p>Before measuring, <code>ipcbench doctor</code> graded the machine "
		"<b>%s</b>.</p>\n<ul class=\"findings\">\n",
		text_of(doctor, "grade"));
	size_t n = write_grade(out, findings, "bad");

	n += write_grade(out, findings, "warn");
	fputs(n == 0 ? "</ul>\n<p>It found nothing to warn about.</p>\n" : "</ul>\n", out);
	fputs("<details><summary>Its notes and good findings</summary>\n<ul "
	      "class=\"findings\">\n",
		out);
	write_grade(out, findings, "note");
	write_grade(out, findings, "good");
	fputs("</ul></details>\n", out);
}

static void write_doubts(FILE *out, const struct subject *s)
{
	if (s->run.incomplete.text[0] != '\0')
		html_put(out, "<p><b>%s</b></p>\n", s->run.incomplete.text);
	if (json_is_false(json_object_get(json_object_get(s->env, "ipcbench"), "optimized")))
		fputs("<p><b>ipcbench was built without optimisation</b>: its own loops cost more than "
		      "they need to.</p>\n",
			out);
	if (s->kind == SUBJECT_RUN) {
		write_counts(out, &s->run, s->stored.unlaunched);
		write_flags(out, &s->stored.results);
	}
	write_doctor(out, json_object_get(s->env, "doctor"));
}

void part_doubts(FILE *out, const struct page *p)
{
	part_beside(out, p, write_doubts);
}

/* ---- the fingerprint ------------------------------------------------------------------------- */

/* "frequency_governor" -> "frequency governor", to be freed. */
static char *words_of(const char *key)
{
	char *words = need_copy(key);

	for (char *p = words; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : *p;
	return words;
}

static void write_fact(FILE *out, const char *key, const json_t *value)
{
	char *words = words_of(key), *text = env_value(value);

	html_put(out, "<dt>%s</dt><dd>%s</dd>\n", words, text);
	free(words);
	free(text);
}

static void write_main(FILE *out, const json_t *env)
{
	static const struct {
		const char *term, *section, *key;
	} lines[] = {
		{"Measured", NULL, "started"},
		{"Operating system", "kernel", "os"},
		{"Virtual machine", "virtual_machine", "hypervisor"},
		{"Frequency governor", "cpu", "frequency_governor"},
		{"Turbo", "cpu", "turbo"},
		{"Clock", "clock", "name"},
		{"ipcbench", "ipcbench", "version"},
		{"Compiler", "ipcbench", "compiler"},
		{"Flags", "ipcbench", "cflags"},
	};
	char *machine = env_machine(env);

	html_put(out, "<dl class=\"facts\">\n<dt>Machine</dt><dd>%s</dd>\n", machine);
	free(machine);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *section = lines[i].section;

		write_fact(out, lines[i].term,
			json_object_get(section == NULL ? env : json_object_get(env, section),
				lines[i].key));
	}
	fputs("</dl>\n", out);
}

static void write_section(FILE *out, const char *name, json_t *section)
{
	char *words = words_of(name);
	const char *key;
	json_t *value;

	html_put(out, "<h4>%s</h4>\n<dl class=\"facts\">\n", words);
	free(words);
	json_object_foreach(section, key, value) write_fact(out, key, value);
	fputs("</dl>\n", out);
}

static void write_machine(FILE *out, const struct subject *s)
{
	const char *key;
	json_t *value;

	if (s->env == NULL) {
		fputs("<p>The machine was not recorded: env.json is missing.</p>\n", out);
		return;
	}
	write_main(out, s->env);
	fputs("<details><summary>Everything recorded about the machine</summary>\n", out);
	json_object_foreach((json_t *)s->env, key, value)
	{
		/* these are told elsewhere */
		if (json_is_object(value) && strcmp(key, "doctor") != 0 && strcmp(key, "plan") != 0)
			write_section(out, key, value);
	}
	fputs("</details>\n", out);
}

void part_machine(FILE *out, const struct page *p)
{
	part_beside(out, p, write_machine);
}

/* ---- the command ----------------------------------------------------------------------------- */

static void write_command(FILE *out, const json_t *command)
{
	json_t *word;
	size_t i;

	if (json_array_size(command) == 0) {
		fputs("<p>The command was not recorded.</p>\n", out);
		return;
	}
	fputs("<p>It was measured by</p>\n<pre><code class=\"command\">", out);
	json_array_foreach(command, i, word)
	{
		fputs(i > 0 ? " " : "", out);
		html_shell_word(out, json_is_string(word) ? json_string_value(word) : "");
	}
	fputs("</code></pre>\n", out);
}

static void write_seed(FILE *out, const struct subject *s)
{
	const json_t *seed = json_object_get(json_object_get(s->env, "plan"), "seed");

	if (seed != NULL && !json_is_null(seed)) {
		char *text = env_value(seed);

		html_put(out, "<p>Seed of its order: <code>%s</code></p>\n", text);
		free(text);
	} else if (s->kind == SUBJECT_GATE && s->gate.document != NULL) {
		fprintf(out, "<p>Seed of its coin: <code>%" PRIu64 "</code></p>\n",
			s->gate.results.seed);
	}
}

void part_commands(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct subject *s = &p->subjects[i];

		part_subject(out, p, i);
		write_command(out, json_object_get(s->env, "command"));
		write_seed(out, s);
		if (s->kind != SUBJECT_RUN)
			continue;
		fputs("<p>The same cells in the same order, and what has changed:</p>\n"
		      "<pre><code>ipcbench --replay ",
			out);
		html_shell_word(out, s->dir);
		fputs("</code></pre>\n", out);
	}
	fputs("<p>This page:</p>\n<pre><code>ipcbench", out);
	for (int i = 1; i < p->argc; i++) {
		fputc(' ', out);
		html_shell_word(out, p->argv[i]);
	}
	fputs("</code></pre>\n", out);
}
