/* SPDX-License-Identifier: MIT */
/* Reading and merging histograms; recording is inline in <ipcbench/hist.h>. */
#ifndef IPCBENCH_MEASURE_HIST_H
#define IPCBENCH_MEASURE_HIST_H

#include <ipcbench/hist.h>

/* Empties a histogram. Memory that is all zero is not an empty histogram: call this first. */
void hist_reset(struct histogram *h);

/* Records one value `count` times. A sum that does not fit ends at UINT64_MAX. */
void hist_record_many(struct histogram *h, uint64_t ns, uint64_t count);

/* Adds every count of `from` to `into`: the only correct way to merge trials or workers. */
void hist_add(struct histogram *into, const struct histogram *from);

/* The largest value that shares the slot of `ns`. */
uint64_t hist_highest_equivalent(uint64_t ns);

/* The lowest value of a slot, the inverse of hist_slot(). */
uint64_t hist_slot_value(uint32_t slot);

/*
 * The value at quantile q in 0..1: the highest value equivalent to the ceil(q * total)-th smallest
 * one (the 1st for q = 0), never above the exact maximum. 0 while empty.
 */
uint64_t hist_quantile(const struct histogram *h, double q);

/*
 * Exact mean in nanoseconds; to a thousandth, and of values up to an hour, where the sum did not
 * fit. NAN while empty.
 */
double hist_mean(const struct histogram *h);

/* How many values support quantile q, so that at least 10 lie beyond it; INFINITY for q = 1. */
double hist_needs(double q);

/* Whether `total` values do: total * (1 - q) >= 10. */
bool hist_supports(uint64_t total, double q);

/* The rank of quantile q among `total` values, 1..total: ceil(q * total), but at least 1. */
uint64_t hist_rank(double q, uint64_t total);

#endif
