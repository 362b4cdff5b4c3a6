/* SPDX-License-Identifier: MIT */
/*
 * What a reader wants to know of a run first: per placement and way of waiting the fastest round
 * trip and the highest throughput at the sizes that the figures show, with what cannot be told
 * apart from it.
 */
#ifndef IPCBENCH_HTML_HEADLINE_H
#define IPCBENCH_HTML_HEADLINE_H

#include "results/measured.h"
#include "results/sections.h"
#include "topology/matrix.h"

/* The sizes at which mechanisms are compared, where they were measured. */
#define HEADLINE_TRIP_BYTES   ((size_t)64)
#define HEADLINE_STREAM_BYTES ((size_t)65536)

/* Adds a grid, unless nothing was measured, and says the first of it in `lead`. 0 or -ENOMEM. */
int headline_run(struct report *rep, char *lead, size_t len, const struct measured *m);

/* The same for a core-to-core matrix: a row per class. */
int headline_matrix(struct report *rep, char *lead, size_t len, const struct matrix *m);

#endif
