/* SPDX-License-Identifier: MIT */
/* A complete transport: a pair of seqpacket sockets, blocking only. CONTRIBUTING.md says how to
 * build it. */
#include <errno.h>
#include <ipcbench/host.h>
#include <ipcbench/loops.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct hello {
	int fd[2]; /* by enum side */
	bool open;
};

/* What does not fit is refused before anything exists, with the value, the limit and the remedy. */
static int hello_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const char *path = "/proc/sys/net/core/wmem_default";
	uint64_t most = ipcbench_sysctl(path, 212992) - 32; /* the kernel's own part */

	(void)config;
	if (cell->size <= most)
		return 0;
	return reason_set(why, EMSGSIZE, "--size %zu is above %llu; raise net.core.wmem_default",
		cell->size, (unsigned long long)most);
}

/* In the driver, before the fork: make the kernel objects. */
static int hello_open(struct channel *ch)
{
	struct hello *h = ch->state; /* state_size bytes, zeroed */

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, h->fd) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	h->open = true;
	return 0;
}

/* In the driver, after the workers are gone, whatever happened to them. Twice is harmless. */
static void hello_close(struct channel *ch)
{
	struct hello *h = ch->state;

	if (!h->open)
		return;
	close(h->fd[0]);
	close(h->fd[1]);
	h->open = false;
}

/* Hot: nothing but the mechanism. */
static inline int hello_send(struct channel *ch, const void *buf, size_t n)
{
	struct hello *h = ch->state;
	ssize_t r = send(h->fd[ch->side], buf, n, MSG_NOSIGNAL);

	return r == (ssize_t)n ? 0 : r < 0 ? -errno : -EMSGSIZE;
}

static inline int hello_recv(struct channel *ch, void *buf, size_t n)
{
	struct hello *h = ch->state;
	ssize_t r = recv(h->fd[ch->side], buf, n, 0);

	return r == (ssize_t)n ? 0 : r < 0 ? -errno : r == 0 ? -EPIPE : -EMSGSIZE;
}

static const struct channel_ops hello_ops = {.send = hello_send, .recv = hello_recv};

/* The hot loops, compiled for these two functions. */
IPCBENCH_LOOPS(hello_loops, hello_ops);

const struct transport ipcbench_transport = {
	.abi = IPCBENCH_ABI,
	.name = "hello",
	.family = "sockets",
	.summary = "an example: a pair of seqpacket sockets",
	.typical_use = "learning the contract",
	.api = API_BSD,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true, /* one socket pair serves both directions */
	.state_size = sizeof(struct hello),
	.limits = hello_limits,
	.open = hello_open,
	.close = hello_close,
	.ops = &hello_ops,
	.loops = &hello_loops,
};
