/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "text/format.h"
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
