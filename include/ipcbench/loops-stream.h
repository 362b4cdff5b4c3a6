/* SPDX-License-Identifier: MIT */
/* One direction, back to back. Included by loops.h. */
#ifndef IPCBENCH_LOOPS_STREAM_H
#define IPCBENCH_LOOPS_STREAM_H

#define CHECK_MASK_MAX UINT64_C(32767)

/* Whether a stream has lasted long enough; chooses when to look again, by the pace so far. */
COLD static bool stream_over(struct worker *w, uint64_t messages)
{
	uint64_t now = clock_now(&w->clock), since = now - w->check_tick;

	w->check_tick = now;
	if (since < w->check_ticks / 2 && w->check_mask < CHECK_MASK_MAX)
		w->check_mask = w->check_mask * 2 + 1;
	else if (since > w->check_ticks)
		w->check_mask /= 2;
	return window_over(w, now, messages);
}

/* The last message of a transport that may drop is repeated until the receiver has seen it. */
COLD static int stream_repeat_end(struct worker *w, const struct channel_ops *ops, uint64_t seq)
{
	/* short, because the window lasts until the end has come */
	const struct timespec pause = {.tv_nsec = 20000};
	unsigned char *buf = tx_of(w, seq);
	int r = 0;

	while (r == 0 && !atomic_load_explicit(&w->end->seen, memory_order_acquire)) {
		nanosleep(&pause, NULL);
		msg_stamp(buf, w->size, seq, true);
		if (w->verify)
			ipcbench_payload_fill(buf, w->size, seq);
		r = ops->send(w->out, buf, w->size);
	}
	return r;
}

/*
 * The number of a message as send_stretch() writes it. Its type differs from every field of a
 * transport's state, so the compiler knows that the store does not alias them; a char store could.
 */
typedef unsigned long long stamp_word __attribute__((aligned(1)));

/*
 * The next messages of a stream that are copied, have at least 8 bytes, and are neither verified
 * nor the last: at most one turn of the buffers. Each buffer is stamped for the next turn as soon
 * as it is sent. Leaves in *seq the number of the message after them.
 */
static ALWAYS_INLINE int send_stretch(struct worker *w, const struct channel_ops *ops,
	struct channel *out, uint64_t *seq, uint64_t count)
{
	const size_t n = w->size, stride = w->stride;
	uint64_t next = *seq + w->tx_mask + 1;
	unsigned char *buf = tx_of(w, *seq);

	for (const uint64_t stop = next + count; next != stop; next++, buf += stride) {
		int r = ops->send(out, buf, n);

		if (unlikely(r < 0)) {
			*seq = next - w->tx_mask - 1;
			return ipcbench_op_fault(w, "send", *seq, r);
		}
		*(stamp_word *)(void *)buf = next;
	}
	*seq += count;
	return 0;
}

/* How many messages can follow `seq` before the clock or the buffers have to be looked at. */
static ALWAYS_INLINE uint64_t stretch_of(const struct worker *w, uint64_t seq, uint64_t last)
{
	uint64_t mask = w->tx_mask < w->check_mask ? w->tx_mask : w->check_mask;
	uint64_t count = mask + 1 - (seq & mask);

	return count < last - seq ? count : last - seq;
}

static ALWAYS_INLINE int loop_stream_tx(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const uint64_t first = w->seq, last = first + w->max_messages - 1;
	/* a copy that no store to a message can reach, so its fields stay in registers */
	struct channel out = *w->out;
	const bool plain = !inplace && !w->verify && w->size >= 8;
	uint64_t seq = first;
	bool end = false;
	int r = 0;

	w->check_tick = clock_now(&w->clock);
	if (!inplace)
		tx_stamp_behind(w, seq);
	while (!end && r == 0) {
		/* a rate needs one more message, so time alone does not end a stream before it */
		end = seq == last ||
		      (unlikely((seq & w->check_mask) == 0) && seq - first >= w->first_count &&
			      stream_over(w, seq - first));
		if (likely(plain && !end)) {
			r = send_stretch(w, ops, &out, &seq, stretch_of(w, seq, last));
			continue;
		}
		r = msg_send(w, ops, seq, end, inplace, inplace ? NULL : tx_buffer(w, seq, end));
		seq += r == 0;
	}
	w->messages += seq - first;
	if (w->may_drop && r == 0)
		r = stream_repeat_end(w, ops, seq - 1);
	w->seq = seq;
	return r;
}

/*
 * Receives messages of 8 bytes or more, up to message `stop`, while each carries the next number
 * and no flag; leaves in *seq the number that the last one should have carried. The loop does
 * nothing else, so all of its state stays in registers. A `step` of 0 means a single buffer, whose
 * turns never end.
 */
static ALWAYS_INLINE int recv_stretch(const struct channel_ops *ops, struct channel *in,
	unsigned char *rx, size_t n, size_t step, uint64_t stop, uint64_t *seq)
{
	uint64_t next = *seq, word;
	int r;

	for (;; next++, rx += step) {
		r = ops->recv(in, rx, n);
		if (unlikely(r < 0))
			break;
		memcpy(&word, rx, 8);
		if (unlikely(word != next) || (step != 0 && unlikely(next == stop)))
			break;
	}
	*seq = next;
	return r;
}

static ALWAYS_INLINE int loop_stream_rx(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	struct channel in = *w->in; /* see loop_stream_tx() */
	const size_t n = w->size;
	const bool plain = !inplace && !w->verify && n >= 8;
	/* messages received since the clock was started; negative until then */
	int64_t counted = -(int64_t)w->first_count;
	uint64_t seq = w->seq;
	bool end = false, stale = false;
	int r = 0;

	while (!end) {
		if (likely(plain && counted >= 0)) {
			uint64_t from = seq;

			r = likely(w->rx_mask == 0) ? recv_stretch(ops, &in, w->rx, n, 0, 0, &seq)
						    : recv_stretch(ops, &in, rx_of(w, seq), n,
							      w->stride, seq | w->rx_mask, &seq);
			counted += (int64_t)(seq - from);
			r = likely(r >= 0) ? msg_accept(w, ops, rx_of(w, seq), &seq, &end, &stale)
					   : ipcbench_op_fault(w, "recv", seq, r);
		} else {
			r = msg_recv(w, ops, &seq, &end, &stale, inplace);
		}
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			end = false;
			continue;
		}
		seq++;
		if (unlikely(++counted == 0))
			w->first_tick = clock_now(&w->clock);
	}
	w->last_tick = clock_now(&w->clock);
	if (counted < 0)
		w->first_tick = w->last_tick;
	w->messages += (uint64_t)counted + w->first_count;
	w->seq = seq;
	if (w->may_drop)
		atomic_store_explicit(&w->end->seen, true, memory_order_release);
	return r;
}

/*
 * ---- several messages per call ----------------------------------------------------------------
 * Separate loops, so that those for one message per call do not become larger.
 */

/* Writes the next `count` messages into the buffer of a batch. */
static ALWAYS_INLINE void batch_write(
	struct worker *w, unsigned char *buf, uint64_t seq, uint64_t count, bool end)
{
	for (const uint64_t stop = seq + count; seq != stop; seq++, buf += w->size) {
		msg_stamp(buf, w->size, seq, end && seq + 1 == stop);
		if (unlikely(w->verify))
			ipcbench_payload_fill(buf, w->size, seq);
	}
}

static ALWAYS_INLINE int loop_batch_tx(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	uint64_t seq = w->seq, left = w->max_messages, calls = 0;
	bool end = false;
	int r = 0;

	if (inplace || ops->send_batch == NULL)
		return ipcbench_op_fault(w, "send_batch", seq, -EOPNOTSUPP);
	w->check_tick = clock_now(&w->clock);
	while (!end) {
		uint64_t count = left < w->batch ? left : w->batch;

		unsigned char *buf = tx_of(w, calls);

		end = count == left || (unlikely((calls++ & w->check_mask) == 0) && calls > 1 &&
					       stream_over(w, w->messages));
		batch_write(w, buf, seq, count, end);
		r = ops->send_batch(w->out, buf, w->size, count);
		if (unlikely(r < 0)) {
			ipcbench_op_fault(w, "send_batch", seq, r);
			break;
		}
		if (unlikely(w->verify))
			memset(buf, SCRIBBLE_BYTE, w->size * count);
		w->messages += count;
		left -= count;
		seq += count;
	}
	if (w->may_drop && r == 0)
		r = stream_repeat_end(w, ops, seq - 1);
	w->seq = seq;
	return r;
}

/* Checks the `count` messages of a batch up to the last one of the stream. */
static ALWAYS_INLINE int batch_accept(struct worker *w, const struct channel_ops *ops,
	const unsigned char *buf, uint64_t count, uint64_t *seq, bool *end)
{
	bool stale = false;
	int r = 0;

	for (const unsigned char *stop = buf + count * w->size; buf != stop; buf += w->size) {
		r = msg_accept(w, ops, buf, seq, end, &stale);
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			*end = false;
			continue;
		}
		if (unlikely(w->verify))
			r = ipcbench_payload_check(w, buf, w->size, *seq);
		w->messages += r == 0;
		*seq += r == 0;
		if (unlikely(*end || r < 0))
			break;
	}
	return r;
}

static ALWAYS_INLINE int loop_batch_rx(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	uint64_t seq = w->seq, calls = 0;
	bool end = false;
	int r = 0;

	if (inplace || ops->recv_batch == NULL)
		return ipcbench_op_fault(w, "recv_batch", seq, -EOPNOTSUPP);
	while (!end && r == 0) {
		unsigned char *buf = rx_of(w, calls++);
		int count = ops->recv_batch(w->in, buf, w->size, w->batch);

		if (unlikely(count < 0)) {
			r = ipcbench_op_fault(w, "recv_batch", seq, count);
			break;
		}
		r = batch_accept(w, ops, buf, (uint64_t)count, &seq, &end);
		if (unlikely(w->first_tick == 0 && w->messages != 0)) {
			w->first_tick = clock_now(&w->clock);
			w->first_count = w->messages;
		}
	}
	w->last_tick = clock_now(&w->clock);
	w->seq = seq;
	if (w->may_drop)
		atomic_store_explicit(&w->end->seen, true, memory_order_release);
	return r;
}

#endif
