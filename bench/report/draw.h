/* SPDX-License-Identifier: MIT */
/*
 * Runs the script that draws (scripts/plot, installed as ipcbench-plot). It is started without a
 * shell, in a group of its own, and nothing of it is left when draw_run() returns.
 */
#ifndef IPCBENCH_DRAW_H
#define IPCBENCH_DRAW_H

#include "plan/settings.h"
#include <ipcbench/base.h>

struct drawing {
	char *script;  /* NULL = none was found */
	char *folder;  /* a temporary directory, NULL = none; figures are in its folder "figures" */
	char *said;    /* what the script wrote on standard error; NULL = nothing */
	char *run_dir; /* of a run that is stored in the folder; NULL = elsewhere */
};

/*
 * Finds the script, which is what $IPCBENCH_PLOT names, ipcbench-plot beside this program, or that
 * of the source tree if this program has not been installed, and makes a directory that only this
 * user can look into. catch_signals() has been called, so that no signal leaves it behind. -errno
 * with `why`. draw_end() is due in any case.
 */
int draw_begin(struct drawing *d, struct reason *why);

/*
 * Draws what is stored in `dir`: into d->folder, or as text of so many columns on standard output
 * (0 = not). -EINTR when a signal came; -EIO and other -errno with `why`.
 */
int draw_run(struct drawing *d, const char *dir, unsigned int columns, struct reason *why);

/* Removes the folder with everything in it. */
void draw_end(struct drawing *d);

/* ---- --plot of a measurement: its figures as text, below its table --------------------------- */

/*
 * Before anything is measured: finds the script that draws, and gives a run without --output a
 * directory of its own. Does nothing unless s->plot. -errno with `why`. draw_end() is due in any
 * case.
 */
int draw_prepare(struct drawing *d, struct settings *s, struct reason *why);

/* Draws what is stored to standard output. -errno with `why`; -EINTR without. */
int draw_figures(struct drawing *d, const struct settings *s, struct reason *why);

#endif
