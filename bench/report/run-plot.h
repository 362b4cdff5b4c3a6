/* SPDX-License-Identifier: MIT */
/* --plot of a measurement: its figures as text, below its table. */
#ifndef IPCBENCH_RUN_PLOT_H
#define IPCBENCH_RUN_PLOT_H

#include "plan/settings.h"
#include "report/draw.h"

struct run_plot {
	char script[DRAW_PATH_LEN];
	char folder[DRAW_PATH_LEN];	 /* of its own, "" = none */
	char run_dir[DRAW_PATH_LEN + 8]; /* in it, where the run is stored nowhere else */
};

/*
 * Before anything is measured: finds the script that draws, and gives a run without --output a
 * directory of its own. Does nothing unless s->plot. -errno with `why`. run_plot_end() is due in
 * any case.
 */
int run_plot_prepare(struct run_plot *p, struct settings *s, struct reason *why);

/* Draws what is stored to standard output. -errno with `why`; -EINTR without. */
int run_plot_show(const struct run_plot *p, const struct settings *s, struct reason *why);

/* Removes what was made. */
void run_plot_end(const struct run_plot *p);

#endif
