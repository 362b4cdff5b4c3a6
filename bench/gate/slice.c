/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "measure/clock.h"
#include "run/interrupt.h"
#include "run/program.h"
#include "run/watch.h"
#include "text/memory.h"
#include "text/rows.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A row with its header has 2 KiB; a program that writes on and on is none of ours. */
#define OUTPUT_MAX 65536
/* A program that was asked to end cleans up for so long. */
#define GRACE_S	   5.0
/* The end of a program is noticed within this time, should its signal be lost. */
#define LOOK_S	   0.1
/* Looks, a millisecond apart, that streams get to end after their program. */
#define LINGER	   50

/* ---- the process ----------------------------------------------------------------------------- */

/* One stream of the program, as far as it is of interest. */
struct stream {
	int fd;
	char *text;
	size_t len;
};

struct child {
	pid_t pid;
	bool ended; /* and reaped */
	int status;
	unsigned int lingered; /* looks at streams that outlive it */
	struct stream out, err;
	double deadline_s;
	sigset_t awake; /* the signals blocked while it sleeps */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(struct child *c, char *const *argv, struct reason *why)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1};
	pid_t self = getpid();
	sigset_t none;

	sigemptyset(&none);
	c->out.text = need_array(1, OUTPUT_MAX + 1);
	c->err.text = need_array(1, OUTPUT_MAX + 1);
	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		c->pid = fork();
	int r = c->pid < 0 ? reason_set(why, errno, "no process for a slice: %s", strerror(errno))
			   : 0;

	if (c->pid == 0)
		program_become(argv, out[1], err[1], self, &none);
	close_fd(&out[1]);
	close_fd(&err[1]);
	c->out.fd = out[0];
	c->err.fd = err[0];
	return r;
}

/* Reads what there is; the end closes it. More than OUTPUT_MAX is dropped. */
static void take(struct stream *s)
{
	char rest[4096];
	bool room = s->len < OUTPUT_MAX;
	ssize_t n = room ? read(s->fd, s->text + s->len, OUTPUT_MAX - s->len)
			 : read(s->fd, rest, sizeof(rest));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0)
		close_fd(&s->fd);
	else if (room)
		s->len += (size_t)n;
}

/* Whether the program has ended; it is reaped then, and what it left behind is killed. */
static bool has_ended(struct child *c)
{
	if (c->ended || c->pid <= 0)
		return true;
	pid_t pid = waitpid(c->pid, &c->status, WNOHANG);

	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	c->ended = true;
	kill(-c->pid, SIGKILL);
	return true;
}

/* Takes in what there is, waiting for at most `wait_s`. Whether a stream is still open. */
static bool listen_once(struct child *c, double wait_s)
{
	struct pollfd fds[2] = {{c->out.fd, POLLIN, 0}, {c->err.fd, POLLIN, 0}};
	struct timespec ts = {.tv_sec = (time_t)wait_s, .tv_nsec = (long)(fmod(wait_s, 1) * 1e9)};

	if (ppoll(fds, 2, &ts, &c->awake) > 0) {
		if (fds[0].revents != 0)
			take(&c->out);
		if (fds[1].revents != 0)
			take(&c->err);
	}
	return c->out.fd >= 0 || c->err.fd >= 0;
}

/*
 * Until the program has ended and its streams with it. A stop of the gate may have taken it past
 * the deadline, so what is there is looked at once more before it is given up. 0, -EINTR,
 * -ETIMEDOUT.
 */
static int listen_to(struct child *c)
{
	for (;;) {
		double left = c->deadline_s - clock_seconds();
		bool ended = has_ended(c), late = left <= 0;
		bool open = listen_once(c, ended || late ? 0 : fmin(left, LOOK_S));

		if (interrupted)
			return -EINTR;
		/* whoever holds a stream of an ended program open is not it */
		if (ended && (!open || c->lingered++ > LINGER))
			return 0;
		if (late && !ended)
			return -ETIMEDOUT;
		if (ended || !open)
			watch_sleep(1000000);
	}
}

/* First asked to end, so that it cleans up, then made to. */
static void end(struct child *c)
{
	double deadline_s = clock_seconds() + GRACE_S;

	if (!has_ended(c)) {
		kill(-c->pid, SIGTERM);
		kill(-c->pid, SIGCONT);
		kill(c->pid, SIGTERM); /* before it made a group of its own */
	}
	while (!has_ended(c)) {
		if (clock_seconds() >= deadline_s) {
			kill(-c->pid, SIGKILL);
			kill(c->pid, SIGKILL);
		}
		watch_sleep(1000000);
	}
	close_fd(&c->out.fd);
	close_fd(&c->err.fd);
	free(c->out.text);
	free(c->err.text);
}

/* ---- what it said ---------------------------------------------------------------------------- */

static int no_row(struct child *c, char *const *argv, struct reason *why)
{
	c->err.text[c->err.len] = '\0';
	int r = program_failure(
		why, argv[0], c->status, program_last_line(c->err.text, "ipcbench: "));

	return r < 0 ? r
		     : reason_set(why, EIO, "%s wrote no row of results; name a build of ipcbench",
			       argv[0]);
}

static void read_row(struct gate_slice *slice, struct slice_result *out, const struct rows *rows)
{
	for (int m = 0; m < GATE_METRIC_COUNT; m++)
		slice->value[m] = rows_number(rows, 0, metric_info[gate_metrics[m].metric].column);
	status_read(&out->status, rows_text(rows, 0, "status"));
	if (out->status != STATUS_OK)
		reason_set(&out->why, 0, "%s", rows_text(rows, 0, "reason"));
}

static int understand(
	struct gate_slice *slice, struct slice_result *out, struct child *c, char *const *argv)
{
	struct rows rows = {0};
	struct reason why;
	char *text = c->out.text;
	int r;

	if (c->out.len == 0)
		return no_row(c, argv, &out->why);
	bool whole = text[c->out.len - 1] == '\n';

	text[c->out.len] = '\0';
	c->out.text = NULL;
	r = rows_parse(&rows, text, c->out.len, "its output", &why);
	if (r == 0 && (!whole || rows.count != 1 || !rows_has(&rows, "status")))
		r = -EINVAL;
	if (r == 0)
		read_row(slice, out, &rows);
	else
		reason_set(&out->why, EINVAL,
			"%s did not write one row of results; name a build of ipcbench", argv[0]);
	rows_free(&rows);
	/* what breaks after its row is not trusted with it */
	if (r == 0 && out->status == STATUS_OK && c->status != 0)
		r = no_row(c, argv, &out->why);
	return r;
}

int slice_run(
	struct gate_slice *slice, struct slice_result *out, char *const *argv, double timeout_s)
{
	struct child c = {
		.pid = -1,
		.out.fd = -1,
		.err.fd = -1,
		.deadline_s = clock_seconds() + timeout_s,
	};

	*out = (struct slice_result){.status = STATUS_FAIL};
	sigprocmask(SIG_BLOCK, NULL, &c.awake);
	sigdelset(&c.awake, SIGCHLD);
	for (size_t i = 0; i < WATCH_SIGNALS; i++)
		sigdelset(&c.awake, watch_signals[i]);
	int r = start(&c, argv, &out->why);

	if (r == 0)
		r = listen_to(&c);
	if (r == 0)
		r = understand(slice, out, &c, argv);
	else if (r == -ETIMEDOUT)
		reason_set(&out->why, ETIMEDOUT,
			"%s took more than %.0f s and was killed; raise --timeout", argv[0],
			timeout_s);
	end(&c);
	return r;
}
