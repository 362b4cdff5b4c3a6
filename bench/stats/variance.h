/* SPDX-License-Identifier: MIT */
/* How much of a spread comes from which level of repetition. */
#ifndef IPCBENCH_VARIANCE_H
#define IPCBENCH_VARIANCE_H

#include <stddef.h>

/*
 * Components of variance of values in groups, by the method of moments (Searle, Casella &
 * McCulloch, Variance Components, 1992, 3.6): a value is the mean plus a random part shared by its
 * group plus a random rest.
 */
struct variance {
	double within;	/* of the rest; NAN when no group has two values */
	double between; /* of the part shared by a group, 0 if less; NAN with fewer than two groups
			 */
	double mean;
	size_t groups, values;
};

/* `sizes` has the length of each group, one after the other in `values`. Empty ones do not count.
 */
struct variance variance_split(const double *values, const size_t *sizes, size_t groups);

/* ---- builds ---------------------------------------------------------------------------------- */

/*
 * The standard error of the mean of n differences between builds of two versions that take turns,
 * if the builds are drawn at random as the blocks are: the crossed random-effects analysis of
 * variance (Cornfield & Tukey, Annals of Mathematical Statistics 27, 1956). `builds` names the
 * build of either version for each difference. A version with one build is assumed to vary as the
 * other does. 0 with one build each, INFINITY if there are fewer differences than builds, which
 * then tell nothing about builds. Otherwise *df is the degrees of freedom of Student's t, and
 * *of_layout the fraction of the squared error that comes from builds: 0 if they differ no more
 * than by chance. That is no reason to ignore builds: a few of them often look alike by chance, and
 * ignoring them then is wrong too often (tests/gate/simulate.c).
 */
double crossed_error(
	const double *d, unsigned char (*builds)[2], size_t n, size_t *df, double *of_layout);

/* P(T > t) of Student's t for t >= 0 and df >= 1, and the t of which this is `tail`, below 1/2. */
double student_tail(double t, size_t df);
double student_quantile(double tail, size_t df);

#endif
