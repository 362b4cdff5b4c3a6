/* SPDX-License-Identifier: MIT */
/*
 * The columns of results schema version 1, named and ordered once for CSV and JSON, and what became
 * of the cells whose rows they make.
 */
#ifndef IPCBENCH_COLUMNS_H
#define IPCBENCH_COLUMNS_H

#include "results/results.h"
#include "text/record.h"

#define SCHEMA_VERSION 1

/* What became of one cell over all its trials. */
struct outcome {
	enum status status;
	const char *reason;			 /* never NULL */
	unsigned int flags;			 /* of any trial */
	const char *clock, *lat_kind[LAT_KINDS]; /* of the last trial that ended ok, or NULL */
	unsigned int ok, fails;			 /* trials */
};

/*
 * One outcome per item of the plan, for the caller to free(). A cell with a failed trial failed. A
 * cell that was never launched, because the run was interrupted, is a skip that says so.
 */
struct outcome *outcomes_collect(const struct results *r);

/* A row of trials.csv; the table is a struct results. */
record_fn trial_fields;

/* Rows of summary.csv: one per item of the plan. */
struct summary_table {
	const struct results *results;
	const struct outcome *outcomes;
};
record_fn summary_fields;

#endif
