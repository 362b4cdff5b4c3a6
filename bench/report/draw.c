/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "results/results.h"
#include "run/objects.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A look every so often, in case a signal came between looking and sleeping. */
#define LOOK_NS	 UINT64_C(50000000)
#define GRACE_NS UINT64_C(2000000000)

/* The status of the script when some figures could not be drawn, and others were. */
enum { DRAWN_IN_PART = 3 };

/* ---- the script and its folder --------------------------------------------------------------- */

/* The folder of this program, without a '/' at its end; empty if it cannot be told. */
static void own_folder(char *path, size_t len)
{
	ssize_t n = readlink("/proc/self/exe", path, len - 1);

	path[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

static int find_script(struct drawing *d, struct reason *why)
{
	static const char build[] = IPCBENCH_BUILD_ROOT "/";
	const char *named = getenv("IPCBENCH_PLOT");
	char folder[4096];

	if (named != NULL && named[0] != '\0') {
		d->script = need_copy(named);
		return access(named, X_OK) == 0
			       ? 0
			       : reason_set(why, errno,
					 "IPCBENCH_PLOT names \"%.160s\", which cannot be run: %s",
					 named, strerror(errno));
	}
	if (proc_check(why) < 0)
		return -ENOENT;
	own_folder(folder, sizeof(folder));
	d->script = need_text("%s/ipcbench-plot", folder);
	if (access(d->script, X_OK) == 0)
		return 0;
	free(d->script);
	d->script = need_copy(IPCBENCH_SOURCE_ROOT "/scripts/plot");
	bool installed = strncmp(folder, build, strlen(build)) != 0;

	if (!installed && access(d->script, X_OK) == 0)
		return 0;
	return reason_set(why, ENOENT,
		"ipcbench-plot is not beside ipcbench; install it, or name the script in "
		"IPCBENCH_PLOT");
}

/* Removed at exit as well, which comes early when the memory is exhausted. */
static struct drawing *begun;

static void end_begun(void)
{
	if (begun != NULL)
		draw_end(begun);
}

/*
 * Finds the script, which is what $IPCBENCH_PLOT names, ipcbench-plot beside this program, or that
 * of the source tree if this program has not been installed, and makes a directory that only this
 * user can look into. catch_signals() has been called, so that no signal leaves it behind. -errno
 * with `why`. draw_end() is due in any case.
 */
static int draw_begin(struct drawing *d, struct reason *why)
{
	*d = (struct drawing){.script = NULL};
	int r = find_script(d, why);

	if (r == 0)
		r = folder_make(&d->folder, &d->lock, why);
	if (r == 0) {
		begun = d;
		atexit(end_begun);
	}
	return r;
}

void draw_end(struct drawing *d)
{
	if (d->folder != NULL) {
		folder_remove(d->folder);
		close(d->lock);
	}
	free(d->script);
	free(d->folder);
	free(d->said);
	free(d->run_dir);
	begun = NULL;
	*d = (struct drawing){.script = NULL};
}

/* ---- the process ----------------------------------------------------------------------------- */

/*
 * Until it has ended; a signal ends it, with force if it does not obey. It is asked once: what it
 * removes before it ends, a second signal would leave. 0 or -EINTR.
 */
static int await(struct started *s, int *status)
{
	uint64_t since_ns = 0;

	while (waitpid(s->pid, status, WNOHANG) == 0) {
		if (interrupted) {
			if (since_ns == 0)
				kill(-s->pid, SIGTERM);
			else if (since_ns >= GRACE_NS)
				kill(-s->pid, SIGKILL);
			since_ns += LOOK_NS;
		}
		watch_sleep(LOOK_NS);
	}
	program_end(s);
	watch_let_signals_in();
	return interrupted ? -EINTR : 0;
}

/* Takes the last line off: the one that says how it ended, the others are about single figures. */
static void cut_last_line(char *said)
{
	char *end = strrchr(said, '\n');

	*(end == NULL ? said : end + 1) = '\0';
}

/* Why the script ended with this status; d->said keeps the other lines. */
static int failure(struct drawing *d, int status, struct reason *why)
{
	int r = program_failure(why, d->script, status,
		d->said == NULL ? "" : program_last_line(d->said, "plot: "));

	if (d->said != NULL)
		cut_last_line(d->said);
	return WIFEXITED(status) && WEXITSTATUS(status) == DRAWN_IN_PART ? DRAWN_IN_PART : r;
}

/* Its output goes to `out`, -1 = nowhere. DRAWN_IN_PART and -errno with `why`. */
static int run(struct drawing *d, const char *const *args, int out, struct reason *why)
{
	char *path = need_text("%s/said", d->folder);
	int err = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), status = 0, r;
	struct reason ignored;
	struct started script = {.pid = -1};
	/* what it makes for itself goes with the folder, however it ends */
	struct program_spec p = {
		.argv = (char *const *)args, .out = out, .err = err, .tmpdir = d->folder};
	size_t len;

	/* in its own group it would be stopped by a terminal that is set to tostop */
	sigemptyset(&p.blocked);
	sigaddset(&p.blocked, SIGTTOU);
	r = err < 0 ? -errno : program_start(&script, &p);
	if (r < 0)
		reason_set(why, -r, "%.160s: cannot be started: %s", args[0], strerror(-r));
	else
		r = await(&script, &status);
	if (err >= 0)
		close(err);
	if (r == 0)
		whole_file_read(path, STORED_FILE_MAX, &d->said, &len, &ignored);
	free(path);
	return r == 0 && status != 0 ? failure(d, status, why) : r;
}

/*
 * Draws what is stored in `dir`: into d->folder, or as text of this many columns on standard output
 * (0 = not). -EINTR when a signal came; DRAWN_IN_PART, -EIO and other -errno with `why`.
 */
static int draw_run(struct drawing *d, const char *dir, unsigned int columns, struct reason *why)
{
	/* a name that begins with '-' is not an option */
	char *path = need_text("%s%s", dir[0] == '-' ? "./" : "", dir);
	char *out = need_text("%s/figures", d->folder), *width = need_text("%u", columns);
	const char *const text[] = {d->script, "--text", "--columns", width, path, NULL};
	/* half a page wide: text stays readable on a telephone and in two columns on paper */
	const char *const figures[] = {d->script, "--width=half", "--format=svg", path, out, NULL};
	int r = columns > 0 ? run(d, text, STDOUT_FILENO, why) : run(d, figures, -1, why);

	free(path);
	free(out);
	free(width);
	return r;
}

/* ---- the figures of a report ----------------------------------------------------------------- */

/* Finds the element of its drawing; what is wrong with it is told in its place. */
static void read_drawing(struct figure *f, const char *folder)
{
	char *path = need_text("%s/figures/%s.svg", folder, f->stem);
	size_t len;
	int r = whole_file_read(path, STORED_FILE_MAX, &f->file, &len, &f->why);

	free(path);
	if (r < 0)
		return;
	char *svg = strstr(f->file, "<svg"), *end = svg == NULL ? NULL : strstr(svg, "</svg>");

	if (end == NULL) {
		reason_set(&f->why, EINVAL, "%.200s.svg: not a whole drawing", f->stem);
		return;
	}
	end[strlen("</svg>")] = '\0';
	f->svg = svg;
}

/* Whether it is what `usual` shows, but of messages in cold caches. */
static bool is_cold_twin(const char *stem, const char *usual)
{
	static const char cold[] = "-footprint-cold";
	const char *at = strstr(stem, cold);

	return at != NULL && strncmp(stem, usual, (size_t)(at - stem)) == 0 &&
	       strcmp(at + strlen(cold), usual + (at - stem)) == 0;
}

/* Whether paper does without it: single trials, ratios of medians that others show, cold twins. */
static bool is_for_screen(const struct figures *f, const struct figure *figure)
{
	bool aside = strcmp(figure->kind, "trials") == 0 || strcmp(figure->kind, "relative") == 0;

	for (size_t i = 0; i < f->count && !aside; i++)
		aside = is_cold_twin(figure->stem, f->list[i].stem);
	return aside;
}

static int read_figures(struct figures *f, const char *folder)
{
	char *path = need_text("%s/figures/figures.csv", folder);
	int r = rows_load(&f->rows, path, &f->why);

	free(path);
	if (r == -ENOENT)
		reason_set(&f->why, ENOENT,
			"the plot script wrote no figures.csv; use that of this ipcbench");
	if (r < 0)
		return r;
	f->list = need_array(f->rows.count, sizeof(*f->list));
	for (size_t i = 0; i < f->rows.count; i++) {
		struct figure *figure = &f->list[f->count++];

		figure->stem = rows_text(&f->rows, i, "figure");
		figure->kind = rows_text(&f->rows, i, "kind");
		figure->title = rows_text(&f->rows, i, "title");
		figure->subtitle = rows_text(&f->rows, i, "subtitle");
		const char *reason = rows_text(&f->rows, i, "reason");

		if (reason[0] != '\0')
			reason_set(&figure->why, ENODATA, "%.100s cannot be drawn: %.120s",
				figure->stem, reason);
		else
			read_drawing(figure, folder);
	}
	for (size_t i = 0; i < f->count; i++)
		f->list[i].screen = is_for_screen(f, &f->list[i]);
	return 0;
}

int figures_draw(struct figures *f, const char *dir, const char *prefix)
{
	struct drawing d;

	/* two drawings of a page must not have an id in common */
	setenv("IPCBENCH_PLOT_IDS", prefix, 1);
	int r = draw_begin(&d, &f->why);

	if (r == 0)
		r = draw_run(&d, dir, 0, &f->why);
	if (r == DRAWN_IN_PART)
		f->why.text[0] = '\0'; /* each figure says why */
	if (r >= 0)
		r = read_figures(f, d.folder);
	f->said = d.said;
	d.said = NULL;
	draw_end(&d);
	return r == -EINTR ? r : 0;
}

void figures_free(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->list[i].file);
	free(f->list);
	free(f->said);
	rows_free(&f->rows);
}

/* ---- --plot ---------------------------------------------------------------------------------- */

/* What the script takes as a width, and what it is where nothing limits a line. */
enum { COLUMNS_LEAST = 60, COLUMNS_MOST = 1000, COLUMNS_USUAL = 80 };

int draw_prepare(struct drawing *d, struct settings *s, struct reason *why)
{
	const char *taken = store_stdout(s);
	struct reason line = {""};

	*d = (struct drawing){.script = NULL};
	if (!s->plot || s->dry_run)
		return 0;
	/* one format on standard output is for a program, which would choke on figures */
	if (taken != NULL)
		return reason_set(why, EINVAL,
			"--plot and %s both write to standard output; give %s a file", taken,
			taken);
	/* from here on a signal must not end it with its directory */
	catch_signals();
	int r = draw_begin(d, &line);

	if (r < 0)
		return reason_set(why, -r, "--plot: %s", line.text);
	if (s->output_dir == NULL)
		s->output_dir = d->run_dir = need_text("%s/run", d->folder);
	return 0;
}

/* What the script said of single figures, line by line. */
static void pass_on(const char *said)
{
	static const char own[] = "plot: ";
	struct reason line;

	for (size_t n; said != NULL && *said != '\0'; said += n + (said[n] == '\n')) {
		said += strncmp(said, own, strlen(own)) == 0 ? strlen(own) : 0;
		n = strcspn(said, "\n");
		reason_set(&line, 0, "%.*s", (int)n, said);
		reason_plain(&line);
		fprintf(stderr, "ipcbench: --plot: %s\n", line.text);
	}
}

int draw_figures(struct drawing *d, const struct settings *s, struct reason *why)
{
	unsigned int width = terminal_width();
	struct reason line = {""};

	width = width == 0		? COLUMNS_USUAL
		: width < COLUMNS_LEAST ? COLUMNS_LEAST
		: width > COLUMNS_MOST	? COLUMNS_MOST
					: width;
	fputc('\n', stdout);
	if (fflush(stdout) != 0)
		return 0; /* which is told where standard output is closed */
	int r = draw_run(d, s->output_dir, width, &line);

	pass_on(d->said);
	return r == 0 || r == -EINTR ? r : reason_set(why, EIO, "--plot: %s", line.text);
}
