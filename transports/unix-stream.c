/* SPDX-License-Identifier: MIT */
/*
 * AF_UNIX, SOCK_STREAM. The two ends come from socketpair(2); what connect() by name adds happens
 * once and leaves the same pair of sockets.
 */
#include "support/socket.h"
#include "support/stream.h"
#include <ipcbench/loops.h>

static const struct option_spec unix_stream_options[] = {SOCKET_OPTION_SNDBUF, {.name = NULL}};

static int unix_stream_limits(const struct cell *cell, const void *config, struct reason *why)
{
	(void)cell;
	return socket_buffers_check(config, why);
}

static int unix_stream_open(struct channel *ch)
{
	return socket_pair_open(ch, SOCK_STREAM);
}

static ALWAYS_INLINE int unix_stream_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_send(ch, &pair->end[ch->side], STREAM_SOCKET, buf, n);
}

static ALWAYS_INLINE int unix_stream_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_recv(ch, &pair->end[ch->side], STREAM_SOCKET, buf, n);
}

static const struct channel_ops unix_stream_ops = {
	.send = unix_stream_send,
	.recv = unix_stream_recv,
	.send_batch = socket_stream_send_batch,
	.recv_batch = socket_stream_recv_batch,
};

IPCBENCH_LOOPS(loops_unix_stream, unix_stream_ops);

const struct transport transport_unix_stream = {
	.abi = IPCBENCH_ABI,
	.name = "unix-stream",
	.family = "sockets",
	.summary = "local stream socket: AF_UNIX, SOCK_STREAM",
	.typical_use = "local services, D-Bus, X11, databases",
	.api = API_BSD,
	.reach = REACH_HOST,
	.shape = SHAPE_STREAM,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.duplex = true,
	.batches = true,
	.topologies = SERVE_THREADS,
	.state_size = sizeof(struct fd_pair),
	.config_size = sizeof(struct socket_buffers),
	.options = unix_stream_options,
	.limits = unix_stream_limits,
	.open = unix_stream_open,
	.attach = fd_pair_attach,
	.detach = fd_pair_close,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &unix_stream_ops,
	.loops = &loops_unix_stream,
	.kernel_bytes = socket_held,
};
