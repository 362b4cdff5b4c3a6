/* SPDX-License-Identifier: MIT */
/*
 * rwlock: process-shared read-write locks handed to and fro (support/handover.h). SIDE_TX locks
 * for writing and SIDE_RX for reading, so one half of a round trip is writer to reader and the
 * other reader to writer.
 *
 * Of one writer and several readers a message is a version of what the lock guards: the writer
 * hands it over, all readers hold the lock for reading at the same time, and the writer takes the
 * next lock once the last of them has left it.
 */
#include "support/handover.h"
#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <pthread.h>

/* A line each: a lock that is handed over does not disturb the other two. */
struct rwlock_slot {
	_Alignas(CACHE_LINE) pthread_rwlock_t lock;
};

struct rwlock_state {
	struct rwlock_slot *slots; /* HANDOVER_LOCKS of them */
	void *page;
	struct handover turn;
};

static int rwlock_open(struct channel *ch)
{
	struct rwlock_state *st = ch->state;
	pthread_rwlockattr_t attr;
	int r = shared_page_open(ch, &st->page);

	if (r < 0)
		return r;
	st->slots = st->page;
	pthread_rwlockattr_init(&attr);
	r = pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (unsigned int i = 0; r == 0 && i < HANDOVER_LOCKS; i++)
		r = pthread_rwlock_init(&st->slots[i].lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	if (r != 0)
		return reason_set(&ch->why, r, "process-shared read-write lock: %s", strerror(r));
	return 0;
}

/* A killed worker may have left the locks taken, and they own nothing: the page just goes. */
static void rwlock_close(struct channel *ch)
{
	struct rwlock_state *st = ch->state;

	shared_page_close(&st->page);
	st->slots = NULL;
}

static ALWAYS_INLINE int rwlock_take(struct channel *ch, pthread_rwlock_t *lock)
{
	return ch->side == SIDE_TX ? pthread_rwlock_wrlock(lock) : pthread_rwlock_rdlock(lock);
}

static int rwlock_attach(struct channel *ch)
{
	struct rwlock_state *st = ch->state;
	unsigned int first = handover_start(&st->turn, ch->side);

	for (unsigned int i = 0; i < HANDOVER_LOCKS; i++) {
		if ((first & 1u << i) == 0)
			continue;
		int r = rwlock_take(ch, &st->slots[i].lock);

		if (r != 0)
			return reason_set(
				&ch->why, r, "locking a read-write lock: %s", strerror(r));
		st->turn.held |= 1u << i;
	}
	return 0;
}

static void rwlock_detach(struct channel *ch)
{
	struct rwlock_state *st = ch->state;

	for (unsigned int i = 0; i < HANDOVER_LOCKS; i++)
		if ((st->turn.held & 1u << i) != 0)
			pthread_rwlock_unlock(&st->slots[i].lock);
	st->turn.held = 0;
}

static ALWAYS_INLINE int rwlock_leave(struct channel *ch)
{
	struct rwlock_state *st = ch->state;
	int r = pthread_rwlock_unlock(&st->slots[st->turn.out].lock);

	handover_released(&st->turn);
	return -r;
}

static ALWAYS_INLINE int rwlock_try(struct channel *ch, void *arg)
{
	int r = ch->side == SIDE_TX ? pthread_rwlock_trywrlock(arg) : pthread_rwlock_tryrdlock(arg);

	if (r == 0)
		return SPIN_DONE;
	return r == EBUSY ? 0 : -r;
}

static ALWAYS_INLINE int rwlock_enter(struct channel *ch)
{
	struct rwlock_state *st = ch->state;
	pthread_rwlock_t *lock = &st->slots[st->turn.in].lock;
	int r = spin_until(ch, rwlock_try, lock);

	if (r == SPIN_SLEEP)
		r = -rwlock_take(ch, lock);
	if (unlikely(r < 0))
		return r;
	handover_acquired(&st->turn);
	return 0;
}

static ALWAYS_INLINE bool rwlock_shared(const struct channel *ch)
{
	return ch->cell->receivers > 1;
}

static ALWAYS_INLINE int rwlock_send(struct channel *ch, const void *buf, size_t n)
{
	int r = rwlock_leave(ch);

	(void)buf;
	(void)n;
	return unlikely(rwlock_shared(ch)) && r == 0 ? rwlock_enter(ch) : r;
}

static ALWAYS_INLINE int rwlock_recv(struct channel *ch, void *buf, size_t n)
{
	int r = rwlock_enter(ch);

	(void)buf;
	(void)n;
	return unlikely(rwlock_shared(ch)) && r == 0 ? rwlock_leave(ch) : r;
}

static int rwlock_limits(const struct cell *cell, const void *config, struct reason *why)
{
	return cell->receivers > 1 ? 0 : handover_limits(cell, config, why);
}

static const struct channel_ops rwlock_ops = {.send = rwlock_send, .recv = rwlock_recv};

IPCBENCH_LOOPS(loops_rwlock, rwlock_ops);

const struct transport transport_rwlock = {
	.abi = IPCBENCH_ABI,
	.name = "rwlock",
	.family = "notifications",
	.summary = "process-shared read-write lock, handed between a writer and its readers",
	.typical_use = "tables that many read and few change",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.topologies = FAN_OUT_EVERY,
	/* the library keeps the thread number of the owner in the lock */
	.one_namespace = NAMESPACE_BIT_PID,
	.state_size = sizeof(struct rwlock_state),
	.limits = rwlock_limits,
	.open = rwlock_open,
	.attach = rwlock_attach,
	.detach = rwlock_detach,
	.close = rwlock_close,
	.ops = &rwlock_ops,
	.loops = &loops_rwlock,
};
