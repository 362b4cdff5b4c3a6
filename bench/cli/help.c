/* SPDX-License-Identifier: MIT */
/* What --help prints: usage, commands, options in groups, exit statuses. */
#include "cli/command.h"

#include "text/format.h"
#include "text/memory.h"
#include <stdlib.h>

enum {
	TEXT_COLUMN = 28, /* where the text of an option begins */
	NAME_COLUMN = 21, /* likewise of a command */
	STATUS_COLUMN = 9,
	WIDTH = 80, /* where no terminal says otherwise */
	WIDTH_MAX = 100,
};

static size_t help_width(void)
{
	unsigned int width = terminal_width();

	return width == 0 ? WIDTH : width < WIDTH_MAX ? width : WIDTH_MAX;
}

/* A term, and what it means from `column` on; in the next line if the term is too long. */
static void entry(const char *term, const char *text, size_t column)
{
	size_t at = (size_t)printf("  %s", term);

	if (at + 2 > column) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", (int)(column - at), "");
	format_wrap(stdout, text, column, column, help_width());
}

static void command_entry(const struct command *c)
{
	char *term = need_text("ipcbench %s", c->name);

	entry(term, c->summary, NAME_COLUMN);
	free(term);
}

static void option_entry(const struct option_row *o)
{
	char letter[] = {'-', o->letter, ',', ' ', '\0'};
	char *term = need_text("%s--%s%s%s", o->letter != '\0' ? letter : "    ", o->name,
		o->arg != NULL ? "=" : "", o->arg != NULL ? o->arg : "");
	char *help = option_help(o);

	entry(term, help, TEXT_COLUMN);
	free(help);
	free(term);
}

static void print_options(const struct option_row *o)
{
	if (o->name != NULL)
		printf("\nOptions:\n");
	for (; !option_is_end(o); o++) {
		if (o->name == NULL)
			printf("\n%s\n", o->help);
		else if (!o->hidden)
			option_entry(o);
	}
}

/* "0 passed; 1 failed": a line each. */
static void print_statuses(const char *text)
{
	char *copy = need_copy(text), *rest = copy, *status;

	printf("\nExit status:\n");
	while ((status = strsep(&rest, ";")) != NULL) {
		char *meaning = status + strspn(status, " ");
		const char *number = strsep(&meaning, " ");

		entry(number, meaning == NULL ? "" : meaning, STATUS_COLUMN);
	}
	free(copy);
}

static void print_usage(const struct command *c, bool has_commands)
{
	char *copy = need_copy(c->operands == NULL ? "" : c->operands), *rest = copy, *form;
	const char *head = "Usage:";

	while ((form = strsep(&rest, "\n")) != NULL) {
		printf("%-6s ipcbench%s%s [OPTION...]%s%s\n", head, c->name[0] != '\0' ? " " : "",
			c->name, form[0] != '\0' ? " " : "", form);
		head = "  or:";
	}
	if (has_commands)
		printf("%-6s ipcbench COMMAND [OPTION...]\n", head);
	free(copy);
}

void command_print_help(const struct command *c, const struct command *const *others)
{
	print_usage(c, others != NULL);
	putchar('\n');
	format_wrap(stdout, c->doc, 0, 0, help_width());
	if (others != NULL)
		printf("\nCommands (each has its own --help):\n");
	for (; others != NULL && *others != NULL; others++)
		if (!(*others)->hidden)
			command_entry(*others);
	print_options(c->options);
	if (c->exit_status != NULL)
		print_statuses(c->exit_status);
}
