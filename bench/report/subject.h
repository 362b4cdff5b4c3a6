/* SPDX-License-Identifier: MIT */
/* A directory that a report is about: what is stored in it, whatever command stored it. */
#ifndef IPCBENCH_HTML_SUBJECT_H
#define IPCBENCH_HTML_SUBJECT_H

#include "gate/stored-gate.h"
#include "report/downloads.h"
#include "report/figures.h"
#include "results/stored-results.h"
#include "topology/stored-matrix.h"

enum subject_kind { SUBJECT_RUN, SUBJECT_GATE, SUBJECT_MATRIX };

struct subject {
	const char *dir;
	enum subject_kind kind;
	char letter[2];	    /* "A", "B", ...; "" = the only one */
	const char *run_id; /* "" = none */
	const char *label;  /* "" = none */
	const json_t *env;  /* NULL = unknown */

	/* SUBJECT_RUN */
	struct stored_run run;
	struct measured measured;
	struct rows summary; /* summary.csv */
	struct stored_results stored;
	/* SUBJECT_GATE */
	struct stored_gate gate;
	json_t *env_file; /* env.json, where gate.json does not have it */
	/* SUBJECT_MATRIX */
	struct stored_matrix matrix;

	struct figures figures;
	struct downloads downloads;
};

/*
 * Reads what is stored in `dir`; figures are left to the caller. -ENOENT or -ENOTDIR when it is no
 * directory of ipcbench; -EINVAL when a file is damaged; what the system said; -ENOMEM: each with
 * `why`. subject_free() is due in any case. `dir` is borrowed.
 */
int subject_load(struct subject *s, const char *dir, struct reason *why);
void subject_free(struct subject *s);

/* "run", "gate", "core-to-core matrix" */
const char *subject_kind_name(enum subject_kind kind);

/* "A: results/today (my label)": what it is called. */
void subject_name(const struct subject *s, char *buf, size_t len);

#endif
