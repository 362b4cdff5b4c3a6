/* SPDX-License-Identifier: MIT */
/*
 * The columns of results schema version 1, named and ordered once for every machine-readable
 * format: CSV writes them as they come, JSON makes each a member.
 */
#ifndef IPCBENCH_COLUMNS_H
#define IPCBENCH_COLUMNS_H

#include "results/results.h"

#define SCHEMA_VERSION 1

/* VALUE_NONE: not applicable or not measured; an empty field, or null. */
enum value_kind { VALUE_NONE, VALUE_TEXT, VALUE_FLAGS, VALUE_COUNT, VALUE_REAL };

struct value {
	enum value_kind kind;
	const char *text;
	double number;
	unsigned int flags;
};

/* What became of one cell over all its trials. */
struct outcome {
	enum status status;
	const char *reason;	/* never NULL */
	unsigned int flags;	/* of any trial */
	const char *clock;	/* never NULL */
	const char *lat_kind;	/* never NULL */
	const char *lat2_kind;	/* never NULL */
	unsigned int trial;	/* 0 where the row is not a trial */
	unsigned int order;	/* likewise */
	unsigned int ok, fails; /* trials */
};

/*
 * One outcome per item of the plan, for the caller to free(); NULL when memory is short. A cell
 * with a failed trial failed. A cell that was never launched, because the run was interrupted, is
 * a skip that says so.
 */
struct outcome *outcomes_collect(const struct results *r);

/* Receives one column; returns 0 to go on, anything else to stop with that value. */
typedef int (*column_fn)(void *ctx, const char *name, const struct value *v);

/* Visits the columns of trials.csv. `t` NULL visits the names only. */
int columns_trial(const struct results *r, const struct trial *t, column_fn fn, void *ctx);

/* Visits the columns of summary.csv. `o` NULL visits the names only. */
int columns_summary(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx);

/* Visits the columns of percentiles.csv that come before the quantile ... */
int columns_distribution(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx);

/* Those that come after the last of its own. */
int columns_distribution_late(
	const struct results *r, size_t item, const struct outcome *o, column_fn fn, void *ctx);

/* Visits the columns of timeline.csv before those of its own, or after them. */
int columns_timeline(
	const struct results *r, const struct trial *t, bool late, column_fn fn, void *ctx);

/* Joins the names of `flags` by ';'. Returns buf. */
char *flags_join(char *buf, size_t len, unsigned int flags);

#endif
