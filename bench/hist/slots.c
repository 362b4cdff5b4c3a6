/* SPDX-License-Identifier: MIT */
#include "hist/slots.h"

#include "measure/hist.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 5 };

const struct hlog_shape hlog_own_shape = {
	.digits = 3,
	.lowest = 1,
	.highest = HIST_MAX_NS,
	.ratio = 1,
	.unit = 0,
	.half = HIST_SUB_BITS - 1,
	.buckets = HIST_BUCKETS,
	.slots = HIST_SLOTS,
};

static unsigned int highest_bit(uint64_t value)
{
	return 63u - (unsigned int)__builtin_clzll(value);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

/* Two slots per unit of the last digit, rounded up to a power of two; half of that. */
static unsigned int half_of(unsigned int digits)
{
	uint64_t wanted = 2;

	for (unsigned int i = 0; i < digits; i++)
		wanted *= 10;
	return highest_bit(2 * wanted - 1) - 1;
}

static unsigned int buckets_of(const struct hlog_shape *s)
{
	/* the end of the first bucket is 2^bit; each more doubles it */
	unsigned int bit = s->half + 1 + s->unit, top = highest_bit(s->highest) + 1;

	return top > bit ? top - bit + 1 : 1;
}

int hlog_shape_set(struct hlog_shape *s, struct reason *why)
{
	if (s->digits > DIGITS_MAX)
		return reason_set(why, EINVAL, "%u significant digits; 0 to %d are possible",
			s->digits, DIGITS_MAX);
	if (s->lowest < 1 || s->highest > INT64_MAX || s->lowest > s->highest / 2)
		return reason_set(why, EINVAL,
			"the range %llu to %llu; a range begins at 1 or more and its end is at least twice that, below 2^63",
			(unsigned long long)s->lowest, (unsigned long long)s->highest);
	s->half = half_of(s->digits);
	s->unit = highest_bit(s->lowest);
	if (s->unit + s->half > 61)
		return reason_set(why, EINVAL,
			"%u significant digits from %llu on do not fit into 64 bits", s->digits,
			(unsigned long long)s->lowest);
	s->buckets = buckets_of(s);
	s->slots = (s->buckets + 1) << s->half;
	return 0;
}

/* Bits that a slot forgets. */
static unsigned int shift_of(const struct hlog_shape *s, uint32_t index)
{
	uint32_t bucket = index >> s->half;

	return s->unit + (bucket == 0 ? 0 : bucket - 1);
}

uint64_t hlog_lowest(const struct hlog_shape *s, uint32_t index)
{
	uint32_t bucket = index >> s->half, half = UINT32_C(1) << s->half;
	uint64_t within = bucket == 0 ? index : (index & (half - 1)) + half;

	return within << shift_of(s, index);
}

uint64_t hlog_highest(const struct hlog_shape *s, uint32_t index)
{
	return hlog_lowest(s, index) + ((UINT64_C(1) << shift_of(s, index)) - 1);
}

uint32_t hlog_index(const struct hlog_shape *s, uint64_t value)
{
	unsigned int first = s->unit + s->half; /* highest bit of the upper half of bucket 0 */
	unsigned int bit = highest_bit(value | 1);
	unsigned int bucket = bit > first ? bit - first : 0;

	return (bucket << s->half) + (uint32_t)(value >> (bucket + s->unit));
}

/* ---- making ---------------------------------------------------------------------------------- */

void hlog_free(struct hlog_histogram *h)
{
	free(h->slot);
	h->slot = NULL;
	h->used = 0;
	h->total = 0;
}

int hlog_append(struct hlog_histogram *h, uint32_t index, uint64_t count)
{
	if (count > INT64_MAX - h->total)
		return -EOVERFLOW;
	*need_next(h->slot, h->used) = (struct hlog_slot){.index = index, .count = count};
	h->total += count;
	return 0;
}

int hlog_from(struct hlog_histogram *out, const struct histogram *h)
{
	size_t room = 0;
	int r = 0;

	*out = (struct hlog_histogram){.shape = hlog_own_shape};
	/* room for all at once: between launches, which have no part in ending the program */
	for (uint32_t i = 0; i < HIST_SLOTS; i++)
		room += h->count[i] != 0;
	out->slot = malloc((room + 1) * sizeof(*out->slot));
	if (out->slot == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < HIST_SLOTS; i++)
		if (h->count[i] != 0)
			r = hlog_append(out, i, h->count[i]);
	return r;
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* The coarser of both in every respect, wide enough for both. */
static void common_shape(
	struct hlog_shape *out, const struct hlog_shape *a, const struct hlog_shape *b)
{
	*out = *a;
	if (b->digits < out->digits)
		out->digits = b->digits;
	if (b->lowest > out->lowest)
		out->lowest = b->lowest;
	if (b->highest > out->highest)
		out->highest = b->highest;
	hlog_shape_set(out, NULL);
}

/* Where a slot of another shape lies: whole slots, since none of ours is finer. */
static uint32_t translate(
	const struct hlog_shape *to, const struct hlog_shape *from, const struct hlog_slot *slot)
{
	return hlog_index(to, hlog_lowest(from, slot->index));
}

/* Appends, or adds to the last slot. */
static int put(struct hlog_histogram *h, uint32_t index, uint64_t count)
{
	if (h->used == 0 || h->slot[h->used - 1].index != index || count > INT64_MAX - h->total)
		return hlog_append(h, index, count);
	h->slot[h->used - 1].count += count;
	h->total += count;
	return 0;
}

int hlog_add(struct hlog_histogram *into, const struct hlog_histogram *from)
{
	struct hlog_histogram sum = {0};
	size_t i = 0, j = 0;
	int r = 0;

	common_shape(&sum.shape, &into->shape, &from->shape);
	while (r == 0 && (i < into->used || j < from->used)) {
		uint32_t a = i < into->used ? translate(&sum.shape, &into->shape, &into->slot[i])
					    : UINT32_MAX;
		uint32_t b = j < from->used ? translate(&sum.shape, &from->shape, &from->slot[j])
					    : UINT32_MAX;

		r = a <= b ? put(&sum, a, into->slot[i++].count)
			   : put(&sum, b, from->slot[j++].count);
	}
	if (r < 0) {
		hlog_free(&sum);
		return r;
	}
	hlog_free(into);
	*into = sum;
	return 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

uint64_t hlog_min(const struct hlog_histogram *h)
{
	return h->used == 0 ? 0 : hlog_lowest(&h->shape, h->slot[0].index);
}

uint64_t hlog_max(const struct hlog_histogram *h)
{
	return h->used == 0 ? 0 : hlog_highest(&h->shape, h->slot[h->used - 1].index);
}

uint64_t hlog_quantile(const struct hlog_histogram *h, double q)
{
	uint64_t rank = hist_rank(q, h->total), seen = 0;

	for (size_t i = 0; i < h->used; i++) {
		seen += h->slot[i].count;
		if (seen >= rank)
			return hlog_highest(&h->shape, h->slot[i].index);
	}
	return 0;
}

static double middle(const struct hlog_histogram *h, size_t i)
{
	const struct hlog_shape *s = &h->shape;
	uint32_t index = h->slot[i].index;

	return (double)(hlog_lowest(s, index) + (UINT64_C(1) << shift_of(s, index) >> 1));
}

double hlog_mean(const struct hlog_histogram *h)
{
	double sum = 0;

	for (size_t i = 0; i < h->used; i++)
		sum += middle(h, i) * (double)h->slot[i].count;
	return h->total == 0 ? NAN : sum / (double)h->total;
}

double hlog_deviation(const struct hlog_histogram *h)
{
	double mean = hlog_mean(h), sum = 0;

	for (size_t i = 0; i < h->used; i++) {
		double off = middle(h, i) - mean;

		sum += off * off * (double)h->slot[i].count;
	}
	return h->total == 0 ? NAN : sqrt(sum / (double)h->total);
}
