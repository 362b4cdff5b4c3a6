/* SPDX-License-Identifier: MIT */
#include "support/stream.h"

int fd_stream_send_rest(struct channel *ch, struct fd_end *end, enum stream_kind kind,
	const void *buf, size_t n, ssize_t r)
{
	const char *p = buf;
	uint64_t since = 0;
	size_t done = 0;

	for (;;) {
		if (r >= 0) {
			done += (size_t)r;
			since = 0;
			if (done == n)
				return 0;
		} else {
			int err = fd_wait_writable(ch, end, errno, &since);

			if (err < 0)
				return err;
		}
		r = fd_stream_write(end->fd, kind, p + done, n - done);
	}
}

int fd_stream_recv_rest(struct channel *ch, struct fd_end *end, enum stream_kind kind, void *buf,
	size_t n, ssize_t r)
{
	char *p = buf;
	uint64_t since = 0;
	size_t done = 0;
	int err;

	for (;;) {
		if (r > 0) {
			done += (size_t)r;
			since = 0;
			if (done == n)
				return 0;
		} else if (r == 0) {
			return -EPIPE;
		} else {
			err = fd_wait_readable(ch, end, errno, &since);
			if (err < 0)
				return err;
		}
		err = fd_before_read(ch, end);
		if (err < 0)
			return err;
		r = fd_stream_read(end->fd, kind, p + done, n - done);
	}
}

/* ---- batches, of a state that is a struct fd_pair -------------------------------------------- */

static int send_batch(
	struct channel *ch, enum stream_kind kind, const void *buf, size_t n, size_t count)
{
	struct fd_pair *pair = ch->state;

	return fd_stream_send(ch, &pair->end[ch->side], kind, buf, n * count);
}

/* Takes what is there: waiting for more would hold back messages that have arrived. */
static int recv_batch(struct channel *ch, enum stream_kind kind, void *buf, size_t n, size_t count)
{
	struct fd_pair *pair = ch->state;
	struct fd_end *end = &pair->end[ch->side];
	uint64_t since = 0;
	ssize_t r;

	do {
		int err = fd_before_read(ch, end);

		if (unlikely(err < 0))
			return err;
		r = kind == STREAM_SOCKET ? recv(end->fd, buf, n * count, 0)
					  : read(end->fd, buf, n * count);
		if (r < 0)
			err = fd_wait_readable(ch, end, errno, &since);
		if (unlikely(err < 0))
			return err;
	} while (r < 0);
	if (r == 0)
		return -EPIPE;
	size_t whole = (size_t)r / n, part = (size_t)r % n;

	/* the last one is not complete yet */
	if (part != 0) {
		char *last = (char *)buf + whole * n;
		int err = fd_stream_recv_rest(ch, end, kind, last, n, (ssize_t)part);

		if (err < 0)
			return err;
		whole++;
	}
	return (int)whole;
}

int pipe_send_batch(struct channel *ch, const void *buf, size_t n, size_t count)
{
	return send_batch(ch, STREAM_PIPE, buf, n, count);
}

int pipe_recv_batch(struct channel *ch, void *buf, size_t n, size_t count)
{
	return recv_batch(ch, STREAM_PIPE, buf, n, count);
}

int socket_stream_send_batch(struct channel *ch, const void *buf, size_t n, size_t count)
{
	return send_batch(ch, STREAM_SOCKET, buf, n, count);
}

int socket_stream_recv_batch(struct channel *ch, void *buf, size_t n, size_t count)
{
	return recv_batch(ch, STREAM_SOCKET, buf, n, count);
}
