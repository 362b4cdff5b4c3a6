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
#include <ipcbench/timeline.h>
#include <ipcbench/transport.h>
#include <math.h>
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

/*
 * How far a loop had come at the end of a slice of its window, counted from the start of the loop.
 * The detection of a steady state reads it.
 */
struct slice {
	uint64_t tick, messages;
	uint64_t ns; /* the sum of the times recorded */
};

/* Slices of a window of known length, and room for more. When that is full, slices double. */
enum { SLICES_AIM = 50, SLICES = 64 };

/* One worker's view of a loop: its task, its resources and its results. */
struct worker {
	/* in: set by the runner */
	struct channel *out, *in; /* the same channel when duplex; one is NULL in a stream */
	size_t size;
	uint64_t seq;	       /* number of the next message; goes on from warm-up to timed loop */
	uint64_t max_messages; /* this loop ends after this many; UINT64_MAX = by time */
	uint64_t deadline;     /* and at this tick of the clock; UINT64_MAX = by count */
	uint64_t look;	       /* when window_over() looks at it next: at the end of a slice */
	uint64_t slice_ticks;  /* 0 = no slices are kept */
	struct slice *slices;  /* SLICES of them */
	size_t slice_count;
	uint64_t check_mask;  /* stream_tx looks at the clock when (number & mask) == 0 ... */
	uint64_t check_ticks; /* ... and adapts the mask so that this lies between two looks */
	uint64_t check_tick;  /* the last look */
	bool verify;	      /* check every byte */
	bool may_drop;
	struct clock clock;
	uint64_t think_ticks;	   /* ping: pause before each round trip */
	struct histogram *hist;	   /* ping: round-trip times; rate: from the due time */
	struct histogram *hist2;   /* rate: from the actual send */
	struct timeline *timeline; /* when the times of `hist` were; NULL = not recorded */
	double period;		   /* rate: mean ticks between messages */
	uint64_t arrivals_seed;
	bool poisson;
	struct pace *pace;     /* rate: shared, see loops-rate.h */
	struct stamps *stamps; /* oneway: STAMPS of them, see loops-oneway.h */
	/*
	 * private buffers, mask + 1 of each, `stride` bytes apart. Those to send are stamped for
	 * the messages 0 to tx_mask; the loops stamp each one again behind its message.
	 */
	unsigned char *tx, *rx;
	size_t stride;
	uint64_t tx_mask, rx_mask;
	struct stream_end *end;
	size_t batch; /* messages of a stream per call, which then lie in tx and rx without gaps */

	/* out */
	uint64_t messages;   /* completed by this side */
	uint64_t lost;	     /* receiver of a transport that may drop */
	uint64_t first_tick; /* receiver: first_count messages complete; ping: first reply */
	/*
	 * in: messages that a stream shows at once, behind which the clock starts; the loops of
	 * batches find it themselves
	 */
	uint64_t first_count;
	uint64_t last_tick;  /* receiver: last message complete */
	uint64_t first_ns;   /* ping: duration of the first round trip */
	uint64_t due_tick;   /* rate: when the last message was due */
	struct reason fault; /* what went wrong, when a loop returned an error */

	/* in, at the end: the generic loops call these; loops made by IPCBENCH_LOOPS() never look
	 */
	const struct channel_ops *ops;
	/* messages of different sizes: those of a turn, which the driver's own loops repeat */
	const uint32_t *turn;
	size_t turn_count;
	struct fan *fan; /* several senders or receivers, see loops-fan.h; else NULL */

	/* in: ping_depth, round trips in flight, and when each was sent: sends_mask + 1 ticks */
	uint64_t depth;
	uint64_t *sends, sends_mask;
	struct server *server; /* of several clients, see loops-server.h; else NULL */
	double phase; /* in, client of an open loop: ticks from the start to its first message */
	uint64_t poll_ticks; /* in, likewise: for how long before a message it polls the clock */
	uint64_t rate_start; /* out, rate: the tick from which its schedule counts */
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

static ALWAYS_INLINE unsigned char *tx_of(const struct worker *w, uint64_t seq)
{
	return w->tx + (seq & w->tx_mask) * w->stride;
}

static ALWAYS_INLINE unsigned char *rx_of(const struct worker *w, uint64_t seq)
{
	return w->rx + (seq & w->rx_mask) * w->stride;
}

/*
 * Stamps the buffer that was sent last for the message of the next turn. That is long before it is
 * sent: a copy that begins right behind a narrower store to the same bytes cannot be forwarded from
 * the store buffer and stalls, and a program that sends one buffer after another does not meet that
 * stall either. Its line is also still in the cache, if it ever is.
 */
static ALWAYS_INLINE void tx_stamp_behind(const struct worker *w, uint64_t seq)
{
	msg_stamp(tx_of(w, seq + w->tx_mask), w->size, seq + w->tx_mask, false);
}

/* The buffer of message `seq`, stamped. */
static ALWAYS_INLINE unsigned char *tx_buffer(struct worker *w, uint64_t seq, bool end)
{
	unsigned char *buf = tx_of(w, seq);

	tx_stamp_behind(w, seq);
	if (likely(!w->verify && !end))
		return buf;
	msg_stamp(buf, w->size, seq, end);
	if (w->verify)
		ipcbench_payload_fill(buf, w->size, seq);
	return buf;
}

static ALWAYS_INLINE int send_copy(
	struct worker *w, const struct channel_ops *ops, unsigned char *buf, uint64_t seq)
{
	int r = ops->send(w->out, buf, w->size);

	if (unlikely(r < 0))
		return ipcbench_op_fault(w, "send", seq, r);
	/* detects a transport that kept a pointer instead of the bytes */
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
	unsigned char *buf = rx_of(w, *seq);
	int r = ops->recv(w->in, buf, w->size);

	if (unlikely(r < 0))
		return ipcbench_op_fault(w, "recv", *seq, r);
	r = msg_accept(w, ops, buf, seq, end, stale);
	if (unlikely(r < 0))
		return r;
	if (unlikely(w->verify) && !*stale)
		return ipcbench_payload_check(w, buf, w->size, *seq);
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

/* Keeps the slice that ends `now`; when there is no room left, drops every other one. */
COLD static void slice_keep(struct worker *w, uint64_t now, uint64_t messages)
{
	if (w->slice_count == SLICES) {
		w->slice_count = SLICES / 2;
		w->slice_ticks *= 2;
		for (size_t i = 0; i < SLICES / 2; i++)
			w->slices[i] = w->slices[2 * i];
	}
	w->slices[w->slice_count++] = (struct slice){now, messages, w->hist->sum};
	w->look = now + w->slice_ticks;
}

/*
 * The rare part of window_over(). It is not marked as cold: it lies between messages, and a
 * compiler would treat the loop around it as cold as well.
 */
__attribute__((noinline)) static bool window_look(struct worker *w, uint64_t now, uint64_t messages)
{
	w->look = UINT64_MAX;
	if (w->slice_ticks != 0)
		slice_keep(w, now, messages);
	if (now < w->deadline && w->deadline < w->look)
		w->look = w->deadline;
	return now >= w->deadline;
}

/* Whether the window has ended, by time, after this many messages. */
static ALWAYS_INLINE bool window_over(struct worker *w, uint64_t now, uint64_t messages)
{
	return unlikely(now >= w->look) && window_look(w, now, messages);
}

/* Pauses by polling the clock: this CPU stays awake, and the other side waits as in any pause. */
COLD static void think(const struct clock *clk, uint64_t until)
{
	while (clock_now(clk) < until)
		cpu_relax();
}

/* Round trips of a closed loop that are recorded at once. */
enum { TRIPS = 64 };

/* Records the trips between the readings tick[0] to tick[count] of a loop that began at `began`. */
COLD static void record_trips(
	struct worker *w, const uint64_t *tick, unsigned int count, uint64_t began)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t ns = clock_ns(&w->clock, tick[i + 1] - tick[i]);

		hist_record(w->hist, ns);
		timeline_record(w->timeline, tick[i] - began, ns);
		if (unlikely(w->messages == 0)) {
			w->first_ns = ns;
			w->first_tick = tick[1];
		}
		w->messages++;
	}
}

/*
 * Closed loop, the side that measures. One reading of the clock ends a round trip and begins the
 * next, so numbering and checking are part of it, as in a loop that is timed as a whole. Recording
 * waits until there are TRIPS to record. It lies outside their times, as do pauses and the pattern
 * that --verify writes into a private buffer: the next round trip begins with its own reading.
 */
static ALWAYS_INLINE int loop_ping(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct clock clk = w->clock;
	const unsigned int most = w->think_ticks != 0 || w->verify ? 1 : TRIPS;
	uint64_t seq = w->seq, left = w->max_messages, now = clock_now(&clk);
	const uint64_t began = now;
	uint64_t tick[TRIPS + 1];
	unsigned int count = 0;
	bool end = false;
	int r = 0;

	while (!end) {
		bool back = false, stale = false;
		uint64_t reply = seq;

		if (unlikely(count == most || now >= w->look)) {
			record_trips(w, tick, count, began);
			count = 0;
			end = window_over(w, now, w->messages);
		}
		end |= --left == 0;
		unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);

		if (unlikely(count == 0)) {
			if (unlikely(w->think_ticks != 0))
				think(&clk, now + w->think_ticks);
			tick[0] = clock_start(&clk);
		}
		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		do {
			r = msg_recv(w, ops, &reply, &back, &stale, inplace);
		} while (unlikely(stale) && r == 0);
		now = clock_now(&clk);
		if (unlikely(r < 0))
			break;
		tick[++count] = now;
		seq++;
	}
	record_trips(w, tick, count, began);
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
		unsigned char *buf = inplace ? NULL : rx_of(w, seq);

		r = msg_recv(w, ops, &seq, &end, &stale, inplace);
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			end = false;
			continue;
		}
		r = msg_send(w, ops, seq, end, inplace, buf);
		if (unlikely(r < 0))
			break;
		w->messages++;
		seq++;
	}
	w->seq = seq;
	return r;
}

#include <ipcbench/loops-stream.h>

#include <ipcbench/loops-depth.h>
#include <ipcbench/loops-fan.h>
#include <ipcbench/loops-oneway.h>
#include <ipcbench/loops-rate.h>
#include <ipcbench/loops-server.h>

/* ---- instantiation -------------------------------------------------------------------------- */

/*
 * Hides the table of a worker from the compiler, so that every call of its operations goes through
 * a pointer. What IPCBENCH_LOOPS() saves is measured against loops made for this (--dispatch
 * indirect).
 */
static ALWAYS_INLINE const struct channel_ops *opaque_ops(const struct worker *w)
{
	const struct channel_ops *ops = w->ops;

	__asm__("" : "+r"(ops));
	return ops;
}

#define IPCBENCH_LOOP_(name, loop, suffix, ops, inplace)                                           \
	static int name##_##loop##suffix(struct worker *w)                                         \
	{                                                                                          \
		return loop_##loop(w, &(ops), inplace);                                            \
	}

#define IPCBENCH_LOOPS_(name, suffix, ops, inplace)                                                \
	IPCBENCH_LOOP_(name, ping, suffix, ops, inplace)                                           \
	IPCBENCH_LOOP_(name, pong, suffix, ops, inplace)                                           \
	IPCBENCH_LOOP_(name, stream_tx, suffix, ops, inplace)                                      \
	IPCBENCH_LOOP_(name, stream_rx, suffix, ops, inplace)                                      \
	IPCBENCH_LOOP_(name, rate_tx, suffix, ops, inplace)                                        \
	IPCBENCH_LOOP_(name, rate_rx, suffix, ops, inplace)                                        \
	IPCBENCH_LOOP_(name, oneway_ping, suffix, ops, inplace)                                    \
	IPCBENCH_LOOP_(name, oneway_pong, suffix, ops, inplace)                                    \
	IPCBENCH_LOOP_(name, fan_rx, suffix, ops, inplace)                                         \
	IPCBENCH_LOOP_(name, fan_end, suffix, ops, inplace)                                        \
	IPCBENCH_LOOP_(name, ping_depth, suffix, ops, inplace)

/* Those that only copy. */
#define IPCBENCH_COPIES_(name, ops)                                                                \
	IPCBENCH_LOOP_(name, batch_tx, , ops, false)                                               \
	IPCBENCH_LOOP_(name, batch_rx, , ops, false)                                               \
	IPCBENCH_LOOP_(name, serve, , ops, false)

#define IPCBENCH_COPY_FIELDS_(name)                                                                \
	.batch_tx = name##_batch_tx, .batch_rx = name##_batch_rx, .serve = name##_serve

#define IPCBENCH_LOOP_FIELDS_(name, suffix)                                                        \
	.ping##suffix = name##_ping##suffix, .pong##suffix = name##_pong##suffix,                  \
	.stream_tx##suffix = name##_stream_tx##suffix,                                             \
	.stream_rx##suffix = name##_stream_rx##suffix, .rate_tx##suffix = name##_rate_tx##suffix,  \
	.rate_rx##suffix = name##_rate_rx##suffix,                                                 \
	.oneway_ping##suffix = name##_oneway_ping##suffix,                                         \
	.oneway_pong##suffix = name##_oneway_pong##suffix,                                         \
	.fan_rx##suffix = name##_fan_rx##suffix, .fan_end##suffix = name##_fan_end##suffix,        \
	.ping_depth##suffix = name##_ping_depth##suffix

/* Loops for operations that copy. `ops` is a `static const struct channel_ops`. */
#define IPCBENCH_LOOPS(name, ops)                                                                  \
	IPCBENCH_LOOPS_(name, , ops, false)                                                        \
	IPCBENCH_COPIES_(name, ops)                                                                \
	static const struct loops name = {                                                         \
		IPCBENCH_LOOP_FIELDS_(name, ), IPCBENCH_COPY_FIELDS_(name)}

/* Loops for operations that also have the in-place four. */
#define IPCBENCH_LOOPS_INPLACE(name, ops)                                                          \
	IPCBENCH_LOOPS_(name, , ops, false)                                                        \
	IPCBENCH_LOOPS_(name, _inplace, ops, true)                                                 \
	IPCBENCH_COPIES_(name, ops)                                                                \
	static const struct loops name = {IPCBENCH_LOOP_FIELDS_(name, ),                           \
		IPCBENCH_LOOP_FIELDS_(name, _inplace), IPCBENCH_COPY_FIELDS_(name)}

#endif
