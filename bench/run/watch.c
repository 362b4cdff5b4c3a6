/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include "run/fence.h"
#include "run/helpers.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>
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

static bool is_running(const struct sighting *s)
{
	return s->pid > 0 && !s->ended;
}

/* All at once, so that none goes on while another one ends. */
static void kill_and_reap(struct sighting *seen, unsigned int sides)
{
	for (unsigned int i = 0; i < sides; i++) {
		seen[i].killed_by_us = is_running(&seen[i]);
		if (seen[i].killed_by_us)
			kill(seen[i].pid, SIGKILL);
	}
	for (unsigned int i = 0; i < sides; i++) {
		if (!is_running(&seen[i]))
			continue;
		while (waitpid(seen[i].pid, &seen[i].status, 0) < 0 && errno == EINTR)
			;
		seen[i].ended = true;
	}
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

/* All workers of a launch. */
struct crew {
	const struct control *control;
	struct sighting *seen; /* by side */
};

static bool every_side(const struct crew *crew, bool is(const struct sighting *))
{
	for (unsigned int i = 0; i < crew->control->sides; i++)
		if (sides_exist(crew->control->topology, i) && !is(&crew->seen[i]))
			return false;
	return true;
}

static bool ended(const struct sighting *s)
{
	return s->ended;
}

static bool not_failed(const struct sighting *s)
{
	return !failed(s);
}

/* The most that a sender asks for; -EPROTO with `why` if it is above the limit. */
static int asked_for(
	const struct control *c, const struct limit *l, uint64_t *most, struct reason *why)
{
	for (unsigned int i = 0; i < c->sides / 2; i++) {
		uint64_t asked = atomic_load(&c->lane[i].extension_ns);

		if ((double)asked > l->extension_s * 1e9)
			return reason_set(why, EPROTO,
				"the %s's extension_ns is %llu, outside 0 to %.0f: shared memory was written over",
				side_phrase(c, control_side(c, i, SIDE_TX)).text,
				(unsigned long long)asked, l->extension_s * 1e9);
		*most = asked > *most ? asked : *most;
	}
	return 0;
}

/*
 * 0, -ETIMEDOUT, -EINTR, or -EPROTO with `why`; the time-out then includes what was asked for.
 */
static int watch(const struct crew *crew, struct limit *l, struct reason *why)
{
	uint64_t began = clock_gettime_ns(), extension = 0, grace_until = UINT64_MAX;
	int outcome = 0;

	for (;;) {
		for (unsigned int i = 0; i < crew->control->sides; i++)
			look(&crew->seen[i], &crew->control->report[i]);
		if (interrupted) {
			outcome = -EINTR;
			break;
		}
		if (every_side(crew, ended))
			break;
		uint64_t now = clock_gettime_ns();

		if (grace_until == UINT64_MAX && (!every_side(crew, not_failed) || helpers_ended()))
			grace_until = now + GRACE_NS;
		if (grace_until == UINT64_MAX &&
			(outcome = asked_for(crew->control, l, &extension, why)) < 0)
			break;
		uint64_t deadline = began + (uint64_t)(l->timeout_s * 1e9) + extension;

		deadline = deadline < grace_until ? deadline : grace_until;
		if (now >= deadline) {
			outcome = grace_until != UINT64_MAX ? 0 : -ETIMEDOUT;
			break;
		}
		watch_sleep(deadline - now);
	}
	kill_and_reap(crew->seen, crew->control->sides);
	l->timeout_s += (double)extension / 1e9;
	return outcome;
}

static enum phase phase_of(const struct control *c, unsigned int side)
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

/* Of this worker; NULL in the driver. */
static struct reason *awaits;

void ipcbench_awaits(const char *sentence)
{
	if (awaits != NULL)
		reason_set(awaits, 0, "%s", sentence == NULL ? "" : sentence);
}

/* What somebody beside the workers did not do; false if the workers wait for each other alone. */
static bool awaited(const struct control *c, double timeout_s, struct reason *why)
{
	for (unsigned int i = 0; i < c->sides; i++) {
		struct reason words = c->report[i].awaits;

		/* shared memory: its end may be written over */
		words.text[sizeof(words.text) - 1] = '\0';
		reason_plain(&words);
		if (words.text[0] == '\0')
			continue;
		reason_set(why, ETIMEDOUT,
			"timed out after %g s in the %s phase: %s; if it is only slow, raise --timeout",
			timeout_s, phase_name(phase_of(c, i)), words.text);
		return true;
	}
	return false;
}

static bool moving(enum phase p)
{
	return p == PHASE_WARMUP || p == PHASE_TIMED;
}

static int timed_out(const struct crew *crew, double timeout_s, struct reason *why)
{
	const struct control *c = crew->control;

	for (unsigned int i = 0; i < c->sides; i++)
		if (crew->seen[i].stopped)
			return reason_set(why, ETIMEDOUT,
				"timed out after %g s: the %s was %s in the %s phase", timeout_s,
				side_phrase(c, i).text, stop_text(&crew->seen[i]).text,
				phase_name(phase_of(c, i)));
	if (awaited(c, timeout_s, why))
		return -ETIMEDOUT;
	/* the first lane of which a side did not end */
	unsigned int first = 0;

	while (first + 2 < c->sides && !crew->seen[first].killed_by_us &&
		!crew->seen[first + 1].killed_by_us)
		first += 2;
	unsigned int tx = control_side(c, first / 2, SIDE_TX),
		     rx = control_side(c, first / 2, SIDE_RX);

	return reason_set(why, ETIMEDOUT,
		"timed out after %g s: waited for the %s (%s phase) and the %s (%s phase)%s; if it is only slow, raise --timeout",
		timeout_s, side_phrase(c, tx).text, phase_name(phase_of(c, tx)),
		side_phrase(c, rx).text, phase_name(phase_of(c, rx)),
		moving(phase_of(c, tx)) && moving(phase_of(c, rx)) ? ", a message may be lost"
								   : "");
}

/* A worker that died is the cause; one that reported first comes next. -1: none failed. */
static int first_failure(const struct crew *crew)
{
	const struct control *c = crew->control;
	int first = -1;

	for (unsigned int i = 0; i < c->sides; i++)
		if (!crew->seen[i].killed_by_us && WIFSIGNALED(crew->seen[i].status))
			return (int)i;
	for (unsigned int i = 0; i < c->sides; i++) {
		if (crew->seen[i].killed_by_us || !failed(&crew->seen[i]))
			continue;
		/* a worker that left without a word: the others can only report the consequence */
		if (c->report[i].error == 0)
			return (int)i;
		if (first < 0 || c->report[i].ticket < c->report[first].ticket)
			first = (int)i;
	}
	return first;
}

/* Puts the failure of a worker into words. */
static int failure(const struct crew *crew, unsigned int side, struct reason *why)
{
	const struct sighting *s = &crew->seen[side];
	const struct report *r = &crew->control->report[side];
	const char *phase = phase_name(phase_of(crew->control, side));
	const struct phrase name = side_phrase(crew->control, side);
	struct reason words = r->reason;

	reason_plain(&words);
	/* fence_watch() */
	bool said =
		WIFSIGNALED(s->status) && WTERMSIG(s->status) == SIGSEGV && words.text[0] != '\0';

	if (WIFSIGNALED(s->status))
		return reason_set(why, EPIPE,
			"the %s was killed by signal %d (%s) in the %s phase%s%s", name.text,
			WTERMSIG(s->status), strsignal(WTERMSIG(s->status)), phase,
			said ? ": it " : "", said ? words.text : "");
	if (r->error == 0)
		return reason_set(why, EPIPE, "the %s exited with status %d in the %s phase",
			name.text, WEXITSTATUS(s->status), phase);
	return reason_set(why, -r->error, "%s, %s phase: %s", name.text, phase,
		words.text[0] != '\0' ? words.text : strerror(-r->error));
}

/* `pid` has room for every side. */
static int check(const struct crew *crew, pid_t *pid, struct limit limit, struct reason *why)
{
	for (unsigned int i = 0; i < crew->control->sides; i++)
		pid[i] = crew->seen[i].pid;
	return control_check(crew->control, pid, limit.extension_s, why);
}

/* Puts the failure of a launch into words. */
static int verdict(const struct crew *crew, pid_t *pid, struct limit limit, struct reason *why)
{
	int first = first_failure(crew);

	if (first >= 0 && WIFSIGNALED(crew->seen[first].status))
		return failure(crew, (unsigned int)first, why);
	int r = check(crew, pid, limit, why);

	if (r < 0 || first >= 0)
		return r < 0 ? r : failure(crew, (unsigned int)first, why);
	for (unsigned int i = 0; i < crew->control->sides; i++)
		if (crew->seen[i].stopped)
			return reason_set(why, EINTR,
				"the %s was %s and continued later, so its times include the pause",
				side_phrase(crew->control, i).text, stop_text(&crew->seen[i]).text);
	return 0;
}

/* ---- every worker ---------------------------------------------------------------------------- */

static _Noreturn void be_worker(
	const struct control *c, worker_fn *work, const void *arg, unsigned int side, pid_t driver)
{
	struct report *report = &c->report[side];
	struct reason why = {""};

	worker_begin(driver);
	awaits = &report->awaits;
	fence_watch(&report->reason);
	int r = work(arg, side, &why);

	if (r < 0) {
		report->ticket = atomic_fetch_add(&c->board->tickets, 1);
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
static int fork_all(struct crew *crew, worker_fn *work, const void *arg, struct reason *why)
{
	const struct control *c = crew->control;
	pid_t driver = getpid();

	for (unsigned int side = 0; side < c->sides; side++) {
		if (!sides_exist(c->topology, side))
			continue;
		pid_t pid = isolation_fork(c->isolation);

		if (pid < 0)
			return reason_set(why, errno,
				"cannot fork the %s: %s; raise ulimit -u or the pids limit of the cgroup",
				side_phrase(c, side).text, strerror(errno));
		if (pid == 0)
			be_worker(c, work, arg, side, driver);
		crew->seen[side].pid = pid;
		c->report[side].pid = pid;
	}
	control_release(c);
	return 0;
}

static int run(struct crew *crew, pid_t *pid, worker_fn *work, const void *arg, struct limit limit,
	struct reason *why)
{
	int r = fork_all(crew, work, arg, why);
	struct limit waited = r < 0 ? (struct limit){0} : limit;
	int outcome = watch(crew, &waited, r < 0 ? NULL : why);

	if (r < 0 || outcome == -EINTR || outcome == -EPROTO)
		return r < 0 ? r : outcome;
	r = control_own(crew->control, why);
	if (r < 0)
		return r;
	return outcome == -ETIMEDOUT ? timed_out(crew, waited.timeout_s, why)
				     : verdict(crew, pid, limit, why);
}

int watch_workers(const struct control *c, worker_fn *work, const void *arg, struct limit limit,
	struct reason *why)
{
	struct crew crew = {.control = c, .seen = calloc(c->sides, sizeof(*crew.seen))};
	pid_t *pid = calloc(c->sides, sizeof(*pid));
	int r = crew.seen != NULL && pid != NULL
			? run(&crew, pid, work, arg, limit, why)
			: reason_set(why, ENOMEM, "out of memory for %u workers", c->present);

	free(crew.seen);
	free(pid);
	return r;
}
