/* SPDX-License-Identifier: MIT */
#include "support/pipe-size.h"

#include "support/fd.h"
#include "support/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <ipcbench/host.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIPE_MAX_SIZE	"fs.pipe-max-size"
#define PIPE_USER_PAGES "fs.pipe-user-pages-soft"

/* Pages of a new pipe (PIPE_DEF_BUFFERS), unless its user holds too many already. */
#define PIPE_DEFAULT_PAGES 16u

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* CAP_SYS_RESOURCE exceeds pipe-max-size. */
static bool is_privileged(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return (data[0].effective & (1u << CAP_SYS_RESOURCE)) != 0;
}

/* Where a pipe exceeds the soft limit of a user, the pages of two, as a round trip has; else 0. */
static uint64_t pages_lacking(size_t size)
{
	uint64_t soft = limit_now(PIPE_USER_PAGES, 0), pages = size / page_size();

	return soft != 0 && pages > soft ? 2 * pages : 0;
}

int pipe_fan_check(const struct cell *cell, struct reason *why)
{
	if (cell->size <= PIPE_BUF || cell->senders * cell->receivers == 1)
		return 0;
	return reason_set(why, EMSGSIZE,
		"%zu B exceeds PIPE_BUF, %d B, up to which several processes write and read whole messages; use a smaller --size or unix-dgram",
		cell->size, PIPE_BUF);
}

int pipe_size_check(size_t size, struct reason *why)
{
	const struct limit limits[] = {
		{PIPE_MAX_SIZE, size, PIPE_SIZE_MAX},
		{PIPE_USER_PAGES, pages_lacking(size), UINT64_MAX},
	};
	char text[24], what[48];

	if (size == 0)
		return 0;
	if (size < page_size() || (size & (size - 1)) != 0)
		return reason_set(why, EINVAL,
			"size=%zu is not a capacity that pipes have: give a power of two from %zu up",
			size, page_size());
	if (is_privileged())
		return 0;
	snprintf(what, sizeof(what), "size=%s is too large",
		ipcbench_bytes(text, sizeof(text), size));
	return limits_check(why, EPERM, what, limits, ARRAY_SIZE(limits));
}

int pipe_size_set(int fd, size_t size, struct reason *why)
{
	char want[24], have[24];

	ipcbench_bytes(want, sizeof(want), size);
	if (size != 0 && fcntl(fd, F_SETPIPE_SZ, (int)size) < 0)
		return reason_set(why, errno,
			"pipe capacity %s: %s; close pipes of this user or raise with sysctl -w " PIPE_MAX_SIZE
			"=%llu " PIPE_USER_PAGES "=%llu",
			want, strerror(errno), (unsigned long long)size,
			(unsigned long long)(limit_now(PIPE_USER_PAGES, 0) +
					     2 * size / page_size()));
	int got = fcntl(fd, F_GETPIPE_SZ);

	if (got < 0)
		return reason_set(why, errno, "fcntl(F_GETPIPE_SZ): %s", strerror(errno));
	ipcbench_bytes(have, sizeof(have), (uint64_t)got);
	if (size != 0 && (size_t)got != size)
		return reason_set(why, EINVAL,
			"pipe capacity is %s instead of %s; see " PIPE_MAX_SIZE, have, want);
	/* a user above the soft limit gets pipes of one or two pages and is not told */
	if (size == 0 && (size_t)got < PIPE_DEFAULT_PAGES * page_size())
		return reason_set(why, EPERM,
			"a new pipe holds only %s; close pipes of this user, raise with sysctl -w " PIPE_USER_PAGES
			"=%llu, or accept that with size=%d",
			have,
			(unsigned long long)(limit_now(PIPE_USER_PAGES, 0) +
					     2 * PIPE_DEFAULT_PAGES),
			got);
	return 0;
}

/* struct pipe_buffer of the kernel, one for each slot; a slot holds a page, full or not. */
#define PIPE_SLOT_BYTES (sizeof(void *) == 8 ? 40 : 24)

long long pipe_size_held(struct channel *ch)
{
	const struct fd_pair *pair = ch->state;
	struct pollfd room = {.fd = pair->end[SIDE_TX].fd, .events = POLLOUT};
	long long page = (long long)page_size(), capacity = fcntl(room.fd, F_GETPIPE_SZ), pages;
	int bytes;

	if (capacity < 0 || ioctl(pair->end[SIDE_RX].fd, FIONREAD, &bytes) < 0 ||
		poll(&room, 1, 0) < 0)
		return -errno;
	/* only without a free slot is a pipe not writable; its pages may be partly filled */
	pages = (room.revents & POLLOUT) == 0 ? capacity / page : (bytes + page - 1) / page;
	return pages * page + capacity / page * PIPE_SLOT_BYTES;
}
