/* SPDX-License-Identifier: MIT */
/* --plot of a measurement: its figures as text, below its table. */
#ifndef IPCBENCH_RUN_PLOT_H
#define IPCBENCH_RUN_PLOT_H

#include "plan/settings.h"
#include "report/draw.h"

struct run_plot {
	struct drawing drawing;
	char *run_dir; /* in its folder; NULL = the run is stored elsewhere */
};

/*
 * Before anything is measured: finds the script that draws, and gives a run without --output a
 * directory of its own. Does nothing unless s->plot. -errno with `why`. run_plot_end() is due in
 * any case.
 */
int run_plot_prepare(struct run_plot *p, struct settings *s, struct reason *why);

/* Draws what is stored to standard output. -errno with `why`; -EINTR without. */
int run_plot_show(struct run_plot *p, const struct settings *s, struct reason *why);

/* Removes what was made. */
void run_plot_end(struct run_plot *p);

#endif
