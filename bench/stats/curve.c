/* SPDX-License-Identifier: MIT */
#include "stats/curve.h"

#include "text/format.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

static int by_load(const void *a, const void *b)
{
	return sorted_ascending(
		&((const struct load_point *)a)->offered, &((const struct load_point *)b)->offered);
}

void curve_sort(struct load_point *points, size_t n)
{
	if (n > 1)
		qsort(points, n, sizeof(*points), by_load);
}

static bool holds(const struct load_point *p, double limit)
{
	return !p->missed && p->time < limit;
}

/* Whether it speaks for or against a limit. */
static bool tells(const struct load_point *p)
{
	return p->missed || !isnan(p->time);
}

size_t curve_beyond(const struct load_point *points, size_t n, double limit)
{
	size_t i = 0;

	while (i < n && (!tells(&points[i]) || holds(&points[i], limit)))
		i++;
	return i;
}

size_t curve_below(const struct load_point *points, size_t n, double limit)
{
	size_t i = curve_beyond(points, n, limit);

	while (i > 0 && !tells(&points[i - 1]))
		i--;
	return i > 0 ? i - 1 : KNEE_NONE;
}

double knee_limit(const struct load_point *points, size_t n)
{
	double *times = need_array(n, sizeof(*times));
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(points[i].time) && points[i].samples >= KNEE_SAMPLES &&
			(used == 0 || points[i].offered <= KNEE_REFERENCE * points[n - 1].offered))
			times[used++] = points[i].time;
	double limit = KNEE_FACTOR * median(times, used);

	free(times);
	return limit;
}

struct curve_cut curve_cut(const struct load_point *points, size_t n, double limit)
{
	struct curve_cut cut = {.held = NAN, .failed = NAN};
	size_t wrong = 0, fewest;

	for (size_t i = 0; i < n; i++)
		wrong += tells(&points[i]) && holds(&points[i], limit);
	fewest = wrong;
	/* the cut moves up: what it passes was wrong above it, or becomes wrong below */
	for (size_t i = 0; i < n; i++) {
		if (!tells(&points[i]))
			continue;
		if (isnan(cut.held))
			cut.held = i == 0 ? 0 : -INFINITY;
		if (!isfinite(cut.failed))
			cut.failed = points[i].offered;
		wrong += holds(&points[i], limit) ? (size_t)-1 : 1;
		if (wrong >= fewest)
			continue;
		fewest = wrong;
		cut = (struct curve_cut){.held = points[i].offered, .failed = INFINITY};
	}
	return cut;
}

/* An end that was not reached is open. */
static double reached(double end)
{
	return isfinite(end) ? end : NAN;
}

struct estimate curve_highest(struct curve_cut *cuts, size_t n)
{
	double *ends = need_array(n, sizeof(*ends));

	for (size_t i = 0; i < n; i++)
		ends[i] = cuts[i].failed;
	const struct estimate failed = estimate_median(ends, n);

	for (size_t i = 0; i < n; i++)
		ends[i] = cuts[i].held;
	const struct estimate held = estimate_median(ends, n);

	free(ends);
	return (struct estimate){reached(held.median), reached(held.ci_lo), reached(failed.ci_hi),
		reached(held.min), reached(failed.max)};
}
