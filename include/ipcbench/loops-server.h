/* SPDX-License-Identifier: MIT */
/*
 * The loop of a server that waits for all its clients in one epoll_wait(2) and answers the message
 * of each that is readable, one for each event. A client runs the loops of a pair. A server with a
 * thread for each client needs nothing from here: each thread is the other side of a pair.
 */
#ifndef IPCBENCH_LOOPS_SERVER_H
#define IPCBENCH_LOOPS_SERVER_H

#include <ipcbench/loops.h>
#include <sys/epoll.h>

/* How many clients one call names at most. */
enum { SERVED_AT_ONCE = 64 };

struct client {
	struct channel *in, *out;
	struct stream_end *end;
	uint64_t seq; /* of its next message */
};

struct server {
	unsigned int count;
	struct client *client;
	int epoll_fd; /* the data of an event is the number of the client, from 0; -1 = threads */
};

/* Takes the message of a client and sends it back. *end: it was the last one. */
static ALWAYS_INLINE int serve_one(
	struct worker *w, const struct channel_ops *ops, struct client *c, bool *end)
{
	unsigned char *buf = rx_of(w, c->seq);
	bool stale = false;

	w->in = c->in;
	w->out = c->out;
	w->end = c->end;
	int r = msg_recv(w, ops, &c->seq, end, &stale, false);

	if (unlikely(r < 0 || stale)) {
		*end = false;
		return r;
	}
	r = msg_send(w, ops, c->seq, *end, false, buf);
	w->messages += r == 0;
	c->seq += r == 0;
	return r;
}

static ALWAYS_INLINE int loop_serve(struct worker *w, const struct channel_ops *ops, bool inplace)
{
	const struct server *s = w->server;
	struct epoll_event ready[SERVED_AT_ONCE];
	unsigned int left = s->count;

	(void)inplace;
	while (left > 0) {
		int n = epoll_wait(s->epoll_fd, ready, SERVED_AT_ONCE, -1);

		if (unlikely(n < 0 && errno != EINTR))
			return ipcbench_op_fault(w, "epoll_wait", w->messages, -errno);
		for (int i = 0; i < n; i++) {
			bool end = false;
			int r = serve_one(w, ops, &s->client[ready[i].data.u32], &end);

			if (unlikely(r < 0))
				return ipcbench_client_fault(w, ready[i].data.u32, r);
			left -= end;
		}
	}
	return 0;
}

#endif
