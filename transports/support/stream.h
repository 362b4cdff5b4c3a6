/* SPDX-License-Identifier: MIT */
/*
 * Messages over a byte stream, whose calls may move fewer bytes than asked: the kernel moves at
 * most 0x7ffff000 bytes per call, a full or empty buffer ends a call early, a signal too. A message
 * that one call moves costs that call and one comparison; everything else is out of line.
 *
 * Sockets are received from with MSG_WAITALL: a blocking receiver then sleeps inside one call
 * until the message is whole instead of returning for each piece.
 */
#ifndef SUPPORT_STREAM_H
#define SUPPORT_STREAM_H

#include "support/fd.h"
#include <sys/socket.h>

enum stream_kind { STREAM_PIPE, STREAM_SOCKET };

/* Batches: a call sends all messages, or receives what is there of them. */
int pipe_send_batch(struct channel *ch, const void *buf, size_t n, size_t count);
int pipe_recv_batch(struct channel *ch, void *buf, size_t n, size_t count);
int socket_stream_send_batch(struct channel *ch, const void *buf, size_t n, size_t count);
int socket_stream_recv_batch(struct channel *ch, void *buf, size_t n, size_t count);

/* Go on after a first call that returned `r` (and errno) instead of n. */
int fd_stream_send_rest(struct channel *ch, struct fd_end *end, enum stream_kind kind,
	const void *buf, size_t n, ssize_t r);
int fd_stream_recv_rest(struct channel *ch, struct fd_end *end, enum stream_kind kind, void *buf,
	size_t n, ssize_t r);

static ALWAYS_INLINE ssize_t fd_stream_write(
	int fd, enum stream_kind kind, const void *buf, size_t n)
{
	return kind == STREAM_SOCKET ? send(fd, buf, n, 0) : write(fd, buf, n);
}

static ALWAYS_INLINE ssize_t fd_stream_read(int fd, enum stream_kind kind, void *buf, size_t n)
{
	return kind == STREAM_SOCKET ? recv(fd, buf, n, MSG_WAITALL) : read(fd, buf, n);
}

static ALWAYS_INLINE int fd_stream_send(
	struct channel *ch, struct fd_end *end, enum stream_kind kind, const void *buf, size_t n)
{
	ssize_t r = fd_stream_write(end->fd, kind, buf, n);

	if (likely(r == (ssize_t)n))
		return 0;
	return fd_stream_send_rest(ch, end, kind, buf, n, r);
}

static ALWAYS_INLINE int fd_stream_recv(
	struct channel *ch, struct fd_end *end, enum stream_kind kind, void *buf, size_t n)
{
	int err = fd_before_read(ch, end);

	if (unlikely(err < 0))
		return err;
	ssize_t r = fd_stream_read(end->fd, kind, buf, n);

	if (likely(r == (ssize_t)n))
		return 0;
	return fd_stream_recv_rest(ch, end, kind, buf, n, r);
}

#endif
