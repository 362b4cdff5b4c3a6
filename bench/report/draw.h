/* SPDX-License-Identifier: MIT */
/*
 * Runs the script that draws (scripts/plot, installed as ipcbench-plot). It is started without a
 * shell, in a group of its own, and nothing of it is left when the call returns.
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
 * For --plot, the figures of a measurement as text below its table. Before anything is measured:
 * finds the script that draws, and gives a run without --output a directory of its own. Does
 * nothing unless s->plot. -errno with `why`. draw_end() is due in any case.
 */
int draw_prepare(struct drawing *d, struct settings *s, struct reason *why);

/* Draws what is stored to standard output. -errno with `why`; -EINTR without. */
int draw_figures(struct drawing *d, const struct settings *s, struct reason *why);

/* Removes the folder with everything in it. */
void draw_end(struct drawing *d);

#endif
