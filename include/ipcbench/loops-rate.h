/* SPDX-License-Identifier: MIT */
/*
 * Open loop: message i is due at a time that does not depend on what happened before, so a stall
 * delays every message that was due during it, and each of them is recorded (Gil Tene, "How NOT to
 * measure latency", 2013; the closed loop omits them, which he named coordinated omission).
 *
 * Both sides know the schedule and read clocks that agree, so the receiver alone records: the time
 * from the due time, and the time from the actual send, which the sender leaves in a table beside
 * the channel. Included by loops.h.
 */
#ifndef IPCBENCH_LOOPS_RATE_H
#define IPCBENCH_LOOPS_RATE_H

/* How many send times are kept. If a mechanism holds more messages, the older ones are not paired.
 */
#define SENT_SLOTS 65536
#define SENT_AHEAD 32

/* How long before its first message the sender fixes the schedule. */
#define RATE_LEAD_NS UINT64_C(20000)

struct sent {
	_Atomic uint64_t tick;
	_Atomic uint64_t seq; /* number of the message + 1, written after the tick */
};

/* What the two sides of an open loop share besides the channel. */
struct pace {
	_Alignas(CACHE_LINE) _Atomic uint64_t start; /* tick at which the first message is due */
	_Alignas(CACHE_LINE) struct sent sent[SENT_SLOTS];
};

/* The schedule, as each side computes it for itself. */
struct arrivals {
	double period; /* mean ticks between messages */
	double due;    /* ticks from the start to the next message */
	uint64_t index;
	uint64_t random; /* state of the generator */
	bool poisson;
};

static ALWAYS_INLINE struct arrivals arrivals_begin(const struct worker *w)
{
	return (struct arrivals){
		.period = w->period, .random = w->arrivals_seed, .poisson = w->poisson};
}

/* Advances to the next message: a fixed step, or an exponential one (arrivals are a Poisson
 * process). */
static ALWAYS_INLINE void arrivals_next(struct arrivals *a)
{
	if (!a->poisson) {
		a->due = (double)++a->index * a->period;
		return;
	}
	/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), its upper 53 bits as a number in (0, 1] */
	uint64_t z = a->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	a->index++;
	a->due -= log(((double)(z >> 11) + 1) * 0x1p-53) * a->period;
}

/*
 * The sender polls the clock until a message is due, so the pacer adds no more than a poll. When it
 * is late it sends at once. The window ends by time even if the schedule could not be kept.
 */
static ALWAYS_INLINE int loop_rate_tx(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct clock clk = w->clock;
	struct arrivals a = arrivals_begin(w);
	uint64_t seq = w->seq, left = w->max_messages;
	bool end = false;
	int r = 0;

	const uint64_t start = clock_now(&clk) + clock_ticks(&clk, RATE_LEAD_NS);

	w->rate_start = start;
	atomic_store_explicit(&w->pace->start, start, memory_order_release);
	while (!end && r == 0) {
		const uint64_t due = start + (uint64_t)a.due;
		struct sent *note = &w->pace->sent[seq % SENT_SLOTS];
		uint64_t now;

		arrivals_next(&a);
		/* the receiver has read this line: it has to come back before it is due */
		__builtin_prefetch(&w->pace->sent[(seq + SENT_AHEAD) % SENT_SLOTS], 1);
		while ((now = clock_now(&clk)) < due)
			cpu_relax();
		end = --left == 0 || now >= w->deadline || start + (uint64_t)a.due >= w->deadline;
		unsigned char *buf = inplace ? NULL : tx_buffer(w, seq, end);

		atomic_store_explicit(&note->tick, clock_start(&clk), memory_order_relaxed);
		atomic_store_explicit(&note->seq, seq + 1, memory_order_release);
		r = msg_send(w, ops, seq, end, inplace, buf);
		seq += r == 0;
		w->messages += r == 0;
	}
	if (w->may_drop && r == 0)
		r = stream_repeat_end(w, ops, seq - 1);
	w->seq = seq;
	return r;
}

static ALWAYS_INLINE void rate_record(
	struct worker *w, uint64_t seq, uint64_t start, uint64_t due, uint64_t now)
{
	const struct sent *note = &w->pace->sent[seq % SENT_SLOTS];

	/* clocks agree to within their offset: what seems to arrive early arrived at once */
	uint64_t ns = now > due ? clock_ns(&w->clock, now - due) : 0;

	hist_record(w->hist, ns);
	timeline_record(w->timeline, due - start, ns);
	if (atomic_load_explicit(&note->seq, memory_order_acquire) == seq + 1) {
		uint64_t sent = atomic_load_explicit(&note->tick, memory_order_relaxed);

		hist_record(w->hist2, now > sent ? clock_ns(&w->clock, now - sent) : 0);
	}
}

static ALWAYS_INLINE int loop_rate_rx(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const uint64_t first = w->seq;
	struct arrivals a = arrivals_begin(w);
	uint64_t seq = first, start = 0, now = 0;
	bool end = false, stale = false;
	int r = 0;

	while (!end) {
		r = msg_recv(w, ops, &seq, &end, &stale, inplace);
		now = clock_now(&w->clock);
		if (unlikely(r < 0))
			break;
		if (unlikely(stale)) {
			end = false;
			continue;
		}
		if (unlikely(w->messages == 0)) {
			start = atomic_load_explicit(&w->pace->start, memory_order_acquire);
			w->first_tick = now;
		}
		/* lost messages also have a place in the schedule */
		while (unlikely(a.index < seq - first))
			arrivals_next(&a);
		w->due_tick = start + (uint64_t)a.due;
		rate_record(w, seq, start, w->due_tick, now);
		arrivals_next(&a);
		w->messages++;
		/* the sender ends the window */
		window_over(w, now, w->messages);
		seq++;
	}
	w->last_tick = now;
	w->seq = seq;
	if (w->may_drop)
		atomic_store_explicit(&w->end->seen, true, memory_order_release);
	return r;
}

#endif
