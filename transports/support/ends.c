/* SPDX-License-Identifier: MIT */
#include "support/ends.h"

#include "support/fd.h"
#include "support/loopback.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

static void close_side(struct ends *e, enum side side)
{
	if (e->out[side] != e->in[side])
		fd_close(&e->out[side]);
	fd_close(&e->in[side]);
}

void ends_close(struct ends *e)
{
	close_side(e, SIDE_TX);
	close_side(e, SIDE_RX);
	fd_close(&e->shared);
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

/* Sealed, so that the program cannot take away pages that the sender writes to. */
static int make_memory(struct ends *e, size_t bytes, struct reason *why)
{
	e->shared = memfd_create("ipcbench", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (e->shared >= 0 && fchmod(e->shared, 0600) == 0 &&
		fallocate(e->shared, 0, 0, (off_t)bytes) == 0 &&
		fcntl(e->shared, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return 0;
	return reason_set(why, errno, "no shared memory of %zu bytes: %s; use a smaller --size",
		bytes, strerror(errno));
}

int ends_make(struct ends *e, enum via via, size_t bytes, struct reason *why)
{
	int type = via == VIA_UNIX_SEQPACKET ? SOCK_SEQPACKET : SOCK_STREAM, err = 0;

	*e = (struct ends){{-1, -1}, {-1, -1}, -1};
	if (via == VIA_PIPE)
		return make_pipes(e, why);
	if (via == VIA_TCP)
		err = loopback_pair(e->in, why);
	else if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, e->in) < 0)
		err = reason_set(why, errno, "socketpair: %s", strerror(errno));
	memcpy(e->out, e->in, sizeof(e->out));
	return err == 0 && via == VIA_SHM ? make_memory(e, bytes, why) : err;
}

void *ends_map(int fd, size_t bytes, struct reason *why)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);

	if (p != MAP_FAILED)
		return p;
	reason_set(why, errno, "mmap of %zu bytes: %s", bytes, strerror(errno));
	return NULL;
}

/* A message of the link that carries descriptors. */
struct parcel {
	char byte;
	struct iovec part;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(ENDS_FDS * sizeof(int))];
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

int ends_send(int link, const struct ends *e, enum side side)
{
	const int fd[ENDS_FDS] = {e->in[side], e->out[side], e->shared};
	const size_t bytes = (e->shared < 0 ? 2 : ENDS_FDS) * sizeof(int);
	/* musl has 32 bits for them */
	const unsigned int len = (unsigned int)CMSG_LEN(bytes);
	const unsigned int room = (unsigned int)CMSG_SPACE(bytes);
	struct parcel p;

	parcel_wrap(&p);
	struct cmsghdr *head = CMSG_FIRSTHDR(&p.header);

	*head = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = len};
	memcpy(CMSG_DATA(head), fd, bytes);
	p.header.msg_controllen = room;
	return sendmsg(link, &p.header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int ends_take(int link, int fd[ENDS_FDS])
{
	struct parcel p;
	ssize_t n;

	do {
		parcel_wrap(&p);
		n = recvmsg(link, &p.header, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	const struct cmsghdr *head = n < 0 ? NULL : CMSG_FIRSTHDR(&p.header);

	if (head == NULL || head->cmsg_len < CMSG_LEN(2 * sizeof(int)) ||
		head->cmsg_len > CMSG_LEN(ENDS_FDS * sizeof(int)))
		return n < 0 ? -errno : -EPROTO;
	memcpy(fd, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
	return 0;
}
