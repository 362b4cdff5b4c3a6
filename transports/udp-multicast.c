/* SPDX-License-Identifier: MIT */
/*
 * UDP multicast over the loopback interface: the sender sends once, and every receiver has a socket
 * of its own that has joined the group. These are connected to the sender, so a stranger cannot
 * slip a datagram in; time to live 0 keeps datagrams on this host. A receiver that is too slow
 * loses what its buffer cannot hold, and nobody is told.
 */
#include "support/socket.h"
#include <ipcbench/loops.h>
#include <netinet/in.h>
#include <string.h>

/* Of the block for use within a site, RFC 2365. */
#define GROUP 0xefff4950u /* 239.255.73.80 */

struct multicast_state {
	struct fd_pair pair; /* the sender and, in a receiver, its own */
	int receiver[SIDES_MAX];
	unsigned int receivers;
};

static const struct option_spec multicast_options[] = {
	SOCKET_OPTION_SNDBUF,
	SOCKET_OPTION_RCVBUF,
	{.name = NULL},
};

static struct in_addr loopback(void)
{
	return (struct in_addr){htonl(INADDR_LOOPBACK)};
}

static int join(int fd, struct reason *why)
{
	const struct ip_mreq group = {{htonl(GROUP)}, loopback()};

	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)) == 0)
		return 0;
	return reason_set(why, errno,
		"no multicast from the loopback interface: %s; try `ip link set lo up`",
		strerror(errno));
}

static int prepare_sender(int fd, struct reason *why)
{
	const struct in_addr interface = loopback();
	const unsigned char ttl = 0;

	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof(interface)) == 0 &&
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl)) == 0)
		return 0;
	return reason_set(
		why, errno, "no multicast to the loopback interface: %s; use udp", strerror(errno));
}

static int multicast_probe(struct reason *why)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? reason_set(why, errno, "no IPv4 sockets here: %s", strerror(errno))
			 : join(fd, why);

	if (err == 0)
		err = prepare_sender(fd, why);
	fd_close(&fd);
	return err;
}

static int multicast_limits(const struct cell *cell, const void *config, struct reason *why)
{
	return socket_udp_check(cell, config, why);
}

static int open_receivers(
	struct channel *ch, struct sockaddr_in *group, const struct sockaddr_in *sender)
{
	struct multicast_state *s = ch->state;
	int r = 0;

	while (s->receivers < ch->cell->receivers && r == 0) {
		int *fd = &s->receiver[s->receivers++];

		r = socket_udp_bind(ch, fd, group, true);
		if (r == 0)
			r = join(*fd, &ch->why);
		if (r == 0)
			r = socket_udp_connect(ch, *fd, sender);
	}
	return r;
}

static int multicast_open(struct channel *ch)
{
	struct multicast_state *s = ch->state;
	struct sockaddr_in sender = {.sin_family = AF_INET, .sin_addr = loopback()};
	struct sockaddr_in group = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(GROUP)};
	int *tx = &s->pair.end[SIDE_TX].fd;

	fd_pair_init(&s->pair);
	int r = socket_udp_bind(ch, tx, &sender, false);

	if (r == 0)
		r = open_receivers(ch, &group, &sender);
	if (r == 0)
		r = prepare_sender(*tx, &ch->why);
	return r < 0 ? r : socket_udp_connect(ch, *tx, &group);
}

static void close_receivers(struct multicast_state *s)
{
	for (unsigned int i = 0; i < s->receivers; i++)
		fd_close(&s->receiver[i]);
}

static int multicast_attach(struct channel *ch)
{
	struct multicast_state *s = ch->state;

	if (ch->side == SIDE_RX) {
		s->pair.end[SIDE_RX].fd = s->receiver[ch->index];
		s->receiver[ch->index] = -1;
	}
	close_receivers(s);
	return fd_pair_attach(ch);
}

static void multicast_close(struct channel *ch)
{
	close_receivers(ch->state);
	fd_pair_close(ch);
}

/* In the driver the pair has no receiver. */
static long long multicast_held(struct channel *ch)
{
	struct multicast_state *s = ch->state;
	long long all = socket_held_by(s->pair.end[SIDE_TX].fd);

	for (unsigned int i = 0; i < s->receivers && all >= 0; i++) {
		long long held = socket_held_by(s->receiver[i]);

		all = held < 0 ? held : all + held;
	}
	return all;
}

static ALWAYS_INLINE int multicast_send(struct channel *ch, const void *buf, size_t n)
{
	struct multicast_state *s = ch->state;

	return socket_send_message(ch, &s->pair.end[SIDE_TX], buf, n);
}

static ALWAYS_INLINE int multicast_recv(struct channel *ch, void *buf, size_t n)
{
	struct multicast_state *s = ch->state;

	return socket_recv_message(ch, &s->pair.end[SIDE_RX], SOCK_DGRAM, buf, n);
}

static const struct channel_ops multicast_ops = {.send = multicast_send, .recv = multicast_recv};

IPCBENCH_LOOPS(loops_multicast, multicast_ops);

const struct transport transport_udp_multicast = {
	.abi = IPCBENCH_ABI,
	.name = "udp-multicast",
	.family = "sockets",
	.summary =
		"UDP to a multicast group over the loopback interface; loses what a slow receiver "
		"cannot hold",
	.typical_use = "market data, discovery",
	.api = API_BSD,
	.reach = REACH_NETWORK,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.may_drop = true,
	.topologies = FAN_OUT_EVERY | SERVE_THREADS,
	.state_size = sizeof(struct multicast_state),
	.config_size = sizeof(struct socket_buffers),
	.options = multicast_options,
	.probe = multicast_probe,
	.limits = multicast_limits,
	.open = multicast_open,
	.attach = multicast_attach,
	.detach = multicast_close,
	.descriptor = fd_pair_descriptor,
	.close = multicast_close,
	.ops = &multicast_ops,
	.loops = &loops_multicast,
	.kernel_bytes = multicast_held,
};
