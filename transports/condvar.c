/* SPDX-License-Identifier: MIT */
/*
 * condvar: a process-shared mutex and condition variable around a count, as in every textbook.
 * When polling, the count is looked at without the mutex, which is taken only to consume.
 */
#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <pthread.h>

struct condvar_page {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	_Atomic uint64_t pending; /* written under the mutex */
};

_Static_assert(sizeof(struct condvar_page) <= SHARED_PAGE_SIZE, "it lies in one page");

struct condvar_state {
	struct condvar_page *shared;
	void *page;
};

static int condvar_init(struct condvar_page *p)
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

static int condvar_open(struct channel *ch)
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
static void condvar_close(struct channel *ch)
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

static ALWAYS_INLINE uint64_t condvar_pending(struct condvar_page *p)
{
	return atomic_load_explicit(&p->pending, memory_order_relaxed);
}

static ALWAYS_INLINE int condvar_send(struct channel *ch, const void *buf, size_t n)
{
	struct condvar_page *p = ((struct condvar_state *)ch->state)->shared;
	int r = condvar_lock(ch, p);

	(void)buf;
	(void)n;
	if (unlikely(r != 0))
		return -r;
	atomic_store_explicit(&p->pending, condvar_pending(p) + 1, memory_order_relaxed);
	/* signalled after the unlock, lest the receiver wakes only to wait for the mutex */
	pthread_mutex_unlock(&p->mutex);
	return -pthread_cond_signal(&p->cond);
}

static ALWAYS_INLINE int condvar_look(struct channel *ch, void *arg)
{
	(void)arg;
	return condvar_pending(((struct condvar_state *)ch->state)->shared) != 0 ? SPIN_DONE : 0;
}

static ALWAYS_INLINE int condvar_recv(struct channel *ch, void *buf, size_t n)
{
	struct condvar_page *p = ((struct condvar_state *)ch->state)->shared;
	int r;

	(void)buf;
	(void)n;
	spin_until(ch, condvar_look, NULL);
	r = condvar_lock(ch, p);
	if (unlikely(r != 0))
		return -r;
	while (r == 0 && condvar_pending(p) == 0)
		r = pthread_cond_wait(&p->cond, &p->mutex);
	if (likely(r == 0))
		atomic_store_explicit(&p->pending, condvar_pending(p) - 1, memory_order_relaxed);
	pthread_mutex_unlock(&p->mutex);
	return -r;
}

static const struct channel_ops condvar_ops = {.send = condvar_send, .recv = condvar_recv};

IPCBENCH_LOOPS(loops_condvar, condvar_ops);

const struct transport transport_condvar = {
	.abi = IPCBENCH_ABI,
	.name = "condvar",
	.family = "notifications",
	.summary = "process-shared condition variable with its mutex and a count",
	.typical_use = "waiting for a predicate over shared memory",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct condvar_state),
	.open = condvar_open,
	.close = condvar_close,
	.ops = &condvar_ops,
	.loops = &loops_condvar,
};
