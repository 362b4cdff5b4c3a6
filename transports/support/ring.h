/* SPDX-License-Identifier: MIT */
/*
 * One ring in shared memory for one writer and one reader: every shared-memory transport moves its
 * messages with it. docs/adr/0006-shared-memory-ring.md says what was measured to choose its shape.
 *
 * A message occupies one slot, or several when it is longer than a chunk. Both sides know the
 * length of all messages beforehand, so the ring stores bytes and nothing about them. Positions
 * count slots from the beginning of time and never wrap (2^64 slots); the slot of position p is
 * p & mask. There are five kinds, by how a slot becomes visible to the other side:
 *
 *   RING_INDEX    the writer stores the number of slots written, in its own line.
 *
 *   RING_STREAM   the writer stores the number of bytes written, for each slot or once in `span`
 *                 slots. Messages lie packed. A side takes `span` slots from the other at once, or
 *                 what there is, and until they are used up it touches no shared state but payload
 *                 and its own index.
 *
 *   RING_INLINE   every slot is a cache line that ends in its own position: payload and notice
 *                 travel together, which saves one of two cache misses. A message is in as many
 *                 lines as it needs, which travel side by side.
 *
 *   RING_WORD     every slot is a line that payload may fill. Its first word, stored last, is the
 *                 notice, if it differs from that of a turn of the ring ago. If it does not, the
 *                 writer also stores the number of slots written, in its own line.
 *
 *   RING_MAILBOX  a single line as of RING_INLINE for both directions, for messages that strictly
 *                 alternate.
 *
 * Each side keeps what it last read of the other's index (`seen`) and reads it anew only when it
 * would otherwise have to wait, so that in a stream the indices rarely change caches. The other
 * side may be broken: an index that it cannot have come to is -EPROTO, and no index leads out of
 * the ring.
 */
#ifndef SUPPORT_RING_H
#define SUPPORT_RING_H

#include "support/copy.h"
#include "support/waiter.h"
#include <errno.h>
#include <string.h>

/* What fits beside its position in a line. */
#define RING_INLINE_MAX 56

/* Slots of RING_WORD at most: a side remembers the first word of each. */
#define RING_WORD_SLOTS 16

/* Pauses before a polling reader of a stream looks again into a ring that it has emptied. */
#define RING_GATHER 64

enum ring_kind { RING_INDEX, RING_STREAM, RING_INLINE, RING_WORD, RING_MAILBOX };

/* How a ring is laid out; the same on both sides. */
struct ring_geometry {
	enum ring_kind kind;
	size_t message;	 /* bytes of every message */
	size_t chunk;	 /* bytes of a message in one slot, at most */
	size_t stride;	 /* from one slot to the next */
	uint64_t slots;	 /* a power of two */
	uint64_t span;	 /* RING_STREAM: slots that a side takes at once; divides slots */
	bool each;	 /* RING_STREAM: every slot is published by itself, not once in a span */
	uint64_t refill; /* a writer that found the ring full goes on when this many are free */
	unsigned int pauses; /* between two looks at what is waited for */
};

/* In shared memory, in front of the slots: one line for each writer of a word. */
struct ring_control {
	_Alignas(LINES_APART) _Atomic uint64_t tail; /* published, by the writer: slots or bytes */
	_Alignas(LINES_APART) _Atomic uint64_t head; /* released, by the reader */
	struct parking data;			     /* where the reader waits for slots */
	struct parking space;			     /* where the writer does */
};

struct ring_line {
	_Alignas(CACHE_LINE) unsigned char payload[RING_INLINE_MAX];
	_Atomic uint64_t position; /* of the message that lies here, counted from 1 */
};

/* One side of a ring, private to its process. */
struct ring_end {
	/*
	 * RING_STREAM: the slots from `at` up to `stop`, in bytes from `slots`, are ours without a
	 * further look at the other side; slot 0 is `base` bytes from the beginning. All 0 for the
	 * other kinds.
	 */
	uint64_t at, stop, base;
	size_t stride;
	enum ring_kind kind;
	unsigned int pauses;
	bool wide;	   /* see copy_line() */
	bool past_caches;  /* see copy_past_caches() */
	bool each;	   /* RING_STREAM: every slot is published by itself */
	uint64_t position; /* slots written or read */
	uint64_t seen;	   /* the other side's index when last read */
	uint64_t mask;
	unsigned char *slots;
	size_t chunk;
	struct ring_control *shared;
	uint64_t refill;      /* as in the geometry; RING_STREAM: bytes, and so the next two */
	uint64_t span, bytes; /* taken at once; of the whole ring */
	struct waiter own, peer;
	uint64_t *turn;			/* RING_MAILBOX: messages exchanged, both directions */
	uint64_t word[RING_WORD_SLOTS]; /* RING_WORD: with which each slot began a turn ago */
};

/* ---- waiting and notifying ------------------------------------------------------------------- */

/* Waits until *word has reached `target`, and leaves what it is then in *value. */
static ALWAYS_INLINE int ring_await(struct ring_end *e, const _Atomic uint64_t *word,
	uint64_t target, uint64_t wanted, uint64_t *value)
{
	uint64_t v = atomic_load_explicit(word, memory_order_acquire);

	while (unlikely((int64_t)(v - target) < 0)) {
		if (e->own.sleeps) {
			int r = waiter_sleep(&e->own, word, target, wanted);

			if (unlikely(r < 0))
				return r;
		}
		for (unsigned int i = e->pauses; i != 0; i--)
			cpu_relax();
		v = atomic_load_explicit(word, memory_order_acquire);
	}
	*value = v;
	return 0;
}

/* Makes `value` visible in *word and wakes the other side if it sleeps for it. */
static ALWAYS_INLINE int ring_post(struct ring_end *e, _Atomic uint64_t *word, uint64_t value)
{
	if (likely(!e->peer.sleeps)) {
		atomic_store_explicit(word, value, memory_order_release);
		return 0;
	}
	(void)atomic_exchange(word, value);
	return waiter_notify(&e->peer, value);
}

static ALWAYS_INLINE unsigned char *ring_slot(const struct ring_end *e)
{
	return e->slots + (e->position & e->mask) * e->stride;
}

static ALWAYS_INLINE struct ring_line *ring_line(const struct ring_end *e)
{
	return (struct ring_line *)(void *)e->slots + (e->position & e->mask);
}

/* Writer at `position`: waits until the reader has come to `target`. */
static ALWAYS_INLINE int ring_await_head(struct ring_end *e, uint64_t position, uint64_t target)
{
	uint64_t head;

	if (likely((int64_t)(e->seen - target) >= 0))
		return 0;
	target += e->refill;
	int r = ring_await(e, &e->shared->head, target, target, &head);

	if (unlikely(r < 0))
		return r;
	if (unlikely((int64_t)(position - head) < 0))
		return -EPROTO;
	e->seen = head;
	return 0;
}

/* Writer: waits until one more slot may be written. */
static ALWAYS_INLINE int ring_await_space(struct ring_end *e)
{
	return ring_await_head(e, e->position, e->position - e->mask);
}

/* Reader at `position` of a ring of `capacity`: waits until there is something to read. */
static ALWAYS_INLINE int ring_await_tail(struct ring_end *e, uint64_t position, uint64_t capacity)
{
	uint64_t tail;

	if (e->seen != position)
		return 0;
	int r = ring_await(e, &e->shared->tail, position + 1, position + 1, &tail);

	if (unlikely(r < 0))
		return r;
	if (unlikely(tail - position > capacity))
		return -EPROTO;
	e->seen = tail;
	return 0;
}

/* Reader: waits until a slot may be read. */
static ALWAYS_INLINE int ring_await_data(struct ring_end *e)
{
	return ring_await_tail(e, e->position, e->mask + 1);
}

/* Reader: waits until its own line says `target`. */
static ALWAYS_INLINE int ring_await_line(struct ring_end *e, uint64_t target)
{
	uint64_t found;
	int r = ring_await(e, &ring_line(e)->position, target, target, &found);

	return likely(r < 0 || found == target) ? r : -EPROTO;
}

/* ---- RING_STREAM: once in a span ------------------------------------------------------------- */

/* Bytes from the beginning to `at`: what the other side is told. */
static ALWAYS_INLINE uint64_t ring_reached(const struct ring_end *e)
{
	return e->base + e->at;
}

/* Begins anew at slot 0 where the ring ends. */
static ALWAYS_INLINE void ring_turn(struct ring_end *e)
{
	if (likely(e->at != e->bytes))
		return;
	e->base += e->bytes;
	e->at = e->stop = 0;
}

/* Writer: publishes what it has written; takes the next span. */
static NOINLINE int ring_next_room(struct ring_end *e)
{
	int r = e->each ? 0 : ring_post(e, &e->shared->tail, ring_reached(e));

	ring_turn(e);
	uint64_t reached = ring_reached(e);

	if (likely(r == 0))
		r = ring_await_head(e, reached, reached + e->span - e->bytes);
	if (likely(r == 0))
		e->stop = e->at + e->span;
	return r;
}

/* Reader: releases what it has read and takes what has been published. */
static NOINLINE int ring_next_data(struct ring_end *e)
{
	uint64_t reached = ring_reached(e);
	int r = ring_post(e, &e->shared->head, reached);

	ring_turn(e);
	/* one that looks again at once stays right behind the writer, on lines being written */
	if (e->seen == reached && !e->own.sleeps)
		for (unsigned int i = RING_GATHER; i != 0; i--)
			cpu_relax();
	if (likely(r == 0))
		r = ring_await_tail(e, reached, e->bytes);
	if (unlikely(r < 0))
		return r;
	uint64_t found = e->seen - reached, to_edge = e->bytes - e->at;

	if (unlikely(found % e->stride != 0)) {
		e->seen = reached;
		return -EPROTO;
	}
	found = found < to_edge ? found : to_edge;
	e->stop = e->at + (found < e->span ? found : e->span);
	return 0;
}

/* ---- RING_INLINE and RING_MAILBOX ------------------------------------------------------------ */

static ALWAYS_INLINE int ring_inline_commit(struct ring_end *e)
{
	struct ring_line *line = ring_line(e);

	e->position++;
	return ring_post(e, &line->position, e->position);
}

static ALWAYS_INLINE int ring_inline_peek(struct ring_end *e)
{
	return ring_await_line(e, e->position + 1);
}

/* Twice in a turn of the ring is often enough to tell the writer what is free again. */
static ALWAYS_INLINE int ring_inline_release(struct ring_end *e)
{
	e->position++;
	if (likely((e->position & (e->mask >> 1)) != 0))
		return 0;
	return ring_post(e, &e->shared->head, e->position);
}

/* Line by line: the second is on its way before the first has been looked at. */
static ALWAYS_INLINE int ring_inline_send(struct ring_end *e, const unsigned char *from, size_t n)
{
	int r;

	do {
		size_t part = n < RING_INLINE_MAX ? n : RING_INLINE_MAX;

		r = ring_await_space(e);
		if (unlikely(r < 0))
			return r;
		copy_bytes(ring_line(e)->payload, from, part, e->wide);
		r = ring_inline_commit(e);
		from += part;
		n -= part;
	} while (unlikely(n != 0) && r == 0);
	return r;
}

static ALWAYS_INLINE int ring_inline_recv(struct ring_end *e, unsigned char *to, size_t n)
{
	int r;

	do {
		size_t part = n < RING_INLINE_MAX ? n : RING_INLINE_MAX;

		r = ring_inline_peek(e);
		if (unlikely(r < 0))
			return r;
		copy_bytes(to, ring_line(e)->payload, part, e->wide);
		r = ring_inline_release(e);
		to += part;
		n -= part;
	} while (unlikely(n != 0) && r == 0);
	return r;
}

/* ---- RING_WORD: both sides poll, messages of 8 to 64 bytes ----------------------------------- */

static ALWAYS_INLINE int ring_word_send(struct ring_end *e, const unsigned char *from, size_t n)
{
	unsigned char *slot = ring_slot(e);
	uint64_t *before = &e->word[e->position & e->mask], word;
	int r = ring_await_space(e);

	if (unlikely(r < 0))
		return r;
	memcpy(&word, from, sizeof(word));
	copy_bytes(slot + sizeof(word), from + sizeof(word), n - sizeof(word), e->wide);
	atomic_store_explicit((_Atomic uint64_t *)(void *)slot, word, memory_order_release);
	e->position++;
	if (unlikely(word == *before))
		atomic_store_explicit(&e->shared->tail, e->position, memory_order_release);
	*before = word;
	return 0;
}

static ALWAYS_INLINE int ring_word_recv(struct ring_end *e, unsigned char *to, size_t n)
{
	const unsigned char *slot = ring_slot(e);
	const _Atomic uint64_t *first = (const _Atomic uint64_t *)(const void *)slot;
	uint64_t *before = &e->word[e->position & e->mask], word;

	while ((word = atomic_load_explicit(first, memory_order_acquire)) == *before) {
		uint64_t tail = atomic_load_explicit(&e->shared->tail, memory_order_acquire);

		if (unlikely((int64_t)(tail - e->position) > 0)) {
			if (unlikely(tail - e->position > e->mask + 1))
				return -EPROTO;
			/* it or one behind it: it may have changed since we looked */
			word = atomic_load_explicit(first, memory_order_acquire);
			break;
		}
		cpu_relax();
	}
	*before = word;
	memcpy(to, &word, sizeof(word));
	copy_bytes(to + sizeof(word), slot + sizeof(word), n - sizeof(word), e->wide);
	return ring_inline_release(e);
}

/* The message that follows the one last read is ours to write: the other side waits for it. */
static ALWAYS_INLINE int ring_mailbox_commit(struct ring_end *e)
{
	return ring_post(e, &ring_line(e)->position, ++*e->turn);
}

static ALWAYS_INLINE int ring_mailbox_peek(struct ring_end *e)
{
	return ring_await_line(e, *e->turn + 1);
}

static ALWAYS_INLINE int ring_mailbox_release(struct ring_end *e)
{
	++*e->turn;
	return 0;
}

/* ---- RING_INDEX ------------------------------------------------------------------------------ */

static ALWAYS_INLINE int ring_index_commit(struct ring_end *e)
{
	e->position++;
	return ring_post(e, &e->shared->tail, e->position);
}

static ALWAYS_INLINE int ring_index_release(struct ring_end *e)
{
	e->position++;
	return ring_post(e, &e->shared->head, e->position);
}

/* Chunk by chunk, so that the reader copies out while the writer copies in. */
static ALWAYS_INLINE int ring_index_send(struct ring_end *e, const unsigned char *from, size_t n)
{
	int r;

	do {
		size_t part = n < e->chunk ? n : e->chunk;

		r = ring_await_space(e);
		if (unlikely(r < 0))
			return r;
		copy_bytes(ring_slot(e), from, part, e->wide);
		r = ring_index_commit(e);
		from += part;
		n -= part;
	} while (n != 0 && r == 0);
	return r;
}

static ALWAYS_INLINE int ring_index_recv(struct ring_end *e, unsigned char *to, size_t n)
{
	int r;

	do {
		size_t part = n < e->chunk ? n : e->chunk;

		r = ring_await_data(e);
		if (unlikely(r < 0))
			return r;
		if (unlikely(e->past_caches))
			copy_past_caches(to, ring_slot(e), part);
		else
			copy_bytes(to, ring_slot(e), part, e->wide);
		r = ring_index_release(e);
		to += part;
		n -= part;
	} while (n != 0 && r == 0);
	return r;
}

/* ---- the operations: messages ---------------------------------------------------------------- */

/* A message of any other kind than RING_STREAM. */
static ALWAYS_INLINE int ring_send_now(struct ring_end *e, const void *buf, size_t n)
{
	if (e->kind == RING_INDEX)
		return ring_index_send(e, buf, n);
	if (e->kind == RING_MAILBOX) {
		copy_bytes(e->slots, buf, n, e->wide);
		return ring_mailbox_commit(e);
	}
	if (e->kind == RING_WORD)
		return ring_word_send(e, buf, n);
	return ring_inline_send(e, buf, n);
}

static ALWAYS_INLINE int ring_recv_now(struct ring_end *e, void *buf, size_t n)
{
	if (e->kind == RING_INDEX)
		return ring_index_recv(e, buf, n);
	if (e->kind == RING_MAILBOX) {
		int r = ring_mailbox_peek(e);

		if (unlikely(r < 0))
			return r;
		copy_bytes(buf, e->slots, n, e->wide);
		return ring_mailbox_release(e);
	}
	if (e->kind == RING_WORD)
		return ring_word_recv(e, buf, n);
	return ring_inline_recv(e, buf, n);
}

/*
 * Every way through these two ends in the same store to `at`, so that in a loop the compiler knows
 * its value the next time: read back from memory, it would make each message wait for the one
 * before, longer than it takes to copy 64 bytes.
 */
static ALWAYS_INLINE int ring_send(struct ring_end *e, const void *buf, size_t n)
{
	uint64_t at = e->at;
	int r = 0;

	if (unlikely(at == e->stop)) {
		if (e->kind != RING_STREAM) {
			r = ring_send_now(e, buf, n);
			goto done;
		}
		r = ring_next_room(e);
		at = e->at;
		if (unlikely(r < 0))
			goto done;
	}
	prefetch_to_write(e->slots + at + PREFETCH_AHEAD);
	copy_bytes(e->slots + at, buf, n, e->wide);
	at += e->stride;
	if (e->each)
		r = ring_post(e, &e->shared->tail, e->base + at);
done:
	e->at = at;
	return r;
}

static ALWAYS_INLINE int ring_recv(struct ring_end *e, void *buf, size_t n)
{
	uint64_t at = e->at;
	int r = 0;

	if (unlikely(at == e->stop)) {
		if (e->kind != RING_STREAM) {
			r = ring_recv_now(e, buf, n);
			goto done;
		}
		r = ring_next_data(e);
		at = e->at;
		if (unlikely(r < 0))
			goto done;
	}
	copy_bytes(buf, e->slots + at, n, e->wide);
	at += e->stride;
done:
	e->at = at;
	return r;
}

/* Where the next message is to be written; NULL on failure. */
static ALWAYS_INLINE void *ring_reserve(struct ring_end *e)
{
	switch (e->kind) {
	case RING_STREAM:
		return likely(e->at != e->stop) || ring_next_room(e) == 0 ? e->slots + e->at : NULL;
	case RING_INLINE:
		return likely(ring_await_space(e) == 0) ? ring_line(e)->payload : NULL;
	case RING_MAILBOX:
		return e->slots;
	case RING_WORD: /* in place, its first word would be seen before the rest */
		return NULL;
	case RING_INDEX:
		return likely(ring_await_space(e) == 0) ? ring_slot(e) : NULL;
	}
	return NULL;
}

static ALWAYS_INLINE int ring_commit(struct ring_end *e)
{
	switch (e->kind) {
	case RING_STREAM:
		e->at += e->stride;
		return e->each ? ring_post(e, &e->shared->tail, ring_reached(e)) : 0;
	case RING_INLINE:
		return ring_inline_commit(e);
	case RING_MAILBOX:
		return ring_mailbox_commit(e);
	case RING_WORD:
		break;
	case RING_INDEX:
		return ring_index_commit(e);
	}
	return -EINVAL;
}

/* Where the next message lies, once it is there; NULL on failure. */
static ALWAYS_INLINE const void *ring_peek(struct ring_end *e)
{
	switch (e->kind) {
	case RING_STREAM:
		return likely(e->at != e->stop) || ring_next_data(e) == 0 ? e->slots + e->at : NULL;
	case RING_INLINE:
		return likely(ring_inline_peek(e) == 0) ? ring_line(e)->payload : NULL;
	case RING_MAILBOX:
		return likely(ring_mailbox_peek(e) == 0) ? e->slots : NULL;
	case RING_WORD:
		return NULL;
	case RING_INDEX:
		return likely(ring_await_data(e) == 0) ? ring_slot(e) : NULL;
	}
	return NULL;
}

static ALWAYS_INLINE int ring_release(struct ring_end *e)
{
	switch (e->kind) {
	case RING_STREAM:
		e->at += e->stride;
		return 0;
	case RING_INLINE:
		return ring_inline_release(e);
	case RING_MAILBOX:
		return ring_mailbox_release(e);
	case RING_WORD:
		break;
	case RING_INDEX:
		return ring_index_release(e);
	}
	return -EINVAL;
}

static ALWAYS_INLINE int ring_flush(struct ring_end *e)
{
	return e->kind == RING_STREAM && !e->each ? ring_post(e, &e->shared->tail, ring_reached(e))
						  : 0;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

/* Bytes of shared memory behind the control lines. */
static inline size_t ring_bytes(const struct ring_geometry *g)
{
	return g->stride * g->slots;
}

/*
 * One end of a fresh (zeroed) ring; its waiters are attached by the caller. `turn` belongs to the
 * process and is shared by its two ends of a mailbox; NULL otherwise.
 */
static inline void ring_attach(struct ring_end *e, const struct ring_geometry *g,
	struct ring_control *shared, void *slots, uint64_t *turn)
{
	memset(e, 0, sizeof(*e));
	e->kind = g->kind;
	e->pauses = g->pauses;
	e->wide = copy_has_wide();
	e->stride = g->stride;
	e->chunk = g->chunk;
	e->mask = g->slots - 1;
	e->each = g->each;
	e->refill = g->kind == RING_STREAM ? g->refill * g->stride : g->refill;
	e->span = g->span * g->stride;
	e->bytes = ring_bytes(g);
	e->shared = shared;
	e->slots = slots;
	e->turn = turn;
}

#endif
