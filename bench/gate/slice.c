/* SPDX-License-Identifier: MIT */
#include "gate/gate-plan.h"

#include "measure/clock.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/rows.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A row with its header has 2 KiB; a program that writes on and on is none of ours. */
#define OUTPUT_MAX 65536
/* A program that was asked to end cleans up for so long. */
#define GRACE_S	   5.0
/* The end of a program is noticed within this time, should its signal be lost. */
#define LOOK_S	   0.1

/* ---- the process ----------------------------------------------------------------------------- */

struct child {
	struct started program;
	bool ended; /* and reaped */
	int status;
	int out, err; /* what it writes is kept in memory, and read when it has ended */
};

/* Takes OUTPUT_MAX bytes and no more. */
static int open_output(void)
{
	int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (ftruncate(fd, OUTPUT_MAX) < 0 ||
			       fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int start(struct child *c, char *const *argv, struct reason *why)
{
	c->out = open_output();
	c->err = open_output();
	struct program_spec p = {.argv = argv, .out = c->out, .err = c->err};

	sigemptyset(&p.blocked);
	int r = p.out < 0 || p.err < 0 ? -errno : program_start(&c->program, &p);

	return r == 0 ? 0 : reason_set(why, -r, "no process for a slice: %s", strerror(-r));
}

/* What a program wrote, to be freed; it has no NUL, which the rest of the file is. */
static char *written(int fd)
{
	char *text = need_array(1, OUTPUT_MAX + 1);

	if (pread(fd, text, OUTPUT_MAX, 0) < 0)
		text[0] = '\0';
	return text;
}

/* Whether the program has ended; it is reaped then, and what it left behind is killed. */
static bool has_ended(struct child *c)
{
	if (c->ended || c->program.pid <= 0)
		return true;
	pid_t pid = waitpid(c->program.pid, &c->status, WNOHANG);

	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	c->ended = true;
	program_end(&c->program);
	return true;
}

/*
 * Until the program has ended. A stop of the gate may have taken it past the deadline, so it is
 * looked at once more before it is given up. 0, -EINTR, -ETIMEDOUT.
 */
static int wait_for(struct child *c, double timeout_s)
{
	double deadline_s = clock_seconds() + timeout_s;

	for (;;) {
		double left = deadline_s - clock_seconds();
		bool ended = has_ended(c);

		if (interrupted)
			return -EINTR;
		if (ended || left <= 0)
			return ended ? 0 : -ETIMEDOUT;
		watch_sleep((uint64_t)(fmin(left, LOOK_S) * 1e9));
	}
}

/* First asked to end, so that it cleans up, then made to. */
static void end(struct child *c)
{
	double deadline_s = clock_seconds() + GRACE_S;

	if (!has_ended(c)) {
		kill(-c->program.pid, SIGTERM);
		kill(-c->program.pid, SIGCONT);
	}
	while (!has_ended(c)) {
		if (clock_seconds() >= deadline_s)
			kill(-c->program.pid, SIGKILL);
		watch_sleep(1000000);
	}
	if (c->out >= 0)
		close(c->out);
	if (c->err >= 0)
		close(c->err);
}

/* ---- what it said ---------------------------------------------------------------------------- */

/* The axis whose option a program says that it does not know, or AXIS_COUNT. */
static enum axis unknown_axis(const char *line)
{
	/* as versions say it */
	static const char *const unknown[] = {"unknown option --", "there is no option --"};
	enum axis axis = 0;
	size_t i = 0;

	while (i < ARRAY_SIZE(unknown) && strncmp(line, unknown[i], strlen(unknown[i])) != 0)
		i++;
	if (i == ARRAY_SIZE(unknown))
		return AXIS_COUNT;
	line += strlen(unknown[i]);
	size_t len = strcspn(line, "; (");

	while (axis < AXIS_COUNT &&
		(strlen(axes[axis].option) != len || strncmp(line, axes[axis].option, len) != 0))
		axis++;
	return axis;
}

static int no_row(const struct slice_said *said, const char *program, struct reason *why)
{
	const char *line = program_last_line(said->err, "ipcbench: ");
	enum axis axis = unknown_axis(line);
	int r = program_failure(why, program, said->status, line);

	/* a usual value is not passed on, so that an older version can measure it */
	if (axis < AXIS_COUNT && axes[axis].label != NULL && axes[axis].initial != NULL)
		r = reason_set(why, EIO, "%.120s does not know --%s; give --%s %s", program,
			axes[axis].option, axes[axis].option, axes[axis].initial);
	return r < 0 ? r
		     : reason_set(why, EIO, "%s wrote no row of results; name a build of ipcbench",
			       program);
}

static double metric_of_row(const struct rows *rows, enum metric m)
{
	return rows_number(rows, 0, metric_info[m].column);
}

static void read_row(struct gate_slice *slice, struct slice_result *out, const struct rows *rows)
{
	double rate = metric_of_row(rows, METRIC_MSGS_PER_S);

	for (int m = 0; m < GATE_METRIC_COUNT; m++)
		slice->value[m] = metric_of_row(rows, gate_metrics[m].metric);
	/* of the whole window, as a throughput is: what lies between two messages counts as well */
	slice->value[GATE_MEAN] =
		1e9 * (rate > 0 ? 1 / rate
				: metric_of_row(rows, METRIC_DURATION_S) /
					      metric_of_row(rows, METRIC_MESSAGES));
	slice->messages = fmin(fmax(metric_of_row(rows, METRIC_MESSAGES), 0), 0x1p53);
	slice->flags = flags_read(rows_text(rows, 0, "flags"));
	status_read(&out->status, rows_text(rows, 0, "status"));
	if (out->status != STATUS_OK)
		reason_set(&out->why, 0, "%s", rows_text(rows, 0, "reason"));
}

/*
 * Usual values are not passed on, and an older version may have had its own way: a ring sent
 * as many messages at once as it saw fit. 0 if the row was measured as the cell `asked` is.
 */
static int check_way(const struct rows *rows, const struct cell_key *asked, const char *program,
	struct reason *why)
{
	struct cell_key did;
	char found[32], wanted[32];

	key_read(&did, rows, 0);
	for (enum axis axis = AXIS_APPENDED; axis < AXIS_COUNT; axis++) {
		const char *is = axis_spell(found, sizeof(found), &did, axis);
		const char *meant = axis_spell(wanted, sizeof(wanted), asked, axis);
		bool said = rows_has(rows, axes[axis].column);

		if (is[0] == '\0' || meant[0] == '\0' || strcmp(is, meant) == 0)
			continue;
		if (said)
			return reason_set(why, EINVAL,
				"%.80s measured with %s %s and not %s; name a build of ipcbench",
				program, axes[axis].option, is, meant);
		if (axis == AXIS_BATCH)
			return reason_set(why, EINVAL,
				"%.80s is from before --batch and chooses its own batches "
				"(%s), but the cell has batch %s; give --transport %.80s%cbatch=%s",
				program, is, meant, asked->transport,
				strchr(asked->transport, ':') == NULL ? ':' : ',', meant);
	}
	return 0;
}

static int understand(struct gate_slice *slice, struct slice_result *out,
	const struct slice_said *said, const char *program, const struct cell_key *asked)
{
	struct rows rows = {0};
	struct reason why;
	size_t len = strlen(said->out);
	bool whole = len > 0 && said->out[len - 1] == '\n';

	if (len == 0)
		return no_row(said, program, &out->why);
	int r = rows_parse(&rows, need_copy(said->out), len, "its output", &why);

	if (r == 0 && (!whole || rows.count != 1 || !rows_has(&rows, "status")))
		r = -EINVAL;
	if (r == 0)
		read_row(slice, out, &rows);
	else
		reason_set(&out->why, EINVAL,
			"%s did not write one row of results; name a build of ipcbench", program);
	if (r == 0 && out->status == STATUS_OK)
		r = check_way(&rows, asked, program, &out->why);
	rows_free(&rows);
	/* what breaks after its row is not trusted with it */
	if (r == 0 && out->status == STATUS_OK && said->status != 0)
		r = no_row(said, program, &out->why);
	return r;
}

int slice_understand(struct gate_slice *slice, struct slice_result *out,
	const struct slice_said *said, const char *program, const struct cell_key *asked)
{
	int r = understand(slice, out, said, program, asked);

	reason_plain(&out->why);
	return r;
}

static int read_output(struct gate_slice *slice, struct slice_result *out, const struct child *c,
	const char *program, const struct cell_key *asked)
{
	struct slice_said said = {written(c->out), written(c->err), c->status};
	int r = slice_understand(slice, out, &said, program, asked);

	free(said.out);
	free(said.err);
	return r;
}

int slice_run(struct gate_slice *slice, struct slice_result *out, char *const *argv,
	const struct cell_key *asked, double timeout_s)
{
	struct child c = {.program.pid = -1, .out = -1, .err = -1};

	*out = (struct slice_result){.status = STATUS_FAIL};
	int r = start(&c, argv, &out->why);

	if (r == 0)
		r = wait_for(&c, timeout_s);
	if (r == 0)
		r = read_output(slice, out, &c, argv[0], asked);
	else if (r == -ETIMEDOUT)
		reason_set(&out->why, ETIMEDOUT,
			"%s took more than %.0f s and was killed; raise --timeout", argv[0],
			timeout_s);
	end(&c);
	return r;
}
