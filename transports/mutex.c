/* SPDX-License-Identifier: MIT */
/*
 * mutex: process-shared pthread mutexes handed to and fro, each unlocked by its owner; the
 * rotation is explained in support/handover.h.
 */
#include "support/handover.h"
#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <pthread.h>

/* A line each: a lock that is handed over does not disturb the other two. */
struct mutex_slot {
	_Alignas(CACHE_LINE) pthread_mutex_t mutex;
};

struct mutex_state {
	struct mutex_slot *slots; /* HANDOVER_LOCKS of them */
	void *page;
	struct handover turn;
};

static int mutex_open(struct channel *ch)
{
	struct mutex_state *st = ch->state;
	pthread_mutexattr_t attr;
	int r = shared_page_open(ch, &st->page);

	if (r < 0)
		return r;
	st->slots = st->page;
	pthread_mutexattr_init(&attr);
	r = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (unsigned int i = 0; r == 0 && i < HANDOVER_LOCKS; i++)
		r = pthread_mutex_init(&st->slots[i].mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	if (r != 0)
		return reason_set(&ch->why, r, "process-shared mutex: %s", strerror(r));
	return 0;
}

/* A killed worker may have left the mutexes locked, and they own nothing: the page just goes. */
static void mutex_close(struct channel *ch)
{
	struct mutex_state *st = ch->state;

	shared_page_close(&st->page);
	st->slots = NULL;
}

static int mutex_attach(struct channel *ch)
{
	struct mutex_state *st = ch->state;
	unsigned int first = handover_start(&st->turn, ch->side);

	for (unsigned int i = 0; i < HANDOVER_LOCKS; i++) {
		if ((first & 1u << i) == 0)
			continue;
		int r = pthread_mutex_lock(&st->slots[i].mutex);

		if (r != 0)
			return reason_set(&ch->why, r, "pthread_mutex_lock: %s", strerror(r));
		st->turn.held |= 1u << i;
	}
	return 0;
}

static void mutex_detach(struct channel *ch)
{
	struct mutex_state *st = ch->state;

	for (unsigned int i = 0; i < HANDOVER_LOCKS; i++)
		if ((st->turn.held & 1u << i) != 0)
			pthread_mutex_unlock(&st->slots[i].mutex);
	st->turn.held = 0;
}

static ALWAYS_INLINE int mutex_send(struct channel *ch, const void *buf, size_t n)
{
	struct mutex_state *st = ch->state;
	int r = pthread_mutex_unlock(&st->slots[st->turn.out].mutex);

	(void)buf;
	(void)n;
	handover_released(&st->turn);
	return -r;
}

static ALWAYS_INLINE int mutex_try(struct channel *ch, void *arg)
{
	int r = pthread_mutex_trylock(arg);

	(void)ch;
	if (r == 0)
		return SPIN_DONE;
	return r == EBUSY ? 0 : -r;
}

static ALWAYS_INLINE int mutex_recv(struct channel *ch, void *buf, size_t n)
{
	struct mutex_state *st = ch->state;
	pthread_mutex_t *mutex = &st->slots[st->turn.in].mutex;
	int r = spin_until(ch, mutex_try, mutex);

	(void)buf;
	(void)n;
	if (r == SPIN_SLEEP)
		r = -pthread_mutex_lock(mutex);
	if (unlikely(r < 0))
		return r;
	handover_acquired(&st->turn);
	return 0;
}

static const struct channel_ops mutex_ops = {.send = mutex_send, .recv = mutex_recv};

IPCBENCH_LOOPS(loops_mutex, mutex_ops);

const struct transport transport_mutex = {
	.abi = IPCBENCH_ABI,
	.name = "mutex",
	.family = "notifications",
	.summary = "process-shared pthread mutex, handed over by its owner",
	.typical_use = "guarding data in shared memory",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.state_size = sizeof(struct mutex_state),
	.limits = handover_limits,
	.open = mutex_open,
	.attach = mutex_attach,
	.detach = mutex_detach,
	.close = mutex_close,
	.ops = &mutex_ops,
	.loops = &loops_mutex,
};
