/* SPDX-License-Identifier: MIT */
/*
 * Waiting on a file descriptor in the four ways of enum wait, for every mechanism that has one.
 *
 * A receiving operation looks like this, and a sending one is the same without fd_before_read():
 *
 *	uint64_t since = 0;
 *	int err;
 *
 *	do {
 *		err = fd_before_read(ch, end);
 *		if (unlikely(err < 0))
 *			return err;
 *		if (likely(read(end->fd, buf, n) >= 0))
 *			return 0;
 *		err = fd_wait_readable(ch, end, errno, &since);
 *	} while (err == 0);
 *	return err;
 *
 * With WAIT_BLOCK the descriptor blocks and this is one system call. Otherwise it does not, and
 *
 *	spin	repeats the call;
 *	hybrid	repeats it for ch->spin_ticks, counted from the first refusal, then sleeps in
 *poll(2); epoll	sleeps in epoll_wait(2) before every receiving call, which then finds
 *something. A sender finds room nearly always, so it tries first and asks only when it was refused.
 */
#ifndef SUPPORT_FD_H
#define SUPPORT_FD_H

#include <errno.h>
#include <ipcbench/transport.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A descriptor as one worker uses it. `epoll` is made in attach(), so it is never shared. */
struct fd_end {
	int fd;		/* -1 = none */
	int epoll;	/* WAIT_EPOLL between attach and detach, else -1 */
	uint32_t armed; /* what `epoll` waits for at present: EPOLLIN or EPOLLOUT */
};

/* Closes *fd unless it is negative and makes it -1. */
void fd_close(int *fd);

/* ---- cold: the life of an end ---------------------------------------------------------------- */

/* In open(), before anything can fail: state arrives zeroed, and 0 is a valid descriptor. */
static inline void fd_end_init(struct fd_end *end, int fd)
{
	*end = (struct fd_end){.fd = fd, .epoll = -1};
}

/*
 * In attach(): makes the descriptor non-blocking unless the wait is WAIT_BLOCK and, for WAIT_EPOLL,
 * an epoll instance that waits for input first. O_NONBLOCK belongs to the open file description, so
 * it reaches everyone who inherited it, which is right as long as both workers wait alike.
 */
int fd_end_attach(struct channel *ch, struct fd_end *end);

/* In detach() and close(): the epoll instance, then the descriptor itself. */
void fd_end_close(struct fd_end *end);

/*
 * Both ends of a channel, indexed by enum side, in the state of a transport. `opened` tells a state
 * that open() never saw from one that holds descriptors.
 */
struct fd_pair {
	bool opened;
	struct fd_end end[2];
};

/* open(), first thing. */
void fd_pair_init(struct fd_pair *pair);

/*
 * attach(): keeps this worker's end and closes the peer's, of which it would otherwise keep a
 * reference that hides the peer's death. (The driver's own references stay until close(): there the
 * runner sees the death first, by waitpid().)
 */
int fd_pair_attach(struct channel *ch);

/* descriptor(): this worker's end. */
int fd_pair_descriptor(struct channel *ch);

/* detach() and close() for a transport whose state is, or begins with, a struct fd_pair. */
void fd_pair_close(struct channel *ch);

/*
 * Waits for a line that is a number, as a program writes it at its end. -errno with the reason if
 * it writes something else, and -EPIPE if it ends without.
 */
int fd_read_count(int fd, uint64_t *count, struct reason *why);

/* ---- hot ------------------------------------------------------------------------------------- */

/* Sleeps in epoll_wait(2) (WAIT_EPOLL) or poll(2) until `events` (EPOLLIN or EPOLLOUT); 0 or
 * -errno. */
int fd_sleep(const struct channel *ch, struct fd_end *end, uint32_t events);

/* Before every receiving call. */
static ALWAYS_INLINE int fd_before_read(const struct channel *ch, struct fd_end *end)
{
	return unlikely(ch->wait == WAIT_EPOLL) ? fd_sleep(ch, end, EPOLLIN) : 0;
}

/* Has a hybrid wait that began at *since polled long enough? *since = 0 starts it. */
static ALWAYS_INLINE bool fd_spun_out(const struct channel *ch, uint64_t *since)
{
	uint64_t now = clock_now(&ch->clock);

	if (*since == 0)
		*since = now;
	return now - *since >= ch->spin_ticks;
}

/*
 * After a call that failed with errno `err`: 0 = make it again, else -errno. *since is 0 before the
 * first refusal of an operation, and made 0 again by an operation that got on.
 */
static ALWAYS_INLINE int fd_wait(
	const struct channel *ch, struct fd_end *end, uint32_t events, int err, uint64_t *since)
{
	if (unlikely(err != EAGAIN))
		return err == EINTR ? 0 : -err;
	if (ch->wait == WAIT_SPIN || (ch->wait == WAIT_EPOLL && events == EPOLLIN))
		return 0;
	if (ch->wait == WAIT_HYBRID && !fd_spun_out(ch, since))
		return 0;
	return fd_sleep(ch, end, events);
}

static ALWAYS_INLINE int fd_wait_readable(
	const struct channel *ch, struct fd_end *end, int err, uint64_t *since)
{
	return fd_wait(ch, end, EPOLLIN, err, since);
}

static ALWAYS_INLINE int fd_wait_writable(
	const struct channel *ch, struct fd_end *end, int err, uint64_t *since)
{
	return fd_wait(ch, end, EPOLLOUT, err, since);
}

#endif
