/* SPDX-License-Identifier: MIT */
#include "report/draw.h"

#include "run/watch.h"
#include "text/text-file.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A look every so often, in case a signal came between looking and sleeping. */
#define LOOK_NS	 UINT64_C(50000000)
#define GRACE_NS UINT64_C(2000000000)

/* ---- the script ------------------------------------------------------------------------------ */

/* The folder of this program, without a '/' at its end; empty if it cannot be told. */
static void own_folder(char path[DRAW_PATH_LEN])
{
	ssize_t n = readlink("/proc/self/exe", path, DRAW_PATH_LEN - 1);

	path[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

static bool lies_in(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

int draw_find(char path[DRAW_PATH_LEN], struct reason *why)
{
	const char *named = getenv("IPCBENCH_PLOT");
	char folder[DRAW_PATH_LEN];

	if (named != NULL && named[0] != '\0') {
		if (snprintf(path, DRAW_PATH_LEN, "%s", named) < DRAW_PATH_LEN &&
			access(path, X_OK) == 0)
			return 0;
		return reason_set(why, errno == EACCES ? EACCES : ENOENT,
			"IPCBENCH_PLOT names \"%.160s\", which cannot be run: %s", named,
			strerror(errno == EACCES ? EACCES : ENOENT));
	}
	own_folder(folder);
	if (snprintf(path, DRAW_PATH_LEN, "%s/ipcbench-plot", folder) < DRAW_PATH_LEN &&
		access(path, X_OK) == 0)
		return 0;
	snprintf(path, DRAW_PATH_LEN, "%s", IPCBENCH_SOURCE_ROOT "/scripts/plot");
	if (lies_in(folder, IPCBENCH_BUILD_ROOT) && access(path, X_OK) == 0)
		return 0;
	return reason_set(why, ENOENT,
		"there is no ipcbench-plot beside ipcbench; install it, or name the script in "
		"IPCBENCH_PLOT");
}

/* The last line of what it said, without the "plot: " before it. */
static void last_line(char *buf, size_t len, const char *path)
{
	static const char own[] = "plot: ";
	char text[4096];

	buf[0] = '\0';
	if (path == NULL || text_file_read(path, text, sizeof(text)) <= 0)
		return;
	const char *line = strrchr(text, '\n');

	line = line == NULL ? text : line + 1;
	snprintf(buf, len, "%.*s", (int)len - 1,
		strncmp(line, own, strlen(own)) == 0 ? line + strlen(own) : line);
}

/* ---- the process ----------------------------------------------------------------------------- */

static int open_to(posix_spawn_file_actions_t *files, int fd, const char *path)
{
	return path == NULL ? 0
			    : posix_spawn_file_actions_addopen(
				      files, fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static int set_signals(posix_spawnattr_t *attr)
{
	sigset_t held, usual;

	/* in a group of its own it would be stopped by a terminal that is set to tostop */
	sigemptyset(&held);
	sigaddset(&held, SIGTTOU);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	for (size_t i = 0; i < WATCH_SIGNALS; i++) {
		struct sigaction before;

		if (sigaction(watch_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaddset(&usual, watch_signals[i]);
	}
	int r = posix_spawnattr_setsigmask(attr, &held);

	if (r == 0)
		r = posix_spawnattr_setsigdefault(attr, &usual);
	if (r == 0)
		r = posix_spawnattr_setpgroup(attr, 0);
	return r == 0 ? posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
							       POSIX_SPAWN_SETSIGDEF |
							       POSIX_SPAWN_SETPGROUP)
		      : r;
}

/* -errno */
static int start(pid_t *pid, const char *const *args, const char *out, const char *said)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int r = posix_spawn_file_actions_init(&files);

	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attr);
	if (r == 0) {
		r = posix_spawn_file_actions_addopen(
			&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		if (r == 0)
			r = open_to(&files, STDOUT_FILENO, out);
		if (r == 0)
			r = open_to(&files, STDERR_FILENO, said);
		if (r == 0)
			r = set_signals(&attr);
		if (r == 0)
			r = posix_spawn(pid, args[0], &files, &attr, (char *const *)args, environ);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return -r;
}

/*
 * Until it has ended; *interrupted ends it, with force if it does not obey. It is asked once: what
 * it removes before it ends, a second signal would leave. 0 or -EINTR.
 */
static int await(pid_t pid, int *status, const volatile int *interrupted)
{
	uint64_t since_ns = 0;

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (*interrupted) {
			if (since_ns == 0)
				kill(-pid, SIGTERM);
			else if (since_ns >= GRACE_NS)
				kill(-pid, SIGKILL);
			since_ns += LOOK_NS;
		}
		watch_sleep(LOOK_NS);
	}
	/* what it has started and left behind */
	kill(-pid, SIGKILL);
	watch_let_signals_in();
	return *interrupted ? -EINTR : 0;
}

int draw_run(const char *const *args, const char *out, const char *said,
	const volatile int *interrupted, struct reason *why)
{
	char line[200];
	int status = 0;
	pid_t pid = -1;
	int r = start(&pid, args, out, said);

	if (r < 0)
		return reason_set(why, -r, "%.160s: cannot be started: %s", args[0], strerror(-r));
	if (await(pid, &status, interrupted) < 0)
		return -EINTR;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	last_line(line, sizeof(line), said);
	if (line[0] != '\0')
		return reason_set(why, EIO, "%s", line);
	if (WIFSIGNALED(status))
		return reason_set(
			why, EIO, "%.160s was ended by %s", args[0], strsignal(WTERMSIG(status)));
	return reason_set(why, EIO, "%.160s ended with status %d", args[0], WEXITSTATUS(status));
}

/* ---- its folder ------------------------------------------------------------------------------ */

int draw_directory_make(char path[DRAW_PATH_LEN], struct reason *why)
{
	const char *tmp = getenv("TMPDIR");

	tmp = tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp";
	if (snprintf(path, DRAW_PATH_LEN, "%s/ipcbench-XXXXXX", tmp) >= DRAW_PATH_LEN)
		return reason_set(why, ENAMETOOLONG,
			"TMPDIR has more than %d bytes; set it to a "
			"shorter path",
			DRAW_PATH_LEN - 20);
	if (mkdtemp(path) == NULL)
		return reason_set(why, errno, "cannot make a temporary directory in %.160s: %s",
			tmp, strerror(errno));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

void draw_directory_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
