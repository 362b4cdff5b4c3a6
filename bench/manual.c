/* SPDX-License-Identifier: MIT */
/*
 * What the build makes out of the tables of the program: completions, and the man page. The latter
 * is a template in which a line @COMMANDS@, @OPTIONS@, @EXIT_STATUS@, @MECHANISMS@ or
 * @TRANSPORT_OPTIONS@ stands for a section made here, and @VERSION@ for the version.
 */
#include "commands.h"

#include "cli/command.h"
#include "cli/measure-options.h"
#include "list/list.h"
#include "plan/plan.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Text as troff shows it: a plain hyphen would become a dash that nobody can paste. */
static void roff(FILE *out, const char *text)
{
	static const char plain[] = "\\-'`~";
	static const char *const escaped[] = {"\\e", "\\-", "\\(aq", "\\(ga", "\\(ti"};

	for (const char *p = text; *p != '\0'; p++) {
		if (p == text && (*p == '.' || *p == '\''))
			fputs("\\&", out);
		const char *special = strchr(plain, *p);

		if (special != NULL)
			fputs(escaped[special - plain], out);
		else
			fputc(*p, out);
	}
}

/* Text as --help has it: a capital letter would change a word that is to be typed. */
static void roff_line(FILE *out, const char *text)
{
	roff(out, text);
	fputc('\n', out);
}

static void option_entry(FILE *out, const struct option_row *o)
{
	char *help = option_help(o);

	fputs(".TP\n", out);
	if (o->letter != '\0')
		fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	roff(out, o->name);
	fputs("\\fR", out);
	if (o->arg != NULL)
		fprintf(out, "=\\fI%s\\fR", o->arg);
	fputc('\n', out);
	roff_line(out, help);
	free(help);
}

static void option_title(FILE *out, const char *help)
{
	char *title = need_text("%.*s", (int)strcspn(help, ":"), help);

	fputs(".SS \"", out);
	roff(out, title);
	fputs("\"\n", out);
	free(title);
}

static void option_entries(FILE *out, const struct option_row *o)
{
	for (; !option_is_end(o); o++) {
		if (o->name == NULL)
			option_title(out, o->help);
		else if (!o->hidden)
			option_entry(out, o);
	}
}

static void print_commands(FILE *out)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if ((*c)->hidden)
			continue;
		fprintf(out, ".SS \"ipcbench %s\"\n", (*c)->name);
		roff_line(out, (*c)->summary);
		option_entries(out, (*c)->options);
	}
}

/* "0 passed; 1 failed" */
static void exit_statuses(FILE *out, const struct command *c)
{
	char *copy = need_copy(c->exit_status), *rest = copy, *status;

	fprintf(out, ".SS \"ipcbench%s%s\"\n", c->name[0] != '\0' ? " " : "", c->name);
	while ((status = strsep(&rest, ";")) != NULL) {
		char *meaning = status + strspn(status, " ");

		fprintf(out, ".TP\n.B %s\n", strsep(&meaning, " "));
		roff_line(out, meaning == NULL ? "" : meaning);
	}
	free(copy);
}

static void print_exit_statuses(FILE *out)
{
	exit_statuses(out, &measure_command);
	for (const struct command *const *c = commands; *c != NULL; c++)
		if (!(*c)->hidden && (*c)->exit_status != NULL)
			exit_statuses(out, *c);
}

static void mechanism(void *arg, const struct transport *t, bool first_of_family)
{
	FILE *out = arg;

	if (first_of_family)
		fprintf(out, ".SS \"%s\"\n", t->family);
	fputs(".TP\n.B ", out);
	roff(out, t->name);
	fputc('\n', out);
	roff_line(out, t->summary);
}

static void transport_option(FILE *out, const struct transport *t, const struct option_spec *o)
{
	struct choices choices;

	fputs(".TP\n\\fB", out);
	roff(out, t->name);
	fputs(":", out);
	roff(out, o->name);
	fprintf(out, "\\fR=\\fI%s\\fR\n", option_type_name(o->type));
	roff(out, o->help == NULL ? o->name : o->help);
	for (const char *const *w = config_choices(&choices, o); *w != NULL; w++) {
		fputs(w == choices.words ? "; one of \\fB" : ", \\fB", out);
		roff(out, *w);
		fputs("\\fR", out);
	}
	if (o->initial != NULL) {
		fputs(". Default: ", out);
		roff(out, o->initial);
	}
	fputc('\n', out);
}

static void transport_options(void *arg, const struct transport *t, bool first_of_family)
{
	(void)first_of_family;
	for (const struct option_spec *o = t->options; o != NULL && o->name != NULL; o++)
		transport_option(arg, t, o);
}

static void template_line(FILE *out, const char *line)
{
	const char *version = strstr(line, "@VERSION@");

	if (strcmp(line, "@COMMANDS@") == 0)
		print_commands(out);
	else if (strcmp(line, "@OPTIONS@") == 0)
		option_entries(out, measure_options);
	else if (strcmp(line, "@EXIT_STATUS@") == 0)
		print_exit_statuses(out);
	else if (strcmp(line, "@MECHANISMS@") == 0)
		list_each(mechanism, out);
	else if (strcmp(line, "@TRANSPORT_OPTIONS@") == 0)
		list_each(transport_options, out);
	else if (version != NULL)
		fprintf(out, "%.*s%s%s\n", (int)(version - line), line, IPCBENCH_VERSION,
			version + strlen("@VERSION@"));
	else
		fprintf(out, "%s\n", line);
}

static int man_page_print(FILE *out, const char *path)
{
	struct reason why;
	char *text;
	size_t len;
	int r = whole_file_read(path, WRITTEN_FILE_MAX, &text, &len, &why);

	if (r < 0)
		return complain(&why, r);
	text[len - (len > 0 && text[len - 1] == '\n')] = '\0';
	for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
		template_line(out, line);
	free(text);
	return 0;
}

/* ---- the command ----------------------------------------------------------------------------- */

struct manual_settings {
	const char *template; /* of the man page; NULL = a completion */
	const char *shell;
};

#define FORMS "\"man TEMPLATE\" or \"completion bash|zsh|fish\""

static int check(void *settings, const struct arguments *given, struct reason *why)
{
	struct manual_settings *s = settings;
	const char *kind = given->word_count > 0 ? given->words[0] : "";

	if (given->word_count > 2)
		return reason_set(why, EINVAL,
			"manual: \"%.40s\" is one word too many; write " FORMS, given->words[2]);
	if (given->word_count < 2)
		return reason_set(why, EINVAL, "manual: write " FORMS);
	if (strcmp(kind, "man") == 0) {
		s->template = given->words[1];
		return 0;
	}
	if (strcmp(kind, "completion") != 0)
		return reason_set(
			why, EINVAL, "manual: \"%.40s\" is not known; write " FORMS, kind);
	s->shell = given->words[1];
	if (completion_print(NULL, s->shell) < 0)
		return reason_set(why, EINVAL,
			"manual: no completion for \"%.40s\"; write bash, zsh or fish", s->shell);
	return 0;
}

static int run(void *settings, struct call *call)
{
	const struct manual_settings *s = settings;

	if (s->template == NULL)
		completion_print(stdout, s->shell);
	else if (man_page_print(stdout, s->template) < 0)
		return EXIT_FAILED;
	(void)call;
	return EXIT_MEASURED;
}

static const struct option_row options[] = {OPTION_ROWS_END};

const struct command manual_command = {
	.name = "manual",
	.summary = "print the man page or a completion",
	.options = options,
	.operands = "man TEMPLATE\ncompletion bash|zsh|fish",
	.doc = "Prints the man page or the completion of a shell; used by the build.",
	.hidden = true,
	.settings_size = sizeof(struct manual_settings),
	.check = check,
	.run = run,
};
