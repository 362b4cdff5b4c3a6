/* SPDX-License-Identifier: MIT */
/*
 * The ring of the shared-memory transports, its two sides as threads, so that ThreadSanitizer can
 * judge what two processes do. Every byte of every message is checked; the writer scribbles over
 * its buffer as soon as it has sent it.
 */
#include "support/ring.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PLACES = 4, SPIN_TICKS = 20000 };

/* How many messages are out before a ring has turned that often; by chance takes more. */
enum { TURNS = 60, MESSAGES_MIN = 600, ALIKE_MESSAGES = 40000 };

struct bench {
	struct ring_geometry geometry;
	bool inplace;
	size_t alike; /* see byte_of() */
	uint64_t messages;
	struct ring_control *control[2];
	unsigned char *slots[2];
	struct waiter_objects objects;
	struct channel channel; /* what waiter_attach() asks */
	struct reason why;
};

/* One thread: the ends that it has, and what it found wrong. */
struct party {
	struct bench *bench;
	struct ring_end tx, rx;
	uint64_t turn;
	uint64_t faults;
	unsigned char *buf;
};

/* ---- set-up ---------------------------------------------------------------------------------- */

static void *zeroed(size_t alignment, size_t n)
{
	size_t len = (n + alignment - 1) / alignment * alignment;
	void *p = aligned_alloc(alignment, len);

	assert_non_null(p);
	memset(p, 0, len);
	return p;
}

static void bench_open(
	struct bench *b, const struct ring_geometry *g, enum wait wait, enum waiter_kind kind)
{
	struct parking *places[PLACES];

	memset(b, 0, sizeof(*b));
	b->geometry = *g;
	b->channel.wait = wait;
	b->channel.spin_ticks = SPIN_TICKS;
	b->channel.clock.kind = CLOCK_KIND_SYSCALL;
	for (int i = 0; i < 2; i++) {
		b->control[i] = zeroed(LINES_APART, sizeof(struct ring_control));
		b->slots[i] = zeroed(CACHE_LINE, ring_bytes(g));
		places[2 * i] = &b->control[i]->data;
		places[2 * i + 1] = &b->control[i]->space;
	}
	waiter_objects_init(&b->objects);
	assert_int_equal(waiter_objects_open(&b->objects, kind, wait, places, PLACES, &b->why), 0);
}

static void bench_close(struct bench *b)
{
	waiter_objects_close(&b->objects);
	waiter_objects_close(&b->objects);
	for (int i = 0; i < 2; i++) {
		free(b->control[i]);
		free(b->slots[i]);
	}
}

static void end_open(struct bench *b, struct ring_end *e, int ring, bool writer, uint64_t *turn)
{
	struct ring_control *c = b->control[ring];
	unsigned char *slots = b->slots[b->geometry.kind == RING_MAILBOX ? 0 : ring];
	unsigned int data = 2 * (unsigned int)ring, space = data + 1;

	ring_attach(e, &b->geometry, c, slots, turn);
	assert_int_equal(waiter_attach(writer ? &e->peer : &e->own, &b->objects, data, &c->data,
				 !writer, &b->channel),
		0);
	assert_int_equal(waiter_attach(writer ? &e->own : &e->peer, &b->objects, space, &c->space,
				 writer, &b->channel),
		0);
}

/* Party 0 writes ring 0 and reads ring 1, party 1 the other way round. */
static void party_open(struct party *p, struct bench *b, int number)
{
	memset(p, 0, sizeof(*p));
	p->bench = b;
	p->buf = zeroed(CACHE_LINE, b->geometry.message);
	end_open(b, &p->tx, number, true, &p->turn);
	end_open(b, &p->rx, 1 - number, false, &p->turn);
}

/* ---- messages -------------------------------------------------------------------------------- */

/* With `alike` so many leading bytes are in two of three messages all 0 or all 1, by chance. */
static unsigned char byte_of(const struct bench *b, uint64_t number, size_t i)
{
	uint64_t chance = (number * UINT64_C(0x9e3779b97f4a7c15) >> 32) % 3;

	if (i < b->alike && chance < 2)
		return (unsigned char)chance;
	return (unsigned char)((number * 167 + i * 31 + (number >> 8)) & 0xff);
}

static void fill(const struct bench *b, unsigned char *p, uint64_t number)
{
	for (size_t i = 0; i < b->geometry.message; i++)
		p[i] = byte_of(b, number, i);
}

static uint64_t wrong_bytes(const struct bench *b, const unsigned char *p, uint64_t number)
{
	uint64_t wrong = 0;

	for (size_t i = 0; i < b->geometry.message; i++)
		wrong += p[i] != byte_of(b, number, i);
	return wrong;
}

static void put(struct party *p, uint64_t number)
{
	size_t n = p->bench->geometry.message;

	if (p->bench->inplace) {
		unsigned char *slot = ring_reserve(&p->tx);

		if (slot == NULL) {
			p->faults++;
			return;
		}
		fill(p->bench, slot, number);
		p->faults += ring_commit(&p->tx) != 0;
		return;
	}
	fill(p->bench, p->buf, number);
	p->faults += ring_send(&p->tx, p->buf, n) != 0;
	memset(p->buf, 0xA5, n);
}

static void take(struct party *p, uint64_t number)
{
	size_t n = p->bench->geometry.message;

	if (p->bench->inplace) {
		const unsigned char *slot = ring_peek(&p->rx);

		p->faults += slot == NULL || wrong_bytes(p->bench, slot, number) != 0;
		p->faults += ring_release(&p->rx) != 0;
		return;
	}
	p->faults += ring_recv(&p->rx, p->buf, n) != 0;
	p->faults += wrong_bytes(p->bench, p->buf, number) != 0;
}

/* ---- two threads ----------------------------------------------------------------------------- */

static void *stream_writer(void *arg)
{
	struct party *p = arg;

	for (uint64_t i = 0; i < p->bench->messages; i++) {
		put(p, i);
		/* as at the end of a warm-up: a batch is interrupted and then goes on */
		if (i == p->bench->messages / 3)
			p->faults += ring_flush(&p->tx) != 0;
	}
	p->faults += ring_flush(&p->tx) != 0;
	return NULL;
}

static void *stream_reader(void *arg)
{
	struct party *p = arg;

	for (uint64_t i = 0; i < p->bench->messages; i++)
		take(p, i);
	return NULL;
}

static void *ping(void *arg)
{
	struct party *p = arg;

	for (uint64_t i = 0; i < p->bench->messages; i++) {
		put(p, 2 * i);
		take(p, 2 * i + 1);
	}
	return NULL;
}

static void *pong(void *arg)
{
	struct party *p = arg;

	for (uint64_t i = 0; i < p->bench->messages; i++) {
		take(p, 2 * i);
		put(p, 2 * i + 1);
	}
	return NULL;
}

static void run(struct bench *b, void *(*first)(void *), void *(*second)(void *))
{
	struct party party[2];
	pthread_t thread;

	party_open(&party[0], b, 0);
	party_open(&party[1], b, 1);
	assert_int_equal(pthread_create(&thread, NULL, second, &party[1]), 0);
	first(&party[0]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(party[0].faults, 0);
	assert_int_equal(party[1].faults, 0);
	waiter_objects_detach(&b->objects);
	free(party[0].buf);
	free(party[1].buf);
}

#define STREAM_OF(bytes, apart) .message = (bytes), .chunk = (bytes), .stride = (apart)

/* Every kind, small rings so that both sides wait all the time, sizes around the copy's steps. */
static const struct ring_geometry geometries[] = {
	{.kind = RING_INDEX, .message = 1, .chunk = 1, .stride = 8, .slots = 2},
	{.kind = RING_INDEX, .message = 57, .chunk = 57, .stride = 64, .slots = 4},
	{.kind = RING_INDEX, .message = 4095, .chunk = 4095, .stride = 4096, .slots = 2},
	{.kind = RING_INDEX,
		.message = 1000,
		.chunk = 1000,
		.stride = 1024,
		.slots = 8,
		.refill = 4},
	{.kind = RING_STREAM, STREAM_OF(1, 8), .slots = 16, .span = 8},
	{.kind = RING_STREAM, STREAM_OF(7, 8), .slots = 64, .span = 4, .refill = 8},
	{.kind = RING_STREAM, STREAM_OF(64, 64), .slots = 64, .span = 32},
	{.kind = RING_STREAM, STREAM_OF(95, 96), .slots = 8, .span = 2, .refill = 1},
	{.kind = RING_STREAM, STREAM_OF(72, 80), .slots = 16, .span = 4, .each = true, .refill = 2},
	{.kind = RING_STREAM, STREAM_OF(8, 8), .slots = 2, .span = 1, .each = true},
	{.kind = RING_INLINE, .message = 8, .chunk = 8, .stride = 64, .slots = 2, .pauses = 1},
	{.kind = RING_INLINE, .message = 55, .chunk = 55, .stride = 64, .slots = 16},
	{.kind = RING_INLINE, .message = 56, .chunk = 56, .stride = 64, .slots = 4},
	{.kind = RING_WORD, .message = 8, .chunk = 8, .stride = 64, .slots = 2},
	{.kind = RING_WORD, .message = 57, .chunk = 57, .stride = 64, .slots = 4},
	{.kind = RING_WORD, .message = 64, .chunk = 64, .stride = 64, .slots = RING_WORD_SLOTS},
};

/* Several slots per message; not in place, where a message is one piece. */
static const struct ring_geometry chunked[] = {
	{.kind = RING_INDEX, .message = 65537, .chunk = 4096, .stride = 4096, .slots = 4},
	{.kind = RING_INDEX, .message = 1025, .chunk = 512, .stride = 512, .slots = 2, .pauses = 1},
	{.kind = RING_INDEX, .message = 130, .chunk = 64, .stride = 64, .slots = 16, .refill = 2},
	{.kind = RING_INLINE, .message = 64, .chunk = 64, .stride = 64, .slots = 16, .pauses = 1},
	{.kind = RING_INLINE, .message = 225, .chunk = 225, .stride = 64, .slots = 2},
};

static const struct ring_geometry mailbox = {
	.kind = RING_MAILBOX, .message = 48, .chunk = 48, .stride = 64, .slots = 1, .pauses = 1};

static void stream(const struct ring_geometry *g, bool inplace, size_t alike, enum wait wait,
	enum waiter_kind kind)
{
	struct bench b;
	uint64_t turns = g->slots * TURNS;

	bench_open(&b, g, wait, kind);
	b.inplace = inplace;
	b.alike = alike;
	/* two threads that poll on one CPU give way to each other only when their time is up */
	b.messages = wait == WAIT_SPIN || turns > MESSAGES_MIN ? turns : MESSAGES_MIN;
	b.messages = g->message > g->chunk ? b.messages / 10 : b.messages;
	b.messages = alike != 0 ? ALIKE_MESSAGES : b.messages;
	run(&b, stream_writer, stream_reader);
	bench_close(&b);
}

static void exchange(const struct ring_geometry *g, bool inplace, size_t alike, enum wait wait,
	enum waiter_kind kind)
{
	struct bench b;

	bench_open(&b, g, wait, kind);
	b.inplace = inplace;
	b.alike = alike;
	b.messages = wait == WAIT_SPIN ? 100 : 300;
	/* those that are longer than the ring turn it by themselves */
	b.messages = g->message > g->slots * g->stride ? b.messages / 10 : b.messages;
	run(&b, ping, pong);
	bench_close(&b);
}

/* Both sides poll and copy. Where messages begin alike, another word tells of them. */
static void words(const struct ring_geometry *g, enum wait wait)
{
	for (size_t alike = 0; alike <= 8 && wait == WAIT_SPIN; alike += 8) {
		stream(g, false, alike, wait, WAITER_FUTEX);
		exchange(g, false, alike, wait, WAITER_FUTEX);
	}
}

static void every_ring(enum wait wait, enum waiter_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(geometries); i++) {
		if (geometries[i].kind == RING_WORD) {
			words(&geometries[i], wait);
			continue;
		}
		stream(&geometries[i], false, 0, wait, kind);
		stream(&geometries[i], true, 0, wait, kind);
		/* a held-back message is never answered */
		if (geometries[i].kind == RING_STREAM && !geometries[i].each)
			continue;
		exchange(&geometries[i], false, 0, wait, kind);
		exchange(&geometries[i], true, 0, wait, kind);
	}
	for (size_t i = 0; i < ARRAY_SIZE(chunked); i++) {
		stream(&chunked[i], false, 0, wait, kind);
		exchange(&chunked[i], false, 0, wait, kind);
	}
	exchange(&mailbox, false, 0, wait, kind);
	exchange(&mailbox, true, 0, wait, kind);
}

static void test_spin(void **state)
{
	(void)state;
	every_ring(WAIT_SPIN, WAITER_FUTEX);
}

static void test_futex(void **state)
{
	(void)state;
	every_ring(WAIT_BLOCK, WAITER_FUTEX);
}

static void test_hybrid(void **state)
{
	(void)state;
	every_ring(WAIT_HYBRID, WAITER_FUTEX);
}

static void test_posix_sem(void **state)
{
	(void)state;
	every_ring(WAIT_BLOCK, WAITER_POSIX_SEM);
}

static void test_eventfd(void **state)
{
	(void)state;
	every_ring(WAIT_BLOCK, WAITER_EVENTFD);
}

static void test_epoll(void **state)
{
	(void)state;
	every_ring(WAIT_EPOLL, WAITER_EVENTFD);
}

static void test_condvar(void **state)
{
	(void)state;
	every_ring(WAIT_BLOCK, WAITER_CONDVAR);
}

/* ---- one thread: what is visible when -------------------------------------------------------- */

static void test_capacity(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(geometries); i++) {
		const struct ring_geometry *g = &geometries[i];
		struct bench b;
		struct party p[2];

		bench_open(&b, g, WAIT_SPIN, WAITER_FUTEX);
		party_open(&p[0], &b, 0);
		party_open(&p[1], &b, 1);
		/* a ring holds as many messages as it has slots; more would wait here for ever */
		for (uint64_t turn = 0; turn < 3; turn++) {
			for (uint64_t n = 0; n < g->slots; n++)
				put(&p[0], turn * g->slots + n);
			assert_int_equal(ring_flush(&p[0].tx), 0);
			for (uint64_t n = 0; n < g->slots; n++)
				take(&p[1], turn * g->slots + n);
			/* lets the reader give back what it has read */
			if (g->kind == RING_STREAM)
				atomic_store(&b.control[0]->head, p[1].rx.base + p[1].rx.at);
		}
		assert_int_equal(p[0].faults + p[1].faults, 0);
		free(p[0].buf);
		free(p[1].buf);
		bench_close(&b);
	}
}

static void test_batch_is_held_back(void **state)
{
	const struct ring_geometry g = {
		.kind = RING_STREAM, STREAM_OF(8, 8), .slots = 32, .span = 8};
	struct bench b;
	struct party p;

	(void)state;
	bench_open(&b, &g, WAIT_SPIN, WAITER_FUTEX);
	party_open(&p, &b, 0);
	for (uint64_t i = 0; i < 7; i++)
		put(&p, i);
	assert_int_equal(atomic_load(&b.control[0]->tail), 0);
	assert_int_equal(ring_flush(&p.tx), 0);
	assert_int_equal(atomic_load(&b.control[0]->tail), 7 * 8);
	assert_int_equal(ring_flush(&p.tx), 0);
	assert_int_equal(atomic_load(&b.control[0]->tail), 7 * 8);
	/* the batch goes on where it was: its eighth slot, then a whole new one */
	for (uint64_t i = 7; i < 17; i++)
		put(&p, i);
	assert_int_equal(atomic_load(&b.control[0]->tail), 16 * 8);
	assert_int_equal(ring_flush(&p.tx), 0);
	assert_int_equal(atomic_load(&b.control[0]->tail), 17 * 8);
	free(p.buf);
	bench_close(&b);
}

/* Where each slot is published nothing is ever held back, and nothing but `span` is taken. */
static void test_each_is_published(void **state)
{
	const struct ring_geometry g = {
		.kind = RING_STREAM, STREAM_OF(72, 80), .slots = 16, .span = 8, .each = true};
	struct bench b;
	struct party p[2];

	(void)state;
	bench_open(&b, &g, WAIT_SPIN, WAITER_FUTEX);
	party_open(&p[0], &b, 0);
	party_open(&p[1], &b, 1);
	for (uint64_t i = 0; i < 40; i++) {
		put(&p[0], i);
		assert_int_equal(atomic_load(&b.control[0]->tail), (i + 1) * 80);
		take(&p[1], i);
		assert_int_equal(atomic_load(&b.control[0]->head), i * 80);
	}
	assert_int_equal(p[0].faults + p[1].faults, 0);
	free(p[0].buf);
	free(p[1].buf);
	bench_close(&b);
}

/* An index that the other side cannot have come to ends in an error, not in a wild copy. */
static void test_wild_indices(void **state)
{
	static const uint64_t wild[] = {
		17 * 80, 79, 81, UINT64_C(1) << 62, 1 + (UINT64_C(1) << 62)};
	const struct ring_geometry stream = {
		.kind = RING_STREAM, STREAM_OF(72, 80), .slots = 16, .span = 16, .each = true};
	unsigned char buf[72] = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		struct party p[2];
		struct bench b;

		bench_open(&b, &stream, WAIT_SPIN, WAITER_FUTEX);
		party_open(&p[0], &b, 0);
		party_open(&p[1], &b, 1);
		atomic_store(&b.control[0]->tail, wild[i]);
		assert_int_equal(ring_recv(&p[1].rx, buf, sizeof(buf)), -EPROTO);
		assert_null(ring_peek(&p[1].rx));
		for (uint64_t n = 0; n < stream.slots; n++)
			assert_int_equal(ring_send(&p[0].tx, buf, sizeof(buf)), 0);
		atomic_store(&b.control[0]->head, wild[i] + 16 * 80);
		assert_int_equal(ring_send(&p[0].tx, buf, sizeof(buf)), -EPROTO);
		free(p[0].buf);
		free(p[1].buf);
		bench_close(&b);
	}
}

/* The same of the kinds that count slots: beyond the ring, or another line than the next. */
static void test_wild_positions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(geometries); i++) {
		const struct ring_geometry *g = &geometries[i];
		struct party p[2];
		struct bench b;

		if (g->kind == RING_STREAM)
			continue;
		bench_open(&b, g, WAIT_SPIN, WAITER_FUTEX);
		party_open(&p[0], &b, 0);
		party_open(&p[1], &b, 1);
		if (g->kind == RING_INDEX || g->kind == RING_WORD)
			atomic_store(&b.control[0]->tail, g->slots + 1);
		else
			atomic_store(&((struct ring_line *)(void *)b.slots[0])->position, 2);
		assert_int_equal(ring_recv(&p[1].rx, p[1].buf, g->message), -EPROTO);
		for (uint64_t n = 0; n < g->slots; n++)
			assert_int_equal(ring_send(&p[0].tx, p[0].buf, g->message), 0);
		atomic_store(&b.control[0]->head, g->slots + g->refill + 1);
		assert_int_equal(ring_send(&p[0].tx, p[0].buf, g->message), -EPROTO);
		free(p[0].buf);
		free(p[1].buf);
		bench_close(&b);
	}
}

static void begin_at(struct ring_end *e, uint64_t start)
{
	e->position = e->seen = start;
	if (e->kind == RING_STREAM)
		e->base = start;
}

/* Positions are compared modulo 2^64: nothing happens when they pass zero. */
static void test_positions_wrap(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(geometries); i++) {
		const struct ring_geometry *g = &geometries[i];
		uint64_t unit = g->kind == RING_STREAM ? g->stride : 1;
		uint64_t start = -(3 * g->slots * unit);
		struct party p[2];
		struct bench b;

		if (g->kind == RING_INLINE)
			continue;
		bench_open(&b, g, WAIT_SPIN, WAITER_FUTEX);
		party_open(&p[0], &b, 0);
		party_open(&p[1], &b, 1);
		atomic_store(&b.control[0]->head, start);
		atomic_store(&b.control[0]->tail, start);
		begin_at(&p[0].tx, start);
		begin_at(&p[1].rx, start);
		for (uint64_t n = 0; n < 8 * g->slots; n++) {
			put(&p[0], n);
			assert_int_equal(ring_flush(&p[0].tx), 0);
			take(&p[1], n);
		}
		assert_int_equal(p[0].faults + p[1].faults, 0);
		free(p[0].buf);
		free(p[1].buf);
		bench_close(&b);
	}
}

/* A writer that waits for space is left alone until the part of the ring it asked for is free. */
static void test_wake_threshold(void **state)
{
	struct parking place;
	struct waiter w = {.sleeps = true, .kind = WAITER_FUTEX, .place = &place};

	(void)state;
	memset(&place, 0, sizeof(place));
	atomic_store(&place.wanted, 10);
	atomic_store(&place.asleep, 1);
	assert_int_equal(waiter_notify(&w, 9), 0);
	assert_int_equal(atomic_load(&place.asleep), 1);
	assert_int_equal(waiter_notify(&w, 10), 0);
	assert_int_equal(atomic_load(&place.asleep), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_batch_is_held_back),
		cmocka_unit_test(test_each_is_published),
		cmocka_unit_test(test_wild_indices),
		cmocka_unit_test(test_wild_positions),
		cmocka_unit_test(test_positions_wrap),
		cmocka_unit_test(test_wake_threshold),
		cmocka_unit_test(test_spin),
		cmocka_unit_test(test_futex),
		cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_posix_sem),
		cmocka_unit_test(test_eventfd),
		cmocka_unit_test(test_epoll),
		cmocka_unit_test(test_condvar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
