/* SPDX-License-Identifier: MIT */
/* The metrics as data, for whoever walks over all of them. */
#include "measure/metric.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const struct metric_info metric_info[METRIC_COUNT] = {
#define METRIC_INFO(id, column, kind, summarised) [METRIC_##id] = {#column, kind, summarised},
	METRICS(METRIC_INFO)
#undef METRIC_INFO
};

enum metric metric_find(const char *word, size_t len)
{
	char column[64], name[32];
	size_t n = 0;

	/* the dot of p99.9 and p99.99 is in no column */
	bool dotted = len > 4 && strncmp(word, "p99.9", 5) == 0;

	for (size_t i = 0; i < len && n + 1 < sizeof(name); i++)
		if (!dotted || i != 3)
			name[n++] = word[i];
	name[n] = '\0';
	snprintf(column, sizeof(column), "lat_%s_ns", name);
	for (enum metric m = 0; m < METRIC_COUNT && n > 0; m++)
		if (metric_info[m].summarised && (strcmp(metric_info[m].column, column) == 0 ||
							 strcmp(metric_info[m].column, name) == 0))
			return m;
	return METRIC_COUNT;
}

double metric_quantile(enum metric m)
{
	static const double of[METRIC_COUNT] = {
#define QUANTILES(times)                                                                           \
	[METRIC_##times##_P50] = 0.5, [METRIC_##times##_P90] = 0.9, [METRIC_##times##_P99] = 0.99, \
	[METRIC_##times##_P999] = 0.999, [METRIC_##times##_P9999] = 0.9999
		QUANTILES(LAT), QUANTILES(SENT), QUANTILES(BACK)};
#undef QUANTILES

	return of[m];
}
