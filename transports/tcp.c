/* SPDX-License-Identifier: MIT */
/* TCP over the loopback interface, one connection both ways. */
#include "support/loopback.h"
#include "support/socket.h"
#include "support/stream.h"
#include <ipcbench/loops.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

enum { TCP_IP_4, TCP_IP_6 };

struct tcp_config {
	struct socket_buffers buffers;
	unsigned int ip;
	unsigned int nagle;
};

static const struct option_spec tcp_options[] = {
	SOCKET_OPTION_SNDBUF,
	SOCKET_OPTION_RCVBUF,
	{
		.name = "ip",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct tcp_config, ip),
		.initial = "4",
		.choices = "4|6",
		.help = "protocol version: 127.0.0.1 or ::1",
	},
	{
		.name = "nagle",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct tcp_config, nagle),
		.initial = "off",
		.choices = "off|on",
		.help = "Nagle's algorithm; off sets TCP_NODELAY",
	},
	{.name = NULL},
};

/* Does the loopback interface have ::1? The kernel lists its addresses without colons. */
static bool has_ipv6_loopback(void)
{
	FILE *f = fopen("/proc/net/if_inet6", "re");
	char line[128];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = strncmp(line, "00000000000000000000000000000001 ", 33) == 0;
	if (f != NULL)
		fclose(f);
	return found;
}

static int tcp_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct tcp_config *cfg = config;

	(void)cell;
	if (cfg->ip == TCP_IP_6 && !has_ipv6_loopback())
		return reason_set(why, EADDRNOTAVAIL,
			"ip=6: ::1 is missing; enable it with net.ipv6.conf.lo.disable_ipv6=0");
	return socket_buffers_check(&cfg->buffers, why);
}

static int make_socket(struct channel *ch)
{
	const struct tcp_config *cfg = ch->config;
	int fd = socket(cfg->ip == TCP_IP_6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return reason_set(&ch->why, errno, "socket: %s", strerror(errno));
	/* before connect() and listen(), because the receive buffer decides the window scale */
	int err = socket_buffers_set(fd, &cfg->buffers, &ch->why);

	if (err < 0)
		fd_close(&fd);
	return err < 0 ? err : fd;
}

static int loopback_address(const struct tcp_config *cfg, struct sockaddr_storage *addr)
{
	const struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	memset(addr, 0, sizeof(*addr));
	if (cfg->ip == TCP_IP_6)
		memcpy(addr, &v6, sizeof(v6));
	else
		memcpy(addr, &v4, sizeof(v4));
	return cfg->ip == TCP_IP_6 ? sizeof(v6) : sizeof(v4);
}

static int connect_ends(struct channel *ch, int listener)
{
	struct fd_pair *pair = ch->state;
	struct sockaddr_storage storage;
	socklen_t len = (socklen_t)loopback_address(ch->config, &storage);
	int client = make_socket(ch);

	if (client < 0)
		return client;
	pair->end[SIDE_TX].fd = client;
	int fd = loopback_connect(
		listener, client, (const struct sockaddr *)&storage, len, &ch->why);

	if (fd < 0)
		return fd;
	pair->end[SIDE_RX].fd = fd;
	return 0;
}

static int tcp_open(struct channel *ch)
{
	const struct tcp_config *cfg = ch->config;
	struct fd_pair *pair = ch->state;
	int nodelay = cfg->nagle == 0;

	fd_pair_init(pair);
	int listener = make_socket(ch);

	if (listener < 0)
		return listener;
	int err = connect_ends(ch, listener);

	fd_close(&listener);
	for (int side = SIDE_TX; err == 0 && side <= SIDE_RX; side++)
		if (setsockopt(pair->end[side].fd, IPPROTO_TCP, TCP_NODELAY, &nodelay,
			    sizeof(nodelay)) < 0)
			err = reason_set(&ch->why, errno, "TCP_NODELAY: %s", strerror(errno));
	return err;
}

static ALWAYS_INLINE int tcp_send(struct channel *ch, const void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_send(ch, &pair->end[ch->side], STREAM_SOCKET, buf, n);
}

static ALWAYS_INLINE int tcp_recv(struct channel *ch, void *buf, size_t n)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_recv(ch, &pair->end[ch->side], STREAM_SOCKET, buf, n);
}

static const struct channel_ops tcp_ops = {.send = tcp_send,
	.recv = tcp_recv,
	.send_batch = socket_stream_send_batch,
	.recv_batch = socket_stream_recv_batch};

IPCBENCH_LOOPS(loops_tcp, tcp_ops);

const struct transport transport_tcp = {
	.abi = IPCBENCH_ABI,
	.name = "tcp",
	.family = "sockets",
	.summary = "TCP connection over the loopback interface, without Nagle's algorithm",
	.typical_use = "services that may move to another host",
	.api = API_BSD,
	.reach = REACH_NETWORK,
	.shape = SHAPE_STREAM,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.duplex = true,
	.batches = true,
	.topologies = SERVE_THREADS,
	.state_size = sizeof(struct fd_pair),
	.config_size = sizeof(struct tcp_config),
	.options = tcp_options,
	.probe = socket_loopback_probe,
	.limits = tcp_limits,
	.open = tcp_open,
	.attach = fd_pair_attach,
	.detach = fd_pair_close,
	.descriptor = fd_pair_descriptor,
	.close = fd_pair_close,
	.ops = &tcp_ops,
	.loops = &loops_tcp,
	.kernel_bytes = socket_held,
};
