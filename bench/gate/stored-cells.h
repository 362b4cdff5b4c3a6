/* SPDX-License-Identifier: MIT */
/* The rows of two runs, brought together by the cell that they belong to. */
#ifndef IPCBENCH_STORED_CELLS_H
#define IPCBENCH_STORED_CELLS_H

#include "gate/gate.h"
#include "results/stored-run.h"

/* One row of trials.csv. */
struct stored_row {
	struct cell_key key;
	int run; /* 0 = base, 1 = new */
	size_t row;
};

struct stored_cells {
	const struct stored_run *runs; /* base, new */
	struct stored_row *rows;       /* by cell, then run, then row of the file */
	size_t row_count;
	size_t *first; /* per cell and one beyond: where its rows begin */
	size_t count;
};

/*
 * Brings the rows of runs[0] and runs[1] together, by their keys (plan/key.h). The runs are
 * borrowed.
 */
void stored_cells_match(struct stored_cells *cells, const struct stored_run *runs);
void stored_cells_free(struct stored_cells *cells);

/*
 * What can be said of cell `i` before its values are looked at: names, keys, and whether it can be
 * compared: FAIL when a trial of either run failed, SKIP when a run lacks or skipped it, each with
 * the reason. What is not allocated points into the runs.
 */
void stored_cell_describe(const struct stored_cells *cells, size_t i, struct gate_cell *out);

/*
 * The values of a column in the trials of one run that ended ok; only finite ones above 0. `out`
 * has room for all rows of the cell. Returns how many there are.
 */
size_t stored_cell_values(
	const struct stored_cells *cells, size_t i, int run, const char *column, double *out);

#endif
