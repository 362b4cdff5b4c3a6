/* SPDX-License-Identifier: MIT */
/*
 * How latency changes over the timed window (--timeline): a grid of slices of the window x ranges
 * of latency, with a count in each field. A histogram knows latency to a thousandth, but not when
 * it occurred; this grid knows when, and latency to an eighth.
 *
 * A message belongs to the slice in which it began: was sent, or was due. Ranges are eighths of an
 * octave from 16 ns to 2^34 ns (17 s); what is shorter or longer has the first and the last range.
 * Like the histogram it is plain memory in pages shared between a worker, which records, and the
 * driver, which reads when the worker has ended.
 */
#ifndef IPCBENCH_TIMELINE_H
#define IPCBENCH_TIMELINE_H

#include <ipcbench/base.h>
#include <string.h>

enum {
	TIMELINE_SLICES = 256,
	TIMELINE_AIM = 200,	 /* slices of a window whose length is known; the rest is reserve */
	TIMELINE_LOW_BITS = 4,	 /* 16 ns */
	TIMELINE_HIGH_BITS = 34, /* 17 s */
	TIMELINE_SUB_BITS = 3,	 /* eight ranges per octave */
	TIMELINE_RANGES = ((TIMELINE_HIGH_BITS - TIMELINE_LOW_BITS) << TIMELINE_SUB_BITS) + 2,
};

struct timeline {
	uint64_t slice_ticks; /* length of a slice, at least 1 */
	uint64_t boundary;    /* where the current slice ends, in ticks from the start */
	uint64_t slice;	      /* the current one */
	uint64_t count[TIMELINE_SLICES][TIMELINE_RANGES];
};

/* The range of a time. */
static ALWAYS_INLINE uint32_t timeline_range(uint64_t ns)
{
	if (unlikely(ns >> TIMELINE_LOW_BITS == 0))
		return 0;
	if (unlikely(ns >> TIMELINE_HIGH_BITS != 0))
		return TIMELINE_RANGES - 1;
	uint32_t bits = 63u ^ (uint32_t)__builtin_clzll(ns);
	uint32_t sub =
		(uint32_t)(ns >> (bits - TIMELINE_SUB_BITS)) & ((1u << TIMELINE_SUB_BITS) - 1);

	return 1 + ((bits - TIMELINE_LOW_BITS) << TIMELINE_SUB_BITS) + sub;
}

/* Makes slices 2^shift times as long, by merging each with those that follow it. */
static inline void timeline_merge(struct timeline *t, unsigned int shift)
{
	for (size_t i = 1; i < TIMELINE_SLICES; i++) {
		uint64_t *into = t->count[i >> shift];

		if (into == t->count[i])
			continue;
		for (size_t k = 0; k < TIMELINE_RANGES; k++)
			into[k] += t->count[i][k];
		memset(t->count[i], 0, sizeof(t->count[i]));
	}
	t->slice_ticks <<= shift;
}

/*
 * Advances to the slice that `at` lies in; a stall may have skipped many. If `at` lies beyond the
 * grid, slices become as many times longer as it takes, in one pass over the grid.
 */
static inline void timeline_advance(struct timeline *t, uint64_t at)
{
	uint64_t slice = at / t->slice_ticks;
	unsigned int shift = 0;

	while (slice >> shift >= TIMELINE_SLICES)
		shift++;
	if (shift != 0)
		timeline_merge(t, shift);
	t->slice = slice >> shift;
	t->boundary = (t->slice + 1) * t->slice_ticks;
}

/* Out of line, so that it costs a loop that does not record only a branch. */
COLD static void timeline_add(struct timeline *t, uint64_t at, uint64_t ns, uint64_t count)
{
	if (unlikely(at >= t->boundary))
		timeline_advance(t, at);
	t->count[t->slice][timeline_range(ns)] += count;
}

/* Records a time of `ns` that began `at` ticks after the start of the window; NULL: does not. */
static ALWAYS_INLINE void timeline_record(struct timeline *t, uint64_t at, uint64_t ns)
{
	if (unlikely(t != NULL))
		timeline_add(t, at, ns, 1);
}

#endif
