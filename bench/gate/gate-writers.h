/* SPDX-License-Identifier: MIT */
/*
 * Writers for what a comparison of two versions found. Each takes the same results and knows one
 * format. They return 0 or -errno (what the stream said, ENOSPC included) and print nothing
 * elsewhere. results/README.md describes the files.
 */
#ifndef IPCBENCH_OUTPUT_GATE_H
#define IPCBENCH_OUTPUT_GATE_H

#include "gate/gate.h"
#include <stdio.h>

/* The terminal table. `width` in columns, 0 = unlimited; colour only if `color`. */
int gate_table_write(FILE *out, const struct gate_results *r, unsigned int width, bool color);

/* The same as GitHub tables, to be pasted into a pull request. */
int gate_markdown_write(FILE *out, const struct gate_results *r);

/* Everything, blocks included. */
int gate_json_write(FILE *out, const struct gate_results *r);

/* One row per metric of a cell; cells that were skipped or failed have one row each. */
int gate_compare_csv_write(FILE *out, const struct gate_results *r);

/* One row per block and metric of its cell. */
int gate_blocks_csv_write(FILE *out, const struct gate_results *r);

/* JUnit XML: one test case per row of compare.csv. */
int gate_junit_write(FILE *out, const struct gate_results *r);

/*
 * The new version's values for github-action-benchmark, whose files hold metrics of one direction:
 * customBiggerIsBetter or customSmallerIsBetter.
 */
int gate_action_benchmark_write(FILE *out, const struct gate_results *r, bool bigger_is_better);

/* The new version's values in Bencher Metric Format. */
int gate_bmf_write(FILE *out, const struct gate_results *r);

#endif
