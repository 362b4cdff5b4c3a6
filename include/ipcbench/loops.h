/* SPDX-License-Identifier: MIT */
/*
 * The hot loops, written once. IPCBENCH_LOOPS(name, ops) at the end of a transport's file makes a
 * `static const struct loops name` whose functions call the operations of `ops` directly: every
 * function here is always_inline over an ops table that the compiler knows to be constant, so no
 * call through a pointer is left (tests/unit/disassembly.sh proves it).
 *
 * Inside a loop the two workers know each other by the channel alone. The end of a stream is told
 * in band, by a flag in the number that every message carries (message.h). Notifications carry
 * nothing, so they share one word (struct stream_end).
 */
#ifndef IPCBENCH_LOOPS_H
#define IPCBENCH_LOOPS_H

#include <errno.h>
#include <ipcbench/hist.h>
#include <ipcbench/host.h>
#include <ipcbench/message.h>
#include <ipcbench/transport.h>
#include <stdatomic.h>
#include <string.h>

#define SCRIBBLE_BYTE 0xA5

/* What the workers of one channel share besides the channel. */
struct stream_end {
	/* notifications: number of the last post, written before it is posted */
	_Alignas(CACHE_LINE) _Atomic uint64_t last_post;
	/* transports that may drop: the receiver has seen the end */
	_Alignas(CACHE_LINE) _Atomic bool seen;
};

/* One worker's view of a loop: what to do, with what, and what came of it. */
struct worker {
	/* in: set by the runner */
	struct channel *out, *in; /* the same channel when duplex; one is NULL in a stream */
	size_t size;
	uint64_t seq;	       /* number of the next message; goes on from warm-up to timed loop */
	uint64_t max_messages; /* this loop ends after so many; UINT64_MAX = by time */
	uint64_t deadline;     /* and at this tick of the clock; UINT64_MAX = by count */
	uint64_t check_mask;   /* stream_tx looks at the clock when (number & mask) == 0 ... */
	uint64_t check_ticks;  /* ... and adapts the mask so that this lies between two looks */
	uint64_t check_tick;   /* the last look */
	bool verify;	       /* check every byte */
	bool may_drop;
	struct clock clock;
	struct histogram *hist; /* ping: round-trip times */
	unsigned char *tx;	/* private buffers: tx_mask + 1 of them, tx_stride bytes apart */
	unsigned char *rx;
	size_t tx_stride;
	uint64_t tx_mask;
	struct stream_end *end;

	/* out */
	uint64_t messages;   /* completed by this side */
	uint64_t lost;	     /* receiver of a transport that may drop */
	uint64_t first_tick; /* receiver: first message complete; ping: first reply complete */
	uint64_t last_tick;  /* receiver: last message complete */
	uint64_t first_ns;   /* ping: duration of the first round trip */
	struct reason fault; /* what went wrong, when a loop returned an error */
};

/*
 * Checks that message `seq` arrived; *end tells whether it is the last. Returns 0 or -errno.
 * A transport that may drop is allowed to skip numbers, which are counted, and to repeat the last
 * message of an earlier phase, which is told by *stale.
 */
static ALWAYS_INLINE int msg_accept(struct worker *w, const struct channel_ops *ops,
	const unsigned char *buf, uint64_t *seq, bool *end, bool *stale)
{
	size_t n = w->size;

	*stale = false;
	if (unlikely(n == 0)) {
		*end = atomic_load_explicit(&w->end->last_post, memory_order_acquire) == *seq;
		return 0;
	}
	uint64_t word = msg_word(buf, n);
	uint64_t got = word & MSG_SEQ_MASK;

	*end = (word & MSG_END_FLAG) != 0;
	if (likely(got == (*seq & msg_seq_mask(n))))
		return 0;
	if (w->may_drop && n >= 8) {
		if (got < *seq) {
			*stale = true;
			return 0;
		}
		w->lost += got - *seq;
		*seq = got;
		return 0;
	}
	return ipcbench_sequence_fault(w, ops, *seq & msg_seq_mask(n), got);
}

/* ---- one message out, one message in --------------------------------------------------------- */

/*
 * The buffer of message `seq`, already stamped. Small messages rotate through several buffers
 * that are stamped half a turn ahead: a copy that begins right behind a narrower store to the same
 * bytes cannot be forwarded from the store buffer and stalls, and a program that sends one buffer
 * after another does not meet that stall either.
 */
static ALWAYS_INLINE unsigned char *tx_buffer(struct worker *w, uint64_t seq, bool end)
{
	unsigned char *buf = w->tx + (seq & w->tx_mask) * w->tx_stride;
	uint64_t ahead = seq + (w->tx_mask + 1) / 2;

	if (likely(!w->verify && !end)) {
		msg_stamp(w->tx + (ahead & w->tx_mask) * w->tx_stride, w->size, ahead, false);
		return buf;
	}
	msg_stamp(buf, w->size, seq, end);
	if (w->verify)
		ipcbench_payload_fill(buf, w->size, seq);
	return buf;
}

/* Stamps the buffers that the first turn of a loop sends. */
static ALWAYS_INLINE void tx_prepare(struct worker *w)
{
	for (uint64_t i = 0; i <= w->tx_mask; i++)
		msg_stamp(w->tx + ((w->seq + i) & w->tx_mask) * w->tx_stride, w->size, w->seq + i,
			false);
}

static ALWAYS_INLINE int send_copy(
	struct worker *w, const struct channel_ops *ops, unsigned char *buf, uint64_t seq)
{
	int r = ops->send(w->out, buf, w->size);

	if (unlikely(r < 0))
		return ipcbench_op_fault(w, "send", seq, r);
	/* a transport that kept a pointer instead of the bytes is found out */
	if (unlikely(w->verify))
		memset(buf, SCRIBBLE_BYTE, w->size);
	return 0;
}

static ALWAYS_INLINE int send_inplace(
	struct worker *w, const struct channel_ops *ops, uint64_t seq, bool end)
{
	unsigned char *p = ops->reserve(w->out, w->size);

	if (unlikely(p == NULL))
		return ipcbench_op_fault(w, "reserve", seq, -EIO);
	if (unlikely(w->verify)) {
		msg_stamp(p, w->size, seq, end);
		ipcbench_payload_fill(p, w->size, seq);
	} else {
		inplace_write(p, w->size, seq, end);
	}
	int r = ops->commit(w->out, w->size);

	return likely(r >= 0) ? 0 : ipcbench_op_fault(w, "commit", seq, r);
}

/* Receives message *seq and checks it; see msg_accept() for *end and *stale. */
static ALWAYS_INLINE int recv_copy(
	struct worker *w, const struct channel_ops *ops, uint64_t *seq, bool *end, bool *stale)
{
	int r = ops->recv(w->in, w->rx, w->size);

	if (unlikely(r < 0))
		return ipcbench_op_fault(w, "recv", *seq, r);
	r = msg_accept(w, ops, w->rx, seq, end, stale);
	if (unlikely(r < 0))
		return r;
	if (unlikely(w->verify) && !*stale)
		return ipcbench_payload_check(w, w->rx, w->size, *seq);
	return 0;
}

static ALWAYS_INLINE int recv_inplace(
	struct worker *w, const struct channel_ops *ops, uint64_t *seq, bool *end, bool *stale)
{
	size_t n = w->size;
	const unsigned char *p = ops->peek(w->in, &n);

	if (unlikely(p == NULL))
		return ipcbench_op_fault(w, "peek", *seq, -EIO);
	if (unlikely(n != w->size))
		return ipcbench_op_fault(w, "peek", *seq, -EMSGSIZE);
	int r = msg_accept(w, ops, p, seq, end, stale);

	if (unlikely(r < 0))
		return r;
	if (unlikely(w->verify)) {
		r = ipcbench_payload_check(w, p, n, *seq);
		if (r < 0)
			return r;
	} else {
		uint64_t sum = inplace_sum(p, n), want = inplace_expected(n, *seq);

		if (unlikely(sum != want))
			return ipcbench_sum_fault(w, *seq, want, sum);
	}
	r = ops->release(w->in, n);
	return likely(r >= 0) ? 0 : ipcbench_op_fault(w, "release", *seq, r);
}

static ALWAYS_INLINE int msg_send(struct worker *w, const struct channel_ops *ops, uint64_t seq,
	bool end, bool inplace, unsigned char *buf)
{
	if (unlikely(end) && w->size == 0)
		atomic_store_explicit(&w->end->last_post, seq, memory_order_release);
	int r = inplace ? send_inplace(w, ops, seq, end) : send_copy(w, ops, buf, seq);

	if (unlikely(end) && ops->flush != NULL && r == 0) {
		r = ops->flush(w->out);
		if (r < 0)
			return ipcbench_op_fault(w, "flush", seq, r);
	}
	return r;
}

static ALWAYS_INLINE int msg_recv(struct worker *w, const struct channel_ops *ops, uint64_t *seq,
	bool *end, bool *stale, bool inplace)
{
	return inplace ? recv_inplace(w, ops, seq, end, stale) : recv_copy(w, ops, seq, end, stale);
}

/* ---- the loops ------------------------------------------------------------------------------ */

/*
 * Closed loop, the side that measures. The time of a round trip runs from before send() to after
 * recv(); numbering, checking and recording lie outside it.
 */
static ALWAYS_INLINE int loop_ping(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct clock clk = w->clock;
	uint64_t seq = w->seq, left = w->max_messages, now = clock_now(&clk);
	bool end = false;
	int r = 0;

	if (!inplace)
		tx_prepare(w);
	while (!end) {
		bool back = false, stale = false;
		uint64_t reply = seq;

		end = --left == 0 || now >= w->deadline;
		unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);
		uint64_t start = clock_start(&clk);

		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		do {
			r = msg_recv(w, ops, &reply, &back, &stale, inplace);
		} while (unlikely(stale) && r == 0);
		now = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		uint64_t ns = clock_ns(&clk, now - start);

		hist_record(w->hist, ns);
		if (unlikely(w->messages == 0)) {
			w->first_ns = ns;
			w->first_tick = now;
		}
		w->messages++;
		seq++;
	}
	w->last_tick = now;
	w->seq = seq;
	return r;
}

/* Closed loop, the side that answers: what came in goes back. */
static ALWAYS_INLINE int loop_pong(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	uint64_t seq = w->seq;
	bool end = false, stale = false;
	int r = 0;

	while (!end) {
		r = msg_recv(w, ops, &seq, &end, &stale, inplace);
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			end = false;
			continue;
		}
		r = msg_send(w, ops, seq, end, inplace, w->rx);
		if (unlikely(r < 0))
			break;
		w->messages++;
		seq++;
	}
	w->seq = seq;
	return r;
}

#define CHECK_MASK_MAX UINT64_C(32767)

/* Whether a stream has lasted long enough; chooses when to look again, by the pace so far. */
COLD static bool stream_over(struct worker *w)
{
	uint64_t now = clock_now(&w->clock), since = now - w->check_tick;

	w->check_tick = now;
	if (since < w->check_ticks / 2 && w->check_mask < CHECK_MASK_MAX)
		w->check_mask = w->check_mask * 2 + 1;
	else if (since > w->check_ticks)
		w->check_mask /= 2;
	return now >= w->deadline;
}

/* The last message of a transport that may drop is repeated until the receiver has seen it. */
COLD static int stream_repeat_end(struct worker *w, const struct channel_ops *ops, uint64_t seq)
{
	/* short, because the window lasts until the end has come */
	const struct timespec pause = {.tv_nsec = 20000};
	int r = 0;

	while (r == 0 && !atomic_load_explicit(&w->end->seen, memory_order_acquire)) {
		nanosleep(&pause, NULL);
		msg_stamp(w->tx, w->size, seq, true);
		if (w->verify)
			ipcbench_payload_fill(w->tx, w->size, seq);
		r = ops->send(w->out, w->tx, w->size);
	}
	return r;
}

/*
 * The number of a message as send_stretch() writes it: of a type that no field of a transport's
 * state has, so that the compiler may keep those in registers; characters could be a part of them.
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
	const size_t n = w->size, stride = w->tx_stride;
	uint64_t next = *seq + w->tx_mask + 1;
	unsigned char *buf = w->tx + (*seq & w->tx_mask) * stride;

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
		tx_prepare(w);
	while (!end && r == 0) {
		/* a rate needs two messages, so time alone never ends a stream at its first */
		end = seq == last ||
		      (unlikely((seq & w->check_mask) == 0) && seq != first && stream_over(w));
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
 * Receives messages of 8 bytes or more as long as they carry the next number and nothing else;
 * leaves in *seq the number that the last one, now in `rx`, should have carried. Nothing but this
 * is in the loop, so that all of its state stays in registers.
 */
static ALWAYS_INLINE int recv_stretch(const struct channel_ops *ops, struct channel *in,
	unsigned char *rx, size_t n, uint64_t *seq)
{
	uint64_t next = *seq, word;
	int r;

	for (;; next++) {
		r = ops->recv(in, rx, n);
		if (unlikely(r < 0))
			break;
		memcpy(&word, rx, 8);
		if (unlikely(word != next))
			break;
	}
	*seq = next;
	return r;
}

static ALWAYS_INLINE int loop_stream_rx(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	struct channel in = *w->in; /* see loop_stream_tx() */
	unsigned char *const rx = w->rx;
	const size_t n = w->size;
	const bool plain = !inplace && !w->verify && n >= 8;
	uint64_t seq = w->seq, received = 0;
	bool end = false, stale = false;
	int r = 0;

	while (!end) {
		if (likely(plain && received != 0)) {
			uint64_t from = seq;

			r = recv_stretch(ops, &in, rx, n, &seq);
			received += seq - from;
			r = likely(r >= 0) ? msg_accept(w, ops, rx, &seq, &end, &stale)
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
		if (unlikely(received == 0))
			w->first_tick = clock_now(&w->clock);
		received++;
		seq++;
	}
	w->last_tick = clock_now(&w->clock);
	w->messages += received;
	w->seq = seq;
	if (w->may_drop)
		atomic_store_explicit(&w->end->seen, true, memory_order_release);
	return r;
}

/* ---- instantiation -------------------------------------------------------------------------- */

#define IPCBENCH_LOOP_(name, loop, suffix, ops, inplace)                                           \
	static int name##_##loop##suffix(struct worker *w)                                         \
	{                                                                                          \
		return loop_##loop(w, &(ops), inplace);                                            \
	}

#define IPCBENCH_LOOPS_(name, suffix, ops, inplace)                                                \
	IPCBENCH_LOOP_(name, ping, suffix, ops, inplace)                                           \
	IPCBENCH_LOOP_(name, pong, suffix, ops, inplace)                                           \
	IPCBENCH_LOOP_(name, stream_tx, suffix, ops, inplace)                                      \
	IPCBENCH_LOOP_(name, stream_rx, suffix, ops, inplace)

/* Loops for operations that copy. `ops` is a `static const struct channel_ops`. */
#define IPCBENCH_LOOPS(name, ops)                                                                  \
	IPCBENCH_LOOPS_(name, , ops, false)                                                        \
	static const struct loops name = {                                                         \
		.ping = name##_ping,                                                               \
		.pong = name##_pong,                                                               \
		.stream_tx = name##_stream_tx,                                                     \
		.stream_rx = name##_stream_rx,                                                     \
	}

/* Loops for operations that also have the in-place four. */
#define IPCBENCH_LOOPS_INPLACE(name, ops)                                                          \
	IPCBENCH_LOOPS_(name, , ops, false)                                                        \
	IPCBENCH_LOOPS_(name, _inplace, ops, true)                                                 \
	static const struct loops name = {                                                         \
		.ping = name##_ping,                                                               \
		.pong = name##_pong,                                                               \
		.stream_tx = name##_stream_tx,                                                     \
		.stream_rx = name##_stream_rx,                                                     \
		.ping_inplace = name##_ping_inplace,                                               \
		.pong_inplace = name##_pong_inplace,                                               \
		.stream_tx_inplace = name##_stream_tx_inplace,                                     \
		.stream_rx_inplace = name##_stream_rx_inplace,                                     \
	}

#endif
