/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "run/watch.h"
#include "text/format.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

volatile int interrupted;

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

static void on_interrupt(int sig)
{
	interrupted = sig;
}

/* SIGCHLD has to interrupt the driver's sleep; what else it does is read from waitpid(). */
static void on_child(int sig)
{
	(void)sig;
}

/* Blocked while the driver does not sleep, so that none is lost between looking and sleeping. */
void catch_signals(void)
{
	struct sigaction end = {.sa_handler = on_interrupt}, before;
	struct sigaction child = {.sa_handler = on_child};
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	for (size_t i = 0; i < WATCH_SIGNALS; i++) {
		/* nohup and a shell's background jobs ignore some: so does the run */
		if (sigaction(watch_signals[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaction(watch_signals[i], &end, NULL);
		sigaddset(&blocked, watch_signals[i]);
	}
	sigaction(SIGCHLD, &child, NULL);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
}
