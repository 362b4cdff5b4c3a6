/* SPDX-License-Identifier: MIT */
#include "support/socket.h"

#include "support/limits.h"
#include <ipcbench/host.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#define WMEM_MAX     "net.core.wmem_max"
#define WMEM_DEFAULT "net.core.wmem_default"
#define RMEM_MAX     "net.core.rmem_max"

/* What Linux keeps of the send buffer of a local socket for itself (net/unix/af_unix.c). */
#define UNIX_OVERHEAD 32u

/*
 * The first part of a local datagram is one contiguous allocation of the kernel, at most 4 MiB in
 * common configurations, whatever the send buffer. A little more passes where the rest fits into
 * page fragments; 4 MiB is what holds everywhere.
 */
#define UNIX_MESSAGE_MAX (UINT64_C(4) << 20)

/* IPv4 packets have at most 65535 bytes, 20 and 8 of which are headers. */
#define UDP_MESSAGE_MAX 65507u

/* ---- buffer sizes --------------------------------------------------------------------------- */

int socket_buffers_check(const struct socket_buffers *want, struct reason *why)
{
	const struct limit limits[] = {
		{WMEM_MAX, want->sndbuf, SOCKET_BUFFER_MAX},
		{RMEM_MAX, want->rcvbuf, SOCKET_BUFFER_MAX},
	};
	char send[24], receive[24], what[96];

	snprintf(what, sizeof(what), "sndbuf=%s, rcvbuf=%s: too large",
		want->sndbuf > 0 ? ipcbench_bytes(send, sizeof(send), want->sndbuf) : "default",
		want->rcvbuf > 0 ? ipcbench_bytes(receive, sizeof(receive), want->rcvbuf)
				 : "default");
	return limits_check(why, EPERM, what, limits, ARRAY_SIZE(limits));
}

static int set_buffer(int fd, int option, const char *name, size_t want, struct reason *why)
{
	int value = (int)want, got = 0;
	socklen_t len = sizeof(got);

	if (want == 0)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value)) < 0 ||
		getsockopt(fd, SOL_SOCKET, option, &got, &len) < 0)
		return reason_set(why, errno, "%s=%zu: %s", name, want, strerror(errno));
	if (got != 2 * value)
		return reason_set(why, EINVAL,
			"%s=%zu: the kernel gives the equivalent of %d, ask for that or another size",
			name, want, got / 2);
	return 0;
}

int socket_buffers_set(int fd, const struct socket_buffers *want, struct reason *why)
{
	int err = set_buffer(fd, SO_SNDBUF, "sndbuf", want->sndbuf, why);

	return err < 0 ? err : set_buffer(fd, SO_RCVBUF, "rcvbuf", want->rcvbuf, why);
}

/* ---- local sockets -------------------------------------------------------------------------- */

/* `size` does not fit into `limit` bytes: which sndbuf would do, and does the system allow it? */
static int refuse_message(size_t size, uint64_t limit, struct reason *why)
{
	uint64_t need = (size + UNIX_OVERHEAD + 1) / 2, max = limit_now(WMEM_MAX, need);
	char asked[24], have[24], remedy[96];

	ipcbench_bytes(asked, sizeof(asked), size);
	ipcbench_bytes(have, sizeof(have), limit);
	if (need <= max)
		snprintf(remedy, sizeof(remedy), "use sndbuf=%llu or more",
			(unsigned long long)need);
	else
		snprintf(remedy, sizeof(remedy),
			"raise with sysctl -w " WMEM_MAX "=%llu and use sndbuf=%llu",
			(unsigned long long)need, (unsigned long long)need);
	return reason_set(why, EMSGSIZE,
		"%s exceeds %s, the largest message for this send buffer; %s", asked, have, remedy);
}

int socket_unix_message_check(
	const struct cell *cell, const struct socket_buffers *want, struct reason *why)
{
	size_t size = cell->size;
	uint64_t sndbuf = 2 * (uint64_t)want->sndbuf;
	char asked[24];
	int err = socket_buffers_check(want, why);

	if (err == 0)
		err = socket_batch_check(cell, why);
	if (err < 0)
		return err;
	if (size > UNIX_MESSAGE_MAX)
		return reason_set(why, EMSGSIZE,
			"%s exceeds 4 MiB, the kernel's largest allocation in one piece; use unix-stream",
			ipcbench_bytes(asked, sizeof(asked), size));
	if (sndbuf == 0)
		sndbuf = limit_now(WMEM_DEFAULT, 212992);
	uint64_t limit = sndbuf > UNIX_OVERHEAD ? sndbuf - UNIX_OVERHEAD : 0;

	return size <= limit ? 0 : refuse_message(size, limit, why);
}

int socket_pair_open(struct channel *ch, int type)
{
	struct fd_pair *pair = ch->state;
	int fd[2];

	fd_pair_init(pair);
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd) < 0)
		return reason_set(&ch->why, errno, "socketpair: %s", strerror(errno));
	pair->end[SIDE_TX].fd = fd[0];
	pair->end[SIDE_RX].fd = fd[1];
	int err = socket_buffers_set(fd[0], ch->config, &ch->why);

	return err < 0 ? err : socket_buffers_set(fd[1], ch->config, &ch->why);
}

/* ---- the loopback interface ------------------------------------------------------------------ */

int socket_loopback_probe(struct reason *why)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct sockaddr *sa = (const struct sockaddr *)&addr;
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return reason_set(why, errno, "no IPv4 sockets here: %s", strerror(errno));
	/* connecting a datagram socket looks up the route and sends nothing */
	if (bind(fd, sa, len) < 0 || getsockname(fd, (struct sockaddr *)&addr, &len) < 0 ||
		connect(fd, sa, len) < 0)
		err = reason_set(
			why, errno, "127.0.0.1: %s; try `ip link set lo up`", strerror(errno));
	close(fd);
	return err;
}

/* ---- UDP over the loopback interface --------------------------------------------------------- */

int socket_udp_check(const struct cell *cell, const struct socket_buffers *want, struct reason *why)
{
	char asked[24];

	if (cell->size > UDP_MESSAGE_MAX)
		return reason_set(why, EMSGSIZE,
			"%s exceeds 65507 B, the largest UDP datagram over IPv4; use tcp",
			ipcbench_bytes(asked, sizeof(asked), cell->size));
	int err = socket_batch_check(cell, why);

	return err < 0 ? err : socket_buffers_check(want, why);
}

int socket_udp_bind(struct channel *ch, int *fd, struct sockaddr_in *addr, bool shared)
{
	/* else the kernel could choose a port that somebody else shares as well */
	const bool chosen = addr->sin_port != 0;
	socklen_t len = sizeof(*addr);
	int on = 1, r = 0;

	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return reason_set(&ch->why, errno, "socket: %s", strerror(errno));
	if (shared && chosen)
		r = setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (r == 0)
		r = bind(*fd, (struct sockaddr *)addr, len);
	if (r == 0)
		r = getsockname(*fd, (struct sockaddr *)addr, &len);
	if (r == 0 && shared && !chosen)
		r = setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (r < 0)
		return reason_set(&ch->why, errno, "bind: %s", strerror(errno));
	return socket_buffers_set(*fd, ch->config, &ch->why);
}

int socket_udp_connect(struct channel *ch, int fd, const struct sockaddr_in *addr)
{
	char byte;

	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0)
		return reason_set(&ch->why, errno, "connect: %s", strerror(errno));
	/* between bind() and connect() the port was open to anyone on this host */
	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC) >= 0)
		continue;
	return 0;
}

/* ---- memory --------------------------------------------------------------------------------- */

long long socket_held_by(int fd)
{
	uint32_t mem[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(mem);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len) < 0)
		return -errno;
	/* TCP keeps what is not acknowledged in a queue; of that, parts are on their way as well */
	uint32_t sending = mem[SK_MEMINFO_WMEM_ALLOC];

	if (mem[SK_MEMINFO_WMEM_QUEUED] > sending)
		sending = mem[SK_MEMINFO_WMEM_QUEUED];
	return (long long)mem[SK_MEMINFO_RMEM_ALLOC] + sending + mem[SK_MEMINFO_BACKLOG];
}

long long socket_held(struct channel *ch)
{
	const struct fd_pair *pair = ch->state;
	long long tx = socket_held_by(pair->end[SIDE_TX].fd),
		  rx = socket_held_by(pair->end[SIDE_RX].fd);

	return tx < 0 ? tx : rx < 0 ? rx : tx + rx;
}

/* ---- hot ------------------------------------------------------------------------------------ */

/* A datagram socket reports a peer without a socket as a refused connection. */
static int peer_gone(int err)
{
	return err == -ECONNREFUSED ? -ECONNRESET : err;
}

int socket_send_again(struct channel *ch, struct fd_end *end, const void *buf, size_t n)
{
	uint64_t since = 0;

	for (;;) {
		int err = fd_wait_writable(ch, end, errno, &since);

		if (err < 0)
			return peer_gone(err);
		if (send(end->fd, buf, n, 0) == (ssize_t)n)
			return 0;
	}
}

int socket_recv_again(
	struct channel *ch, struct fd_end *end, int type, void *buf, size_t n, ssize_t r)
{
	uint64_t since = 0;

	while (r < 0) {
		int err = fd_wait_readable(ch, end, errno, &since);

		if (err == 0)
			err = fd_before_read(ch, end);
		if (err < 0)
			return peer_gone(err);
		r = recv(end->fd, buf, n, MSG_TRUNC);
	}
	if (r == (ssize_t)n)
		return 0;
	/* nobody sends empty messages, so in a connection nothing means the end */
	return r == 0 && type != SOCK_DGRAM ? -EPIPE : -EMSGSIZE;
}

/* ---- batches of datagrams -------------------------------------------------------------------- */

int socket_batch_check(const struct cell *cell, struct reason *why)
{
	/* the kernel would send fewer and not say so */
	if (cell->batch <= UIO_MAXIOV)
		return 0;
	return reason_set(why, EMSGSIZE,
		"--batch %zu: sendmmsg() takes %d messages at most; use --batch %d or less",
		cell->batch, UIO_MAXIOV, UIO_MAXIOV);
}

/* A header and a part for each message of a batch, in one piece. */
int socket_datagram_attach(struct channel *ch)
{
	struct datagram_state *s = ch->state;
	size_t batch = ch->cell->batch;

	if (batch > 1) {
		s->headers = calloc(batch, sizeof(struct mmsghdr) + sizeof(struct iovec));
		if (s->headers == NULL)
			return reason_set(&ch->why, ENOMEM,
				"no memory for the headers of --batch %zu", batch);
	}
	for (size_t i = 0; s->headers != NULL && i < batch; i++) {
		s->headers[i].msg_hdr.msg_iov = (struct iovec *)(void *)(s->headers + batch) + i;
		s->headers[i].msg_hdr.msg_iovlen = 1;
	}
	return fd_pair_attach(ch);
}

void socket_datagram_detach(struct channel *ch)
{
	struct datagram_state *s = ch->state;

	free(s->headers);
	s->headers = NULL;
	fd_pair_close(ch);
}

static void aim(const struct datagram_state *s, void *buf, size_t n, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*s->headers[i].msg_hdr.msg_iov = (struct iovec){(char *)buf + i * n, n};
}

int socket_send_batch(struct channel *ch, const void *buf, size_t n, size_t count)
{
	struct datagram_state *s = ch->state;
	struct fd_end *end = &s->pair.end[ch->side];
	uint64_t since = 0;

	/* sendmmsg() only reads what the parts point to */
	aim(s, (void *)(uintptr_t)buf, n, count);
	for (size_t done = 0; done < count;) {
		int r = sendmmsg(end->fd, s->headers + done, (unsigned int)(count - done), 0);
		int err = r < 0 ? fd_wait_writable(ch, end, errno, &since) : 0;

		if (err < 0)
			return peer_gone(err);
		if (r > 0) {
			done += (size_t)r;
			since = 0;
		}
	}
	return 0;
}

int socket_recv_batch(struct channel *ch, void *buf, size_t n, size_t count)
{
	struct datagram_state *s = ch->state;
	struct fd_end *end = &s->pair.end[ch->side];
	uint64_t since = 0;
	int r;

	aim(s, buf, n, count);
	do {
		int err = fd_before_read(ch, end);

		if (err < 0)
			return peer_gone(err);
		r = recvmmsg(
			end->fd, s->headers, (unsigned int)count, MSG_WAITFORONE | MSG_TRUNC, NULL);
		err = r < 0 ? fd_wait_readable(ch, end, errno, &since) : 0;
		if (err < 0)
			return peer_gone(err);
	} while (r < 0);
	/* nobody sends empty messages, so nothing means the end of a connection */
	for (int i = 0; i < r; i++)
		if (s->headers[i].msg_len != n)
			return s->headers[i].msg_len == 0 ? -EPIPE : -EMSGSIZE;
	return r;
}
