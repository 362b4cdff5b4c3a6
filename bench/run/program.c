/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "text/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn void program_become(
	char *const *argv, int out, int err, pid_t parent, const sigset_t *blocked)
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
	dup2(out >= 0 ? out : nothing, STDOUT_FILENO);
	dup2(err >= 0 ? err : nothing, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	/* a signal before execv() would only be noted, in a process that is about to forget it */
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		if (sigaction(watch_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			signal(watch_signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, blocked, NULL);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s cannot be started: %s\n", argv[0], strerror(errno));
	_exit(127);
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
