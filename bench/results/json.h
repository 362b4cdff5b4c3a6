/* SPDX-License-Identifier: MIT */
/* What every JSON writer needs. */
#ifndef IPCBENCH_OUTPUT_JSON_H
#define IPCBENCH_OUTPUT_JSON_H

#include "text/record.h"

struct value;

/* A column of results/columns.h. */
json_t *json_column(const struct value *v);

#endif
