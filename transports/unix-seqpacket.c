/* SPDX-License-Identifier: MIT */
/*
 * AF_UNIX, SOCK_SEQPACKET: a connection that keeps the boundaries of messages. Its sender is held
 * back by its own send buffer, and the peer's end is seen as on a stream.
 */
#include "support/socket.h"
#include <ipcbench/loops.h>

static const struct option_spec unix_seqpacket_options[] = {SOCKET_OPTION_SNDBUF, {.name = NULL}};

static int unix_seqpacket_limits(const struct cell *cell, const void *config, struct reason *why)
{
	return socket_unix_message_check(cell, config, why);
}

static int unix_seqpacket_open(struct channel *ch)
{
	return socket_pair_open(ch, SOCK_SEQPACKET);
}

static ALWAYS_INLINE int unix_seqpacket_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_send_message(ch, &pair->end[ch->side], buf, n);
}

static ALWAYS_INLINE int unix_seqpacket_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_recv_message(ch, &pair->end[ch->side], SOCK_SEQPACKET, buf, n);
}

static const struct channel_ops unix_seqpacket_ops = {
	.send = unix_seqpacket_send,
	.recv = unix_seqpacket_recv,
	.send_batch = socket_send_batch,
	.recv_batch = socket_recv_batch,
};

IPCBENCH_LOOPS(loops_unix_seqpacket, unix_seqpacket_ops);

const struct transport transport_unix_seqpacket = {
	.abi = IPCBENCH_ABI,
	.name = "unix-seqpacket",
	.family = "sockets",
	.summary = "local sequenced-packet socket: AF_UNIX, SOCK_SEQPACKET",
	.typical_use = "local control protocols that keep message boundaries",
	.api = API_BSD,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.batches = true,
	.topologies = SERVE_THREADS,
	.state_size = sizeof(struct datagram_state),
	.config_size = sizeof(struct socket_buffers),
	.options = unix_seqpacket_options,
	.limits = unix_seqpacket_limits,
	.open = unix_seqpacket_open,
	.attach = socket_datagram_attach,
	.detach = socket_datagram_detach,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &unix_seqpacket_ops,
	.loops = &loops_unix_seqpacket,
	.kernel_bytes = socket_held,
};
