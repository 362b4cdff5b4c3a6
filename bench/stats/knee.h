/* SPDX-License-Identifier: MIT */
/* Where a load-latency curve bends. */
#ifndef IPCBENCH_KNEE_H
#define IPCBENCH_KNEE_H

#include <stdbool.h>
#include <stddef.h>

/* One open loop that was measured. */
struct load_point {
	double offered; /* messages/s */
	double p99;	/* from the intended time, ns; NAN = too few samples */
	bool missed;	/* the load could not be kept up */
};

#define KNEE_NONE   ((size_t)-1)
/* A load is borne as long as its p99 is below so many times that of the lowest load. */
#define KNEE_FACTOR 10.0

/* Ascending by load. */
void knee_sort(struct load_point *points, size_t n);

/*
 * The knee of points in ascending order: the highest load that was kept up with a p99 under
 * KNEE_FACTOR times the p99 of the lowest load, all lower loads likewise. KNEE_NONE when the lowest
 * was not kept up or has no p99.
 */
size_t knee_find(const struct load_point *points, size_t n);

#endif
