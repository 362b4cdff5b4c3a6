/* SPDX-License-Identifier: MIT */
#include "report/draw.h"

#include "cli/command.h"
#include "results/store.h"
#include "run/interrupt.h"
#include "text/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* What the script takes as a width, and what it is where nothing limits a line. */
enum { COLUMNS_LEAST = 60, COLUMNS_MOST = 1000, COLUMNS_USUAL = 80 };

int run_plot_prepare(struct run_plot *p, struct settings *s, struct reason *why)
{
	const char *taken = store_stdout(s);
	struct reason line = {""};

	*p = (struct run_plot){.run_dir = NULL};
	if (!s->plot || s->dry_run)
		return 0;
	/* one format on standard output is for a program, which would choke on figures */
	if (taken != NULL)
		return reason_set(why, EINVAL,
			"--plot and %s both write to standard output; give %s a file", taken,
			taken);
	/* from here on a signal must not end it with its directory */
	catch_signals();
	int r = draw_begin(&p->drawing, &line);

	if (r < 0)
		return reason_set(why, -r, "--plot: %s", line.text);
	if (s->output_dir == NULL)
		s->output_dir = p->run_dir = need_text("%s/run", p->drawing.folder);
	return 0;
}

int run_plot_show(struct run_plot *p, const struct settings *s, struct reason *why)
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
	int r = draw_run(&p->drawing, s->output_dir, width, &line);

	return r == 0 || r == -EINTR ? r : reason_set(why, -r, "--plot: %s", line.text);
}

void run_plot_end(struct run_plot *p)
{
	draw_end(&p->drawing);
	free(p->run_dir);
}
