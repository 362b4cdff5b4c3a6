/* SPDX-License-Identifier: MIT */
#include "support/ends.h"

#include "support/fd.h"
#include "support/loopback.h"
#include <fcntl.h>
#include <string.h>

void ends_close(struct ends *e, enum side side)
{
	if (e->out[side] != e->in[side])
		fd_close(&e->out[side]);
	fd_close(&e->in[side]);
}

static int make_pipes(struct ends *e, struct reason *why)
{
	int there[2], back[2];

	if (pipe2(there, O_CLOEXEC) < 0)
		return reason_set(why, errno, "pipe2: %s", strerror(errno));
	e->in[SIDE_RX] = there[0];
	e->out[SIDE_TX] = there[1];
	if (pipe2(back, O_CLOEXEC) < 0)
		return reason_set(why, errno, "pipe2: %s", strerror(errno));
	e->in[SIDE_TX] = back[0];
	e->out[SIDE_RX] = back[1];
	return 0;
}

int ends_make(struct ends *e, enum via via, struct reason *why)
{
	int type = via == VIA_UNIX_SEQPACKET ? SOCK_SEQPACKET : SOCK_STREAM, err = 0;

	*e = (struct ends){{-1, -1}, {-1, -1}};
	if (via == VIA_PIPE)
		return make_pipes(e, why);
	if (via == VIA_TCP)
		err = loopback_pair(e->in, why);
	else if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, e->in) < 0)
		err = reason_set(why, errno, "socketpair: %s", strerror(errno));
	memcpy(e->out, e->in, sizeof(e->out));
	return err;
}

/* A message of the link that carries two descriptors. */
struct parcel {
	char byte;
	struct iovec part;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))];
	struct msghdr header;
};

static void parcel_wrap(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->part = (struct iovec){&p->byte, 1};
	p->header.msg_iov = &p->part;
	p->header.msg_iovlen = 1;
	p->header.msg_control = p->control;
	p->header.msg_controllen = sizeof(p->control);
}

int ends_send(int link, int in, int out)
{
	const int fd[2] = {in, out};
	struct parcel p;

	parcel_wrap(&p);
	struct cmsghdr *head = CMSG_FIRSTHDR(&p.header);

	*head = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(fd))};
	memcpy(CMSG_DATA(head), fd, sizeof(fd));
	return sendmsg(link, &p.header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int ends_take(int link, int fd[2])
{
	struct parcel p;
	ssize_t n;

	do {
		parcel_wrap(&p);
		n = recvmsg(link, &p.header, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n != 1 || p.header.msg_controllen < CMSG_LEN(2 * sizeof(int)))
		return -EPROTO;
	memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&p.header)), 2 * sizeof(int));
	return 0;
}
