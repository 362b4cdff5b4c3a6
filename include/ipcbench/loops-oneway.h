/* SPDX-License-Identifier: MIT */
/*
 * Round trips whose two directions are timed separately. Each side notes in private memory when it
 * sent and when it received: a time stamp that is shared while a message is under way would add the
 * transfer of its cache line to the result. After every STAMPS messages both sides meet outside the
 * loop and compare their notes (bench/run/oneway.c). Included by loops.h.
 */
#ifndef IPCBENCH_LOOPS_ONEWAY_H
#define IPCBENCH_LOOPS_ONEWAY_H

/* Small enough to stay in a first-level cache beside the messages. */
#define STAMPS 512

/* Ticks of one message at one side. */
struct stamps {
	uint64_t sent, received;
};

static ALWAYS_INLINE int loop_oneway_ping(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct clock clk = w->clock;
	uint64_t seq = w->seq, now = clock_now(&clk);
	bool end = false;
	int r = 0;

	while (!end) {
		struct stamps *note = &w->stamps[w->messages % STAMPS];
		bool back = false, stale = false;
		uint64_t reply = seq;

		end = w->messages + 1 == w->max_messages || now >= w->deadline;
		unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);

		note->sent = clock_start(&clk);
		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		do {
			r = msg_recv(w, ops, &reply, &back, &stale, inplace);
		} while (unlikely(stale) && r == 0);
		now = note->received = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		w->messages++;
		seq++;
	}
	w->last_tick = now;
	w->seq = seq;
	return r;
}

static ALWAYS_INLINE int loop_oneway_pong(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct clock clk = w->clock;
	uint64_t seq = w->seq;
	bool end = false, stale = false;
	int r = 0;

	while (!end) {
		struct stamps *note = &w->stamps[w->messages % STAMPS];
		unsigned char *buf = inplace ? NULL : rx_of(w, seq);

		r = msg_recv(w, ops, &seq, &end, &stale, inplace);
		note->received = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			end = false;
			continue;
		}
		note->sent = clock_start(&clk);
		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		w->messages++;
		seq++;
	}
	w->seq = seq;
	return r;
}

#endif
