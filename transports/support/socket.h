/* SPDX-License-Identifier: MIT */
/*
 * What the socket transports share: buffer sizes that are exactly what was asked for, socket
 * pairs, the limits of local datagrams, and message operations. Byte streams are in stream.h.
 */
#ifndef SUPPORT_SOCKET_H
#define SUPPORT_SOCKET_H

#include "support/fd.h"
#include <limits.h>
#include <sys/socket.h>

/* ---- buffer sizes --------------------------------------------------------------------------- */

/* The configuration of a socket transport is, or begins with, this. 0 = the system's default. */
struct socket_buffers {
	size_t sndbuf;
	size_t rcvbuf; /* the Internet protocols; AF_UNIX has no use for it (unix(7)) */
};

/* The kernel doubles what it is given, for its own bookkeeping, and keeps an int. */
#define SOCKET_BUFFER_MAX (INT_MAX / 2)

#define SOCKET_OPTION_SNDBUF                                                                       \
	{                                                                                          \
		.name = "sndbuf", .type = OPTION_SIZE,                                             \
		.offset = offsetof(struct socket_buffers, sndbuf), .max = SOCKET_BUFFER_MAX,       \
		.help = "SO_SNDBUF, which the kernel doubles; 0 = the system's default",           \
	}

#define SOCKET_OPTION_RCVBUF                                                                       \
	{                                                                                          \
		.name = "rcvbuf", .type = OPTION_SIZE,                                             \
		.offset = offsetof(struct socket_buffers, rcvbuf), .max = SOCKET_BUFFER_MAX,       \
		.help = "SO_RCVBUF, which the kernel doubles; 0 = the system's default",           \
	}

/* limits(): are both sizes within /proc/sys/net/core/?mem_max? The kernel would clamp silently. */
int socket_buffers_check(const struct socket_buffers *want, struct reason *why);

/* open(): sets what is not 0 and reads it back. */
int socket_buffers_set(int fd, const struct socket_buffers *want, struct reason *why);

/* ---- batches of datagrams -------------------------------------------------------------------- */

/* The state of a transport whose datagrams can be batched: sendmmsg(2), recvmmsg(2). */
struct datagram_state {
	struct fd_pair pair;
	struct mmsghdr *headers; /* cell->batch of them, while attached; NULL where that is 1 */
};

/* limits(): does one call take this many? */
int socket_batch_check(const struct cell *cell, struct reason *why);

/* attach(), detach(); close() is fd_pair_close(). */
int socket_datagram_attach(struct channel *ch);
void socket_datagram_detach(struct channel *ch);

int socket_send_batch(struct channel *ch, const void *buf, size_t n, size_t count);
int socket_recv_batch(struct channel *ch, void *buf, size_t n, size_t count);

/* ---- local sockets -------------------------------------------------------------------------- */

/*
 * limits() of datagrams and sequenced packets: the kernel takes a message into the send buffer as a
 * whole or not at all (EMSGSIZE).
 */
int socket_unix_message_check(
	const struct cell *cell, const struct socket_buffers *want, struct reason *why);

/* open() for a state that is a struct fd_pair: a socket pair with the buffers of ch->config. */
int socket_pair_open(struct channel *ch, int type);

/* ---- the loopback interface ------------------------------------------------------------------ */

/* probe(): can 127.0.0.1 be bound and reached? */
int socket_loopback_probe(struct reason *why);

/* ---- UDP over the loopback interface --------------------------------------------------------- */

struct sockaddr_in;

/* limits(): the size of the datagram, the batch and the buffers. */
int socket_udp_check(
	const struct cell *cell, const struct socket_buffers *want, struct reason *why);

/*
 * open(): a socket in *fd with the buffers of ch->config, bound to `addr`, whose port of 0 becomes
 * the one that the kernel chose. `shared`: other sockets of the channel may be bound to it as well.
 */
int socket_udp_bind(struct channel *ch, int *fd, struct sockaddr_in *addr, bool shared);

/* open(): from here on only what `addr` sends is received, and none of what anybody sent before. */
int socket_udp_connect(struct channel *ch, int fd, const struct sockaddr_in *addr);

/* ---- memory --------------------------------------------------------------------------------- */

/*
 * kernel_bytes() of a transport whose state is a struct fd_pair: what both sockets hold in their
 * queues, sk_buff and rounding included, as SO_MEMINFO tells it.
 */
long long socket_held(struct channel *ch);
long long socket_held_by(int fd);

/* ---- hot: a message is one call -------------------------------------------------------------- */

/* Go on after a first call that did not move the message (errno). */
int socket_send_again(struct channel *ch, struct fd_end *end, const void *buf, size_t n);
int socket_recv_again(
	struct channel *ch, struct fd_end *end, int type, void *buf, size_t n, ssize_t r);

static ALWAYS_INLINE int socket_send_message(
	struct channel *ch, struct fd_end *end, const void *buf, size_t n)
{
	if (likely(send(end->fd, buf, n, 0) == (ssize_t)n))
		return 0;
	return socket_send_again(ch, end, buf, n);
}

/* With MSG_TRUNC, recv() returns the length that the message had, not what fitted. */
static ALWAYS_INLINE int socket_recv_message(
	struct channel *ch, struct fd_end *end, int type, void *buf, size_t n)
{
	int err = fd_before_read(ch, end);

	if (unlikely(err < 0))
		return err;
	ssize_t r = recv(end->fd, buf, n, MSG_TRUNC);

	if (likely(r == (ssize_t)n))
		return 0;
	return socket_recv_again(ch, end, type, buf, n, r);
}

#endif
