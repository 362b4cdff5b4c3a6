/* SPDX-License-Identifier: MIT */
/* Round trips over system calls that block: one call out, one call in, on each side. */
#include "speed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Defines NAME_lead and NAME_follow from the two calls `out(st, from)` and `in(st, to)`; 0 and 1
 * are the ends. The calls are inlined, so that the loop is the calls and a counter.
 */
#define TRIP(name)                                                                                 \
	static void name##_lead(struct bare_state *st, unsigned int n)                             \
	{                                                                                          \
		for (unsigned int i = 0; i < n; i++) {                                             \
			name##_out(st, 0);                                                         \
			name##_in(st, 0);                                                          \
		}                                                                                  \
	}                                                                                          \
	static void name##_follow(struct bare_state *st, unsigned int n)                           \
	{                                                                                          \
		for (unsigned int i = 0; i < n; i++) {                                             \
			name##_in(st, 1);                                                          \
			name##_out(st, 1);                                                         \
		}                                                                                  \
	}

#define TRIP_RECORD(name, open_, close_)                                                           \
	const struct bare bare_##name = {                                                          \
		.open = open_,                                                                     \
		.lead = name##_lead,                                                               \
		.follow = name##_follow,                                                           \
		.close = close_,                                                                   \
		.batch = 16,                                                                       \
	}

/* ---- pipe: fd[0], fd[1] carry there, fd[2], fd[3] back --------------------------------------- */

static int pipe_open(struct bare_state *st)
{
	return pipe2(st->fd, O_CLOEXEC) < 0 || pipe2(st->fd + 2, O_CLOEXEC) < 0 ? -errno : 0;
}

static inline void pipe_out(struct bare_state *st, int end)
{
	if (write(st->fd[end ? 3 : 1], st->private, st->size) != (ssize_t)st->size)
		bare_fail("write");
}

static inline void pipe_in(struct bare_state *st, int end)
{
	if (read(st->fd[end ? 0 : 2], st->private, st->size) != (ssize_t)st->size)
		bare_fail("read");
}

/* Opened to read and write, a FIFO waits for nobody. */
static int fifo_ends(int fd[2])
{
	char dir[] = "/tmp/ipcbench-speed-XXXXXX", path[sizeof(dir) + 8];

	if (mkdtemp(dir) == NULL)
		return -errno;
	snprintf(path, sizeof(path), "%s/fifo", dir);
	if (mkfifo(path, 0600) == 0) {
		fd[1] = open(path, O_RDWR | O_CLOEXEC);
		fd[0] = open(path, O_RDONLY | O_CLOEXEC);
	}
	int err = fd[0] < 0 || fd[1] < 0 ? errno : 0;

	unlink(path);
	rmdir(dir);
	return -err;
}

static int fifo_open(struct bare_state *st)
{
	int r = fifo_ends(st->fd);

	return r < 0 ? r : fifo_ends(st->fd + 2);
}

TRIP(pipe)
TRIP_RECORD(pipe, pipe_open, NULL);
const struct bare bare_fifo = {
	.open = fifo_open, .lead = pipe_lead, .follow = pipe_follow, .batch = 16};

/* ---- sockets: fd[0] and fd[1] are the two ends ----------------------------------------------- */

static inline void socket_out(struct bare_state *st, int end)
{
	if (send(st->fd[end], st->private, st->size, MSG_NOSIGNAL) != (ssize_t)st->size)
		bare_fail("send");
}

static inline void socket_in(struct bare_state *st, int end)
{
	if (recv(st->fd[end], st->private, st->size, 0) != (ssize_t)st->size)
		bare_fail("recv");
}

TRIP(socket)

static int unix_open(struct bare_state *st)
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, st->fd) < 0 ? -errno : 0;
}

static int bound_socket(int type)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
	};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

static int connect_to(int fd, int listener)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		return -errno;
	return connect(fd, (struct sockaddr *)&address, length) < 0 ? -errno : 0;
}

static int tcp_open(struct bare_state *st)
{
	int one = 1;

	st->fd[2] = bound_socket(SOCK_STREAM);
	if (st->fd[2] < 0 || listen(st->fd[2], 1) < 0)
		return -errno;
	st->fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (st->fd[0] < 0 || connect_to(st->fd[0], st->fd[2]) < 0)
		return -errno;
	st->fd[1] = accept4(st->fd[2], NULL, NULL, SOCK_CLOEXEC);
	if (st->fd[1] < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		if (setsockopt(st->fd[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0)
			return -errno;
	return 0;
}

static int udp_open(struct bare_state *st)
{
	st->fd[0] = bound_socket(SOCK_DGRAM);
	st->fd[1] = bound_socket(SOCK_DGRAM);
	if (st->fd[0] < 0 || st->fd[1] < 0)
		return -errno;
	if (connect_to(st->fd[0], st->fd[1]) < 0 || connect_to(st->fd[1], st->fd[0]) < 0)
		return -errno;
	return 0;
}

#define SOCKET_RECORD(name, open_)                                                                 \
	const struct bare bare_##name = {                                                          \
		.open = open_,                                                                     \
		.lead = socket_lead,                                                               \
		.follow = socket_follow,                                                           \
		.batch = 16,                                                                       \
	}
SOCKET_RECORD(unix_stream, unix_open);
SOCKET_RECORD(tcp, tcp_open);
SOCKET_RECORD(udp, udp_open);

/* ---- eventfd --------------------------------------------------------------------------------- */

static int eventfd_open(struct bare_state *st)
{
	st->fd[0] = eventfd(0, EFD_CLOEXEC);
	st->fd[1] = eventfd(0, EFD_CLOEXEC);
	return st->fd[0] < 0 || st->fd[1] < 0 ? -errno : 0;
}

static inline void eventfd_out(struct bare_state *st, int end)
{
	uint64_t one = 1;

	if (write(st->fd[end], &one, sizeof(one)) != sizeof(one))
		bare_fail("write");
}

static inline void eventfd_in(struct bare_state *st, int end)
{
	uint64_t value;

	if (read(st->fd[!end], &value, sizeof(value)) != sizeof(value))
		bare_fail("read");
}

TRIP(eventfd)
TRIP_RECORD(eventfd, eventfd_open, NULL);

/* ---- futex: one word per direction ----------------------------------------------------------- */

/* Values of a word. Whoever posts calls the kernel only if somebody sleeps. */
enum { EMPTY, POSTED, ASLEEP };

struct words {
	_Alignas(64) _Atomic uint32_t word[2][16];
};

static int futex_open(struct bare_state *st)
{
	st->shared_size = sizeof(struct words);
	st->shared = mmap(NULL, st->shared_size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (st->shared != MAP_FAILED)
		return 0;
	st->shared = NULL;
	return -errno;
}

static inline void futex_out(struct bare_state *st, int end)
{
	_Atomic uint32_t *word = ((struct words *)st->shared)->word[end];

	if (atomic_exchange_explicit(word, POSTED, memory_order_acq_rel) == ASLEEP &&
		syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) < 0)
		bare_fail("futex");
}

static inline void futex_in(struct bare_state *st, int end)
{
	_Atomic uint32_t *word = ((struct words *)st->shared)->word[!end];
	uint32_t empty = EMPTY;

	if (atomic_compare_exchange_strong(word, &empty, ASLEEP))
		while (atomic_load_explicit(word, memory_order_acquire) != POSTED)
			if (syscall(SYS_futex, word, FUTEX_WAIT, ASLEEP, NULL, NULL, 0) < 0 &&
				errno != EAGAIN)
				bare_fail("futex");
	atomic_store_explicit(word, EMPTY, memory_order_relaxed);
}

TRIP(futex)
TRIP_RECORD(futex, futex_open, NULL);

/* ---- message queues
 * ------------------------------------------------------------ */

/* msgsnd() takes the type in front of the text, so the private buffer is sent from its start. */
/* One queue: type 1 goes there, type 2 comes back. */
static int sysv_open(struct bare_state *st)
{
	st->queue = msgget(IPC_PRIVATE, 0600 | IPC_CREAT);
	return st->queue < 0 ? -errno : 0;
}

static void sysv_close(struct bare_state *st)
{
	if (st->queue >= 0)
		msgctl(st->queue, IPC_RMID, NULL);
}

static inline void sysv_mq_out(struct bare_state *st, int end)
{
	*(long *)(void *)st->private = 1 + end;
	if (msgsnd(st->queue, st->private, st->size, 0) < 0)
		bare_fail("msgsnd");
}

static inline void sysv_mq_in(struct bare_state *st, int end)
{
	if (msgrcv(st->queue, st->private, st->size, 2 - end, 0) != (ssize_t)st->size)
		bare_fail("msgrcv");
}

TRIP(sysv_mq)
TRIP_RECORD(sysv_mq, sysv_open, sysv_close);

/* One queue per direction. */
static int posix_open(struct bare_state *st)
{
	struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = (long)st->size};
	char name[64];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "/ipcbench-speed-%d-%d", (int)getpid(), i);
		st->fd[i] = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
		if (st->fd[i] < 0)
			return -errno;
		mq_unlink(name);
	}
	return 0;
}

static inline void posix_mq_out(struct bare_state *st, int end)
{
	if (mq_send(st->fd[end], (char *)st->private, st->size, 0) < 0)
		bare_fail("mq_send");
}

static inline void posix_mq_in(struct bare_state *st, int end)
{
	if (mq_receive(st->fd[!end], (char *)st->private, st->size, NULL) != (ssize_t)st->size)
		bare_fail("mq_receive");
}

TRIP(posix_mq)
TRIP_RECORD(posix_mq, posix_open, NULL);
