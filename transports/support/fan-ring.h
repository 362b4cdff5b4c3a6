/* SPDX-License-Identifier: MIT */
/*
 * Three rings in shared memory for more than two processes.
 *
 * The QUEUE has any number of writers and readers: each claims a position by compare-and-swap, and
 * the turn of a slot says whose it is: p before position p is written, p + 1 before it is read
 * (D. Vyukov, "Bounded MPMC queue").
 *
 * The BROADCAST has one writer, and each reader an index of its own. The writer goes on when the
 * slowest has read what it would overwrite.
 *
 * The LOSSY broadcast has one writer that waits for nobody. The turn of a slot is odd while its
 * position is written; a reader copies, and throws the copy away if the turn has changed meanwhile
 * (L. Lamport, "Concurrent Reading and Writing", 1977; the kernel's seqlock).
 */
#ifndef SUPPORT_FAN_RING_H
#define SUPPORT_FAN_RING_H

#include "support/sleepers.h"
#include <string.h>

struct fan_slot {
	_Alignas(CACHE_LINE) _Atomic uint64_t turn; /* of a queue, or lossy */
	unsigned char bytes[];
};

/* In shared memory, in front of the slots. */
struct fan_shared {
	_Alignas(2 * CACHE_LINE) _Atomic uint64_t tail;
	struct sleepers data, space;
	struct fan_index {
		_Alignas(2 * CACHE_LINE) _Atomic uint64_t head;
	} reader[SIDES_MAX]; /* of a queue the first is that of all */
};

/* One side of a ring, private to its process. */
struct fan_end {
	struct fan_shared *shared;
	unsigned char *slots;
	size_t stride;
	uint64_t mask;
	unsigned int readers;
	uint64_t at;		/* the position being written or read */
	uint64_t seen;		/* broadcast: how far the writer may go, or the reader */
	uint64_t target;	/* broadcast: what the writer waits for in the slowest index */
	_Atomic uint64_t *head; /* a reader's own */
};

static inline size_t fan_stride(size_t size)
{
	return (offsetof(struct fan_slot, bytes) + size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

static ALWAYS_INLINE struct fan_slot *fan_slot_at(const struct fan_end *e, uint64_t position)
{
	return (struct fan_slot *)(void *)(e->slots + (position & e->mask) * e->stride);
}

static ALWAYS_INLINE unsigned char *fan_bytes(const struct fan_end *e)
{
	return fan_slot_at(e, e->at)->bytes;
}

/* A side that frees slots one by one would wake another for each of them. */
static ALWAYS_INLINE bool fan_quarter(const struct fan_end *e, uint64_t position)
{
	return (position & (e->mask >> 2)) == 0;
}

/* ---- queue ----------------------------------------------------------------------------------- */

/* Prepares the slots of a new ring. */
static inline void queue_init(const struct fan_end *e)
{
	for (uint64_t i = 0; i <= e->mask; i++)
		atomic_store(&fan_slot_at(e, i)->turn, i);
}

/* Claims the next position whose slot is `due` past it: 0 to write, 1 to read. */
static ALWAYS_INLINE int queue_claim(struct fan_end *e, _Atomic uint64_t *index, uint64_t due)
{
	uint64_t at = atomic_load_explicit(index, memory_order_relaxed);

	for (;;) {
		int64_t ahead = (int64_t)(atomic_load(&fan_slot_at(e, at)->turn) - (at + due));
		uint64_t before = at;

		if (ahead < 0)
			return 0;
		if (ahead == 0 && atomic_compare_exchange_weak_explicit(index, &at, at + 1,
					  memory_order_relaxed, memory_order_relaxed)) {
			e->at = at;
			return SPIN_DONE;
		}
		if (ahead == 0)
			continue;
		/* who moved on the slot has moved the index before */
		at = atomic_load_explicit(index, memory_order_relaxed);
		if (unlikely(at == before))
			return -EPROTO;
	}
}

static ALWAYS_INLINE int queue_try_write(struct channel *ch, void *end)
{
	struct fan_end *e = end;

	(void)ch;
	return queue_claim(e, &e->shared->tail, 0);
}

static ALWAYS_INLINE int queue_try_read(struct channel *ch, void *end)
{
	struct fan_end *e = end;

	(void)ch;
	return queue_claim(e, &e->shared->reader[0].head, 1);
}

static ALWAYS_INLINE int queue_reserve(struct channel *ch, struct fan_end *e)
{
	return sleepers_await(ch, &e->shared->space, queue_try_write, e);
}

static ALWAYS_INLINE int queue_commit(struct channel *ch, struct fan_end *e)
{
	sleepers_store(ch, &fan_slot_at(e, e->at)->turn, e->at + 1);
	return sleepers_wake(ch, &e->shared->data, 1);
}

static ALWAYS_INLINE int queue_peek(struct channel *ch, struct fan_end *e)
{
	return sleepers_await(ch, &e->shared->data, queue_try_read, e);
}

/* Of several readers the one that frees the slot that a writer waits for may be the last to run. */
static ALWAYS_INLINE int queue_release(struct channel *ch, struct fan_end *e)
{
	sleepers_store(ch, &fan_slot_at(e, e->at)->turn, e->at + e->mask + 1);
	if (e->readers == 1 && !fan_quarter(e, e->at))
		return 0;
	return sleepers_wake(ch, &e->shared->space, INT_MAX);
}

/* ---- broadcast ------------------------------------------------------------------------------- */

/* Writer: whether the slowest reader has come far enough. */
static ALWAYS_INLINE int broadcast_try_write(struct channel *ch, void *end)
{
	struct fan_end *e = end;
	uint64_t least = e->at;

	(void)ch;
	for (unsigned int i = 0; i < e->readers; i++) {
		uint64_t head = atomic_load(&e->shared->reader[i].head);

		if (unlikely(e->at - head > e->mask + 1))
			return -EPROTO;
		least = (int64_t)(head - least) < 0 ? head : least;
	}
	if ((int64_t)(least - e->target) < 0)
		return 0;
	e->seen = least + e->mask + 1;
	return SPIN_DONE;
}

/* A writer that found the ring full goes on when a quarter of it is free. */
static ALWAYS_INLINE int broadcast_reserve(struct channel *ch, struct fan_end *e)
{
	if (likely(e->at != e->seen))
		return 0;
	e->target = e->at - e->mask - 1 + (e->mask + 1) / 4;
	return sleepers_await(ch, &e->shared->space, broadcast_try_write, e);
}

static ALWAYS_INLINE int broadcast_commit(struct channel *ch, struct fan_end *e)
{
	e->at++;
	sleepers_store(ch, &e->shared->tail, e->at);
	return sleepers_wake(ch, &e->shared->data, INT_MAX);
}

static ALWAYS_INLINE int broadcast_try_read(struct channel *ch, void *end)
{
	struct fan_end *e = end;

	(void)ch;
	e->seen = atomic_load(&e->shared->tail);
	if (unlikely(e->seen - e->at > e->mask + 1))
		return -EPROTO;
	return e->seen != e->at ? SPIN_DONE : 0;
}

static ALWAYS_INLINE int broadcast_peek(struct channel *ch, struct fan_end *e)
{
	if (likely(e->at != e->seen))
		return 0;
	return sleepers_await(ch, &e->shared->data, broadcast_try_read, e);
}

static ALWAYS_INLINE int broadcast_release(struct channel *ch, struct fan_end *e)
{
	e->at++;
	if (!fan_quarter(e, e->at)) {
		atomic_store_explicit(e->head, e->at, memory_order_release);
		return 0;
	}
	sleepers_store(ch, e->head, e->at);
	return sleepers_wake(ch, &e->shared->space, 1);
}

/* ---- lossy ----------------------------------------------------------------------------------- */

/* Of a slot that position was written to; queue_init() leaves a turn that is none of them. */
static ALWAYS_INLINE uint64_t lossy_turn(uint64_t position)
{
	return 2 * position + 2;
}

/*
 * Copies of bytes that the writer may overwrite at the same time. ThreadSanitizer knows neither
 * fences nor that a torn copy is thrown away, so it is shown the same accesses as atomic ones.
 */
#ifdef __SANITIZE_THREAD__
static inline void lossy_copy_in(unsigned char *slot, const unsigned char *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		__atomic_store_n(slot + i, buf[i], __ATOMIC_RELEASE);
}

static inline void lossy_copy_out(unsigned char *buf, const unsigned char *slot, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = __atomic_load_n(slot + i, __ATOMIC_ACQUIRE);
}
#else
static ALWAYS_INLINE void lossy_copy_in(unsigned char *slot, const unsigned char *buf, size_t n)
{
	atomic_thread_fence(memory_order_release);
	memcpy(slot, buf, n);
}

static ALWAYS_INLINE void lossy_copy_out(unsigned char *buf, const unsigned char *slot, size_t n)
{
	memcpy(buf, slot, n);
	atomic_thread_fence(memory_order_acquire);
}
#endif

static ALWAYS_INLINE int lossy_write(
	struct channel *ch, struct fan_end *e, const void *buf, size_t n)
{
	struct fan_slot *slot = fan_slot_at(e, e->at);
	uint64_t turn = lossy_turn(e->at);

	atomic_store_explicit(&slot->turn, turn - 1, memory_order_relaxed);
	lossy_copy_in(slot->bytes, buf, n);
	atomic_store_explicit(&slot->turn, turn, memory_order_release);
	return broadcast_commit(ch, e);
}

/*
 * A reader that the writer has overtaken goes on in the middle of what is still there. The oldest
 * slot is not: the writer may be at it.
 */
static ALWAYS_INLINE int lossy_try_read(struct channel *ch, void *end)
{
	struct fan_end *e = end;

	(void)ch;
	e->seen = atomic_load(&e->shared->tail);
	if (unlikely(e->seen < e->at))
		return -EPROTO;
	if (unlikely(e->seen - e->at > e->mask))
		e->at = e->seen - (e->mask + 1) / 2;
	return e->seen != e->at ? SPIN_DONE : 0;
}

/* Reads the next message that is still there, whole; what was lost in between its number says. */
static ALWAYS_INLINE int lossy_read(struct channel *ch, struct fan_end *e, void *buf, size_t n)
{
	for (;;) {
		int r = e->at != e->seen ? 0
					 : sleepers_await(ch, &e->shared->data, lossy_try_read, e);

		if (unlikely(r < 0))
			return r;
		struct fan_slot *slot = fan_slot_at(e, e->at);
		uint64_t turn = lossy_turn(e->at);

		if (likely(atomic_load_explicit(&slot->turn, memory_order_acquire) == turn)) {
			lossy_copy_out(buf, slot->bytes, n);
			if (likely(atomic_load_explicit(&slot->turn, memory_order_relaxed) ==
				    turn)) {
				e->at++;
				return 0;
			}
		}
		/* overtaken */
		r = lossy_try_read(ch, e);
		if (unlikely(r < 0))
			return r;
	}
}

#endif
