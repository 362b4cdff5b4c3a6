/* SPDX-License-Identifier: MIT */
/* Load-latency curves: where they bend, and which load meets a limit. */
#ifndef IPCBENCH_CURVE_H
#define IPCBENCH_CURVE_H

#include "stats/summary.h"
#include <stdbool.h>
#include <stddef.h>

/* One load that was measured, over all of its trials or in one of them. */
struct load_point {
	double offered; /* messages/s */
	double time;	/* what the curve shows, such as the p99, in ns; NAN = too few samples */
	double samples; /* behind it */
	bool missed;	/* the load was not sustained */
};

#define KNEE_NONE      ((size_t)-1)
/* A load is sustained while its p99 is below this factor times the reference. */
#define KNEE_FACTOR    10.0
/* Samples that a load of the reference needs: 30 samples beyond its p99. */
#define KNEE_SAMPLES   3000
/*
 * The reference uses loads up to this fraction of the highest, so that one disturbed load is not
 * it.
 */
#define KNEE_REFERENCE 0.25

/* Ascending by load. */
void curve_sort(struct load_point *points, size_t n);

/*
 * The lowest of the ascending points that was missed or has a time not below `limit`; n if there is
 * none. Loads with too few samples decide nothing.
 */
size_t curve_beyond(const struct load_point *points, size_t n, double limit);

/* The highest load below that one which meets it; KNEE_NONE if there is none. */
size_t curve_below(const struct load_point *points, size_t n, double limit);

/*
 * The limit of a sustained load's p99: KNEE_FACTOR times the median p99 of the loads that have
 * KNEE_SAMPLES samples and are at most KNEE_REFERENCE of the highest, or of the lowest load with
 * these samples. `points` ascend by load. NAN if there is none.
 */
double knee_limit(const struct load_point *points, size_t n);

/* ---- the highest rate that holds a limit ----------------------------------------------------- */

/* Of one trial. */
struct curve_cut {
	/*
	 * the highest load that met the limit; 0 = even the lowest did not, -INFINITY = not known
	 */
	double held;
	double failed; /* the next one, which did not; INFINITY = all met it */
};

/*
 * Splits the ascending loads of one trial where it leaves the fewest exceptions, so that one
 * disturbed load does not end a curve. Of equal places the lowest counts. Loads with too few
 * samples are left out; both ends are NAN if all are.
 */
struct curve_cut curve_cut(const struct load_point *points, size_t n, double limit);

/*
 * The median over trials of the loads that met the limit. Its interval extends from `held` of the
 * lower end to `failed` of the upper end, so it includes the step between two loads; likewise min
 * and max. NAN is not known: an upper end that was not reached, or everything except the upper end
 * if low loads have too few samples.
 */
struct estimate curve_highest(struct curve_cut *cuts, size_t n);

#endif
