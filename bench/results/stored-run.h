/* SPDX-License-Identifier: MIT */
/* A run directory, as ipcbench --output writes it, read back. */
#ifndef IPCBENCH_STORED_RUN_H
#define IPCBENCH_STORED_RUN_H

#include "results/results.h"
#include "text/rows.h"
#include <jansson.h>

struct stored_run {
	const char *dir;      /* as the user named it */
	char *name;	      /* the same, with the run's label if it has one */
	struct rows rows;     /* trials.csv */
	struct trial *trials; /* the same, row by row, without items; texts point into it */
	size_t count;
	json_t *env;	    /* env.json; NULL = there is none */
	const char *run_id; /* "" when there is no row */
	const char *label;  /* likewise */
	double started_s;   /* since the epoch; NAN = not known */
};

/* Whether that is a directory. -ENOENT, -ENOTDIR or what the system said, with `why`. */
int stored_directory(const char *dir, struct reason *why);

/*
 * Reads trials.csv and env.json of `dir`. -ENOENT or -ENOTDIR when that is no run; -EINVAL when a
 * file is damaged or of another schema version; what the system said; -ENOMEM: each with `why`.
 * stored_run_free() is due in any case. `dir` is borrowed.
 */
int stored_run_load(struct stored_run *run, const char *dir, struct reason *why);

/* Makes run->trials of run->rows. */
void stored_run_read(struct stored_run *run);

/* A run that has just ended, as if it were stored. `env` is text, NULL = there is none. */
void stored_run_of(
	struct stored_run *run, const char *name, const struct results *results, const char *env);
void stored_run_free(struct stored_run *run);

/* "AMD EPYC, 2 CPUs, Linux 6.18.44", "unknown" where env is NULL. To be freed. */
char *env_machine(const json_t *env);

/* The version of ipcbench, or "unknown". */
const char *env_version(const json_t *env);

#endif
