/* SPDX-License-Identifier: MIT */
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

static int by_load(const void *a, const void *b)
{
	double x = ((const struct load_point *)a)->offered;
	double y = ((const struct load_point *)b)->offered;

	return (x > y) - (x < y);
}

void knee_sort(struct load_point *points, size_t n)
{
	if (n > 1)
		qsort(points, n, sizeof(*points), by_load);
}

size_t knee_find(const struct load_point *points, size_t n)
{
	size_t knee = KNEE_NONE;

	for (size_t i = 0; i < n; i++) {
		const struct load_point *p = &points[i];

		if (p->missed || isnan(p->p99) || !(p->p99 < KNEE_FACTOR * points[0].p99))
			break;
		knee = i;
	}
	return knee;
}
