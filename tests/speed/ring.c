/* SPDX-License-Identifier: MIT */
/* The best bare ring: one producer, one consumer, from private buffer to private buffer, numbered
 * as messages of ipcbench are. */
#include "speed.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
	RING_BYTES = 8 << 20, /* as that of shm between two CPUs */
	SLOT = 64,
	SLOTS = RING_BYTES / SLOT,
	GATHER_PAUSES = 64, /* between two looks at an empty ring */
	CHUNK = 32 << 10,
	CHUNKS = RING_BYTES / CHUNK,
};

struct ring {
	_Alignas(128) _Atomic uint64_t head; /* produced */
	_Alignas(128) _Atomic uint64_t tail; /* consumed */
	_Alignas(4096) unsigned char data[RING_BYTES];
};

static int ring_open(struct bare_state *st)
{
	void *p = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	st->shared = p;
	st->shared_size = sizeof(struct ring);
	return 0;
}

static inline uint64_t wait_beyond(_Atomic uint64_t *index, uint64_t value)
{
	uint64_t now;

	while ((now = atomic_load_explicit(index, memory_order_acquire)) == value)
		bare_pause();
	return now;
}

/*
 * A reader that takes each batch as soon as it is there stays right behind the writer and takes the
 * lines away that are being written. Looking again only after a while lets some messages gather,
 * which more than doubles the rate, whether the two CPUs share a core or not.
 */
static inline uint64_t wait_for_some(_Atomic uint64_t *index, uint64_t value)
{
	uint64_t now;

	do {
		for (int i = 0; i < GATHER_PAUSES; i++)
			bare_pause();
		now = atomic_load_explicit(index, memory_order_acquire);
	} while (now == value);
	return now;
}

/* n is a multiple of `batch`, the messages per store of an index. */
static inline void lead_64(struct bare_state *st, unsigned int n, unsigned int batch)
{
	struct ring *r = st->shared;
	uint64_t tail = st->seq, end = tail + n;

	while (tail != end) {
		if (tail == st->cached)
			st->cached = wait_for_some(&r->head, tail);
		for (unsigned int i = 0; i < batch; i++) {
			uint64_t number;

			memcpy(st->private, r->data + (tail % SLOTS) * SLOT, SLOT);
			/* every message has to arrive: the copies must not be merged into one */
			__asm__ volatile("" ::"r"(st->private) : "memory");
			memcpy(&number, st->private, sizeof(number));
			if (number != tail++)
				bare_fail("out of order");
		}
		atomic_store_explicit(&r->tail, tail, memory_order_release);
	}
	st->seq = tail;
}

static inline void follow_64(struct bare_state *st, unsigned int n, unsigned int batch)
{
	struct ring *r = st->shared;
	uint64_t head = st->seq, end = head + n;

	while (head != end) {
		if (head - st->cached == SLOTS)
			st->cached = wait_beyond(&r->tail, st->cached);
		for (unsigned int i = 0; i < batch; i++) {
			unsigned char *slot = r->data + (head % SLOTS) * SLOT;

			memcpy(slot, st->private, SLOT);
			memcpy(slot, &head, sizeof(head));
			__asm__ volatile("" ::"r"(st->private) : "memory");
			head++;
		}
		atomic_store_explicit(&r->head, head, memory_order_release);
	}
	st->seq = head;
}

#define RING_64(name, batch_)                                                                      \
	static void name##_lead(struct bare_state *st, unsigned int n)                             \
	{                                                                                          \
		lead_64(st, n, batch_);                                                            \
	}                                                                                          \
                                                                                                   \
	static void name##_follow(struct bare_state *st, unsigned int n)                           \
	{                                                                                          \
		follow_64(st, n, batch_);                                                          \
	}                                                                                          \
                                                                                                   \
	const struct bare bare_##name = {                                                          \
		.open = ring_open,                                                                 \
		.lead = name##_lead,                                                               \
		.follow = name##_follow,                                                           \
		.batch = 1 << 16,                                                                  \
	}

RING_64(ring_64, 1);
RING_64(ring_64_batched, 256);

/* Large messages cross in chunks, so that one side copies in while the other copies out. */
static void ring_chunked_lead(struct bare_state *st, unsigned int n)
{
	struct ring *r = st->shared;

	for (unsigned int i = 0; i < n; i++)
		for (size_t at = 0; at < st->size; at += CHUNK) {
			if (st->seq == st->cached)
				st->cached = wait_beyond(&r->head, st->seq);
			memcpy(st->private + at, r->data + (st->seq % CHUNKS) * CHUNK, CHUNK);
			atomic_store_explicit(&r->tail, ++st->seq, memory_order_release);
		}
}

static void ring_chunked_follow(struct bare_state *st, unsigned int n)
{
	struct ring *r = st->shared;

	for (unsigned int i = 0; i < n; i++)
		for (size_t at = 0; at < st->size; at += CHUNK) {
			if (st->seq - st->cached == CHUNKS)
				st->cached = wait_beyond(&r->tail, st->cached);
			memcpy(r->data + (st->seq % CHUNKS) * CHUNK, st->private + at, CHUNK);
			atomic_store_explicit(&r->head, ++st->seq, memory_order_release);
		}
}

const struct bare bare_ring_chunked = {
	.open = ring_open,
	.lead = ring_chunked_lead,
	.follow = ring_chunked_follow,
	.batch = 16,
};
