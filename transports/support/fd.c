/* SPDX-License-Identifier: MIT */
#include "support/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int add_epoll(struct channel *ch, struct fd_end *end)
{
	struct epoll_event event = {.events = EPOLLIN};

	end->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (end->epoll < 0)
		return reason_set(&ch->why, errno, "epoll_create1: %s", strerror(errno));
	if (epoll_ctl(end->epoll, EPOLL_CTL_ADD, end->fd, &event) < 0)
		return reason_set(&ch->why, errno, "epoll_ctl: %s", strerror(errno));
	end->armed = EPOLLIN;
	return 0;
}

int fd_end_attach(struct channel *ch, struct fd_end *end)
{
	int flags = fcntl(end->fd, F_GETFL);

	if (flags >= 0) {
		flags = ch->wait == WAIT_BLOCK ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
		flags = fcntl(end->fd, F_SETFL, flags);
	}
	if (flags < 0)
		return reason_set(&ch->why, errno, "fcntl(O_NONBLOCK): %s", strerror(errno));
	return ch->wait == WAIT_EPOLL ? add_epoll(ch, end) : 0;
}

void fd_end_close(struct fd_end *end)
{
	fd_close(&end->epoll);
	fd_close(&end->fd);
}

void fd_pair_init(struct fd_pair *pair)
{
	fd_end_init(&pair->end[SIDE_TX], -1);
	fd_end_init(&pair->end[SIDE_RX], -1);
	pair->opened = true;
}

int fd_pair_attach(struct channel *ch)
{
	struct fd_pair *pair = ch->state;

	fd_end_close(&pair->end[ch->side == SIDE_TX ? SIDE_RX : SIDE_TX]);
	return fd_end_attach(ch, &pair->end[ch->side]);
}

int fd_pair_descriptor(struct channel *ch)
{
	const struct fd_pair *pair = ch->state;

	return pair->end[ch->side].fd;
}

void fd_pair_close(struct channel *ch)
{
	struct fd_pair *pair = ch->state;

	if (!pair->opened)
		return;
	fd_end_close(&pair->end[SIDE_TX]);
	fd_end_close(&pair->end[SIDE_RX]);
}

/*
 * One epoll instance whose interest changes with the direction, as event loops have it. A second
 * instance for output would be woken, in vain, by every arrival of input.
 */
static int sleep_epoll(struct fd_end *end, uint32_t events)
{
	struct epoll_event event = {.events = events};

	if (unlikely(end->armed != events)) {
		if (epoll_ctl(end->epoll, EPOLL_CTL_MOD, end->fd, &event) < 0)
			return -errno;
		end->armed = events;
	}
	while (epoll_wait(end->epoll, &event, 1, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int sleep_poll(const struct fd_end *end, uint32_t events)
{
	struct pollfd pfd = {.fd = end->fd, .events = events == EPOLLIN ? POLLIN : POLLOUT};

	while (poll(&pfd, 1, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int fd_sleep(const struct channel *ch, struct fd_end *end, uint32_t events)
{
	return ch->wait == WAIT_EPOLL ? sleep_epoll(end, events) : sleep_poll(end, events);
}

int fd_read_count(int fd, uint64_t *count, struct reason *why)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char line[32];
	size_t len = 0;
	int used = 0;

	while (len == 0 || (line[len - 1] != '\n' && len < sizeof(line) - 1)) {
		ssize_t n =
			poll(&p, 1, -1) < 0 ? -1 : read(p.fd, line + len, sizeof(line) - 1 - len);

		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return n == 0 ? -EPIPE : -errno;
		len += n > 0 ? (size_t)n : 0;
	}
	len -= line[len - 1] == '\n';
	line[len] = '\0';
	unsigned long long number = 0;

	if (line[0] < '0' || line[0] > '9' || sscanf(line, "%19llu%n", &number, &used) != 1 ||
		(size_t)used != len)
		return reason_set(why, EBADMSG,
			"it wrote \"%s\"; after the end of its input it has to write the number of bytes and a line feed",
			line);
	*count = number;
	return 0;
}
