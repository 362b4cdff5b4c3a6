/* SPDX-License-Identifier: MIT */
/* Load-latency curves: where they bend, and which load holds a limit. */
#ifndef IPCBENCH_CURVE_H
#define IPCBENCH_CURVE_H

#include "stats/summary.h"
#include <stdbool.h>
#include <stddef.h>

/* One load that was measured, over all of its trials or in one of them. */
struct load_point {
	double offered; /* messages/s */
	double time;	/* what the curve shows, such as the p99, in ns; NAN = too few samples */
	double samples; /* that it rests on */
	bool missed;	/* the load could not be kept up */
};

#define KNEE_NONE    ((size_t)-1)
/* A load is sustained while its p99 is below this factor times the reference. */
#define KNEE_FACTOR  10.0
/* What a reference rests on at least: 30 samples beyond its p99. */
#define KNEE_SAMPLES 3000

/* Ascending by load. */
void curve_sort(struct load_point *points, size_t n);

/*
 * Of points in ascending order the lowest load that was missed or has a time that is not below
 * `limit`; n when there is none. Loads with too few samples speak neither for nor against it.
 */
size_t curve_beyond(const struct load_point *points, size_t n, double limit);

/* The highest load below that one which holds it; KNEE_NONE when there is none. */
size_t curve_below(const struct load_point *points, size_t n, double limit);

/*
 * What the p99 of a sustained load stays below: KNEE_FACTOR times that of the lowest load that
 * rests on KNEE_SAMPLES samples. NAN when there is none.
 */
double knee_limit(const struct load_point *points, size_t n);

/* ---- the highest rate that holds a limit ----------------------------------------------------- */

/* Of one trial. */
struct curve_cut {
	/* the highest load that held the limit; 0 = not even the lowest, -INFINITY = that cannot
	 * tell */
	double held;
	double failed; /* the next one, which did not; INFINITY = all of them held it */
};

/*
 * Parts the loads of one trial, in ascending order, at the place with the fewest exceptions: one
 * disturbed load does not end a curve. Of equal places the lowest counts. Loads with too few
 * samples are left out; both ends are NAN when all have.
 */
struct curve_cut curve_cut(const struct load_point *points, size_t n, double limit);

/*
 * The median over trials of what held, with an interval from `held` of its lower end to `failed` of
 * its upper one, so that it holds the step between two loads as well; likewise min and max. What
 * is not known is NAN: an upper end that was not reached, all but it where low loads cannot tell.
 */
struct estimate curve_highest(struct curve_cut *cuts, size_t n);

#endif
