/* SPDX-License-Identifier: MIT */
/*
 * Writers. Each takes the same rows and knows one format. They return 0 or -errno (what the stream
 * said, ENOSPC included) and print nothing elsewhere.
 */
#ifndef IPCBENCH_OUTPUT_H
#define IPCBENCH_OUTPUT_H

#include "hist/slots.h"
#include "measure/hist.h"
#include "run/run.h"
#include "run/trial.h"
#include "stats/summary.h"
#include "text/outputs.h"
#include "text/record.h"
#include "text/rows.h"
#include <stdbool.h>
#include <stdint.h>

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

/*
 * From a struct results: a row per trial; a row per cell; the merged distribution of each cell;
 * latencies over the windows; a row per side of several pairs; the machine; everything; the tables
 * for people.
 */
output_writer csv_write_trials, csv_write_summary, csv_write_percentiles, csv_write_timeline;
output_writer csv_write_sides, env_write, json_write, markdown_write, latex_write;

/* Whether --baseline names a mechanism of the plan: 0, or -EINVAL with `why`. */
int baseline_check(const struct plan *plan, struct reason *why);

/* What would be measured, and how long it takes. */
void plan_print(FILE *out, const struct plan *plan);

/* The terminal table. `width` in columns, 0 = unlimited; colour only if `color`. */
int table_write(FILE *out, const struct results *r, unsigned int width, bool color);

/*
 * The end of a run: the fastest of each comparison and how far the others are from it, what is
 * tied, and how to save a run that was not saved; at most ten lines of `width`.
 */
int closing_write(FILE *out, const struct results *r, unsigned int width, bool color);

/* ---- rows for programs ----------------------------------------------------------------------- */

/* The outcome of one cell over all its trials. */
struct outcome {
	enum status status;
	const char *reason;			 /* never NULL */
	unsigned int flags;			 /* of any trial */
	unsigned int flagged[TRIAL_FLAG_COUNT];	 /* trials with each */
	const char *clock, *lat_kind[LAT_KINDS]; /* of the last trial that ended ok, or NULL */
	unsigned int ok, fails;			 /* trials */
	/* of an open loop, if a trial ended ok: what stats/curve.h finds of the loads of its curve
	 */
	double knee; /* NAN = none */
	bool is_knee;
	struct estimate
		slo; /* the highest that meets --slo; a median of 0 = none, NAN = not known */
};

/* Whether a cell competes with others: it moves something, and its values were measured by us. */
bool outcome_competes(const struct outcome *o, const struct item *it);

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

/* ---- where they go --------------------------------------------------------------------------- */

/* outputs_check() of what the settings name, or outputs_distinct() of a dry run. */
int store_prepare(const struct settings *s, struct reason *why);

/*
 * outputs_save() of it, the histograms of the run directory included; before the first launch only
 * what --resume needs. -errno with `why`.
 */
int store_save(const struct results *r, bool last, struct reason *why);

/* Whether anything is kept in a file. */
bool store_saves(const struct settings *s);

/* The option of the format that asked for standard output; NULL = none. */
const char *store_stdout(const struct settings *s);

/* Writes that format there. 0 or -errno. */
int store_print(const struct results *r);

/* ---- distributions, one pair of files per cell that recorded any, for other tools ------------ */

/* The folder in the run directory. */
#define HIST_FILES_DIR "hist"

enum { CELL_NAME_LEN = 240 };

/*
 * The name of a cell in file names and as the tag of its intervals: the parts of its key joined by
 * '_', using only letters, digits and . + - = _ %. Returns buf.
 *
 * 	shm+segment=sysv+waiter=futex_block_copy_latency_64_same-llc_0-1_default
 */
char *cell_name(char *buf, size_t len, const struct item *item);

/*
 * Writes DIR/hist/NAME.hlog, an interval per trial, and NAME.hgrm, all trials together in
 * microseconds, for each cell with trials that the last save did not have; NAME_sent or NAME_back
 * for the second kind of times. -errno with `why`.
 */
int hist_files_save(const char *dir, const struct results *r, struct reason *why);

/*
 * Reads the distributions of the trials of an item that ended ok, `n` in the order of the run. A
 * trial that lacks one loses its item.
 */
void hist_files_load(const char *dir, const struct plan *plan, size_t item,
	struct trial *const *trials, size_t n);

/* Likewise reads timeline.csv, or sides.csv, into the trials of a run. */
void timelines_load(const char *dir, struct trial *trials, size_t n);
void sides_load(const char *dir, struct trial *trials, size_t n);

/*
 * Writes the distribution with values divided by `unit` (1000: microseconds from nanoseconds; at
 * most 10^12), in the rows, digits and order of the reference implementation: five steps over the
 * first half, five over half of what is left, and so on; then the footer. 0 or -errno of the
 * stream.
 */
int hgrm_write(FILE *out, const struct hlog_histogram *h, uint64_t unit);

/* ---- names of runs --------------------------------------------------------------------------- */

#define RUN_ID_LEN 40

/* "20261121T020000Z-1a2b3c4d": now in UTC, and a number folded to 8 hexadecimal digits. */
void run_id_make(char id[RUN_ID_LEN], uint64_t number);

/* The part of a number that is in the id. */
uint32_t run_id_fold(uint64_t number);

/* Reads it from an id of this form; false if it has another. */
bool run_id_read(const char *id, uint32_t *folded);

/* ---- one line on standard error that says where the run is, and how long it will go on ------- */

struct progress {
	bool active; /* standard error is a terminal */
	size_t total;
	double planned_s; /* for all of it */
	double start_s;	  /* clock_seconds() */
	size_t shown;	  /* columns of the line that is on the screen */
};

/* Starts. Draws nothing, now or later, unless standard error is a terminal. */
void progress_begin(struct progress *p, size_t total, double planned_s);

/* Whether a run takes more than a minute, so that a log without a terminal has to show its pace. */
bool progress_is_long(double seconds);

/*
 * Prints on standard error how long it takes, if that is long: `bound` is "about" or "at
 * most". Called before it begins, unless --quiet is given.
 */
void progress_announce(const char *bound, double seconds);

/* Step `index` (from 0) is about to start; `what` names it or gives the last result. */
void progress_show(struct progress *p, const char *what, size_t index);

/* The same for a run: the result of the cell of its last launch, or before that the first cell. */
void progress_tell(
	struct progress *p, const struct plan *plan, const struct run *run, size_t index);

/* --verbose: a line per launch instead, which nothing overwrites. */
void tell_launch(const struct plan *plan, const struct trial *t, size_t index);

/* The value of a cell with its interval, or why it failed, as soon as its last trial is done. */
void tell_cell(struct progress *p, const struct run *run, const struct item *it);

/* Removes the line, so that what is printed next starts on a clean one. May be called twice. */
void progress_end(struct progress *p);

/*
 * The text of the line, cut to `width` columns, for `elapsed_s` after the start. Time left is what
 * the plan says of the rest, corrected by the pace so far.
 */
void progress_line(char *buf, size_t len, const struct progress *p, const char *what, size_t index,
	double elapsed_s, unsigned int width);

#endif
