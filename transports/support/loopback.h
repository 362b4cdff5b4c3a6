/* SPDX-License-Identifier: MIT */
/* A TCP connection over the loopback interface of which this process has both ends. */
#ifndef SUPPORT_LOOPBACK_H
#define SUPPORT_LOOPBACK_H

#include <ipcbench/base.h>
#include <sys/socket.h>

/*
 * Binds `listener` to the address and connects `client` to it, which takes 5 s at most. Returns the
 * accepted end of `client`'s connection, or -errno with `why`.
 */
int loopback_connect(
	int listener, int client, const struct sockaddr *addr, socklen_t len, struct reason *why);

/* The same with sockets of its own: both ends of a connection to 127.0.0.1, without Nagle's
 * algorithm. What was made on failure is in `fd`; -1 = nothing. */
int loopback_pair(int fd[2], struct reason *why);

#endif
