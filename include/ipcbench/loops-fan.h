/* SPDX-License-Identifier: MIT */
/*
 * One direction with several senders or receivers on one channel. Included by loops.h.
 *
 * Fan-in: senders run loop_stream_tx(), each with numbers of its own (message.h), and loop_fan_rx()
 * checks them sender by sender. Fan-out to one: the sender runs loop_stream_tx(), then
 * loop_fan_end(), and every receiver loop_fan_rx(); it finds numbers that rise, with gaps for those
 * that others received. Fan-out to every: loop_stream_rx() receives all of them.
 */
#ifndef IPCBENCH_LOOPS_FAN_H
#define IPCBENCH_LOOPS_FAN_H

/* Notifications that go to one of the receivers: posts taken by the receivers that have ended. */
struct fan_tally {
	_Alignas(CACHE_LINE) _Atomic uint64_t taken;
	_Atomic uint32_t ended;
};

/* What a worker knows of one of several senders, or the sender of one of several receivers. */
struct fan_lane {
	uint64_t next; /* the number of the next message */
	struct stream_end *end;
};

struct fan {
	unsigned int senders, receivers;
	bool one;	       /* each message goes to one of the receivers */
	uint64_t sum;	       /* out, receiver: of the numbers that it received */
	struct fan_lane *lane; /* by sender, or in a sender by receiver */
	struct fan_tally *tally;
};

/* Checks the number of a message; *stale as in msg_accept(). */
static ALWAYS_INLINE int fan_accept(struct worker *w, uint64_t number, bool *stale)
{
	struct fan *fan = w->fan;
	uint64_t sender = number >> MSG_SENDER_SHIFT;

	*stale = false;
	if (unlikely(sender >= fan->senders))
		return ipcbench_fan_fault(w, number, 0);
	struct fan_lane *from = &fan->lane[sender];

	if (unlikely(number != from->next)) {
		if (number < from->next && w->may_drop) {
			*stale = true;
			return 0;
		}
		if (number < from->next || !(fan->one || w->may_drop))
			return ipcbench_fan_fault(w, number, from->next);
		w->lost += fan->one ? 0 : number - from->next;
	}
	from->next = number + 1;
	fan->sum += number;
	return 0;
}

static ALWAYS_INLINE int fan_check_payload(
	struct worker *w, const unsigned char *p, size_t n, uint64_t number, bool inplace)
{
	if (unlikely(w->verify))
		return ipcbench_payload_check(w, p, n, number);
	if (!inplace)
		return 0;
	uint64_t sum = inplace_sum(p, n), want = inplace_expected(n, number);

	return likely(sum == want) ? 0 : ipcbench_sum_fault(w, number, want, sum);
}

/* Receives the next message of any sender. */
static ALWAYS_INLINE int fan_recv(
	struct worker *w, const struct channel_ops *ops, bool inplace, bool *end, bool *stale)
{
	size_t n = w->size;
	const unsigned char *p = inplace ? ops->peek(w->in, &n) : rx_of(w, w->messages);
	int r = inplace ? 0 : ops->recv(w->in, rx_of(w, w->messages), n);

	if (unlikely(p == NULL || r < 0 || n != w->size))
		return ipcbench_op_fault(w, inplace ? "peek" : "recv", w->messages,
			r < 0	       ? r
			: n != w->size ? -EMSGSIZE
				       : -EIO);
	uint64_t word = msg_word(p, n), number = word & MSG_SEQ_MASK;

	r = fan_accept(w, number, stale);
	if (likely(r == 0 && !*stale))
		r = fan_check_payload(w, p, n, number, inplace);
	*end = (word & MSG_END_FLAG) != 0 && !*stale;
	if (unlikely(*end && w->may_drop))
		atomic_store_explicit(&w->fan->lane[number >> MSG_SENDER_SHIFT].end->seen, true,
			memory_order_release);
	if (inplace && r == 0) {
		r = ops->release(w->in, n);
		if (unlikely(r < 0))
			return ipcbench_op_fault(w, "release", number, r);
	}
	return r;
}

/* Counts a message that came, and keeps slices of the window, which ends with the senders. */
static ALWAYS_INLINE void fan_count(struct worker *w)
{
	if (unlikely(w->messages++ == 0))
		w->first_tick = clock_now(&w->clock);
	if (unlikely((w->messages & w->check_mask) == 0))
		stream_over(w, w->messages);
}

/* ---- notifications, which are counted -------------------------------------------------------- */

/* Only for notifications: with a payload the compiler would warn about a zero-sized buffer. */
static ALWAYS_INLINE size_t fan_no_bytes(void)
{
	size_t n = 0;

	__asm__("" : "+r"(n));
	return n;
}

/* What the senders have announced so far, as they do right before their last post. */
struct announced {
	unsigned int senders;
	uint64_t posts;
};

static ALWAYS_INLINE bool fan_announced(struct worker *w, struct announced *all)
{
	struct fan *fan = w->fan;

	for (; all->senders < fan->senders; all->senders++) {
		struct fan_lane *from = &fan->lane[all->senders];
		uint64_t last = atomic_load_explicit(&from->end->last_post, memory_order_acquire);

		if (likely(last == UINT64_MAX))
			return false;
		/* behind the last one there is one for each further receiver */
		last += fan->receivers - 1;
		all->posts += last + 1 - from->next;
		from->next = last + 1;
	}
	return true;
}

/*
 * Each receiver takes one more post after the last one was announced. Receivers may have left posts
 * over, so the last receiver drains them.
 */
static ALWAYS_INLINE int fan_take_rest(
	struct worker *w, const struct channel_ops *ops, uint64_t posts)
{
	struct fan_tally *tally = w->fan->tally;
	int r = 0;

	atomic_fetch_add(&tally->taken, w->messages);
	if (atomic_fetch_add(&tally->ended, 1) + 1 != w->fan->receivers)
		return 0;
	for (uint64_t left = posts - atomic_load(&tally->taken); left != 0 && r == 0; left--) {
		r = ops->recv(w->in, w->rx, fan_no_bytes());
		w->messages += r == 0;
	}
	return r < 0 ? ipcbench_op_fault(w, "recv", w->messages, r) : 0;
}

static ALWAYS_INLINE int fan_rx_posts(struct worker *w, const struct channel_ops *ops)
{
	struct announced all = {0, 0};
	bool end = false;

	while (!end) {
		int r = ops->recv(w->in, w->rx, fan_no_bytes());

		if (unlikely(r < 0))
			return ipcbench_op_fault(w, "recv", w->messages, r);
		fan_count(w);
		end = fan_announced(w, &all) && (w->fan->one || w->messages == all.posts);
	}
	return w->fan->one ? fan_take_rest(w, ops, all.posts) : 0;
}

/* ---- the loops ------------------------------------------------------------------------------- */

static ALWAYS_INLINE int fan_rx_messages(
	struct worker *w, const struct channel_ops *ops, bool inplace)
{
	unsigned int live = w->fan->senders;
	int r = 0;

	while (live != 0 && r == 0) {
		bool end = false, stale = false;

		r = fan_recv(w, ops, inplace, &end, &stale);
		if (likely(r == 0 && !stale))
			fan_count(w);
		live -= end;
	}
	return r;
}

static ALWAYS_INLINE int loop_fan_rx(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	w->check_tick = clock_now(&w->clock);
	int r = w->size == 0 ? fan_rx_posts(w, ops) : fan_rx_messages(w, ops, inplace);

	w->last_tick = clock_now(&w->clock);
	return r;
}

/*
 * After a stream to several receivers, repeats the end mark for each receiver that has not seen it.
 */
static ALWAYS_INLINE int loop_fan_end(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct fan *fan = w->fan;
	int r = 0;

	for (unsigned int i = 1; i < fan->receivers && r == 0; i++) {
		if (w->may_drop) {
			w->end = fan->lane[i].end;
			r = stream_repeat_end(w, ops, w->seq - 1);
			/* each of those that share the messages counts the end as one of them */
			w->messages += fan->one;
			continue;
		}
		if (!fan->one)
			continue;
		if (w->size == 0)
			r = ops->send(w->out, w->tx, fan_no_bytes());
		else
			r = msg_send(w, ops, w->seq, true, inplace,
				inplace ? NULL : tx_buffer(w, w->seq, true));
		w->messages += r == 0;
		w->seq += r == 0;
	}
	w->end = fan->lane[0].end;
	return r < 0 && w->fault.text[0] == '\0' ? ipcbench_op_fault(w, "send", w->seq, r) : r;
}

#endif
