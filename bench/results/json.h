/* SPDX-License-Identifier: MIT */
/* What every JSON writer needs. */
#ifndef IPCBENCH_OUTPUT_JSON_H
#define IPCBENCH_OUTPUT_JSON_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

struct value;

/* A string; JSON is UTF-8, and what is not becomes U+FFFD. null for NULL. */
json_t *json_text(const char *s);

/* The number that the CSV writers print, digit for digit; null where it is not finite. */
json_t *json_rounded(double value);

/* A column of results/columns.h. */
json_t *json_column(const struct value *v);

/* JSON integers are read as signed or as doubles: a seed beyond them is spelt out. */
json_t *json_seed(uint64_t seed);

/* Writes a document, which it takes over, and a newline. 0 or -errno; -ENOMEM for NULL. */
int json_put(FILE *out, json_t *doc);

#endif
