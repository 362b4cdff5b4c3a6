/* SPDX-License-Identifier: MIT */
/*
 * timerfd: the sender arms a shared one-shot timer (timerfd_create(2)) with the shortest time there
 * is, and its expiry wakes the receiver: the way of a wake-up through the timer interrupt.
 */
#include "support/fd.h"
#include <ipcbench/loops.h>

#include <sys/timerfd.h>

struct timerfd_state {
	bool opened; /* `end` is valid */
	struct fd_end end;
};

static int timerfd_limits(const struct cell *cell, const void *config, struct reason *why)
{
	(void)config;
	if (!cell_alternates(cell))
		return reason_set(why, ENOTSUP,
			"a timer that is armed again before it was read forgets its expiry, so "
			"only one can be under way; use --mode latency --depth 1");
	return 0;
}

static int timerfd_open(struct channel *ch)
{
	struct timerfd_state *st = ch->state;
	int fd;

	fd_end_init(&st->end, -1);
	st->opened = true;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (fd < 0)
		return reason_set(&ch->why, errno, "timerfd_create: %s", strerror(errno));
	st->end.fd = fd;
	return 0;
}

static int timerfd_attach(struct channel *ch)
{
	struct timerfd_state *st = ch->state;

	/* the sender never waits, and its own epoll instance would be woken by the expiry */
	return ch->side == SIDE_RX ? fd_end_attach(ch, &st->end) : 0;
}

static int timerfd_descriptor(struct channel *ch)
{
	const struct timerfd_state *st = ch->state;

	return st->end.fd;
}

static void timerfd_close(struct channel *ch)
{
	struct timerfd_state *st = ch->state;

	if (st->opened)
		fd_end_close(&st->end);
}

static ALWAYS_INLINE int timerfd_send(struct channel *ch, const void *buf, size_t n)
{
	struct timerfd_state *st = ch->state;
	/* all zero would disarm it */
	const struct itimerspec soon = {.it_value = {.tv_nsec = 1}};

	(void)buf;
	(void)n;
	return likely(timerfd_settime(st->end.fd, 0, &soon, NULL) == 0) ? 0 : -errno;
}

static ALWAYS_INLINE int timerfd_recv(struct channel *ch, void *buf, size_t n)
{
	struct timerfd_state *st = ch->state;
	uint64_t since = 0, expired;
	int err;

	(void)buf;
	(void)n;
	do {
		err = fd_before_read(ch, &st->end);
		if (unlikely(err < 0))
			return err;
		if (likely(read(st->end.fd, &expired, sizeof(expired)) == (ssize_t)sizeof(expired)))
			return likely(expired == 1) ? 0 : -EILSEQ;
		err = fd_wait_readable(ch, &st->end, errno, &since);
	} while (err == 0);
	return err;
}

static const struct channel_ops timerfd_ops = {.send = timerfd_send, .recv = timerfd_recv};

IPCBENCH_LOOPS(loops_timerfd, timerfd_ops);

const struct transport transport_timerfd = {
	.abi = IPCBENCH_ABI,
	.name = "timerfd",
	.family = "notifications",
	.summary = "one-shot timer behind a file descriptor, armed by the sender",
	.typical_use = "deadlines in an event loop",
	.api = API_LINUX,
	.reach = REACH_KIN,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.topologies = SERVE_THREADS,
	.state_size = sizeof(struct timerfd_state),
	.limits = timerfd_limits,
	.open = timerfd_open,
	.attach = timerfd_attach,
	.detach = timerfd_close,
	.descriptor = timerfd_descriptor,
	.close = timerfd_close,
	.ops = &timerfd_ops,
	.loops = &loops_timerfd,
};
