/* SPDX-License-Identifier: MIT */
/*
 * Nothing is moved: the harness's own floor. What a row of `null` shows is the cost of the loop,
 * the clock and the record, which every other row contains as well.
 *
 * The sending side (ping, or the sender of a stream) keeps the word of its message and gets it
 * back. The receiving side invents the numbers that it is due, as fast as its loop runs, so the
 * counts of the two sides differ. They meet in one page: a loop that ends says so there, because
 * otherwise the inventor would never know.
 */
#include <errno.h>
#include <ipcbench/loops.h>
#include <ipcbench/transport.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

struct meeting {
	_Atomic uint64_t ends; /* loops that the sending side has ended */
	_Atomic int payload;   /* enum payload, decided by the first message */
};

enum payload { PAYLOAD_UNDECIDED, PAYLOAD_NUMBERS, PAYLOAD_PATTERN };

struct null_state {
	struct meeting *meeting;
	uint64_t word;	   /* sending side: of the message last sent */
	uint64_t invented; /* receiving side: number of the next message */
	uint64_t ends;	   /* receiving side: loops that have ended so far */
	enum payload payload;
};

/*
 * The receiver of a message under --verify expects the whole pattern, and writing it in every
 * other run would no longer be a floor. The first message tells which run it is.
 */
COLD static void null_first_sent(struct null_state *st, const void *buf, size_t n)
{
	unsigned char pattern[CACHE_LINE];
	size_t len = n < sizeof(pattern) ? n : sizeof(pattern);

	ipcbench_payload_fill(pattern, len, st->word & MSG_SEQ_MASK);
	if (len > 8 && memcmp(pattern + 8, (const unsigned char *)buf + 8, len - 8) == 0)
		st->payload = PAYLOAD_PATTERN;
	else
		st->payload = PAYLOAD_NUMBERS;
	atomic_store_explicit(&st->meeting->payload, (int)st->payload, memory_order_release);
}

/* As with any mechanism, nothing arrives before something was sent. */
COLD static void null_first_received(struct null_state *st)
{
	while (st->payload == PAYLOAD_UNDECIDED) {
		st->payload = (enum payload)atomic_load_explicit(
			&st->meeting->payload, memory_order_acquire);
		sched_yield();
	}
}

static ALWAYS_INLINE int null_send(struct channel *ch, const void *buf, size_t n)
{
	struct null_state *st = ch->state;

	if (ch->side == SIDE_RX)
		return 0;
	st->word = msg_word(buf, n);
	if (unlikely(st->payload == PAYLOAD_UNDECIDED))
		null_first_sent(st, buf, n);
	if (unlikely((st->word & MSG_END_FLAG) != 0))
		atomic_fetch_add_explicit(&st->meeting->ends, 1, memory_order_release);
	return 0;
}

static ALWAYS_INLINE int null_recv(struct channel *ch, void *buf, size_t n)
{
	struct null_state *st = ch->state;
	uint64_t seq = st->word & MSG_SEQ_MASK;
	bool end = (st->word & MSG_END_FLAG) != 0;

	if (ch->side == SIDE_RX) {
		if (unlikely(st->payload == PAYLOAD_UNDECIDED))
			null_first_received(st);
		seq = st->invented++;
		end = atomic_load_explicit(&st->meeting->ends, memory_order_acquire) != st->ends;
		st->ends += end;
	}
	msg_stamp(buf, n, seq, end);
	if (unlikely(st->payload == PAYLOAD_PATTERN))
		ipcbench_payload_fill(buf, n, seq);
	return 0;
}

static int null_open(struct channel *ch)
{
	struct null_state *st = ch->state;
	void *page = mmap(NULL, sizeof(struct meeting), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (page == MAP_FAILED)
		return reason_set(&ch->why, errno, "no memory for a shared page of %zu bytes: %s",
			sizeof(struct meeting), strerror(errno));
	st->meeting = page;
	return 0;
}

static void null_close(struct channel *ch)
{
	struct null_state *st = ch->state;

	if (st->meeting != NULL)
		munmap(st->meeting, sizeof(struct meeting));
	st->meeting = NULL;
}

static const struct channel_ops null_ops = {.send = null_send, .recv = null_recv};

IPCBENCH_LOOPS(loops_null, null_ops);

const struct transport transport_null = {
	.abi = IPCBENCH_ABI,
	.name = "null",
	.family = "harness",
	.summary = "moves nothing: the cost of loop, clock and record that every row contains",
	.typical_use = "the floor under the other rows",
	.api = API_NONE,
	.reach = REACH_KIN,
	.shape = SHAPE_NULL,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_SPIN,
	.customary = WAIT_BIT_SPIN,
	.duplex = true,
	.state_size = sizeof(struct null_state),
	.open = null_open,
	.close = null_close,
	.ops = &null_ops,
	.loops = &loops_null,
};
