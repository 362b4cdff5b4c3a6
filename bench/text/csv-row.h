/* SPDX-License-Identifier: MIT */
/*
 * Rows of CSV, field by field. Each file is written by one function for a row, which runs once more
 * for the line of names, so that a name and its value cannot part.
 */
#ifndef IPCBENCH_CSV_ROW_H
#define IPCBENCH_CSV_ROW_H

#include "results/columns.h"

struct csv {
	FILE *out;
	bool names; /* the line of names rather than values */
	bool begun; /* this line has a field */
};

/* Begins with the line of names. Clears errno, so that a failure later on is this stream's. */
struct csv csv_begin(FILE *out);

/* One column, for columns_trial() and the like; `ctx` is a struct csv. */
int csv_put(void *ctx, const char *name, const struct value *v);

/* Text; NULL is an empty field. */
void csv_put_text(struct csv *csv, const char *name, const char *text);

/* A number; an empty field where it is not finite. */
void csv_put_real(struct csv *csv, const char *name, double value);

/* A count; an empty field where it is not there. */
void csv_put_count(struct csv *csv, const char *name, bool there, unsigned long long value);

/* Ends a line; -errno as soon as the stream is broken, so that nobody writes on for nothing. */
int csv_end_row(struct csv *csv);

/* Ends the file, unless a row has failed with `ret`. 0 or -errno. */
int csv_finish(struct csv *csv, int ret);

#endif
