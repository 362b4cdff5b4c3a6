/* SPDX-License-Identifier: MIT */
/*
 * AF_UNIX, SOCK_DGRAM: messages that are neither lost nor reordered. The two sockets are connected
 * to each other, so a sender is held back by its own send buffer only; the limit of
 * net.unix.max_dgram_qlen messages is for receivers that have many senders.
 */
#include "support/socket.h"
#include <ipcbench/loops.h>

static const struct option_spec unix_dgram_options[] = {SOCKET_OPTION_SNDBUF, {.name = NULL}};

static int unix_dgram_limits(const struct cell *cell, const void *config, struct reason *why)
{
	return socket_unix_message_check(cell, config, why);
}

static int unix_dgram_open(struct channel *ch)
{
	return socket_pair_open(ch, SOCK_DGRAM);
}

static ALWAYS_INLINE int unix_dgram_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_send_message(ch, &pair->end[ch->side], buf, n);
}

static ALWAYS_INLINE int unix_dgram_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_recv_message(ch, &pair->end[ch->side], SOCK_DGRAM, buf, n);
}

static const struct channel_ops unix_dgram_ops = {
	.send = unix_dgram_send,
	.recv = unix_dgram_recv,
	.send_batch = socket_send_batch,
	.recv_batch = socket_recv_batch,
};

IPCBENCH_LOOPS(loops_unix_dgram, unix_dgram_ops);

const struct transport transport_unix_dgram = {
	.abi = IPCBENCH_ABI,
	.name = "unix-dgram",
	.family = "sockets",
	.summary = "local datagram socket: AF_UNIX, SOCK_DGRAM",
	.typical_use = "logging, service notifications",
	.api = API_BSD,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.duplex = true,
	.batches = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct datagram_state),
	.config_size = sizeof(struct socket_buffers),
	.options = unix_dgram_options,
	.limits = unix_dgram_limits,
	.open = unix_dgram_open,
	.attach = socket_datagram_attach,
	.detach = socket_datagram_detach,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &unix_dgram_ops,
	.loops = &loops_unix_dgram,
	.kernel_bytes = socket_held,
};
