/* SPDX-License-Identifier: MIT */
/* ipcbench: one command and its exit status. Only this file exits the driver. */
#include "advise/advise-command.h"
#include "claims/claims-command.h"
#include "cli/command.h"
#include "cli/exit-status.h"
#include "cli/manual.h"
#include "cli/options.h"
#include "doctor/doctor.h"
#include "gate/compare-command.h"
#include "gate/gate-command.h"
#include "list/clean.h"
#include "list/list.h"
#include "measure-command.h"
#include "report/report-command.h"
#include "run/interrupt.h"
#include "tables/tables-command.h"
#include "text/memory.h"
#include "topology/topology-command.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a writer to stdout met; close_stdout() tells it, once. */
static int stdout_error;

/* What that is worth: where 1 stands for a regression, an unwritten result is none. */
static int unwritten_status = EXIT_FAILED;

/* A standard stream that the caller closed would lend its number to the next file opened. */
static void occupy_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		/* not for writing, so that what is written to it fails, as on a closed one */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(EXIT_FAILED);
	}
}

/* What was printed has to have arrived; a reader that has seen enough is no failure. */
static int close_stdout(int status)
{
	struct reason why;

	if (fflush(stdout) != 0 && stdout_error == 0)
		stdout_error = errno;
	if (ferror(stdout) && stdout_error == 0)
		stdout_error = EIO;
	if (stdout_error == 0 || stdout_error == EPIPE)
		return status;
	reason_set(
		&why, stdout_error, "cannot write to standard output: %s", strerror(stdout_error));
	return complain(&why, unwritten_status);
}

static int examine_machine(const struct command *command)
{
	struct reason why = {""};

	catch_signals();
	int r = doctor_run(
		stdout, command->root, command->json, terminal_width(), &interrupted, &why);

	if (r == -EINTR)
		return EXIT_SIGNAL + interrupted;
	if (why.text[0] != '\0')
		return complain(&why, r == -EINVAL ? EXIT_USAGE : EXIT_FAILED);
	stdout_error = -r;
	return EXIT_MEASURED;
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct reason why = {""};

	switch (command->kind) {
	case COMMAND_LIST:
		stdout_error = -list_print(stdout, command->json, command->markdown);
		return EXIT_MEASURED;
	case COMMAND_CLEAN:
		return clean_run(stdout, command->dry_run);
	case COMMAND_HIST:
		if (hist_run(stdout, &command->hist, &why) == 0)
			return EXIT_MEASURED;
		/* close_stdout() tells what is wrong with that */
		return ferror(stdout) ? EXIT_FAILED : complain(&why, EXIT_FAILED);
	case COMMAND_DOCTOR:
		return examine_machine(command);
	case COMMAND_GATE:
		unwritten_status = EXIT_NOT_MEASURED;
		catch_signals();
		return gate_command(argc, argv, &stdout_error);
	case COMMAND_TOPOLOGY:
		catch_signals();
		return topology_command(argc, argv, &stdout_error);
	case COMMAND_COMPARE:
		unwritten_status = EXIT_NOT_MEASURED;
		return compare_command(argc, argv, &stdout_error);
	case COMMAND_TABLES:
		return tables_command(argc, argv, &stdout_error);
	case COMMAND_REPORT:
		return report_command(argc, argv, &stdout_error);
	case COMMAND_ADVISE:
		return advise_command(argc, argv, &stdout_error);
	case COMMAND_CLAIMS:
		unwritten_status = EXIT_NOT_MEASURED;
		catch_signals();
		return claims_command(argc, argv, &stdout_error);
	case COMMAND_MANUAL:
		return manual_print(stdout, command->man_page) < 0 ? EXIT_FAILED : EXIT_MEASURED;
	case COMMAND_MEASURE:
		break;
	}
	return measure_command(argc, argv, &stdout_error);
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

static int parse_and_run(int argc, char **argv)
{
	struct command command;
	struct reason why = {""};
	int r = command_parse(&command, argc, argv, &why);
	int status = r > 0   ? EXIT_MEASURED
		     : r < 0 ? complain(&why, EXIT_USAGE)
			     : run_command(&command, argc, argv);

	command_free(&command);
	return status;
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
	return close_stdout(parse_and_run(argc, argv));
}
