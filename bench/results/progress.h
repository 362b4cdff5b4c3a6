/* SPDX-License-Identifier: MIT */
/* One line on standard error that says where the run is and how long it will go on. */
#ifndef IPCBENCH_PROGRESS_H
#define IPCBENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
	bool active; /* standard error is a terminal */
	size_t total;
	double planned_s; /* for all of it */
	double start_s;	  /* clock_seconds() */
	size_t shown;	  /* columns of the line that is on the screen */
};

/* Starts. Draws nothing, now or later, unless standard error is a terminal. */
void progress_begin(struct progress *p, size_t total, double planned_s);

/* Step `index` (from 0) is about to start; `what` names it. */
void progress_show(struct progress *p, const char *what, size_t index);

/* Removes the line, so that what is printed next starts on a clean one. May be called twice. */
void progress_end(struct progress *p);

/*
 * The text of the line, cut to `width` columns, for `elapsed_s` after the start. Time left is what
 * the plan says of the rest, corrected by the pace so far.
 */
void progress_line(char *buf, size_t len, const struct progress *p, const char *what, size_t index,
	double elapsed_s, unsigned int width);

#endif
