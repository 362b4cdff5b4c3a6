/* SPDX-License-Identifier: MIT */
#include "run/interrupt.h"

#include "run/watch.h"
#include <signal.h>

volatile int interrupted;

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
