/* SPDX-License-Identifier: MIT */
/* The files of a directory within the page, byte for byte. */
#ifndef IPCBENCH_HTML_DOWNLOADS_H
#define IPCBENCH_HTML_DOWNLOADS_H

#include "report/budget.h"
#include <ipcbench/base.h>
#include <stdio.h>

enum { DOWNLOADS_MAX = 5 };

struct download {
	const char *name; /* "trials.csv" */
	char *bytes;	  /* NULL = there is no such file */
	size_t len;
	bool embedded;
};

struct downloads {
	const char *dir;
	struct download files[DOWNLOADS_MAX]; /* the most important first */
	size_t count;
};

/* Reads those of `names` that there are; NULL ends the names. -errno with `why`. downloads_free()
 * is due in any case. */
int downloads_read(struct downloads *d, const char *dir, const char *const names[DOWNLOADS_MAX],
	struct reason *why);
void downloads_free(struct downloads *d);

/* Gives the files `from` to before `to` their shares. */
void downloads_spend(struct downloads *d, size_t from, size_t to, struct budget *b);

/* A list of them; `letter` begins the names of the files that a browser saves, "" = none does. */
void downloads_write(FILE *out, const struct downloads *d, const char *letter);

#endif
