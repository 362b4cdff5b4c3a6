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
