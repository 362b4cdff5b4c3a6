/* SPDX-License-Identifier: MIT */
/* A core-to-core matrix, as `ipcbench topology --output` writes it, read back. */
#ifndef IPCBENCH_STORED_MATRIX_H
#define IPCBENCH_STORED_MATRIX_H

#include "text/rows.h"
#include "topology/matrix.h"

struct stored_matrix {
	struct matrix matrix; /* pairs, all of them done; no clock and no durations */
	struct rows rows;     /* topology.csv */
	const char *run_id;   /* "" when there is no row */
};

/* As stored_gate_load(). stored_matrix_free() is due in any case. */
int stored_matrix_load(struct stored_matrix *m, const char *dir, struct reason *why);
void stored_matrix_free(struct stored_matrix *m);

#endif
