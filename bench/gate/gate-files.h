/* SPDX-License-Identifier: MIT */
/*
 * The files of a comparison of two versions, written and read back. results/README.md describes
 * them.
 */
#ifndef IPCBENCH_GATE_FILES_H
#define IPCBENCH_GATE_FILES_H

#include "gate/gate.h"
#include "text/outputs.h"
#include "text/rows.h"
#include <jansson.h>

/* ---- written --------------------------------------------------------------------------------- */

/* What these get is a struct gate_results. */

/* GitHub tables, to be pasted into a pull request. */
output_writer gate_markdown_write;

/* Everything, blocks included. */
output_writer gate_json_write;

/* One row per metric of a cell; cells that were skipped or failed have one row each. */
output_writer gate_compare_csv_write;

/* One row per block and metric of its cell. */
output_writer gate_blocks_csv_write;

/* The machine. */
output_writer gate_env_write;

/* JUnit XML: one test case per row of compare.csv. */
output_writer gate_junit_write;

/*
 * The new version's values for github-action-benchmark, whose files hold metrics of one direction:
 * customBiggerIsBetter or customSmallerIsBetter.
 */
output_writer gate_action_bigger_write, gate_action_smaller_write;

/* The new version's values in Bencher Metric Format. */
output_writer gate_bmf_write;

/* ---- read back ------------------------------------------------------------------------------- */

/* What `ipcbench gate --output` and `ipcbench compare --output` have written. */
struct stored_gate {
	struct gate_results results; /* without blocks; points into the rest */
	struct rows compare;	     /* compare.csv */
	json_t *document;	     /* gate.json; NULL = there is none */
	json_t *env;		     /* its environment, borrowed; NULL = unknown */
};

/*
 * -errno with `why` when a file is missing, damaged or of another version. stored_gate_free() is
 * due in any case.
 */
int stored_gate_load(struct stored_gate *gate, const char *dir, struct reason *why);
void stored_gate_free(struct stored_gate *gate);

#endif
