/* SPDX-License-Identifier: MIT */
/*
 * Ping-pong with locks, every one of which is unlocked by its owner. A lock is not a semaphore:
 * two of them cannot bounce, because a side would have to unlock what the other has locked. Three
 * can. SIDE_TX begins with locks 0 and 2, SIDE_RX with lock 1, and they rotate:
 *
 *     SIDE_TX  send unlocks  0 2 1 0 2 1 ...     SIDE_RX  recv locks    0 2 1 0 2 1 ...
 *     SIDE_TX  recv locks    1 0 2 1 0 2 ...     SIDE_RX  send unlocks  1 0 2 1 0 2 ...
 *
 * The peer holds a lock from before the round trip in which it hands it over, so that recv finds it
 * free only if the peer has sent. Which lock is next lives in the worker's state and goes on
 * from the warm-up to the timed loop.
 */
#ifndef IPCBENCH_SUPPORT_HANDOVER_H
#define IPCBENCH_SUPPORT_HANDOVER_H

#include <errno.h>
#include <ipcbench/transport.h>

#define HANDOVER_LOCKS 3u

struct handover {
	unsigned int out;  /* the lock that the next send releases */
	unsigned int in;   /* the lock that the next recv acquires */
	unsigned int held; /* one bit per lock */
};

/* The locks that a side has to acquire in attach(), one bit each; held is left to the caller. */
static inline unsigned int handover_start(struct handover *h, enum side side)
{
	h->out = side == SIDE_TX ? 0 : 1;
	h->in = side == SIDE_TX ? 1 : 0;
	h->held = 0;
	return side == SIDE_TX ? 1u << 0 | 1u << 2 : 1u << 1;
}

static ALWAYS_INLINE void handover_released(struct handover *h)
{
	h->held &= ~(1u << h->out);
	h->out = h->out == 0 ? HANDOVER_LOCKS - 1 : h->out - 1;
}

static ALWAYS_INLINE void handover_acquired(struct handover *h)
{
	h->held |= 1u << h->in;
	h->in = h->in == 0 ? HANDOVER_LOCKS - 1 : h->in - 1;
}

static inline int handover_limits(const struct cell *cell, const void *config, struct reason *why)
{
	(void)config;
	if (!cell_alternates(cell))
		return reason_set(why, ENOTSUP,
			"a lock is handed over and back, so only one message is under way; use "
			"--mode latency --depth 1");
	return 0;
}

#endif
