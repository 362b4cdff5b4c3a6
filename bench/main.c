/* SPDX-License-Identifier: MIT */
/* ipcbench: one command and its exit status. Only this file exits the driver. */
#include "cli/command.h"
#include "commands.h"
#include "plan/guard.h"
#include "run/objects.h"
#include "run/watch.h"
#include "text/claim.h"
#include "text/memory.h"
#include "text/outputs.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

/* Sleeps until `fd`, -1 = nothing, can be written to. False once a signal was given its time. */
static bool wait_for_reader(int fd)
{
	static uint64_t waited_ns;

	if (watch_writable(fd, LOOK_NS))
		return true;
	waited_ns += interrupted ? LOOK_NS : 0;
	errno = waited_ns < GRACE_NS ? EAGAIN : EINTR;
	return false;
}

/* 0 with errno if not all could be written. */
static ssize_t put(void *fd, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t n = len - done < PIPE_BUF ? len - done : PIPE_BUF;
		ssize_t wrote = 0;

		if (wait_for_reader(*(const int *)fd))
			wrote = write(*(const int *)fd, text + done, n);
		else if (errno == EINTR)
			return 0;
		if (wrote < 0)
			return 0;
		done += (size_t)wrote;
	}
	return (ssize_t)len;
}

static int put_end(void *fd)
{
	int r = close(*(const int *)fd);

	free(fd);
	return r;
}

/*
 * A signal is seen where the driver sleeps, and so it has to sleep rather than write where nobody
 * reads, or open a FIFO that nobody has opened.
 */
static FILE *open_patiently(const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct stat st;
	int fd;

	while ((fd = open(path, flags, 0666)) < 0 && errno == ENXIO && stat(path, &st) == 0 &&
		S_ISFIFO(st.st_mode))
		if (!wait_for_reader(-1) && errno == EINTR)
			return NULL;
	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return NULL;
	int *own = need_array(1, sizeof(*own));

	*own = fd;
	return needed(
		fopencookie(own, "w", (cookie_io_functions_t){.write = put, .close = put_end}));
}

/*
 * What is short is written in one piece at the end: a write that fails in the middle of a text
 * leaves no errno behind that would say why. Where the C library does not let stdout be replaced
 * (musl), a signal waits for a reader that is slow.
 */
static void replace_stdout(void)
{
#ifdef __GLIBC__
	static int fd = STDOUT_FILENO;
	static char room[1 << 16];
	FILE *out = needed(fopencookie(&fd, "w", (cookie_io_functions_t){.write = put}));

	setvbuf(out, room, isatty(fd) ? _IOLBF : _IOFBF, sizeof(room));
	stdout = out;
#endif
	outputs_open_through = open_patiently;
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
	claims_end();
	guard_end();
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
	if (guard_end()) {
		objects_finish();
		_exit(status);
	}
	return status;
}
