/* SPDX-License-Identifier: MIT */
/* Spinning round trips over shared memory: a private buffer out, a private buffer in, per side. */
#include "speed.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

static int map_shared(struct bare_state *st, size_t length)
{
	void *p = mmap(NULL, length, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	st->shared = p;
	st->shared_size = length;
	return 0;
}

static inline void spin_until(_Atomic uint64_t *flag, uint64_t value)
{
	while (atomic_load_explicit(flag, memory_order_acquire) != value)
		bare_pause();
}

/* ---- one line per direction, the payload beside its flag
 * ----------------------------------------- */

struct line {
	_Alignas(64) _Atomic uint64_t flag;
	unsigned char payload[56];
};

/* The directions lie two lines apart: adjacent lines are prefetched in pairs. */
struct lines {
	_Alignas(128) struct line there;
	_Alignas(128) struct line back;
};

static int lines_open(struct bare_state *st)
{
	return map_shared(st, sizeof(struct lines));
}

#define LINE_LOOPS(bytes)                                                                          \
	static void line_##bytes##_lead(struct bare_state *st, unsigned int n)                     \
	{                                                                                          \
		struct lines *l = st->shared;                                                      \
                                                                                                   \
		for (unsigned int i = 0; i < n; i++) {                                             \
			st->seq++;                                                                 \
			memcpy(l->there.payload, st->private, bytes);                              \
			atomic_store_explicit(&l->there.flag, st->seq, memory_order_release);      \
			spin_until(&l->back.flag, st->seq);                                        \
			memcpy(st->private, l->back.payload, bytes);                               \
		}                                                                                  \
	}                                                                                          \
	static void line_##bytes##_follow(struct bare_state *st, unsigned int n)                   \
	{                                                                                          \
		struct lines *l = st->shared;                                                      \
                                                                                                   \
		for (unsigned int i = 0; i < n; i++) {                                             \
			st->seq++;                                                                 \
			spin_until(&l->there.flag, st->seq);                                       \
			memcpy(st->private, l->there.payload, bytes);                              \
			memcpy(l->back.payload, st->private, bytes);                               \
			atomic_store_explicit(&l->back.flag, st->seq, memory_order_release);       \
		}                                                                                  \
	}                                                                                          \
	const struct bare bare_line_##bytes = {                                                    \
		.open = lines_open,                                                                \
		.lead = line_##bytes##_lead,                                                       \
		.follow = line_##bytes##_follow,                                                   \
		.batch = 256,                                                                      \
	};

LINE_LOOPS(8)
LINE_LOOPS(48)

/* ---- one buffer per direction behind its flag
 * ----------------------------------------------------- */

struct flags {
	_Alignas(4096) _Atomic uint64_t there;
	_Alignas(128) _Atomic uint64_t back;
	_Alignas(4096) unsigned char data[];
};

static int exchange_open(struct bare_state *st)
{
	return map_shared(st, sizeof(struct flags) + 2 * st->size);
}

static void exchange_lead(struct bare_state *st, unsigned int n)
{
	struct flags *f = st->shared;

	for (unsigned int i = 0; i < n; i++) {
		st->seq++;
		memcpy(f->data, st->private, st->size);
		atomic_store_explicit(&f->there, st->seq, memory_order_release);
		spin_until(&f->back, st->seq);
		memcpy(st->private, f->data + st->size, st->size);
	}
}

static void exchange_follow(struct bare_state *st, unsigned int n)
{
	struct flags *f = st->shared;

	for (unsigned int i = 0; i < n; i++) {
		st->seq++;
		spin_until(&f->there, st->seq);
		memcpy(st->private, f->data, st->size);
		memcpy(f->data + st->size, st->private, st->size);
		atomic_store_explicit(&f->back, st->seq, memory_order_release);
	}
}

const struct bare bare_copy_exchange = {
	.open = exchange_open,
	.lead = exchange_lead,
	.follow = exchange_follow,
	.batch = 16,
};
