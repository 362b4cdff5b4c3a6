/* SPDX-License-Identifier: MIT */
#include "stats/variance.h"

#include <math.h>

static double mean_of(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static double squares(const double *values, size_t n, double around)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (values[i] - around) * (values[i] - around);
	return sum;
}

struct variance variance_split(const double *values, const size_t *sizes, size_t groups)
{
	struct variance v = {.within = NAN, .between = NAN};
	double inside = 0, outside = 0, sizes_squared = 0;
	size_t n = 0;

	for (size_t g = 0; g < groups; g++)
		n += sizes[g];
	const double grand = n == 0 ? NAN : mean_of(values, n);

	for (size_t g = 0, at = 0; g < groups; at += sizes[g++]) {
		if (sizes[g] == 0)
			continue;
		double mean = mean_of(&values[at], sizes[g]), size = (double)sizes[g];

		inside += squares(&values[at], sizes[g], mean);
		outside += size * (mean - grand) * (mean - grand);
		sizes_squared += size * size;
		v.groups++;
	}
	v.values = n;
	if (n > v.groups)
		v.within = inside / (double)(n - v.groups);
	if (v.groups < 2)
		return v;
	/* a group of one value tells nothing of the rest: then all is put down to the groups */
	double rest = isnan(v.within) ? 0 : v.within;
	double typical = ((double)n - sizes_squared / (double)n) / (double)(v.groups - 1);

	v.between = fmax((outside / (double)(v.groups - 1) - rest) / typical, 0);
	return v;
}
