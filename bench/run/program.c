/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "text/format.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a program whose parent was killed may clean up. */
enum { ORPHAN_MS = 5000 };

_Noreturn static void become(const struct program_spec *p, pid_t parent)
{
	struct sigaction before;

	/* a key pressed at the terminal ends the parent, which ends this */
	setpgid(0, 0);
	/* it cleans up, and so does what it has started */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(nothing, STDIN_FILENO);
	dup2(p->out >= 0 ? p->out : nothing, STDOUT_FILENO);
	dup2(p->err >= 0 ? p->err : nothing, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	/* a signal before execv() would only be noted, in a process that is about to forget it */
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		if (sigaction(watch_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			signal(watch_signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &p->blocked, NULL);
	if (p->tmpdir != NULL)
		setenv("TMPDIR", p->tmpdir, 1);
	execv(p->argv[0], p->argv);
	dprintf(STDERR_FILENO, "%s cannot be started: %s\n", p->argv[0], strerror(errno));
	_exit(127);
}

/* Of the program's group. It outlives a parent that is killed, and ends what a signal did not. */
_Noreturn static void guard(pid_t program, pid_t parent)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_SETMASK, &term, NULL);
	/* it is gone already, and this is the group of the parent */
	if (setpgid(0, program) < 0)
		_exit(EXIT_FAILURE);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* no claim and no lock of the parent lives on in it */
	syscall(SYS_close_range, 0, ~0u, 0);
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, program, 0), .events = POLLIN};

	while (getppid() == parent)
		sigwaitinfo(&term, NULL);
	poll(&ended, 1, ORPHAN_MS);
	kill(0, SIGKILL);
	_exit(EXIT_FAILURE);
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int program_start(struct started *s, const struct program_spec *p)
{
	pid_t self = getpid();

	s->guard = -1;
	s->pid = fork();
	if (s->pid == 0)
		become(p, self);
	if (s->pid < 0)
		return -errno;
	setpgid(s->pid, s->pid);
	s->guard = fork();
	if (s->guard == 0)
		guard(s->pid, self);
	if (s->guard > 0)
		return 0;
	int err = errno;

	program_end(s);
	reap(s->pid);
	s->pid = -1;
	return -err;
}

void program_end(struct started *s)
{
	kill(-s->pid, SIGKILL);
	if (s->guard <= 0)
		return;
	/* it may not be in the group yet */
	kill(s->guard, SIGKILL);
	reap(s->guard);
}

const char *program_last_line(char *said, const char *own)
{
	size_t len = strlen(said);

	while (len > 0 && said[len - 1] == '\n')
		said[--len] = '\0';
	const char *line = strrchr(said, '\n');

	line = line == NULL ? said : line + 1;
	return strncmp(line, own, strlen(own)) == 0 ? line + strlen(own) : line;
}

int program_failure(struct reason *why, const char *name, int status, const char *last_line)
{
	if (last_line[0] != '\0') {
		int r = reason_set(why, EIO, "%s", last_line);

		reason_plain(why);
		return r;
	}
	if (WIFSIGNALED(status))
		return reason_set(
			why, EIO, "%.160s was ended by %s", name, strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status) == 0 ? 0
					: reason_set(why, EIO, "%.160s ended with status %d", name,
						  WEXITSTATUS(status));
}
