/* SPDX-License-Identifier: MIT */
/* The grid of --timeline (ipcbench/timeline.h) before and after the timed window. */
#ifndef IPCBENCH_RUN_TIMELINE_H
#define IPCBENCH_RUN_TIMELINE_H

#include <ipcbench/clock.h>
#include <ipcbench/timeline.h>

/* What a trial keeps of it: the counts that are not zero, by slice, then by range. */
struct kept_timeline {
	double slice_s;
	size_t count;
	struct timeline_count {
		uint32_t slice, range;
		uint64_t count;
	} counts[];
};

/*
 * Readies a zeroed grid for a window of `window_s`. A window that turns out longer has longer
 * slices then, so where the length is a guess a short one is better; 0 = nothing is known of it.
 */
void timeline_begin(struct timeline *t, const struct clock *clk, double window_s);

/* For the caller to free(); NULL when memory is short. */
struct kept_timeline *timeline_keep(const struct timeline *t, const struct clock *clk);

/* Edges of a range: low <= ns < high. The last range has no upper one: UINT64_MAX. */
uint64_t timeline_low(uint32_t range);
uint64_t timeline_high(uint32_t range);

#endif
