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

/* IPv4 packets have at most 65535 bytes, 20 and 8 of which are headers. */
#define UDP_MESSAGE_MAX 65507u

static const struct option_spec udp_options[] = {
	SOCKET_OPTION_SNDBUF,
	SOCKET_OPTION_RCVBUF,
	{.name = NULL},
};

static int udp_limits(const struct cell *cell, const void *config, struct reason *why)
{
	char asked[24];

	ipcbench_bytes(asked, sizeof(asked), cell->size);
	if (cell->size > UDP_MESSAGE_MAX)
		return reason_set(why, EMSGSIZE,
			"%s exceeds 65507 B, the largest UDP datagram over IPv4; use tcp", asked);
	int err = socket_batch_check(cell, why);

	return err < 0 ? err : socket_buffers_check(config, why);
}

/* A socket on a port of 127.0.0.1 that the kernel chooses. */
static int bind_loopback(struct channel *ch, int *fd, struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);

	*addr = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return reason_set(&ch->why, errno, "socket: %s", strerror(errno));
	if (bind(*fd, (struct sockaddr *)addr, len) < 0 ||
		getsockname(*fd, (struct sockaddr *)addr, &len) < 0)
		return reason_set(&ch->why, errno, "bind 127.0.0.1: %s", strerror(errno));
	return socket_buffers_set(*fd, ch->config, &ch->why);
}

/* Between bind() and connect() the port was open to anyone on this host. */
static void discard_strangers(int fd)
{
	char byte;

	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC) >= 0)
		continue;
}

static int udp_open(struct channel *ch)
{
	struct fd_pair *pair = ch->state;
	struct sockaddr_in addr[2];
	int tx, rx;

	fd_pair_init(pair);
	int err = bind_loopback(ch, &pair->end[SIDE_TX].fd, &addr[SIDE_TX]);

	if (err == 0)
		err = bind_loopback(ch, &pair->end[SIDE_RX].fd, &addr[SIDE_RX]);
	if (err < 0)
		return err;
	tx = pair->end[SIDE_TX].fd;
	rx = pair->end[SIDE_RX].fd;
	if (connect(tx, (struct sockaddr *)&addr[SIDE_RX], sizeof(addr[SIDE_RX])) < 0 ||
		connect(rx, (struct sockaddr *)&addr[SIDE_TX], sizeof(addr[SIDE_TX])) < 0)
		return reason_set(&ch->why, errno, "connect 127.0.0.1: %s", strerror(errno));
	discard_strangers(tx);
	discard_strangers(rx);
	return 0;
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
