/* SPDX-License-Identifier: MIT */
/* How much of a spread comes from which level of repetition. */
#ifndef IPCBENCH_VARIANCE_H
#define IPCBENCH_VARIANCE_H

#include <stddef.h>

/*
 * Components of variance of values in groups, by the method of moments (Searle, Casella &
 * McCulloch, Variance Components, 1992, 3.6): a value is the mean plus what its group has in common
 * plus a rest of its own, each random.
 */
struct variance {
	double within;	/* of the rest; NAN when no group has two values */
	double between; /* of what groups have in common, 0 if less; NAN with fewer than two groups
			 */
	size_t groups, values;
};

/* `sizes` has the length of each group, one after the other in `values`. Empty ones do not count.
 */
struct variance variance_split(const double *values, const size_t *sizes, size_t groups);

#endif
