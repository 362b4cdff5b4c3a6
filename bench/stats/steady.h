/* SPDX-License-Identifier: MIT */
/* Whether a measurement was in one state from its beginning to its end. */
#ifndef IPCBENCH_STEADY_H
#define IPCBENCH_STEADY_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer values show nothing. */
enum { STEADY_VALUES_MIN = 16 };

/* How much a first part has to differ, as a fraction of the rest, to matter. */
#define STEADY_SHARE 0.05

/*
 * Whether a first part of the values is on another level than the rest. The split with the largest
 * rank-sum statistic counts (Pettitt, "A non-parametric approach to the change-point problem",
 * Applied Statistics 28, 1979), if fewer than one of 1000 series without a change reach that
 * statistic. Also the medians of the two parts must differ by STEADY_SHARE. Single outliers do not
 * move ranks. n finite values.
 */
bool steady_first_part_differs(const double *values, size_t n);

#endif
