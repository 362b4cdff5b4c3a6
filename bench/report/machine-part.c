/* SPDX-License-Identifier: MIT */
/* What env.json tells: the machine and build, and how the run is repeated. */
#include "report/parts.h"

#include "doc/html-text.h"
#include "results/stored-run.h"
#include "text/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the fingerprint ------------------------------------------------------------------------- */

/* A value as a person reads it, to be freed. */
static char *value_text(const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return need_copy("unknown");
	if (json_is_string(value))
		return need_copy(json_string_length(value) > 0 ? json_string_value(value) : "none");
	if (json_is_boolean(value))
		return need_copy(json_is_true(value) ? "yes" : "no");
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
}

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
	char *words = words_of(key), *text = value_text(value);

	html_put(out, "<dt>%s</dt><dd>%s</dd>\n", words, text != NULL ? text : "");
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
		fputs("<p>The machine was not recorded: there is no env.json.</p>\n", out);
		return;
	}
	write_main(out, s->env);
	fputs("<details><summary>Everything that was recorded of the machine</summary>\n", out);
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
		char *text = value_text(seed);

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
