/* SPDX-License-Identifier: MIT */
/* The figures of a directory: drawn anew, and what is said of each. */
#ifndef IPCBENCH_HTML_FIGURES_H
#define IPCBENCH_HTML_FIGURES_H

#include "text/rows.h"

struct figure {
	const char *stem; /* "latency-by-mechanism-same-cpu": the name of its file */
	const char *kind; /* "by-mechanism": how it is read, see glossary.c */
	const char *title, *subtitle;
	char *file;	   /* the text of its drawing ... */
	const char *svg;   /* ... and the element in it; NULL = it is not shown ... */
	struct reason why; /* ... and why not */
};

struct figures {
	struct rows rows;    /* figures.csv */
	struct figure *list; /* in the order of showing */
	size_t count;
	char *said;	   /* what could not be drawn, in lines; NULL = nothing */
	struct reason why; /* why there are no figures; "" otherwise */
};

/*
 * Draws what is stored in `dir` in a temporary directory, and reads the drawings. Ids in them
 * begin with `prefix`. What goes wrong is told in f->why. 0 or -EINTR when a signal came.
 * figures_free() is due in any case.
 */
int figures_draw(struct figures *f, const char *dir, const char *prefix);
void figures_free(struct figures *f);

/* A figure with its caption. `whose` names its run, NULL = there is one only. */
void figure_write(FILE *out, const struct figure *f, const char *whose);

#endif
