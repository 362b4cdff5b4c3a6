/* SPDX-License-Identifier: MIT */
/* ipcbench: one command and its exit status. Only this file exits the driver. */
#include "cli/command.h"
#include "commands.h"
#include "plan/guard.h"
#include "run/watch.h"
#include "text/claim.h"
#include "text/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

/* How long a reader that does not read is waited for after a signal. */
#define LOOK_NS	 UINT64_C(50000000)
#define GRACE_NS UINT64_C(2000000000)

/* Writes to a standard stream; a signal ends it for good where nobody reads. 0 with errno. */
static ssize_t put(void *stream, const char *text, size_t len)
{
	static bool given_up;
	int fd = *(const int *)stream;
	uint64_t waited_ns = 0;
	size_t done = 0;

	while (done < len) {
		size_t n = len - done < PIPE_BUF ? len - done : PIPE_BUF;

		while (!given_up && !watch_writable(fd, LOOK_NS)) {
			waited_ns += interrupted ? LOOK_NS : 0;
			given_up = waited_ns >= GRACE_NS;
		}
		errno = EINTR;
		ssize_t wrote = given_up ? -1 : write(fd, text + done, n);

		if (wrote < 0)
			return 0;
		done += (size_t)wrote;
	}
	return (ssize_t)len;
}

/*
 * A signal is seen where the driver sleeps, and so it has to sleep rather than write where nobody
 * reads. A text that argp prints is written in one piece at the end: a write that fails in the
 * middle of it leaves no errno behind that would say why.
 */
static void replace_stdout(void)
{
	static int fd = STDOUT_FILENO;
	static char room[1 << 16];
	FILE *out = needed(fopencookie(&fd, "w", (cookie_io_functions_t){.write = put}));

	setvbuf(out, room, isatty(fd) ? _IOLBF : _IOFBF, sizeof(room));
	stdout = out;
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
	if (interrupted && error == EINTR)
		return EXIT_SIGNAL + interrupted;
	reason_set(&why, error, "cannot write to standard output: %s", strerror(error));
	return complain(&why, unwritten != 0 ? unwritten : EXIT_FAILED);
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

/* Twice what the deepest calls take. */
enum { STACK_KIB = 512 };

/* A stack that is too small grows where it may; else it is a line rather than a crash. */
static void need_stack(void)
{
	struct rlimit limit;
	const rlim_t least = (rlim_t)STACK_KIB << 10;

	if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur >= least)
		return;
	int kib = (int)(limit.rlim_cur >> 10);

	limit.rlim_cur = least;
	limit.rlim_max = limit.rlim_max < least ? least : limit.rlim_max;
	if (setrlimit(RLIMIT_STACK, &limit) == 0)
		return;
	fprintf(stderr,
		"ipcbench: the stack is limited to %d KiB, and %d KiB are needed; raise the limit "
		"(ulimit -s 8192)\n",
		kib, STACK_KIB);
	exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	need_stack();
	memory_on_exhausted(end_without_memory);
	occupy_standard_streams();
	replace_stdout();
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
