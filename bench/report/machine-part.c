/* SPDX-License-Identifier: MIT */
#include "report/machine-part.h"

#include "doc/html-text.h"
#include "gate/fingerprint.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---------------------------------------------------------------------------------- */

static const json_t *member(const json_t *env, const char *section, const char *key)
{
	const json_t *of = section == NULL ? env : json_object_get(env, section);

	return json_object_get(of, key);
}

/* A value as a person reads it. */
static void put_value(FILE *out, const json_t *value)
{
	if (value == NULL || json_is_null(value)) {
		fputs("unknown", out);
	} else if (json_is_string(value)) {
		html_text(out, json_string_length(value) > 0 ? json_string_value(value) : "none");
	} else if (json_is_boolean(value)) {
		fputs(json_is_true(value) ? "yes" : "no", out);
	} else {
		char *text =
			json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));

		html_text(out, text != NULL ? text : "");
		free(text);
	}
}

/* "frequency_governor" -> "frequency governor" */
static void put_key(FILE *out, const char *key)
{
	char text[80];

	snprintf(text, sizeof(text), "%.79s", key);
	for (char *p = text; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : *p;
	html_text(out, text);
}

/* ---- the fingerprint ------------------------------------------------------------------------- */

static void put_main(FILE *out, const json_t *env)
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
	char *machine = fingerprint_machine(env);

	fputs("<dl class=\"facts\">\n<dt>Machine</dt><dd>", out);
	html_text(out, machine != NULL ? machine : "unknown");
	fputs("</dd>\n", out);
	free(machine);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		fprintf(out, "<dt>%s</dt><dd>", lines[i].term);
		put_value(out, member(env, lines[i].section, lines[i].key));
		fputs("</dd>\n", out);
	}
	fputs("</dl>\n", out);
}

static void put_section(FILE *out, const char *name, const json_t *section)
{
	const char *key;
	json_t *value;

	fputs("<h4>", out);
	put_key(out, name);
	fputs("</h4>\n<dl class=\"facts\">\n", out);
	json_object_foreach((json_t *)section, key, value)
	{
		fputs("<dt>", out);
		put_key(out, key);
		fputs("</dt><dd>", out);
		put_value(out, value);
		fputs("</dd>\n", out);
	}
	fputs("</dl>\n", out);
}

void machine_write(FILE *out, const struct subject *s)
{
	const char *key;
	json_t *value;

	if (s->env == NULL) {
		fputs("<p>The machine was not recorded: there is no env.json.</p>\n", out);
		return;
	}
	put_main(out, s->env);
	fputs("<details><summary>Everything that was recorded of the machine</summary>\n", out);
	json_object_foreach((json_t *)s->env, key, value)
	{
		/* these are told elsewhere */
		if (json_is_object(value) && strcmp(key, "doctor") != 0 && strcmp(key, "plan") != 0)
			put_section(out, key, value);
	}
	fputs("</details>\n", out);
}

/* ---- the doctor ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static void put_finding(FILE *out, const json_t *finding)
{
	const json_t *figure = json_object_get(finding, "figure");

	fputs("<li class=\"finding ", out);
	html_text(out, text_of(finding, "grade"));
	fputs("\"><b class=\"grade\">", out);
	html_text(out, text_of(finding, "grade"));
	fputs("</b> <b>", out);
	html_text(out, text_of(finding, "title"));
	if (json_is_number(figure)) {
		double value = json_number_value(figure);

		html_textf(out, fabs(value) < 1e4 ? ": %.4g %s" : ": %.0f %s", value,
			text_of(finding, "unit"));
	}
	fputs("</b>", out);
	if (text_of(finding, "state")[0] != '\0') {
		fputs(" (", out);
		html_text(out, text_of(finding, "state"));
		fputs(")", out);
	}
	fputs("<br>", out);
	html_text(out, text_of(finding, "effect"));
	if (text_of(finding, "remedy")[0] != '\0') {
		fputs(". <i>Remedy:</i> ", out);
		html_text(out, text_of(finding, "remedy"));
	}
	fputs("</li>\n", out);
}

/* The findings of one grade; returns how many. */
static size_t put_grade(FILE *out, const json_t *findings, const char *grade)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(findings); i++) {
		const json_t *finding = json_array_get(findings, i);

		if (strcmp(text_of(finding, "grade"), grade) != 0)
			continue;
		put_finding(out, finding);
		n++;
	}
	return n;
}

void machine_write_doctor(FILE *out, const struct subject *s)
{
	const json_t *doctor = json_object_get(s->env, "doctor");
	const json_t *findings = json_object_get(doctor, "findings");

	if (!json_is_array(findings)) {
		fputs("<p>What <code>ipcbench doctor</code> finds was not recorded with it.</p>\n",
			out);
		return;
	}
	fputs("<p>Before measuring, <code>ipcbench doctor</code> graded the machine <b>", out);
	html_text(out, text_of(doctor, "grade"));
	fputs("</b>.</p>\n<ul class=\"findings\">\n", out);
	size_t n = put_grade(out, findings, "bad");

	n += put_grade(out, findings, "warn");
	fputs("</ul>\n", out);
	if (n == 0)
		fputs("<p>It had nothing to warn of.</p>\n", out);
	fputs("<details><summary>Its notes, and what it found in order</summary>\n<ul "
	      "class=\"findings\">\n",
		out);
	put_grade(out, findings, "note");
	put_grade(out, findings, "good");
	fputs("</ul></details>\n", out);
}

/* ---- the command ----------------------------------------------------------------------------- */

static void put_words(FILE *out, const json_t *words)
{
	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *word = json_string_value(json_array_get(words, i));

		if (i > 0)
			fputc(' ', out);
		html_shell_word(out, word != NULL ? word : "");
	}
}

static void put_seed(FILE *out, const struct subject *s)
{
	const json_t *seed = json_object_get(json_object_get(s->env, "plan"), "seed");

	if (seed != NULL && !json_is_null(seed)) {
		fputs("<p>Seed of its order: <code>", out);
		put_value(out, seed);
		fputs("</code></p>\n", out);
	} else if (s->kind == SUBJECT_GATE && s->gate.document != NULL) {
		fprintf(out, "<p>Seed of its coin: <code>%llu</code></p>\n",
			(unsigned long long)s->gate.results.seed);
	}
}

void machine_write_command(FILE *out, const struct subject *s)
{
	const json_t *command = json_object_get(s->env, "command");

	if (json_array_size(command) == 0) {
		fputs("<p>The command was not recorded.</p>\n", out);
	} else {
		fputs("<p>It was measured by</p>\n<pre><code class=\"command\">", out);
		put_words(out, command);
		fputs("</code></pre>\n", out);
	}
	put_seed(out, s);
	if (s->kind != SUBJECT_RUN)
		return;
	fputs("<p>The same cells in the same order, and what has changed:</p>\n<pre><code>ipcbench "
	      "--replay ",
		out);
	html_shell_word(out, s->dir);
	fputs("</code></pre>\n", out);
}
