/* SPDX-License-Identifier: MIT */
/* A directory that a report is about: what is stored in it, whatever command stored it. */
#ifndef IPCBENCH_HTML_SUBJECT_H
#define IPCBENCH_HTML_SUBJECT_H

#include "gate/gate-files.h"
#include "report/figures.h"
#include "results/stored-results.h"
#include "topology/stored-matrix.h"

enum subject_kind { SUBJECT_RUN, SUBJECT_GATE, SUBJECT_MATRIX };

enum {
	REPORT_RUNS_MAX = 5, /* in one report: as many as a row has room for */
	DOWNLOADS_MAX = 5,
};

/* A file of the directory. */
struct download {
	const char *name; /* "trials.csv" */
	char *bytes;	  /* NULL = there is no such file */
	size_t len;
	bool embedded; /* it got a share of the page */
};

struct subject {
	const char *dir;
	enum subject_kind kind;
	char letter[2];	    /* "A", "B", ...; "" = the only one */
	char name[400];	    /* "A: results/today (my label)": what it is called */
	const char *run_id; /* "" = none */
	json_t *env;	    /* NULL = unknown */

	/* SUBJECT_RUN */
	struct stored_run run;
	struct measured measured;
	struct stored_results stored;
	/* SUBJECT_GATE */
	struct stored_gate gate;
	/* SUBJECT_MATRIX */
	struct stored_matrix matrix;

	struct figures figures;
	struct download downloads[DOWNLOADS_MAX]; /* the most important first */
};

/*
 * Reads what is stored in `dir`; figures are left to the caller. -ENOENT or -ENOTDIR when it is no
 * directory of ipcbench; -EINVAL when a file is damaged; what the system said: each with `why`.
 * subject_free() is due in any case. `dir` is borrowed. `letter`: 0 = the only one.
 */
int subject_load(struct subject *s, const char *dir, char letter, struct reason *why);
void subject_free(struct subject *s);

/* "run", "gate", "core-to-core matrix" */
const char *subject_kind_name(enum subject_kind kind);

#endif
