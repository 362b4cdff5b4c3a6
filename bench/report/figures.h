/* SPDX-License-Identifier: MIT */
/* The figures of a directory: drawn anew, cleaned, and what is said of each. */
#ifndef IPCBENCH_HTML_FIGURES_H
#define IPCBENCH_HTML_FIGURES_H

#include "report/budget.h"
#include <ipcbench/base.h>
#include <stdio.h>

struct figure {
	char *stem; /* "latency-by-mechanism-same-cpu": the name of its file */
	char *kind; /* "by-mechanism": how it is read, see glossary.h */
	char *title, *subtitle;
	char *svg; /* what stands inside of the svg element; NULL = it is not shown ... */
	size_t len;
	char view_box[64];
	struct reason why; /* ... and why not */
};

struct figures {
	struct figure *list; /* in the order of showing */
	size_t count;
	struct reason why; /* why there are none; "" otherwise */
	char **notes;	   /* what the script said: what could not be drawn */
	size_t note_count;
};

/*
 * Draws what is stored in `dir` into a temporary directory, and reads it. Names of the drawings
 * begin with `prefix`. What goes wrong is told in f->why. 0; -EINTR when *interrupted became true;
 * -ENOMEM. figures_free() is due in any case.
 */
int figures_draw(
	struct figures *f, const char *dir, const char *prefix, const volatile int *interrupted);

/* Reads figures.csv of a folder and the drawings that it names. As figures_draw(), and -EINVAL. */
int figures_read(struct figures *f, const char *folder, const char *prefix, struct reason *why);
void figures_free(struct figures *f);

/* Gives each figure its share; one that does not fit loses its drawing. */
void figures_spend(struct figures *f, struct budget *b);

/* A figure with its caption; `prefix` as above. `whose` names its run, NULL = there is one only. */
void figure_write(FILE *out, const struct figure *f, const char *prefix, const char *whose);

#endif
