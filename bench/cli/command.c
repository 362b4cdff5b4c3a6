/* SPDX-License-Identifier: MIT */
/* From arguments to settings, and what commands print. */
#include "cli/command.h"

#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *const color_words[] = {"auto", "always", "never", NULL};

int complain(const struct reason *why, int status)
{
	char plain[sizeof(why->text)];

	/* the line may quote a file that anybody wrote */
	fprintf(stderr, "ipcbench: %s\n",
		format_plain(plain, sizeof(plain), why->text, format_utf8()));
	return status;
}

unsigned int terminal_width(void)
{
	struct winsize ws;
	const char *columns = getenv("COLUMNS");

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col != 0)
		return ws.ws_col;
	if (columns != NULL && atoi(columns) >= 40)
		return (unsigned int)atoi(columns);
	return isatty(STDOUT_FILENO) ? 80 : 0;
}

bool use_color(enum color setting)
{
	const char *no_color = getenv("NO_COLOR");

	if (setting != COLOR_AUTO)
		return setting == COLOR_ALWAYS;
	return (no_color == NULL || no_color[0] == '\0') && isatty(STDOUT_FILENO);
}

bool command_deliver(const struct outputs *o, fill_fn *fill, const void *what, enum color color,
	int *stdout_error)
{
	const struct output_target *asked = outputs_stdout(o);
	struct reason why = {""};
	int err = 0, saved = outputs_save(o, what, true, &why);

	if (saved < 0)
		complain(&why, 0);
	if (asked != NULL)
		err = asked->write(stdout, what);
	else if (fill != NULL)
		err = document_print(
			stdout, DOC_TERMINAL, fill, what, terminal_width(), use_color(color));
	if (err < 0)
		*stdout_error = -err;
	return saved == 0;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* What stands above the sections holds unless the command line says otherwise. */
static int add_file(const struct command *c, struct arguments *a, struct reason *why)
{
	const struct argument *file = arguments_given(a, OPTION_FILE);

	/* whoever asks for help need not have a file that can be read */
	for (size_t i = 0; i < a->count; i++)
		if (a->options[i].option->ends != OPTION_NO_END)
			return 0;
	if (file == NULL)
		return 0;
	int r = option_file_read(file->value, c->options, &a->sections, &a->section_count, why);

	if (r == 0)
		arguments_inherit(a, &a->sections[0], c->rules, ~0u);
	return r;
}

static int check(
	const struct command *c, void *settings, const struct arguments *a, struct reason *why)
{
	if (c->operands == NULL && c->name[0] != '\0' && a->word_count > 0)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not understood; the command takes options only (ipcbench %s "
			"--help shows them)",
			c->name, a->words[0], c->name);
	int r = arguments_check(a, c->rules, why);

	if (r == 0)
		r = arguments_default(a, c->options, c->rules, 0, settings, why);
	return r != 0 || c->check == NULL ? r : c->check(settings, a, why);
}

int command_parse(
	const struct command *c, void *settings, int argc, char *const *argv, struct reason *why)
{
	struct arguments a;

	memset(settings, 0, c->settings_size);
	arguments_split(&a, c->options, argc, (const char *const *)argv);
	int r = add_file(c, &a, why);

	/* once: some options count how often they are given */
	if (r == 0)
		r = arguments_read(&a, 0, settings, why);
	if (r == 0)
		r = check(c, settings, &a, why);
	arguments_free(&a);
	return r;
}

int command_check_words(
	const struct command *c, const struct arguments *given, size_t most, struct reason *why)
{
	if (given->word_count <= most)
		return 0;
	return reason_set(why, EINVAL, "%s: \"%.80s\" is one directory too many; write %s %s",
		c->name, given->words[most], c->name, c->operands);
}
