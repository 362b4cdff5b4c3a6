/* SPDX-License-Identifier: MIT */
/* A run directory, as ipcbench --output writes it, read back. */
#ifndef IPCBENCH_STORED_RUN_H
#define IPCBENCH_STORED_RUN_H

#include "text/rows.h"
#include <jansson.h>

struct stored_run {
	const char *dir;    /* as the user named it */
	char *name;	    /* the same, with the run's label if it has one */
	struct rows trials; /* trials.csv; every status is one of "ok", "skip", "fail" */
	json_t *env;	    /* env.json; NULL = there is none */
	const char *run_id; /* "" when there is no row */
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

/*
 * The same from what would be in the files, of a run that need not be stored. Takes over `trials`
 * (malloc'd, `len` bytes and a 0 behind them), in any case; `env` is text, NULL = there is none.
 */
int stored_run_make(struct stored_run *run, const char *name, char *trials, size_t len,
	const char *env, struct reason *why);
void stored_run_free(struct stored_run *run);

#endif
