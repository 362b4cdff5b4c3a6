/* SPDX-License-Identifier: MIT */
/* ipcbench: one command and its exit status. Only this file exits the driver. */
#include "cli/command.h"
#include "commands.h"
#include "plan/guard.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A standard stream that the caller closed would lend its number to the next file opened. */
static void occupy_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		/* not for writing, so that what is written to it fails, as on a closed one */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(EXIT_FAILED);
	}
}

/*
 * What was printed has to have arrived; a reader that has seen enough is not a failure. `error` is
 * what a writer met. Where 1 stands for a regression, an unwritten result is none.
 */
static int close_stdout(int status, int error, int unwritten)
{
	struct reason why;

	if (fflush(stdout) != 0 && error == 0)
		error = errno;
	if (ferror(stdout) && error == 0)
		error = EIO;
	if (error == 0 || error == EPIPE)
		return status;
	reason_set(&why, error, "cannot write to standard output: %s", strerror(error));
	return complain(&why, unwritten != 0 ? unwritten : EXIT_FAILED);
}

/*
 * A text that argp prints is written in one piece at the end: a write that fails in the middle of
 * it leaves no errno behind that would say why.
 */
static void widen_stdout(void)
{
	static char room[1 << 16];

	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, room, _IOFBF, sizeof(room));
}

static int run(int argc, char **argv)
{
	const struct command *c = command_of(argc, argv);
	int first = c == &measure_command ? 0 : 1, status = EXIT_MEASURED;
	struct call call = {.argc = argc, .argv = argv};
	struct reason why = {""};
	/* kept, with what it holds, until the program ends */
	static void *settings;

	guard_set_status(c->unwritten != 0 ? c->unwritten : EXIT_FAILED);
	settings = need_array(1, c->settings_size);
	int r = command_parse(c, settings, argc - first, argv + first, &why);

	if (r < 0)
		status = complain(&why, EXIT_USAGE);
	else if (r == OPTION_HELP)
		command_help(c);
	else if (r == OPTION_VERSION)
		printf("ipcbench %s\n", IPCBENCH_VERSION);
	else
		status = c->run(settings, &call);
	claims_end();
	return close_stdout(status, call.stdout_error, c->unwritten);
}

static void end_without_memory(void)
{
	fputs("ipcbench: out of memory\n", stderr);
	exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	memory_on_exhausted(end_without_memory);
	occupy_standard_streams();
	widen_stdout();
	/* characters as the terminal has them, numbers as every parser has them */
	setlocale(LC_CTYPE, "");
	/* here rather than with the other signals: list and --help are piped into head as well */
	signal(SIGPIPE, SIG_IGN);
	/* a file above ulimit -f is an error with a reason, not the end of the run */
	signal(SIGXFSZ, SIG_IGN);
	int status = run(argc, argv);

	/* what a plugin left for exit() to call could end, crash or stop the program once more */
	if (guard_begun())
		_exit(status);
	return status;
}
