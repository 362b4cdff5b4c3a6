/* SPDX-License-Identifier: MIT */
/* Throughput over system calls: one process writes messages back to back, the other reads them. */
#include "speed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int pipe_open(struct bare_state *st)
{
	return pipe2(st->fd, O_CLOEXEC) < 0 ? -errno : 0;
}

/* fd[0] receives, fd[1] sends. A large message arrives in pieces. */
static void read_lead(struct bare_state *st, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		for (size_t done = 0; done < st->size;) {
			ssize_t r = read(st->fd[0], st->private + done, st->size - done);

			if (r <= 0)
				bare_fail("read");
			done += (size_t)r;
		}
}

static void write_follow(struct bare_state *st, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (write(st->fd[1], st->private, st->size) != (ssize_t)st->size)
			bare_fail("write");
}

const struct bare bare_pipe_stream = {
	.open = pipe_open,
	.lead = read_lead,
	.follow = write_follow,
	.batch = 64,
};

static int unix_open(struct bare_state *st)
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, st->fd) < 0 ? -errno : 0;
}

static void recv_lead(struct bare_state *st, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		for (size_t done = 0; done < st->size;) {
			ssize_t r = recv(st->fd[0], st->private + done, st->size - done, 0);

			if (r <= 0)
				bare_fail("recv");
			done += (size_t)r;
		}
}

static void send_follow(struct bare_state *st, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (send(st->fd[1], st->private, st->size, MSG_NOSIGNAL) != (ssize_t)st->size)
			bare_fail("send");
}

const struct bare bare_unix_stream_stream = {
	.open = unix_open,
	.lead = recv_lead,
	.follow = send_follow,
	.batch = 64,
};
