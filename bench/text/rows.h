/* SPDX-License-Identifier: MIT */
/* Reads a CSV file with a header line (RFC 4180) whose fields are addressed by column name. */
#ifndef IPCBENCH_INPUT_ROWS_H
#define IPCBENCH_INPUT_ROWS_H

#include <ipcbench/base.h>
#include <stdio.h>

/* The version that is written; every version from 1 on is read (results/README.md). */
enum { SCHEMA_VERSION = 2 };

struct rows {
	char *text;    /* what `fields` points into */
	char **fields; /* the header's, then those of every row */
	size_t columns;
	size_t count; /* rows, without the header */
};

/*
 * Splits `text`, which it takes over (malloc'd, `len` bytes and a 0 behind them), in any case.
 * -EINVAL with a reason that names `name` and the line when it is not CSV: no header, a row with
 * another number of fields, a quote that does not end, a 0 byte. rows_free() is due in any
 * case.
 */
int rows_parse(struct rows *rows, char *text, size_t len, const char *name, struct reason *why);

/* Reads all of a file of at most 256 MiB. -errno with `why`. */
int rows_load(struct rows *rows, const char *path, struct reason *why);

void rows_free(struct rows *rows);

/* A field of row `row` (from 0): "" when it is empty or there is no such column. */
const char *rows_text(const struct rows *rows, size_t row, const char *column);

/* The same as a number: NAN when it is empty, missing, infinite or no number. */
double rows_number(const struct rows *rows, size_t row, const char *column);

/* A whole number from 0 and below the limit, which is at most that of an int; or the other one. */
int rows_whole(
	const struct rows *rows, size_t row, const char *column, double limit, int otherwise);

/* Where a column is, and its fields by that. */
size_t rows_column(const struct rows *rows, const char *column);
double rows_number_at(const struct rows *rows, size_t row, size_t column);

/* Whether there is such a column. */
bool rows_has(const struct rows *rows, const char *column);

/*
 * -EINVAL with `why` if a file lacks one of the columns, which NULL ends, or a row has another
 * schema version. `writer` names the command that writes such files.
 */
int rows_expect(const struct rows *rows, const char *path, const char *writer,
	const char *const *columns, struct reason *why);

#endif
