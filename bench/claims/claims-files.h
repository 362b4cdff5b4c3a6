/* SPDX-License-Identifier: MIT */
/*
 * Claims put to the test, in every format; all take a struct claims. results/README.md describes
 * the files; blocks.csv is the gate's (gate/gate-files.h).
 */
#ifndef IPCBENCH_CLAIMS_FILES_H
#define IPCBENCH_CLAIMS_FILES_H

#include "claims/claims.h"
#include "doc/document.h"
#include "text/outputs.h"

/* A table of claims, then one per claim. */
fill_fn claims_fill;

/* One row per pair. */
output_writer claims_csv_write;

/* Everything but the blocks. */
output_writer claims_json_write;

/* The word for a pair: its verdict, or "failed". */
const char *claims_pair_word(const struct claim_pair *p);

/* "shm vs pipe block throughput 64 B same-cpu" */
struct phrase claims_pair_name(const struct claim_pair *p);

#endif
