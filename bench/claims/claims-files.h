/* SPDX-License-Identifier: MIT */
/*
 * Writers for claims put to the test. Each takes the same claims and knows one format. They return
 * 0 or -errno (what the stream said, ENOSPC included) and print nothing elsewhere.
 * results/README.md describes the files; blocks.csv is the gate's (gate/gate-files.h).
 */
#ifndef IPCBENCH_OUTPUT_CLAIMS_H
#define IPCBENCH_OUTPUT_CLAIMS_H

#include "claims/claims.h"
#include <stdio.h>

/* A table of claims, then one per claim. `width` in columns, 0 = unlimited; colour if `color`. */
int claims_text_write(FILE *out, const struct claims *c, unsigned int width, bool color);

/* The same as GitHub tables. */
int claims_markdown_write(FILE *out, const struct claims *c);

/* One row per pair. */
int claims_csv_write(FILE *out, const void *claims);

/* Everything but the blocks. */
int claims_json_write(FILE *out, const void *claims);

/* The word for a pair: its verdict, or "failed". */
const char *claims_pair_word(const struct claim_pair *p);

/* "shm vs pipe block throughput 64 B same-cpu" */
char *claims_pair_name(char *buf, size_t len, const struct claim_pair *p);

#endif
