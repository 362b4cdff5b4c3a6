/* SPDX-License-Identifier: MIT */
/*
 * Closed loop with several round trips in flight: worker->depth messages go out, and another one
 * after each reply. The side that answers does what it does in any closed loop. Replies come in the
 * order of the messages, so a ring of send times tells when each began. Included by loops.h.
 */
#ifndef IPCBENCH_LOOPS_DEPTH_H
#define IPCBENCH_LOOPS_DEPTH_H

/* Records the trip of a message sent at tick `sent`, whose reply was complete at `now`. */
static ALWAYS_INLINE void depth_record(
	struct worker *w, uint64_t sent, uint64_t now, uint64_t began)
{
	uint64_t ns = clock_ns(&w->clock, now - sent);

	hist_record(w->hist, ns);
	timeline_record(w->timeline, sent - began, ns);
	if (unlikely(w->messages == 0)) {
		w->first_ns = ns;
		w->first_tick = now;
	}
	w->messages++;
}

static ALWAYS_INLINE int depth_send(
	struct worker *w, const struct channel_ops *ops, uint64_t seq, bool end, bool inplace)
{
	unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);

	w->sends[seq & w->sends_mask] = clock_start(&w->clock);
	return msg_send(w, ops, seq, end, inplace, buf);
}

static ALWAYS_INLINE int loop_ping_depth(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	uint64_t seq = w->seq, back = seq, left = w->max_messages, now = clock_now(&w->clock);
	const uint64_t began = now;
	bool end = false, over = false;
	int r = 0;

	while (!over && r == 0) {
		bool stale = false;

		while (!end && seq - back < w->depth && r == 0) {
			end = window_over(w, now, w->messages);
			end |= --left == 0;
			r = depth_send(w, ops, seq, end, inplace);
			seq += r == 0;
		}
		if (unlikely(r < 0))
			break;
		r = msg_recv(w, ops, &back, &over, &stale, inplace);
		now = clock_now(&w->clock);
		if (unlikely(r < 0))
			break;
		depth_record(w, w->sends[back & w->sends_mask], now, began);
		back++;
		over = end && back == seq;
	}
	w->last_tick = now;
	w->seq = seq;
	return r;
}

#endif
