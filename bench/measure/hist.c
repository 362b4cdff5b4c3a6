/* SPDX-License-Identifier: MIT */
/* Reading and merging histograms. */
#include "measure/hist.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* A percentile is shown only when this many values lie beyond it. */
#define VALUES_BEYOND 10.0

void hist_reset(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

static uint64_t sum_of(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void hist_record_many(struct histogram *h, uint64_t ns, uint64_t count)
{
	uint64_t sum;

	if (count == 0)
		return;
	if (__builtin_mul_overflow(ns, count, &sum))
		sum = UINT64_MAX;
	sum = sum_of(h->sum, sum);
	hist_record(h, ns);
	h->count[hist_slot(ns > HIST_MAX_NS ? HIST_MAX_NS : ns)] += count - 1;
	h->total += count - 1;
	h->overflow += ns > HIST_MAX_NS ? count - 1 : 0;
	h->sum = sum;
}

void hist_add(struct histogram *into, const struct histogram *from)
{
	if (from->total == 0)
		return;
	for (uint32_t i = 0; i < HIST_SLOTS; i++)
		into->count[i] += from->count[i];
	into->total += from->total;
	into->overflow += from->overflow;
	into->sum = sum_of(into->sum, from->sum);
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
}

uint64_t hist_slot_value(uint32_t slot)
{
	if (slot < HIST_SUB_COUNT)
		return slot;
	uint32_t bucket = slot / HIST_SUB_HALF - 1;

	return (uint64_t)(slot - bucket * HIST_SUB_HALF) << bucket;
}

uint64_t hist_highest_equivalent(uint64_t ns)
{
	return hist_slot_value(hist_slot(ns) + 1) - 1;
}

/*
 * ceil(q * total) as it is meant: 0.9 of 10 values is the 9th, although 0.9 is slightly more than
 * nine tenths once it is a double.
 */
uint64_t hist_rank(double q, uint64_t total)
{
	double exact = q * (double)total;
	double near = nearbyint(exact);
	double rank = fabs(exact - near) <= exact * 2 * DBL_EPSILON ? near : ceil(exact);

	/* written so that a NAN also ends at the first rank */
	if (!(rank > 1))
		return 1;
	return rank >= (double)total ? total : (uint64_t)rank;
}

uint64_t hist_quantile(const struct histogram *h, double q)
{
	if (h->total == 0)
		return 0;
	uint64_t rank = hist_rank(q, h->total), seen = 0;

	/* Known exactly, and in the topmost slot the only bound when values exceed an hour. */
	if (rank == h->total)
		return h->max;
	for (uint32_t i = 0; i < HIST_SLOTS; i++) {
		seen += h->count[i];
		if (seen >= rank) {
			uint64_t value = hist_slot_value(i + 1) - 1;

			return value < h->max ? value : h->max;
		}
	}
	return h->max;
}

double hist_mean(const struct histogram *h)
{
	double sum = 0;

	if (h->sum != UINT64_MAX)
		return h->total == 0 ? NAN : (double)h->sum / (double)h->total;
	for (uint32_t i = 0; i < HIST_SLOTS; i++)
		sum += (double)h->count[i] *
		       (double)(hist_slot_value(i) + (hist_slot_value(i + 1) - 1)) / 2;
	return sum / (double)h->total;
}

double hist_needs(double q)
{
	/* 1 - q carries the rounding of q: 1 - 0.9 is less than a tenth, yet 100 values do. */
	return q < 1 ? ceil(VALUES_BEYOND / (1 - q + DBL_EPSILON)) : INFINITY;
}

bool hist_supports(uint64_t total, double q)
{
	return (double)total >= hist_needs(q);
}
