/* SPDX-License-Identifier: MIT */
/* A run directory, as ipcbench --output writes it, read back; its cells with their estimates. */
#ifndef IPCBENCH_MEASURED_H
#define IPCBENCH_MEASURED_H

#include "results/results.h"
#include "stats/summary.h"
#include "text/rows.h"
#include <jansson.h>

/* ---- a stored run ---------------------------------------------------------------------------- */

struct stored_run {
	const char *dir;      /* as the user named it */
	char *name;	      /* the same, with the run's label if it has one */
	struct rows rows;     /* trials.csv */
	struct trial *trials; /* the same, row by row, without items; texts point into it */
	size_t count;
	struct measured_cell *cells; /* in the order of key_order() */
	size_t cell_count;
	const struct trial **by_cell; /* the trials of all cells, one cell after the other */
	json_t *env;		      /* env.json; NULL = there is none */
	const char *run_id;	      /* "" when there is no row */
	const char *label;	      /* likewise */
	double started_s;	      /* since the epoch; NAN = not known */
	struct reason incomplete;     /* a sentence; empty = the run is complete */
};

/* Whether that is a directory. -ENOENT, -ENOTDIR or what the system said, with `why`. */
int stored_directory(const char *dir, struct reason *why);

/* Whether there is a file of this name in it. */
bool stored_holds(const char *dir, const char *name);

/*
 * Says on standard error, and in `out`, which is empty otherwise, if a directory is incomplete
 * (text/outputs.h). `launched`: how many launches are stored; SIZE_MAX = not known.
 */
void stored_incomplete(const char *dir, size_t launched, struct reason *out);

/*
 * Reads trials.csv and env.json of `dir`, and says on standard error if the run is incomplete.
 * -ENOENT or -ENOTDIR when that is not a run; -EINVAL when a file is damaged or of another schema
 * version; what the system said; -ENOMEM: each with `why`. stored_run_free() is due in any case.
 * `dir` is borrowed.
 */
int stored_run_load(struct stored_run *run, const char *dir, struct reason *why);

/* The same, but nothing is said if it is incomplete. */
int stored_run_open(struct stored_run *run, const char *dir, struct reason *why);

/* One that was cut off before there was a trials.csv: what env.json says of it, and no trials. */
int stored_run_begun(struct stored_run *run, const char *dir, struct reason *why);

/* Makes run->trials and the cells of run->rows. */
void stored_run_read(struct stored_run *run);

/* A run that has just ended, as if it were stored. `env` is text, NULL = there is none. */
void stored_run_of(
	struct stored_run *run, const char *name, const struct results *results, const char *env);
void stored_run_free(struct stored_run *run);

/* "AMD EPYC, 2 CPUs, Linux 6.18.44", "unknown" where env is NULL. To be freed. */
char *env_machine(const json_t *env);

/* The option layout_seed of its build; 0 = none, or of an earlier version. */
long long env_layout_seed(const json_t *env);

/* The version of ipcbench, or "unknown". */
const char *env_version(const json_t *env);

/* Any of its values as a person reads it, to be freed. */
char *env_value(const json_t *value);

/* ---- its cells ------------------------------------------------------------------------------- */

/* One cell. What is not in it points into the run. */
struct measured_cell {
	struct cell_key key;
	const char *family;
	bool ok;		/* at least one trial ended ok and none failed */
	bool failed;		/* a trial failed; neither: it was skipped */
	const char *reason;	/* of the first failure, else of the first skip; "" = none */
	unsigned int flags;	/* of the first trial that has some */
	struct summary summary; /* over the trials that ended ok, by enum metric */
	const struct trial *const *trials; /* in the order of the run */
	size_t trial_count;
};

/* Makes the cells of run->trials; stored_run_free() frees them. */
void measured_read(struct stored_run *run);

/* The cell with this key, NULL if there is none. */
const struct measured_cell *measured_find(const struct stored_run *run, const struct cell_key *key);

/* The median of a metric, NAN when it was not measured. */
double measured_value(const struct measured_cell *c, enum metric m);

/* Its values above 0 in the trials that ended ok; `out` has room for all. Returns how many. */
size_t measured_values(const struct measured_cell *c, enum metric m, double *out);

/* A cell of two runs. */
struct measured_pair {
	const struct cell_key *key;
	const struct measured_cell *of[2]; /* NULL = that run lacks it */
};

/* The cells of two runs, those of one key together, in the order of key_order(). To be freed. */
struct measured_pair *measured_pairs(const struct stored_run *const of[2], size_t *count);

/* ---- as the results that they came from ------------------------------------------------------ */

struct stored_results {
	struct results results; /* points into the rest and into the run */
	struct plan plan;
	struct settings settings;
	char *slo;		   /* the text of settings.slo */
	size_t unlaunched;	   /* cells of summary.csv that the run did not come to */
	struct transport *unknown; /* stand-ins for mechanisms that this program lacks */
};

/*
 * Without summary.csv the cells stand as measured.h sorts them. The run is borrowed: its trials
 * come to know their items. -EINVAL with `why` when summary.csv is damaged, or a row has a word
 * that is none of the schema's. stored_results_free() is due in any case.
 */
int stored_results_make(
	struct stored_results *out, const struct stored_run *run, struct reason *why);
void stored_results_free(struct stored_results *r);

#endif
