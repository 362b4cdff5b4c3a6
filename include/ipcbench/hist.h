/* SPDX-License-Identifier: MIT */
/*
 * High dynamic range histogram, after Gil Tene's HdrHistogram (public domain; see
 * http://hdrhistogram.org): values of 1 ns to 1 h at 3 significant decimal digits, that is, every
 * recorded value is known to one part in a thousand or better, in a fixed 264 KiB.
 *
 * Layout: bucket 0 holds 0..2047 with a resolution of 1 ns; bucket b > 0 holds
 * 1024*2^b .. 2048*2^b - 1 with a resolution of 2^b ns, so only its upper half is stored.
 * The whole struct is plain memory without pointers: it lives in pages shared between a worker,
 * which records, and the driver, which reads when the worker has ended.
 */
#ifndef IPCBENCH_HIST_H
#define IPCBENCH_HIST_H

#include <ipcbench/base.h>

enum {
	HIST_SUB_BITS = 11,		     /* 2048 = smallest power of two >= 2 * 10^3 */
	HIST_SUB_COUNT = 1 << HIST_SUB_BITS, /* 2048 */
	HIST_SUB_HALF = HIST_SUB_COUNT / 2,  /* 1024 */
	HIST_BUCKETS = 32,		     /* 2048 * 2^31 ns = 4.4e12 ns > 1 h */
	HIST_SLOTS = (HIST_BUCKETS + 1) * HIST_SUB_HALF,
};

#define HIST_MAX_NS UINT64_C(3600000000000) /* one hour: what is longer counts as this */

struct histogram {
	uint64_t total;	   /* values recorded, those above HIST_MAX_NS included */
	uint64_t min;	   /* exact; UINT64_MAX while empty */
	uint64_t max;	   /* exact; 0 while empty */
	uint64_t overflow; /* values above HIST_MAX_NS, counted in the slot of HIST_MAX_NS */
	uint64_t sum;	   /* exact sum in ns, 580 years at most; UINT64_MAX: more */
	uint64_t count[HIST_SLOTS];
};

/* The slot of a value; any value up to HIST_MAX_NS is in range. */
static ALWAYS_INLINE uint32_t hist_slot(uint64_t ns)
{
	/* 63 ^ clz is the index of the highest bit set: one instruction on x86 */
	uint32_t bucket =
		(63u ^ (uint32_t)__builtin_clzll(ns | (HIST_SUB_COUNT - 1))) - (HIST_SUB_BITS - 1);

	return (bucket << (HIST_SUB_BITS - 1)) + (uint32_t)(ns >> bucket);
}

/*
 * Records one value: a handful of instructions and no branch that is not predicted. min and max
 * are kept exact because a table shows them and a slot's edge would be wrong by up to 0.1 %.
 */
static ALWAYS_INLINE void hist_record(struct histogram *h, uint64_t ns)
{
	if (unlikely(ns > HIST_MAX_NS)) {
		h->overflow++;
		h->min = ns < h->min ? ns : h->min;
		h->max = ns > h->max ? ns : h->max;
		h->sum += ns;
		h->total++;
		h->count[hist_slot(HIST_MAX_NS)]++;
		return;
	}
	h->count[hist_slot(ns)]++;
	h->total++;
	h->sum += ns;
	if (unlikely(ns < h->min))
		h->min = ns;
	if (unlikely(ns > h->max))
		h->max = ns;
}

#endif
