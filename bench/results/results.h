/* SPDX-License-Identifier: MIT */
/*
 * Writers. Each takes the same rows and knows one format. They return 0 or -errno (what the stream
 * said, ENOSPC included) and print nothing elsewhere.
 */
#ifndef IPCBENCH_OUTPUT_H
#define IPCBENCH_OUTPUT_H

#include "measure/hist.h"
#include "run/run.h"
#include "run/trial.h"
#include "stats/summary.h"
#include "text/outputs.h"

/* Everything that a run has produced so far. */
struct results {
	const struct plan *plan;
	const char *run_id;   /* "20261121T020000Z-1a2b3c4d": start in UTC, and the seed */
	struct trial *trials; /* ok and fail rows in order of execution, then one row per skip */
	size_t trial_count;
	struct summary *summaries; /* one per item of the plan */
	/* per kind of times and item: trials merged; NULL where none was recorded */
	struct histogram *const *hists[LAT_KINDS];
	const enum stop *stops; /* per item */
	unsigned int *logged;	/* per item: trials in hist/ as of the last save, or NULL: none */
	const char *env_json;	/* the machine and its state; NULL = unknown */
	bool interrupted;
};

/* Whether an open loop's load is the knee of its cell, see stats/knee.h, judged by the medians. */
bool results_knee(const struct results *r, const struct item *item);

/*
 * Of a struct results: a row per trial; a row per cell; the merged distribution of each cell; how
 * times went over the windows; the machine; all of it; the tables for people.
 */
output_writer csv_write_trials, csv_write_summary, csv_write_percentiles, csv_write_timeline;
output_writer env_write, json_write, markdown_write, latex_write;

/* What would be measured, and how long it takes. */
void plan_print(FILE *out, const struct plan *plan);

/* The terminal table. `width` in columns, 0 = unlimited; colour only if `color`. */
int table_write(FILE *out, const struct results *r, unsigned int width, bool color);

#endif
