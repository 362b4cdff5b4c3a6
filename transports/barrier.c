/* SPDX-License-Identifier: MIT */
/*
 * barrier: all sides meet at a process-shared pthread barrier. Sending and receiving are the same
 * crossing, so a round trip is two crossings and the rate counts crossings.
 */
#include "support/shared-page.h"
#include <ipcbench/loops.h>

#include <pthread.h>

struct barrier_state {
	pthread_barrier_t *barrier;
	void *page;
};

static int barrier_open(struct channel *ch)
{
	struct barrier_state *st = ch->state;
	pthread_barrierattr_t attr;
	int r = shared_page_open(ch, &st->page);

	if (r < 0)
		return r;
	st->barrier = st->page;
	pthread_barrierattr_init(&attr);
	r = pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (r == 0)
		r = pthread_barrier_init(
			st->barrier, &attr, ch->cell->senders + ch->cell->receivers);
	pthread_barrierattr_destroy(&attr);
	if (r != 0)
		return reason_set(&ch->why, r, "process-shared barrier: %s", strerror(r));
	return 0;
}

/*
 * Not pthread_barrier_destroy(): it waits until everybody has left the barrier, for ever if a
 * worker was killed in it, and there is nothing outside the page to free.
 */
static void barrier_close(struct channel *ch)
{
	struct barrier_state *st = ch->state;

	shared_page_close(&st->page);
	st->barrier = NULL;
}

static ALWAYS_INLINE int barrier_cross(struct channel *ch)
{
	struct barrier_state *st = ch->state;
	int r = pthread_barrier_wait(st->barrier);

	return r == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : -r;
}

static ALWAYS_INLINE int barrier_send(struct channel *ch, const void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return barrier_cross(ch);
}

static ALWAYS_INLINE int barrier_recv(struct channel *ch, void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return barrier_cross(ch);
}

static const struct channel_ops barrier_ops = {.send = barrier_send, .recv = barrier_recv};

IPCBENCH_LOOPS(loops_barrier, barrier_ops);

const struct transport transport_barrier = {
	.abi = IPCBENCH_ABI,
	.name = "barrier",
	.family = "notifications",
	.summary = "process-shared pthread barrier that all sides cross together",
	.typical_use = "phases of a parallel computation",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.topologies = FAN_OUT_EVERY,
	.state_size = sizeof(struct barrier_state),
	.open = barrier_open,
	.close = barrier_close,
	.ops = &barrier_ops,
	.loops = &loops_barrier,
};
