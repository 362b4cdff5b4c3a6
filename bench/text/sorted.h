/* SPDX-License-Identifier: MIT */
/* Values in ascending order. */
#ifndef IPCBENCH_SORTED_H
#define IPCBENCH_SORTED_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* For qsort(); no value is NAN. */
static inline int sorted_ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline bool all_finite(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

/* The median of n > 0 sorted values; halved before they are added, so that none overflows. */
static inline double sorted_median(const double *sorted, size_t n)
{
	return n % 2 != 0 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

#endif
