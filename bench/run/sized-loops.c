/* SPDX-License-Identifier: MIT */
/*
 * The loops for messages of different sizes: those of <ipcbench/loops.h> with another size for each
 * message, from a table that both sides have. They are loops by themselves, so that those for one
 * size do not pay for it, and one instance for all transports: their operations are called through
 * pointers.
 */
#include "run/worker.h"

#include <ipcbench/loops.h>

/* Takes the next size of the turn. */
static ALWAYS_INLINE void size_take(struct worker *w, size_t *at)
{
	w->size = w->turn[*at];
	*at = *at + 1 == w->turn_count ? 0 : *at + 1;
}

static ALWAYS_INLINE int sized_recv(
	struct worker *w, const struct channel_ops *ops, uint64_t seq, bool *end)
{
	bool stale = false;

	return recv_copy(w, ops, &seq, end, &stale);
}

/* As loop_ping(). */
static int generic_sized_ping(struct worker *w)
{
	const struct channel_ops *ops = opaque_ops(w);
	const struct clock clk = w->clock;
	const unsigned int most = w->think_ticks != 0 || w->verify ? 1 : TRIPS;
	const size_t largest = w->size;
	uint64_t seq = w->seq, left = w->max_messages, now = clock_now(&clk);
	const uint64_t began = now;
	size_t at = seq % w->turn_count;
	uint64_t tick[TRIPS + 1];
	unsigned int count = 0;
	bool end = false;
	int r = 0;

	while (!end) {
		bool back = false;

		if (unlikely(count == most || now >= w->look)) {
			record_trips(w, tick, count, began);
			count = 0;
			end = window_over(w, now, w->messages);
		}
		end |= --left == 0;
		size_take(w, &at);
		unsigned char *buf = tx_buffer(w, seq, end);

		if (unlikely(count == 0)) {
			if (unlikely(w->think_ticks != 0))
				think(&clk, now + w->think_ticks);
			tick[0] = clock_start(&clk);
		}
		r = msg_send(w, ops, seq, end, false, buf);
		if (likely(r == 0))
			r = sized_recv(w, ops, seq, &back);
		now = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		tick[++count] = now;
		seq++;
	}
	record_trips(w, tick, count, began);
	w->last_tick = now;
	w->seq = seq;
	w->size = largest;
	return r;
}

static int generic_sized_pong(struct worker *w)
{
	const struct channel_ops *ops = opaque_ops(w);
	const size_t largest = w->size;
	uint64_t seq = w->seq;
	size_t at = seq % w->turn_count;
	bool end = false;
	int r = 0;

	while (!end && r == 0) {
		size_take(w, &at);
		r = sized_recv(w, ops, seq, &end);
		if (likely(r == 0))
			r = msg_send(w, ops, seq, end, false, rx_of(w, seq));
		w->messages += r == 0;
		seq += r == 0;
	}
	w->seq = seq;
	w->size = largest;
	return r;
}

/* As loop_stream_tx(), one message at a time. */
static int generic_sized_stream_tx(struct worker *w)
{
	const struct channel_ops *ops = opaque_ops(w);
	const uint64_t first = w->seq, last = first + w->max_messages - 1;
	const size_t largest = w->size;
	size_t at = first % w->turn_count;
	uint64_t seq = first;
	bool end = false;
	int r = 0;

	w->check_tick = clock_now(&w->clock);
	while (!end && r == 0) {
		end = seq == last ||
		      (unlikely((seq & w->check_mask) == 0) && seq - first >= w->first_count &&
			      stream_over(w, seq - first));
		size_take(w, &at);
		r = msg_send(w, ops, seq, end, false, tx_buffer(w, seq, end));
		seq += r == 0;
	}
	w->messages += seq - first;
	w->seq = seq;
	w->size = largest;
	return r;
}

static int generic_sized_stream_rx(struct worker *w)
{
	const struct channel_ops *ops = opaque_ops(w);
	const size_t largest = w->size;
	const uint64_t first = w->seq;
	size_t at = first % w->turn_count;
	uint64_t seq = first;
	bool end = false;
	int r = 0;

	while (!end && r == 0) {
		size_take(w, &at);
		r = sized_recv(w, ops, seq, &end);
		seq += r == 0;
		if (unlikely(seq - first == w->first_count) && w->first_tick == 0)
			w->first_tick = clock_now(&w->clock);
	}
	w->last_tick = clock_now(&w->clock);
	if (w->first_tick == 0)
		w->first_tick = w->last_tick;
	w->messages += seq - first;
	w->seq = seq;
	w->size = largest;
	return r;
}

loop_fn *sized_loop(enum mode mode, enum side side)
{
	if (mode == MODE_LATENCY)
		return side == SIDE_TX ? generic_sized_ping : generic_sized_pong;
	return side == SIDE_TX ? generic_sized_stream_tx : generic_sized_stream_rx;
}
