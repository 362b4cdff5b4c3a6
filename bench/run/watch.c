/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "text/format.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const int watch_signals[WATCH_SIGNALS] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU};

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

/* How long a worker may go on after its peer failed, so that it can tell its side. */
#define GRACE_NS UINT64_C(100000000)

static const char *const side_name[2] = {[SIDE_TX] = "sender", [SIDE_RX] = "receiver"};

/* What the driver saw of one worker from outside. */
struct sighting {
	pid_t pid;  /* 0 = not forked, or reaped */
	int status; /* as waitpid() said; valid when ended */
	bool ended;
	bool stopped; /* it was stopped by a signal at least once */
	int stop_signal;
	bool killed_by_us;
};

/* Something in a worker may call exit(0) long before its end: only its word counts. */
static bool failed(const struct sighting seen[2], const struct control *c, int side)
{
	return seen[side].ended && !atomic_load(&c->report[side].finished);
}

/* Takes in every change of a worker's state; never blocks. */
static void look(struct sighting *s)
{
	int status;

	while (!s->ended && s->pid > 0 &&
		waitpid(s->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) == s->pid) {
		/* all that is told of a stop that ended while the driver was stopped itself */
		if (WIFCONTINUED(status)) {
			s->stopped = true;
			continue;
		}
		if (WIFSTOPPED(status)) {
			s->stopped = true;
			s->stop_signal = WSTOPSIG(status);
			continue;
		}
		s->status = status;
		s->ended = true;
	}
}

static void kill_and_reap(struct sighting *s)
{
	if (s->pid <= 0 || s->ended)
		return;
	s->killed_by_us = true;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &s->status, 0) < 0 && errno == EINTR)
		;
	s->ended = true;
}

double watch_limit(double timed_s)
{
	return 10 + 3 * timed_s;
}

void watch_sleep(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
	sigset_t during;

	sigprocmask(SIG_SETMASK, NULL, &during);
	sigdelset(&during, SIGCHLD);
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		sigdelset(&during, watch_signals[i]);
	ppoll(NULL, 0, &ts, &during);
}

void watch_let_signals_in(void)
{
	watch_sleep(0);
}

/* 0, -ETIMEDOUT or -EINTR; *timeout_s includes afterwards what the workers asked for on top. */
static int watch(struct sighting seen[2], const struct control *c, double *timeout_s)
{
	uint64_t deadline = clock_gettime_ns() + (uint64_t)(*timeout_s * 1e9);
	uint64_t extension = 0;
	bool grace = false;
	int outcome = 0;

	for (;;) {
		look(&seen[0]);
		look(&seen[1]);
		if (interrupted) {
			outcome = -EINTR;
			break;
		}
		if (seen[0].ended && seen[1].ended)
			break;
		uint64_t now = clock_gettime_ns();

		if (!grace && (failed(seen, c, 0) || failed(seen, c, 1))) {
			grace = true;
			if (deadline > now + GRACE_NS)
				deadline = now + GRACE_NS;
		}
		uint64_t asked = atomic_load(&c->extension_ns);

		if (!grace && asked != extension) {
			deadline += asked - extension;
			*timeout_s += (double)(asked - extension) / 1e9;
			extension = asked;
		}
		if (now >= deadline) {
			outcome = grace ? 0 : -ETIMEDOUT;
			break;
		}
		watch_sleep(deadline - now);
	}
	kill_and_reap(&seen[0]);
	kill_and_reap(&seen[1]);
	return outcome;
}

static enum phase phase_of(const struct control *c, int side)
{
	return (enum phase)atomic_load(&c->report[side].phase);
}

/* "stopped by signal 19 (Stopped (signal))", or only "stopped". */
static struct phrase stop_text(const struct sighting *s)
{
	return s->stop_signal == 0 ? phrase("stopped")
				   : phrase("stopped by signal %d (%s)", s->stop_signal,
					     strsignal(s->stop_signal));
}

static int timed_out(const struct sighting seen[2], const struct control *c, double timeout_s,
	struct reason *why)
{
	for (int i = 0; i < 2; i++)
		if (seen[i].stopped)
			return reason_set(why, ETIMEDOUT,
				"timed out after %g s: the %s was %s in the %s phase", timeout_s,
				side_name[i], stop_text(&seen[i]).text, phase_name(phase_of(c, i)));
	enum phase tx = phase_of(c, SIDE_TX), rx = phase_of(c, SIDE_RX);
	bool moving = (tx == PHASE_WARMUP || tx == PHASE_TIMED) &&
		      (rx == PHASE_WARMUP || rx == PHASE_TIMED);

	return reason_set(why, ETIMEDOUT,
		"timed out after %g s: no end of the sender (%s phase) or the receiver (%s phase)%s; if it is only slow raise --timeout",
		timeout_s, phase_name(tx), phase_name(rx), moving ? ", a message may be lost" : "");
}

/* A worker that died is the cause; one that reported first comes next. */
static int first_failure(const struct sighting seen[2], const struct control *c)
{
	int first = -1;

	for (int i = 0; i < 2; i++)
		if (!seen[i].killed_by_us && WIFSIGNALED(seen[i].status))
			return i;
	for (int i = 0; i < 2; i++) {
		if (seen[i].killed_by_us || !failed(seen, c, i))
			continue;
		/* a worker that left without a word: its peer can only report the consequence */
		if (c->report[i].error == 0)
			return i;
		if (first < 0 || c->report[i].ticket < c->report[first].ticket)
			first = i;
	}
	return first;
}

/* Puts the failure of a launch into words. */
static int verdict(const struct sighting seen[2], const struct control *c, int outcome,
	double timeout_s, struct reason *why)
{
	if (outcome == -ETIMEDOUT)
		return timed_out(seen, c, timeout_s, why);
	int i = first_failure(seen, c);

	if (i < 0) {
		for (i = 0; i < 2; i++)
			if (seen[i].stopped)
				return reason_set(why, EINTR,
					"the %s was %s and went on later, so its times are not its own",
					side_name[i], stop_text(&seen[i]).text);
		return 0;
	}
	const struct report *r = &c->report[i];
	const char *phase = phase_name(phase_of(c, i));

	if (WIFSIGNALED(seen[i].status))
		return reason_set(why, EPIPE, "the %s was killed by signal %d (%s) in the %s phase",
			side_name[i], WTERMSIG(seen[i].status), strsignal(WTERMSIG(seen[i].status)),
			phase);
	if (r->error == 0)
		return reason_set(why, EPIPE, "the %s exited with status %d in the %s phase",
			side_name[i], WEXITSTATUS(seen[i].status), phase);
	return reason_set(why, -r->error, "%s, %s phase: %.*s", side_name[i], phase,
		(int)sizeof(r->reason.text) - 1, r->reason.text);
}

/* ---- both workers ---------------------------------------------------------------------------- */

static _Noreturn void be_worker(
	struct control *c, worker_fn *work, const void *arg, enum side side, pid_t driver)
{
	struct report *report = &c->report[side];
	struct reason why = {""};

	worker_begin(driver);
	int r = work(arg, side, &why);

	if (r < 0) {
		report->ticket = atomic_fetch_add(&c->tickets, 1);
		report->reason = why;
		report->error = r;
		_exit(EXIT_FAILURE);
	}
	atomic_store(&report->finished, true);
	_exit(EXIT_SUCCESS);
}

/* Whatever was forked is in `seen`, to be watched or killed. */
static int fork_both(struct sighting seen[2], struct control *c, worker_fn *work, const void *arg,
	struct reason *why)
{
	pid_t driver = getpid();

	for (int side = SIDE_TX; side <= SIDE_RX; side++) {
		pid_t pid = fork();

		if (pid < 0)
			return reason_set(why, errno,
				"cannot fork the %s: %s; raise ulimit -u or the pids limit of the cgroup",
				side_name[side], strerror(errno));
		if (pid == 0)
			be_worker(c, work, arg, (enum side)side, driver);
		seen[side].pid = pid;
	}
	control_release(c, seen[SIDE_TX].pid, seen[SIDE_RX].pid);
	return 0;
}

int watch_workers(
	struct control *c, worker_fn *work, const void *arg, double timeout_s, struct reason *why)
{
	struct sighting seen[2] = {{0}};
	int r = fork_both(seen, c, work, arg, why);

	if (r < 0)
		timeout_s = 0;
	int outcome = watch(seen, c, &timeout_s);

	if (r < 0 || outcome == -EINTR)
		return r < 0 ? r : outcome;
	return verdict(seen, c, outcome, timeout_s, why);
}
