/* SPDX-License-Identifier: MIT */
/*
 * eventfd: a counter behind a file descriptor (eventfd(2)). EFD_SEMAPHORE makes a read take exactly
 * one, so posts are counted and never merged.
 */
#include "support/fd.h"
#include <ipcbench/loops.h>

#include <sys/eventfd.h>

struct eventfd_state {
	bool opened; /* `end` is valid */
	struct fd_end end;
};

static int eventfd_open(struct channel *ch)
{
	struct eventfd_state *st = ch->state;
	int fd;

	fd_end_init(&st->end, -1);
	st->opened = true;
	fd = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
	if (fd < 0)
		return reason_set(&ch->why, errno, "eventfd: %s", strerror(errno));
	st->end.fd = fd;
	return 0;
}

static int eventfd_attach(struct channel *ch)
{
	struct eventfd_state *st = ch->state;

	/* the sender never waits, and its own epoll instance would be woken by its posts */
	return ch->side == SIDE_RX ? fd_end_attach(ch, &st->end) : 0;
}

static int eventfd_descriptor(struct channel *ch)
{
	const struct eventfd_state *st = ch->state;

	return st->end.fd;
}

static void eventfd_close(struct channel *ch)
{
	struct eventfd_state *st = ch->state;

	if (st->opened)
		fd_end_close(&st->end);
}

static ALWAYS_INLINE int eventfd_send(struct channel *ch, const void *buf, size_t n)
{
	struct eventfd_state *st = ch->state;
	const uint64_t one = 1;

	(void)buf;
	(void)n;
	/* it would be refused with EAGAIN only after 2^64 - 2 posts that nobody took */
	while (unlikely(write(st->end.fd, &one, sizeof(one)) != (ssize_t)sizeof(one)))
		if (errno != EINTR)
			return -errno;
	return 0;
}

static ALWAYS_INLINE int eventfd_recv(struct channel *ch, void *buf, size_t n)
{
	struct eventfd_state *st = ch->state;
	uint64_t since = 0, taken;
	int err;

	(void)buf;
	(void)n;
	do {
		err = fd_before_read(ch, &st->end);
		if (unlikely(err < 0))
			return err;
		if (likely(read(st->end.fd, &taken, sizeof(taken)) == (ssize_t)sizeof(taken)))
			return likely(taken == 1) ? 0 : -EILSEQ;
		err = fd_wait_readable(ch, &st->end, errno, &since);
	} while (err == 0);
	return err;
}

static const struct channel_ops eventfd_ops = {.send = eventfd_send, .recv = eventfd_recv};

IPCBENCH_LOOPS(loops_eventfd, eventfd_ops);

const struct transport transport_eventfd = {
	.abi = IPCBENCH_ABI,
	.name = "eventfd",
	.family = "notifications",
	.summary = "counter behind a file descriptor, taken one by one",
	.typical_use = "waking an event loop",
	.api = API_LINUX,
	.reach = REACH_KIN,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct eventfd_state),
	.open = eventfd_open,
	.attach = eventfd_attach,
	.detach = eventfd_close,
	.descriptor = eventfd_descriptor,
	.close = eventfd_close,
	.ops = &eventfd_ops,
	.loops = &loops_eventfd,
};
