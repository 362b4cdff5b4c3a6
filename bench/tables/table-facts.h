/* SPDX-License-Identifier: MIT */
/* The comparison tables as rows of named values, for programs: CSV and JSON. */
#ifndef IPCBENCH_TABLES_FACTS_H
#define IPCBENCH_TABLES_FACTS_H

#include "results/columns.h"
#include "results/measured.h"
#include "stats/summary.h"
#include <jansson.h>
#include <stdio.h>

struct fact {
	const char *name;
	struct value value;
};

/* A text, none when it is empty; a number or an integer, none when it is NAN. */
struct value fact_text(const char *text);
struct value fact_number(double number);
struct value fact_count(double number);

/* Visits each; returns what the first visit other than 0 returned. */
int facts_visit(const struct fact *facts, size_t n, column_fn fn, void *ctx);

/* The keys of a cell from `transport` to `mem`. NULL = the names only. */
int facts_cell(const struct measured_cell *c, column_fn fn, void *ctx);

/* An estimate as NAME, NAME_ci_lo, NAME_ci_hi, NAME_min, NAME_max. */
int facts_estimate(const char *name, const struct estimate *e, column_fn fn, void *ctx);

/* Visits the columns of one row of a table; of `row` SIZE_MAX the names only. */
typedef int table_visit_fn(const void *table, size_t row, column_fn fn, void *ctx);

/* A header line and `count` rows. 0 or -errno. */
int facts_csv(FILE *out, const void *table, size_t count, table_visit_fn *visit);

/* An array of objects; NULL when memory is short. */
json_t *facts_json(const void *table, size_t count, table_visit_fn *visit);

#endif
