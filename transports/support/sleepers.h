/* SPDX-License-Identifier: MIT */
/*
 * Where any number of processes sleep until something in shared memory has changed: a futex beside
 * a count, so that nobody makes a system call to wake nobody. A sleeper counts itself and looks
 * once more; a waker changes what is waited for and looks at the count. Both are in the one order
 * of sequential consistency, so at least one of them sees the other (support/waiter.h).
 */
#ifndef SUPPORT_SLEEPERS_H
#define SUPPORT_SLEEPERS_H

#include "support/spin.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

struct sleepers {
	_Alignas(2 * CACHE_LINE) _Atomic uint32_t count;
	_Atomic uint32_t changes; /* what they sleep on */
};

/* Makes `step` until it says SPIN_DONE, sleeping between as the channel's wait allows. 0 or -errno.
 */
static ALWAYS_INLINE int sleepers_sleep(
	struct channel *ch, struct sleepers *s, spin_step step, void *arg)
{
	int r = 0;

	while (r == 0) {
		atomic_fetch_add(&s->count, 1);
		uint32_t seen = atomic_load(&s->changes);

		r = step(ch, arg);
		/* EAGAIN: it has changed meanwhile */
		if (r == 0 &&
			syscall(SYS_futex, &s->changes, FUTEX_WAIT, seen, NULL, NULL, 0) < 0 &&
			errno != EAGAIN && errno != EINTR)
			r = -errno;
		atomic_fetch_sub(&s->count, 1);
		if (r == 0)
			r = step(ch, arg);
	}
	return r == SPIN_DONE ? 0 : r;
}

/* `step` makes one attempt; every load of what it waits for is sequentially consistent. */
static ALWAYS_INLINE int sleepers_await(
	struct channel *ch, struct sleepers *s, spin_step step, void *arg)
{
	int r = step(ch, arg);

	if (unlikely(r == 0))
		r = spin_until(ch, step, arg);
	if (unlikely(r == SPIN_SLEEP))
		return sleepers_sleep(ch, s, step, arg);
	return r == SPIN_DONE ? 0 : r;
}

/* Stores a value for which others may sleep; sleepers_wake() comes next. */
static ALWAYS_INLINE void sleepers_store(
	const struct channel *ch, _Atomic uint64_t *word, uint64_t value)
{
	if (ch->wait == WAIT_SPIN)
		atomic_store_explicit(word, value, memory_order_release);
	else
		(void)atomic_exchange(word, value);
}

static ALWAYS_INLINE int sleepers_wake(const struct channel *ch, struct sleepers *s, int most)
{
	if (ch->wait == WAIT_SPIN || likely(atomic_load(&s->count) == 0))
		return 0;
	atomic_fetch_add(&s->changes, 1);
	return syscall(SYS_futex, &s->changes, FUTEX_WAKE, most, NULL, NULL, 0) < 0 ? -errno : 0;
}

#endif
