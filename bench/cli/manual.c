/* SPDX-License-Identifier: MIT */
/*
 * The man page: a template in which a line @COMMANDS@, @OPTIONS@, @MECHANISMS@ or
 * @TRANSPORT_OPTIONS@ stands for a section made here, and @VERSION@ for the version.
 */
#include "cli/manual.h"
#include "cli/config.h"
#include "cli/options.h"
#include "list/list.h"
#include "plan/registry.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Text as troff shows it: a plain hyphen would become a dash that nobody can paste. */
static void roff(FILE *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (p == text && (*p == '.' || *p == '\''))
			fputs("\\&", out);
		switch (*p) {
		case '\\':
			fputs("\\e", out);
			break;
		case '-':
			fputs("\\-", out);
			break;
		case '\'':
			fputs("\\(aq", out);
			break;
		case '`':
			fputs("\\(ga", out);
			break;
		case '~':
			fputs("\\(ti", out);
			break;
		default:
			fputc(*p, out);
		}
	}
}

/* Text as a sentence. */
static void sentence(FILE *out, const char *text)
{
	char first[2] = {(char)toupper((unsigned char)text[0]), '\0'};

	roff(out, first);
	if (text[0] != '\0')
		roff(out, text + 1);
	fputs(".\n", out);
}

static void option_entry(FILE *out, const struct argp_option *o)
{
	char *help = option_help(o);

	fputs(".TP\n", out);
	if (o->key > 0 && o->key <= 0x7f)
		fprintf(out, "\\fB\\-%c\\fR, ", o->key);
	fputs("\\fB\\-\\-", out);
	roff(out, o->name);
	fputs("\\fR", out);
	if (o->arg != NULL)
		fprintf(out, "=\\fI%s\\fR", o->arg);
	fputc('\n', out);
	sentence(out, help == NULL ? o->doc : help);
	free(help);
}

static void option_entries(FILE *out, const struct argp_option *o)
{
	for (; o->name != NULL || o->doc != NULL; o++) {
		if ((o->flags & OPTION_HIDDEN) != 0)
			continue;
		if (o->name != NULL)
			option_entry(out, o);
		else
			fprintf(out, ".SS \"%.*s\"\n", (int)strcspn(o->doc, ":("), o->doc);
	}
}

static void commands(FILE *out)
{
	for (const struct command_info *c = command_table; c->name != NULL; c++) {
		if (c->hidden)
			continue;
		fprintf(out, ".SS \"ipcbench %s\"\n", c->name);
		sentence(out, c->summary);
		option_entries(out, c->argp->options);
	}
}

static void mechanism(void *arg, const struct transport *t, bool first_of_family)
{
	FILE *out = arg;

	if (first_of_family)
		fprintf(out, ".SS \"%s\"\n", t->family);
	fputs(".TP\n.B ", out);
	roff(out, t->name);
	fputc('\n', out);
	sentence(out, t->summary);
}

static void transport_option(FILE *out, const struct transport *t, const struct option_spec *o)
{
	char buf[CONFIG_CHOICES_LEN];
	const char *words[CONFIG_CHOICES_MAX];

	fputs(".TP\n\\fB", out);
	roff(out, t->name);
	fputs(":", out);
	roff(out, o->name);
	fprintf(out, "\\fR=\\fI%s\\fR\n", option_type_name(o->type));
	sentence(out, o->help == NULL ? o->name : o->help);
	if (o->type == OPTION_CHOICE) {
		size_t n = config_choices(o, buf, sizeof(buf), words, ARRAY_SIZE(words));

		for (size_t i = 0; i < n; i++) {
			fputs(i == 0 ? "One of \\fB" : "\\fR, \\fB", out);
			roff(out, words[i]);
		}
		fputs("\\fR.\n", out);
	}
	if (o->initial != NULL) {
		fputs("Default: ", out);
		roff(out, o->initial);
		fputs(".\n", out);
	}
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

	if (strcmp(line, "@COMMANDS@\n") == 0)
		commands(out);
	else if (strcmp(line, "@OPTIONS@\n") == 0)
		option_entries(out, option_table);
	else if (strcmp(line, "@MECHANISMS@\n") == 0)
		list_each(mechanism, out);
	else if (strcmp(line, "@TRANSPORT_OPTIONS@\n") == 0)
		list_each(transport_options, out);
	else if (version != NULL)
		fprintf(out, "%.*s%s%s", (int)(version - line), line, IPCBENCH_VERSION,
			version + strlen("@VERSION@"));
	else
		fputs(line, out);
}

static int man_page_print(FILE *out, const char *path)
{
	FILE *template = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (template == NULL) {
		int err = -errno;

		fprintf(stderr, "ipcbench: %s: %s; give the template of the man page\n", path,
			strerror(errno));
		return err;
	}
	while (getline(&line, &room, template) > 0)
		template_line(out, line);
	free(line);
	fclose(template);
	return 0;
}

int manual_print(FILE *out, const char *man_page)
{
	int err = 0;

	if (man_page != NULL)
		err = man_page_print(out, man_page);
	else
		completion_print(out);
	if (fflush(out) != 0 && err == 0) {
		err = -errno;
		fprintf(stderr, "ipcbench: cannot write: %s\n", strerror(errno));
	}
	return err;
}
