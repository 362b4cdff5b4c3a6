/* SPDX-License-Identifier: MIT */
/* --auto: a cell is launched until the median of its trials is known well enough. */
#ifndef IPCBENCH_PRECISION_H
#define IPCBENCH_PRECISION_H

#include "run/run.h"

/* Fewer trials give no 95 % interval of a median (2^-5 > 5 %). */
enum { PRECISION_TRIALS_MIN = 6 };

/*
 * Whether this launch is still wanted: always without --auto; else as long as the 95 % interval of
 * the median of the cell's figure is wider than +-precision and time is left. Notes in run->stops
 * what ended a cell.
 */
bool precision_wants(struct run *run, const struct launch *l);

/* The figure that a cell is judged by: the median time or the rate. */
enum metric precision_metric(const struct item *item);

#endif
