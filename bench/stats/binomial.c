/* SPDX-License-Identifier: MIT */
#include "stats/summary.h"

#include <math.h>

#define TRIES_MAX 1000000000

/* The sum of the terms from `hits` down to 0, each from the one above it. */
static double sum_down(size_t hits, size_t tries, double p)
{
	double k = (double)hits, n = (double)tries;
	double term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) +
			  (n - k) * log1p(-p));
	double sum = term;

	for (; k > 0 && term > sum * 1e-18; k--) {
		term *= k / (n - k + 1) * ((1 - p) / p);
		sum += term;
	}
	return fmin(sum, 1);
}

double binomial_below(size_t hits, size_t tries, double p)
{
	if (hits >= tries || p <= 0)
		return 1;
	if (p >= 1)
		return 0;
	/* downwards from `hits` the terms must fall: above the mean the other tail is summed */
	if ((double)hits <= (double)tries * p)
		return sum_down(hits, tries, p);
	return 1 - sum_down(tries - hits - 1, tries, 1 - p);
}

double binomial_upper(size_t hits, size_t tries, double confidence)
{
	double low = 0, high = 1;

	if (hits > tries || tries > TRIES_MAX || !(confidence > 0) || !(confidence < 1))
		return NAN;
	if (hits == tries)
		return 1;
	/* halved until no double lies between */
	for (;;) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			return high;
		if (binomial_below(hits, tries, middle) > 1 - confidence)
			low = middle;
		else
			high = middle;
	}
}

double binomial_lower(size_t hits, size_t tries, double confidence)
{
	return hits > tries ? NAN : 1 - binomial_upper(tries - hits, tries, confidence);
}
