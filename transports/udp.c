/* SPDX-License-Identifier: MIT */
/*
 * UDP over the loopback interface. Two sockets connected to each other: the kernel then delivers
 * only what the other one sends, so a stranger cannot slip a datagram in. A receiver that is too
 * slow loses what its buffer cannot hold, and nobody is told.
 */
#include "support/socket.h"
#include <ipcbench/loops.h>
#include <netinet/in.h>
#include <string.h>

static const struct option_spec udp_options[] = {
	SOCKET_OPTION_SNDBUF,
	SOCKET_OPTION_RCVBUF,
	{.name = NULL},
};

static int udp_limits(const struct cell *cell, const void *config, struct reason *why)
{
	return socket_udp_check(cell, config, why);
}

static int udp_open(struct channel *ch)
{
	const struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct fd_pair *pair = ch->state;
	struct sockaddr_in addr[2] = {loopback, loopback};
	int err = 0;

	fd_pair_init(pair);
	for (enum side side = SIDE_TX; side <= SIDE_RX && err == 0; side++)
		err = socket_udp_bind(ch, &pair->end[side].fd, &addr[side], false);
	for (enum side side = SIDE_TX; side <= SIDE_RX && err == 0; side++)
		err = socket_udp_connect(
			ch, pair->end[side].fd, &addr[side == SIDE_TX ? SIDE_RX : SIDE_TX]);
	return err;
}

static ALWAYS_INLINE int udp_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_send_message(ch, &pair->end[ch->side], buf, n);
}

static ALWAYS_INLINE int udp_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return socket_recv_message(ch, &pair->end[ch->side], SOCK_DGRAM, buf, n);
}

static const struct channel_ops udp_ops = {.send = udp_send,
	.recv = udp_recv,
	.send_batch = socket_send_batch,
	.recv_batch = socket_recv_batch};

IPCBENCH_LOOPS(loops_udp, udp_ops);

const struct transport transport_udp = {
	.abi = IPCBENCH_ABI,
	.name = "udp",
	.family = "sockets",
	.summary =
		"UDP datagrams over the loopback interface; loses what a slow receiver cannot hold",
	.typical_use = "telemetry, discovery, media",
	.api = API_BSD,
	.reach = REACH_NETWORK,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.duplex = true,
	.may_drop = true,
	.batches = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct datagram_state),
	.config_size = sizeof(struct socket_buffers),
	.options = udp_options,
	.probe = socket_loopback_probe,
	.limits = udp_limits,
	.open = udp_open,
	.attach = socket_datagram_attach,
	.detach = socket_datagram_detach,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &udp_ops,
	.loops = &loops_udp,
	.kernel_bytes = socket_held,
};
