/* SPDX-License-Identifier: MIT */
/*
 * What so many hits in so many independent tries say of the probability of a hit: the exact
 * one-sided limits of Clopper and Pearson (Biometrika 26, 1934).
 */
#ifndef IPCBENCH_BINOMIAL_H
#define IPCBENCH_BINOMIAL_H

#include <stddef.h>

/*
 * At the confidence, which lies in (0, 1), the probability of a hit is at most binomial_upper() and
 * at least binomial_lower(); both together hold at 2 * confidence - 1. 0 of 300 at 0.95: at most
 * 0.00994. No hit has the lower limit 0, no miss the upper limit 1, and no try both.
 * hits <= tries <= 10^9; NAN for anything else.
 */
double binomial_upper(size_t hits, size_t tries, double confidence);
double binomial_lower(size_t hits, size_t tries, double confidence);

/* P(at most `hits` of `tries`) where each hits with the probability p in [0, 1]. */
double binomial_below(size_t hits, size_t tries, double p);

#endif
