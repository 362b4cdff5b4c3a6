/* SPDX-License-Identifier: MIT */
#include "report/run-plot.h"

#include "cli/command.h"
#include "results/store.h"
#include "run/interrupt.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What the script takes as a width, and what it is where nothing limits a line. */
enum { COLUMNS_LEAST = 60, COLUMNS_MOST = 1000, COLUMNS_USUAL = 80 };

/* One format on standard output is for a program, which would choke on figures. */
static int check_stdout(const struct settings *s, struct reason *why)
{
	const char *option = store_stdout(s);

	if (option != NULL)
		return reason_set(why, EINVAL,
			"--plot and %s both write to standard output; give %s a file", option,
			option);
	return 0;
}

int run_plot_prepare(struct run_plot *p, struct settings *s, struct reason *why)
{
	struct reason line = {""};

	*p = (struct run_plot){.folder = ""};
	if (!s->plot || s->dry_run)
		return 0;
	int r = check_stdout(s, why);

	if (r < 0)
		return r;
	r = draw_find(p->script, &line);
	/* from here on a signal must not end it with its directory */
	if (r == 0) {
		catch_signals();
		r = draw_directory_make(p->folder, &line);
	}
	if (r < 0) {
		p->folder[0] = '\0';
		return reason_set(why, -r, "--plot: %s", line.text);
	}
	if (s->output_dir == NULL) {
		snprintf(p->run_dir, sizeof(p->run_dir), "%s/run", p->folder);
		s->output_dir = p->run_dir;
	}
	return 0;
}

int run_plot_show(const struct run_plot *p, const struct settings *s, struct reason *why)
{
	unsigned int width = terminal_width();
	char columns[16], said[DRAW_PATH_LEN + 8], dir[DRAW_PATH_LEN + 8];
	const char *const args[] = {p->script, "--text", "--columns", columns, dir, NULL};
	struct reason line = {""};

	width = width == 0		? COLUMNS_USUAL
		: width < COLUMNS_LEAST ? COLUMNS_LEAST
		: width > COLUMNS_MOST	? COLUMNS_MOST
					: width;
	snprintf(columns, sizeof(columns), "%u", width);
	snprintf(said, sizeof(said), "%s/said", p->folder);
	/* a name that begins with '-' is no option */
	if (snprintf(dir, sizeof(dir), "%s%s", s->output_dir[0] == '-' ? "./" : "",
		    s->output_dir) >= (int)sizeof(dir))
		return reason_set(why, ENAMETOOLONG, "--plot: the name of --output is too long");
	fputc('\n', stdout);
	if (fflush(stdout) != 0)
		return 0; /* which is told where standard output is closed */
	int r = draw_run(args, NULL, said, &interrupted, &line);

	return r == 0 || r == -EINTR ? r : reason_set(why, -r, "--plot: %s", line.text);
}

void run_plot_end(const struct run_plot *p)
{
	if (p->folder[0] != '\0')
		draw_directory_remove(p->folder);
}
