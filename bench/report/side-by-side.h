/* SPDX-License-Identifier: MIT */
/*
 * Runs side by side: a row per cell, a column per run, and what `ipcbench compare` makes of each
 * run against the first.
 */
#ifndef IPCBENCH_HTML_COMPARE_H
#define IPCBENCH_HTML_COMPARE_H

#include "doc/document.h"
#include "gate/stored.h"

/* Runs in one report: as many as a row has room for. */
enum { REPORT_RUNS_MAX = 5 };

/* How many rows of a comparison have an interval on one side of 1. */
struct compare_count {
	size_t better, worse, rows;
};
struct compare_count compare_differences(const struct gate_results *r);

/*
 * Adds the grids, one per metric, mode, size and placement, and notes of what could not be
 * compared. pairs[i] is the comparison of run i + 1, new, with run 0, base.
 */
void compare_document(struct document *d, const struct stored *pairs, size_t count);

#endif
