/* SPDX-License-Identifier: MIT */
#include "stats/paired-means.h"

#include "stats/signed-rank.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

/* Units of the mean difference. More make the test finer by less than chance moves it. */
#define UNITS 32
/* The end of an interval, as a part of its distance from the estimate. */
#define EXACT (1.0 / 512)
/* As far from the estimate as an end is looked for, in ln. */
#define FAR   16

double paired_ratio(const struct paired *x)
{
	double base = 0, new = 0;

	for (size_t i = 0; i < x->n; i++) {
		base += x->base[i];
		new += x->new[i];
	}
	return log(new / base);
}

/* Fills d[] with what is left of the differences when the ratio is exp(at); returns its size. */
static double differences(const struct paired *x, double at, double *d)
{
	double root = exp(at / 2), size = 0;

	for (size_t i = 0; i < x->n; i++) {
		d[i] = x->new[i] / root - x->base[i] * root;
		size += fabs(d[i]);
	}
	return size;
}

static int by_size(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* P(sum of the contrary differences <= seen) of the ratio exp(at); 1 where it exceeds 1/2. */
static double tail_at(const struct paired *x, double at, bool upper)
{
	double *d = need_array(x->n, sizeof(*d)), tail = 1;
	size_t *units = need_array(x->n, sizeof(*units)), contrary = 0, sum = 0;
	double scale = UNITS * (double)x->n / differences(x, at, d);

	for (size_t i = 0; i < x->n && isfinite(scale); i++) {
		units[i] = (size_t)llround(fabs(d[i]) * scale);
		sum += units[i];
		contrary += (d[i] > 0) == upper ? units[i] : 0;
	}
	/* the quickest order */
	qsort(units, x->n, sizeof(*units), by_size);
	if (2 * contrary < sum)
		tail = signed_sum_below(units, x->n, contrary);
	free(d);
	free(units);
	return tail;
}

double paired_p(const struct paired *x)
{
	return fmin(1, 2 * fmin(tail_at(x, 0, false), tail_at(x, 0, true)));
}

/* About how much paired_ratio() varies: where to begin to look. */
static double scatter(const struct paired *x, double at)
{
	double root = exp(at / 2), squares = 0, sum = 0;

	for (size_t i = 0; i < x->n; i++) {
		double d = x->new[i] / root - x->base[i] * root;

		squares += d * d;
		sum += x->new[i] / root + x->base[i] * root;
	}
	return 2 * sqrt(squares) / sum;
}

double paired_end(const struct paired *x, double tail, bool upper)
{
	double from = paired_ratio(x), sign = upper ? 1 : -1, kept = 0;
	double rejected = fmax(2 * scatter(x, from), 1e-9);

	if (ldexp(1, -(int)x->n) > tail)
		return sign * INFINITY;
	for (; tail_at(x, from + sign * rejected, upper) > tail; rejected *= 1.5) {
		if (rejected > FAR)
			return sign * INFINITY;
		kept = rejected;
	}
	while (rejected - kept > EXACT * rejected) {
		double middle = (rejected + kept) / 2;

		*(tail_at(x, from + sign * middle, upper) > tail ? &kept : &rejected) = middle;
	}
	return from + sign * rejected;
}
