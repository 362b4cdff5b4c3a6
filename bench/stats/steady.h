/* SPDX-License-Identifier: MIT */
/* Whether a measurement was in one state from its beginning to its end. */
#ifndef IPCBENCH_STEADY_H
#define IPCBENCH_STEADY_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer values show nothing. */
enum { STEADY_VALUES_MIN = 16 };

/* What a first part has to differ by, as a part of the rest, to matter. */
#define STEADY_SHARE 0.05

/*
 * Whether a first part of the values is on another level than the rest: of all places to part them
 * the one with the largest rank-sum statistic (Pettitt, "A non-parametric approach to the
 * change-point problem", Applied Statistics 28, 1979) counts, if values without a change reach so
 * large a one in fewer than one of 1000 series; and the medians of the two parts must be
 * STEADY_SHARE apart. Single outliers do not move ranks. n finite values.
 */
bool steady_first_part_differs(const double *values, size_t n);

#endif
