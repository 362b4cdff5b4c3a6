/* SPDX-License-Identifier: MIT */
#include "run/trial.h"

#include <math.h>
#include <stdlib.h>

/* Where nothing is known of the window: slices that a few messages fill; they double as needed. */
#define SLICE_MIN_S 1e-6

/* Of a window without end, as that of 2^53 messages: the whole grid is still a number of ticks. */
#define SLICE_MAX_TICKS 0x1p54

void timeline_begin(struct timeline *t, const struct clock *clk, double window_s)
{
	double ticks = fmax(window_s / TIMELINE_AIM, SLICE_MIN_S) * (double)clk->ticks_hz;

	t->slice_ticks = ticks > 1 ? (uint64_t)ceil(fmin(ticks, SLICE_MAX_TICKS)) : 1;
	t->boundary = t->slice_ticks;
	t->slice = 0;
}

/* Every count that is not zero goes into `to` unless that is NULL; returns how many there are. */
static size_t copy_counts(const struct timeline *t, struct timeline_count *to)
{
	size_t n = 0;

	for (uint32_t i = 0; i < TIMELINE_SLICES; i++) {
		for (uint32_t k = 0; k < TIMELINE_RANGES; k++) {
			if (t->count[i][k] == 0)
				continue;
			if (to != NULL)
				to[n] = (struct timeline_count){i, k, t->count[i][k]};
			n++;
		}
	}
	return n;
}

struct kept_timeline *timeline_keep(const struct timeline *t, const struct clock *clk)
{
	size_t n = copy_counts(t, NULL);
	struct kept_timeline *kept = malloc(sizeof(*kept) + n * sizeof(kept->counts[0]));

	if (kept == NULL)
		return NULL;
	kept->slice_s = (double)t->slice_ticks / (double)clk->ticks_hz;
	kept->count = copy_counts(t, kept->counts);
	return kept;
}

uint64_t timeline_low(uint32_t range)
{
	const uint32_t per_octave = 1u << TIMELINE_SUB_BITS;

	if (range == 0)
		return 0;
	uint32_t octave = (range - 1) / per_octave, sub = (range - 1) % per_octave;

	return (uint64_t)(per_octave + sub) << (TIMELINE_LOW_BITS - TIMELINE_SUB_BITS + octave);
}

uint64_t timeline_high(uint32_t range)
{
	return range + 1 < TIMELINE_RANGES ? timeline_low(range + 1) : UINT64_MAX;
}
