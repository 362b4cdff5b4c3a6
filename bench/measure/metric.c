/* SPDX-License-Identifier: MIT */
/* The metrics as data, for whoever walks over all of them. */
#include "measure/metric.h"

const struct metric_info metric_info[METRIC_COUNT] = {
#define METRIC_INFO(id, column, kind, summarised) [METRIC_##id] = {#column, kind, summarised},
	METRICS(METRIC_INFO)
#undef METRIC_INFO
};
