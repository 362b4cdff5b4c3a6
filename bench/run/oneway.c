/* SPDX-License-Identifier: MIT */
#include "run/worker.h"

#include <string.h>

/* What the clocks say of one way; what seems to arrive before it was sent arrived at once. */
static uint64_t record(
	struct histogram *h, const struct clock *clk, uint64_t from, uint64_t to, int64_t offset)
{
	int64_t ticks = (int64_t)(to - from) - offset;
	uint64_t ns = ticks > 0 ? clock_ns(clk, (uint64_t)ticks) : 0;

	hist_record(h, ns);
	return ns;
}

/* `began`: when the window did. */
static void compare(const struct job *job, struct worker *w, uint64_t began)
{
	const struct stamps *mine = w->stamps, *theirs = job->stamps;

	for (uint64_t i = 0; i < w->messages; i++) {
		uint64_t ns = record(
			w->hist, &w->clock, mine[i].sent, theirs[i].received, job->offset_ticks);

		timeline_record(w->timeline, mine[i].sent - began, ns);
		record(w->hist2, &w->clock, theirs[i].sent, mine[i].received, -job->offset_ticks);
	}
}

/* Both sides have left their loops. The receiver shows its notes, the sender compares. */
static bool settle(
	const struct job *job, struct worker *w, enum side side, uint64_t began, uint64_t left)
{
	struct lane *lane = job->lane;

	if (side == SIDE_RX)
		memcpy(job->stamps, w->stamps, w->messages * sizeof(*w->stamps));
	lane_meet(lane);
	if (side == SIDE_TX) {
		compare(job, w, began);
		/* a round ends a slice, never the window */
		window_over(w, clock_now(&w->clock), w->seq);
		atomic_store(&lane->more, left != 0 && clock_now(&w->clock) < w->deadline);
	}
	atomic_store(&lane->end.last_post, UINT64_MAX);
	lane_meet(lane);
	return atomic_load(&lane->more) != 0;
}

int oneway_rounds(const struct job *job, struct worker *w, loop_fn *loop, enum side side)
{
	const uint64_t began = clock_now(&w->clock);
	uint64_t left = w->max_messages, total = 0;
	bool more = true;
	int r = 0;

	while (more) {
		w->messages = 0;
		w->max_messages = left < STAMPS ? left : STAMPS;
		r = loop(w);
		total += w->messages;
		left -= w->messages;
		if (r < 0)
			break;
		more = settle(job, w, side, began, left);
	}
	w->messages = total;
	return r;
}
