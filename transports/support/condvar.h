/* SPDX-License-Identifier: MIT */
/*
 * A process-shared mutex and condition variable around a count, as in every textbook. A signal
 * wakes one receiver, which takes the post; a broadcast wakes all, and each counts for itself what
 * it has seen. When polling, the count is looked at without the mutex, which is taken only to
 * consume.
 */
#ifndef SUPPORT_CONDVAR_H
#define SUPPORT_CONDVAR_H

#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>
#include <pthread.h>

struct condvar_page {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	/* both written under the mutex */
	_Atomic uint64_t posts;
	_Atomic uint64_t taken; /* by all receivers, if each post goes to one of them */
};

_Static_assert(sizeof(struct condvar_page) <= SHARED_PAGE_SIZE, "it lies in one page");

struct condvar_state {
	struct condvar_page *shared;
	void *page;
	_Atomic uint64_t seen; /* a receiver's own, if each post goes to every one */
};

static inline int condvar_init(struct condvar_page *p)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;
	int r;

	pthread_mutexattr_init(&mutex);
	pthread_condattr_init(&cond);
	r = pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	if (r == 0)
		r = pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
	if (r == 0)
		r = pthread_mutex_init(&p->mutex, &mutex);
	if (r == 0)
		r = pthread_cond_init(&p->cond, &cond);
	pthread_condattr_destroy(&cond);
	pthread_mutexattr_destroy(&mutex);
	return r;
}

static inline int condvar_open(struct channel *ch)
{
	struct condvar_state *st = ch->state;
	int r = shared_page_open(ch, &st->page);

	if (r < 0)
		return r;
	st->shared = st->page;
	r = condvar_init(st->shared);
	if (r != 0)
		return reason_set(
			&ch->why, r, "process-shared condition variable: %s", strerror(r));
	return 0;
}

/*
 * The objects own nothing outside the page, and pthread_cond_destroy() would wait for ever for a
 * worker that was killed while it waited: the page just goes.
 */
static inline void condvar_close(struct channel *ch)
{
	struct condvar_state *st = ch->state;

	shared_page_close(&st->page);
	st->shared = NULL;
}

/* A side that spins does not sleep on the mutex either. */
static ALWAYS_INLINE int condvar_lock(struct channel *ch, struct condvar_page *p)
{
	int r;

	if (ch->wait != WAIT_SPIN)
		return pthread_mutex_lock(&p->mutex);
	while ((r = pthread_mutex_trylock(&p->mutex)) == EBUSY)
		cpu_relax();
	return r;
}

static ALWAYS_INLINE uint64_t condvar_read(const _Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

static ALWAYS_INLINE int condvar_post(struct channel *ch, bool every)
{
	struct condvar_page *p = ((struct condvar_state *)ch->state)->shared;
	int r = condvar_lock(ch, p);

	if (unlikely(r != 0))
		return -r;
	atomic_store_explicit(&p->posts, condvar_read(&p->posts) + 1, memory_order_relaxed);
	/* woken after the unlock, lest a receiver wakes only to wait for the mutex */
	pthread_mutex_unlock(&p->mutex);
	return -(every ? pthread_cond_broadcast(&p->cond) : pthread_cond_signal(&p->cond));
}

static ALWAYS_INLINE int condvar_look(struct channel *ch, void *taken)
{
	struct condvar_page *p = ((struct condvar_state *)ch->state)->shared;

	return condvar_read(&p->posts) != condvar_read(taken) ? SPIN_DONE : 0;
}

static ALWAYS_INLINE int condvar_take(struct channel *ch, _Atomic uint64_t *taken)
{
	struct condvar_page *p = ((struct condvar_state *)ch->state)->shared;

	spin_until(ch, condvar_look, taken);
	int r = condvar_lock(ch, p);

	if (unlikely(r != 0))
		return -r;
	while (r == 0 && condvar_look(ch, taken) == 0)
		r = pthread_cond_wait(&p->cond, &p->mutex);
	if (likely(r == 0))
		atomic_store_explicit(taken, condvar_read(taken) + 1, memory_order_relaxed);
	pthread_mutex_unlock(&p->mutex);
	return -r;
}

#define CONDVAR_RECORD(kind, title, line, use, bits)                                               \
	{                                                                                          \
		.abi = IPCBENCH_ABI, .name = title, .family = "notifications", .summary = line,    \
		.typical_use = use, .api = API_POSIX, .reach = REACH_HOST, .shape = SHAPE_NOTIFY,  \
		.persistence = PERSIST_PROCESS,                                                    \
		.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,                         \
		.customary = WAIT_BIT_BLOCK, .topologies = (bits) | FAN_IN | SERVE_THREADS,        \
		.state_size = sizeof(struct condvar_state), .open = condvar_open,                  \
		.close = condvar_close, .ops = &kind##_ops, .loops = &loops_##kind                 \
	}

#endif
