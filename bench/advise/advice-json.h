/* SPDX-License-Identifier: MIT */
/* What the JSON of an answer and that of the decision tree share. NULL = out of memory. */
#ifndef IPCBENCH_ADVICE_JSON_H
#define IPCBENCH_ADVICE_JSON_H

#include "advise/advice-report.h"
#include "advise/advice-words.h"
#include "results/json.h"

/* The run that the figures are of; null by traits alone. */
json_t *advice_source_json(const struct advice_source *s);

/* A mechanism with its figures and its rank, or the reason that excludes it. */
json_t *advice_item_json(const struct advice *a, size_t i);

/* "cpu", "p50", "time" or "simplicity". */
json_t *advice_ranked_json(const struct advice *a);

#endif
