/* SPDX-License-Identifier: MIT */
/*
 * System V against POSIX: each pair of mechanisms that do the same, cell by cell.
 *
 * A pair is found by traits: one API is System V, the other POSIX, and family, shape and
 * persistence are the same. Two cells are compared that differ in the mechanism only.
 *
 * The trials of both are compared by their logarithms (stats/two-sample.h): the ratio is the
 * Hodges-Lehmann estimate with its 95 % interval, which takes four trials of each; with fewer it is
 * the ratio of the medians, and there is no interval. The trials of one run are interleaved in a
 * random order, so what the machine did in between falls on both alike.
 */
#ifndef IPCBENCH_TABLES_APIS_H
#define IPCBENCH_TABLES_APIS_H

#include "results/sections.h"
#include "tables/cells.h"
#include "tables/table-facts.h"

#define API_CONFIDENCE 0.95

/* What is compared in a mode. */
struct api_metric {
	enum mode mode;
	enum metric metric;
	enum quantity quantity;
	bool higher_is_better;
	const char *title, *unit; /* behind the scale's: "msg/s" behind "k " */
};

enum api_faster { API_NO_INTERVAL, API_UNCLEAR, API_SYSV_FASTER, API_POSIX_FASTER };

struct api_row {
	const struct transport *sysv, *posix;
	const struct measured_cell *base, *new; /* of System V, of POSIX */
	const struct api_metric *metric;
	size_t base_trials, new_trials;
	double ratio;	     /* POSIX / System V */
	double ci_lo, ci_hi; /* NAN without an interval */
	enum api_faster faster;
};

/* A pair of mechanisms of the registry. */
struct api_pair {
	const struct transport *sysv, *posix;
};

struct api_table {
	struct api_pair *pairs; /* all that there are, whatever was measured */
	size_t pair_count;
	struct api_row *rows; /* by pair and metric, then as cells_order() and size */
	size_t count;
};

/* -ENOMEM. api_table_free() is due in any case; the run is borrowed. */
int api_table_read(struct api_table *t, const struct measured *m);
void api_table_free(struct api_table *t);

/* Adds its grids and notes. -ENOMEM. */
int api_table_report(struct report *rep, const struct api_table *t, bool utf8);

/* The columns of a struct api_table. */
table_visit_fn api_table_visit;

/* "sysv", "posix", "unclear"; "" without an interval. */
const char *api_faster_name(enum api_faster faster);

/* Trials of each that an interval takes. */
size_t api_trials_needed(void);

#endif
