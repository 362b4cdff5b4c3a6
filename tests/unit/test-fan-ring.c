/* SPDX-License-Identifier: MIT */
/*
 * The rings for several writers or readers, their sides as threads, so that ThreadSanitizer can
 * judge what processes do. A queue hands out every number once, in the order of its writer; a
 * broadcast shows all of them to every reader; a lossy one shows some, whole, and the last.
 */
#include "support/fan-ring.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum ring { QUEUE, BROADCAST, LOSSY };
enum { SLOTS = 16, MESSAGES = 6000, PARTIES = 3, SIZE = 24 };

/* Numbers of a writer follow each other from index * MESSAGES on. */
struct bench {
	struct fan_end end;
	enum wait wait;
	enum ring ring;
	unsigned int writers, readers;
	_Atomic uint64_t taken, sum; /* by all readers */
};

struct party {
	struct bench *bench;
	unsigned int index;
	pthread_t thread;
	uint64_t faults;
};

static struct channel channel_of(const struct bench *b)
{
	struct channel ch = {.wait = b->wait, .spin_ticks = 20000};

	ch.clock.kind = CLOCK_KIND_SYSCALL;
	return ch;
}

static int write_one(const struct bench *b, struct channel *ch, struct fan_end *e, const void *buf)
{
	if (b->ring == LOSSY)
		return lossy_write(ch, e, buf, SIZE);
	int r = b->ring == BROADCAST ? broadcast_reserve(ch, e) : queue_reserve(ch, e);

	if (r == 0)
		memcpy(fan_bytes(e), buf, SIZE);
	return r != 0 ? r : b->ring == BROADCAST ? broadcast_commit(ch, e) : queue_commit(ch, e);
}

static int read_one(const struct bench *b, struct channel *ch, struct fan_end *e, void *buf)
{
	if (b->ring == LOSSY)
		return lossy_read(ch, e, buf, SIZE);
	int r = b->ring == BROADCAST ? broadcast_peek(ch, e) : queue_peek(ch, e);

	if (r == 0)
		memcpy(buf, fan_bytes(e), SIZE);
	return r != 0 ? r : b->ring == BROADCAST ? broadcast_release(ch, e) : queue_release(ch, e);
}

static void *write_all(void *arg)
{
	struct party *p = arg;
	struct channel ch = channel_of(p->bench);
	struct fan_end e = p->bench->end;
	uint64_t message[SIZE / 8];

	e.seen = e.mask + 1;
	for (uint64_t i = 0; i < MESSAGES; i++) {
		message[0] = p->index * MESSAGES + i;
		message[1] = message[2] = ~message[0];
		p->faults += write_one(p->bench, &ch, &e, message) != 0;
	}
	return NULL;
}

/* Whether a reader has what it came for: each of a queue its part, so that none waits for others.
 */
static bool is_last(const struct bench *b, uint64_t count, uint64_t number)
{
	if (b->ring == QUEUE)
		return count == (uint64_t)b->writers * MESSAGES / b->readers;
	return number == MESSAGES - 1;
}

static void *read_all(void *arg)
{
	struct party *p = arg;
	struct bench *b = p->bench;
	struct channel ch = channel_of(b);
	struct fan_end e = b->end;
	uint64_t message[SIZE / 8], next[PARTIES] = {0}, count = 0, number = 0;

	e.head = &e.shared->reader[p->index].head;
	do {
		p->faults += read_one(b, &ch, &e, message) != 0;
		uint64_t writer = message[0] / MESSAGES;

		number = message[0] % MESSAGES;
		if (writer >= b->writers || message[1] != ~message[0] || message[2] != message[1] ||
			number < next[writer] ||
			((b->ring == BROADCAST || b->readers == 1) && b->ring != LOSSY &&
				number != next[writer])) {
			p->faults++;
			break;
		}
		next[writer] = number + 1;
		atomic_fetch_add(&b->taken, 1);
		atomic_fetch_add(&b->sum, message[0]);
	} while (!is_last(b, ++count, number));
	return NULL;
}

static void run(enum ring ring, enum wait wait, unsigned int writers, unsigned int readers)
{
	struct bench b = {.wait = wait, .ring = ring, .writers = writers, .readers = readers};
	size_t bytes = sizeof(struct fan_shared) + SLOTS * fan_stride(SIZE);
	struct party party[2 * PARTIES];
	uint64_t all = (uint64_t)writers * MESSAGES, times = ring == QUEUE ? 1 : readers;

	b.end = (struct fan_end){.shared = aligned_alloc(2 * CACHE_LINE, (bytes + 127) / 128 * 128),
		.stride = fan_stride(SIZE),
		.mask = SLOTS - 1,
		.readers = readers};
	assert_non_null(b.end.shared);
	memset(b.end.shared, 0, bytes);
	b.end.slots = (unsigned char *)b.end.shared + sizeof(struct fan_shared);
	queue_init(&b.end);
	for (unsigned int i = 0; i < writers + readers; i++) {
		bool writes = i < writers;

		party[i] = (struct party){.bench = &b, .index = writes ? i : i - writers};
		assert_int_equal(pthread_create(&party[i].thread, NULL,
					 writes ? write_all : read_all, &party[i]),
			0);
	}
	for (unsigned int i = 0; i < writers + readers; i++) {
		pthread_join(party[i].thread, NULL);
		assert_int_equal(party[i].faults, 0);
	}
	free(b.end.shared);
	if (ring == LOSSY) {
		assert_in_range(b.taken, times, times * all);
		return;
	}
	assert_int_equal(b.taken, times * all);
	assert_int_equal(b.sum, times * (all * (all - 1) / 2));
}

static void a_queue_hands_out_every_message_once(void **state)
{
	(void)state;
	run(QUEUE, WAIT_BLOCK, PARTIES, 1);
	run(QUEUE, WAIT_BLOCK, 1, PARTIES);
	run(QUEUE, WAIT_HYBRID, PARTIES, 1);
	run(QUEUE, WAIT_BLOCK, 1, 1);
}

static void a_broadcast_shows_all_to_every_reader(void **state)
{
	(void)state;
	run(BROADCAST, WAIT_BLOCK, 1, PARTIES);
	run(BROADCAST, WAIT_HYBRID, 1, PARTIES);
	run(BROADCAST, WAIT_BLOCK, 1, 1);
}

static void a_lossy_broadcast_shows_whole_messages_and_the_last(void **state)
{
	(void)state;
	run(LOSSY, WAIT_BLOCK, 1, PARTIES);
	run(LOSSY, WAIT_HYBRID, 1, PARTIES);
	run(LOSSY, WAIT_BLOCK, 1, 1);
}

/* A reader that was overtaken finds the newer half of the ring, and not what is being written. */
static void an_overtaken_reader_goes_on_with_what_is_left(void **state)
{
	struct channel ch = {.wait = WAIT_SPIN};
	size_t bytes = sizeof(struct fan_shared) + SLOTS * fan_stride(8);
	struct fan_shared *shared = aligned_alloc(2 * CACHE_LINE, (bytes + 127) / 128 * 128);
	struct fan_end w = {
		.shared = shared, .stride = fan_stride(8), .mask = SLOTS - 1, .readers = 1};
	uint64_t got = 0;

	(void)state;
	assert_non_null(shared);
	memset(shared, 0, bytes);
	w.slots = (unsigned char *)shared + sizeof(*shared);
	queue_init(&w);
	struct fan_end r = w;

	for (uint64_t i = 0; i < SLOTS - 1; i++)
		assert_int_equal(lossy_write(&ch, &w, &i, 8), 0);
	assert_int_equal(lossy_read(&ch, &r, &got, 8), 0);
	assert_int_equal(got, 0);
	for (uint64_t i = SLOTS - 1; i < 3 * SLOTS; i++)
		assert_int_equal(lossy_write(&ch, &w, &i, 8), 0);
	/* it knows of positions that have been overwritten since */
	assert_int_equal(lossy_read(&ch, &r, &got, 8), 0);
	assert_int_equal(got, 3 * SLOTS - SLOTS / 2);
	/* the one that it would read next is being written to */
	for (uint64_t i = 3 * SLOTS; i < r.at + SLOTS; i++)
		assert_int_equal(lossy_write(&ch, &w, &i, 8), 0);
	atomic_store(&fan_slot_at(&w, w.at)->turn, lossy_turn(w.at) - 1);
	assert_int_equal(lossy_read(&ch, &r, &got, 8), 0);
	assert_int_equal(got, w.at - SLOTS / 2);
	free(shared);
}

/* An index that the other side cannot have come to. */
static void what_was_written_over_is_an_error(void **state)
{
	struct channel ch = {.wait = WAIT_SPIN};
	struct fan_shared *shared = aligned_alloc(2 * CACHE_LINE, sizeof(*shared) + 4096);
	struct fan_end e = {.shared = shared, .stride = 64, .mask = SLOTS - 1, .readers = 1};

	(void)state;
	assert_non_null(shared);
	memset(shared, 0, sizeof(*shared) + 4096);
	e.slots = (unsigned char *)shared + sizeof(*shared);
	queue_init(&e);
	atomic_store(&shared->tail, SLOTS + 1);
	assert_int_equal(broadcast_peek(&ch, &e), -EPROTO);
	atomic_store(&shared->tail, 0);
	atomic_store(&shared->reader[0].head, 1);
	e.at = e.seen = 0;
	assert_int_equal(broadcast_reserve(&ch, &e), -EPROTO);
	atomic_store(&fan_slot_at(&e, 0)->turn, 77);
	assert_int_equal(queue_reserve(&ch, &e), -EPROTO);
	free(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_queue_hands_out_every_message_once),
		cmocka_unit_test(a_broadcast_shows_all_to_every_reader),
		cmocka_unit_test(a_lossy_broadcast_shows_whole_messages_and_the_last),
		cmocka_unit_test(an_overtaken_reader_goes_on_with_what_is_left),
		cmocka_unit_test(what_was_written_over_is_an_error),
	};

	return cmocka_run_group_tests_name("fan ring", tests, NULL, NULL);
}
