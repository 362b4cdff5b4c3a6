/* SPDX-License-Identifier: MIT */
#include "results/results.h"

#include "measure/clock.h"
#include "text/format.h"
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Best effort: a progress line that cannot be written is not worth a word. */
static void put(const char *text, size_t n)
{
	ssize_t ignored = write(STDERR_FILENO, text, n);

	(void)ignored;
}

bool progress_is_long(double seconds)
{
	return seconds > 60;
}

void progress_announce(const char *bound, double seconds)
{
	if (progress_is_long(seconds))
		fprintf(stderr, "ipcbench: this takes %s %s\n", bound,
			format_seconds(seconds).text);
}

void progress_begin(struct progress *p, size_t total, double planned_s)
{
	*p = (struct progress){
		.active = isatty(STDERR_FILENO) == 1,
		.total = total,
		.planned_s = planned_s,
		.start_s = clock_seconds(),
	};
}

static double seconds_left(const struct progress *p, size_t done, double elapsed_s)
{
	if (p->total == 0 || done >= p->total)
		return 0;
	double part = (double)done / (double)p->total, rest = (1 - part) * p->planned_s;

	/* The first launches say little about pace: the plan counts for as much as two of them. */
	double planned = p->planned_s * ((double)done + 2) / (double)p->total;
	double taken = elapsed_s + p->planned_s * 2 / (double)p->total;

	return planned > 0 ? rest * taken / planned : 0;
}

void progress_line(char *buf, size_t len, const struct progress *p, const char *what, size_t index,
	double elapsed_s, unsigned int width)
{
	char total[24];
	int digits = snprintf(total, sizeof(total), "%zu", p->total);
	double left = seconds_left(p, index, elapsed_s);

	/* a name that is too long for the terminal is cut rather than the time */
	snprintf(buf, len, "[%*zu/%s] %s left, %s", digits, index + 1, total,
		left < 0.5 ? "<1s" : format_seconds(left).text, what);
	buf[format_leading(buf, width)] = '\0';
}

static unsigned int terminal_width(void)
{
	struct winsize ws;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) != 0 || ws.ws_col == 0)
		return 80;
	return ws.ws_col;
}

/* Draws over the old line with blanks rather than control sequences: every terminal knows those. */
static void draw(struct progress *p, const char *text)
{
	char line[640];
	size_t columns = format_width(text), pad = p->shown > columns ? p->shown - columns : 0;
	int all =
		snprintf(line, sizeof(line), "\r%s%*s%s", text, (int)pad, "", pad > 0 ? "\r" : "");

	if (all > 0)
		put(line, (size_t)all < sizeof(line) ? (size_t)all : sizeof(line) - 1);
	p->shown = columns;
}

void progress_show(struct progress *p, const char *what, size_t index)
{
	char line[300];

	if (!p->active)
		return;
	/* The last column stays free: writing there wraps on some terminals. */
	progress_line(line, sizeof(line), p, what, index, clock_seconds() - p->start_s,
		terminal_width() - 1);
	draw(p, line);
}

void progress_end(struct progress *p)
{
	if (!p->active || p->shown == 0)
		return;
	draw(p, "");
}
