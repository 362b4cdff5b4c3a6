/* SPDX-License-Identifier: MIT */
#include "support/loopback.h"

#include "support/fd.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

/* A firewall that drops loopback packets must not hang the caller. */
static void set_patience(int fd, time_t seconds)
{
	const struct timeval limit = {.tv_sec = seconds};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Accepts the connection that `client` made and hangs up on anyone else who found the port. */
static int accept_own(int listener, int client)
{
	struct sockaddr_storage own, theirs;
	socklen_t own_len = sizeof(own);

	if (getsockname(client, (struct sockaddr *)&own, &own_len) < 0)
		return -errno;
	for (;;) {
		socklen_t len = sizeof(theirs);
		int fd = accept4(listener, (struct sockaddr *)&theirs, &len, SOCK_CLOEXEC);

		if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
			return -errno;
		if (fd >= 0 && len == own_len && memcmp(&own, &theirs, len) == 0)
			return fd;
		fd_close(&fd);
	}
}

int loopback_connect(
	int listener, int client, const struct sockaddr *addr, socklen_t len, struct reason *why)
{
	struct sockaddr_storage storage;
	struct sockaddr *bound = (struct sockaddr *)&storage;
	socklen_t bound_len = sizeof(storage);

	set_patience(listener, 5);
	set_patience(client, 5);
	if (bind(listener, addr, len) < 0 || listen(listener, 16) < 0 ||
		getsockname(listener, bound, &bound_len) < 0 ||
		connect(client, bound, bound_len) < 0)
		return reason_set(why, errno, "no connection over the loopback interface: %s",
			strerror(errno));
	int fd = accept_own(listener, client);

	if (fd < 0)
		return reason_set(why, -fd, "accept: %s", strerror(-fd));
	set_patience(client, 0);
	set_patience(fd, 0);
	return fd;
}

int loopback_pair(int fd[2], struct reason *why)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fd[1] = listener >= 0 && fd[0] >= 0
			? loopback_connect(listener, fd[0], (const struct sockaddr *)&addr,
				  sizeof(addr), why)
			: reason_set(why, errno, "socket: %s", strerror(errno));
	int err = fd[1] < 0 ? fd[1] : 0;

	fd_close(&listener);
	for (int i = 0; err == 0 && i < 2; i++)
		if (setsockopt(fd[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
			err = reason_set(why, errno, "TCP_NODELAY: %s", strerror(errno));
	return err;
}
