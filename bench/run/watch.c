/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "run/fence.h"
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
	bool finished; /* with the status and, read once, the word of one that came to its end */
	bool stopped;  /* it was stopped by a signal at least once */
	int stop_signal;
	bool killed_by_us;
};

static bool failed(const struct sighting *s)
{
	return s->ended && !s->finished;
}

/* Takes in every change of a worker's state; never blocks. */
static void look(struct sighting *s, const struct report *report)
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
		/* something in it may call exit(0) long before its end */
		s->finished = WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
			      atomic_load(&report->finished) != 0;
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

bool watch_writable(int fd, uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
	struct pollfd out = {.fd = fd, .events = POLLOUT};
	sigset_t during;

	sigprocmask(SIG_SETMASK, NULL, &during);
	sigdelset(&during, SIGCHLD);
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		sigdelset(&during, watch_signals[i]);
	return ppoll(&out, 1, &ts, &during) > 0;
}

void watch_sleep(uint64_t ns)
{
	watch_writable(-1, ns);
}

void watch_let_signals_in(void)
{
	watch_sleep(0);
}

/* Grants the sender's extension once; -EPROTO with `why` if it is above the limit. */
static int extend(const struct control *c, struct limit *l, uint64_t *deadline, struct reason *why)
{
	uint64_t asked = atomic_load(&c->extension_ns);

	if (asked == 0 || l->extension_s < 0)
		return 0;
	if ((double)asked > l->extension_s * 1e9)
		return reason_set(why, EPROTO,
			"the sender's extension_ns is %llu, outside 0 to %.0f: shared memory was written over",
			(unsigned long long)asked, l->extension_s * 1e9);
	*deadline += asked;
	l->timeout_s += (double)asked / 1e9;
	l->extension_s = -1;
	return 0;
}

/*
 * 0, -ETIMEDOUT, -EINTR, or -EPROTO with `why`; the time-out then includes the extension.
 */
static int watch(
	struct sighting seen[2], const struct control *c, struct limit *l, struct reason *why)
{
	uint64_t deadline = clock_gettime_ns() + (uint64_t)(l->timeout_s * 1e9);
	bool grace = false;
	int outcome = 0;

	for (;;) {
		look(&seen[0], &c->report[0]);
		look(&seen[1], &c->report[1]);
		if (interrupted) {
			outcome = -EINTR;
			break;
		}
		if (seen[0].ended && seen[1].ended)
			break;
		uint64_t now = clock_gettime_ns();

		if (!grace && (failed(&seen[0]) || failed(&seen[1]))) {
			grace = true;
			if (deadline > now + GRACE_NS)
				deadline = now + GRACE_NS;
		}
		if (!grace && (outcome = extend(c, l, &deadline, why)) < 0)
			break;
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
		if (seen[i].killed_by_us || !failed(&seen[i]))
			continue;
		/* a worker that left without a word: its peer can only report the consequence */
		if (c->report[i].error == 0)
			return i;
		if (first < 0 || c->report[i].ticket < c->report[first].ticket)
			first = i;
	}
	return first;
}

/* Puts the failure of a worker into words. */
static int failure(const struct sighting *s, const struct control *c, int side, struct reason *why)
{
	const struct report *r = &c->report[side];
	const char *phase = phase_name(phase_of(c, side));
	struct reason words = r->reason;

	reason_plain(&words);
	/* fence_watch() */
	bool said =
		WIFSIGNALED(s->status) && WTERMSIG(s->status) == SIGSEGV && words.text[0] != '\0';

	if (WIFSIGNALED(s->status))
		return reason_set(why, EPIPE,
			"the %s was killed by signal %d (%s) in the %s phase%s%s", side_name[side],
			WTERMSIG(s->status), strsignal(WTERMSIG(s->status)), phase,
			said ? ": it " : "", said ? words.text : "");
	if (r->error == 0)
		return reason_set(why, EPIPE, "the %s exited with status %d in the %s phase",
			side_name[side], WEXITSTATUS(s->status), phase);
	return reason_set(why, -r->error, "%s, %s phase: %s", side_name[side], phase,
		words.text[0] != '\0' ? words.text : strerror(-r->error));
}

/* Puts the failure of a launch into words. */
static int verdict(const struct sighting seen[2], const struct control *c, struct limit limit,
	struct reason *why)
{
	const pid_t pid[2] = {seen[SIDE_TX].pid, seen[SIDE_RX].pid};
	int i = first_failure(seen, c);

	if (i >= 0 && WIFSIGNALED(seen[i].status))
		return failure(&seen[i], c, i, why);
	int r = control_check(c, pid, limit.extension_s, why);

	if (r < 0 || i >= 0)
		return r < 0 ? r : failure(&seen[i], c, i, why);
	for (i = 0; i < 2; i++)
		if (seen[i].stopped)
			return reason_set(why, EINTR,
				"the %s was %s and went on later, so its times are not its own",
				side_name[i], stop_text(&seen[i]).text);
	return 0;
}

/* ---- both workers ---------------------------------------------------------------------------- */

static _Noreturn void be_worker(
	struct control *c, worker_fn *work, const void *arg, enum side side, pid_t driver)
{
	struct report *report = &c->report[side];
	struct reason why = {""};

	worker_begin(driver);
	fence_watch(&report->reason);
	int r = work(arg, side, &why);

	if (r < 0) {
		report->ticket = atomic_fetch_add(&c->tickets, 1);
		/* a plugin may have ended it or not */
		reason_plain(&why);
		report->reason = why;
		report->error = r;
		_exit(EXIT_FAILURE);
	}
	atomic_store(&report->finished, 1);
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
	struct control *c, worker_fn *work, const void *arg, struct limit limit, struct reason *why)
{
	struct sighting seen[2] = {{0}};
	int r = fork_both(seen, c, work, arg, why);
	struct limit waited = r < 0 ? (struct limit){0} : limit;
	int outcome = watch(seen, c, &waited, r < 0 ? NULL : why);

	if (r < 0 || outcome == -EINTR || outcome == -EPROTO)
		return r < 0 ? r : outcome;
	r = fence_own(c, sizeof(*c), why);
	if (r < 0)
		return r;
	return outcome == -ETIMEDOUT ? timed_out(seen, c, waited.timeout_s, why)
				     : verdict(seen, c, limit, why);
}
