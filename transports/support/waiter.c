/* SPDX-License-Identifier: MIT */
#include "support/waiter.h"

#include "support/limits.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- the call that blocks, and the one that ends it ------------------------------------------ */

/*
 * FUTEX_WAIT without FUTEX_PRIVATE_FLAG: the word is shared between processes. EAGAIN says that
 * the word had changed before the kernel looked, EINTR that a signal came; both mean: look again.
 */
static int futex_block(struct parking *p)
{
	while (atomic_load(&p->asleep) != 0) {
		if (syscall(SYS_futex, &p->asleep, FUTEX_WAIT, 1, NULL, NULL, 0) < 0 &&
			errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return 0;
}

static int futex_unblock(struct parking *p)
{
	return syscall(SYS_futex, &p->asleep, FUTEX_WAKE, 1, NULL, NULL, 0) < 0 ? -errno : 0;
}

static int posix_sem_block(struct parking *p)
{
	while (sem_wait(&p->sem) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int sysv_sem_add(const struct waiter *w, short value)
{
	struct sembuf op = {.sem_num = w->sem, .sem_op = value};

	while (semop(w->fd, &op, 1) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int eventfd_block(const struct waiter *w)
{
	struct epoll_event ready;
	uint64_t value;

	for (;;) {
		if (w->epoll_fd >= 0 && epoll_wait(w->epoll_fd, &ready, 1, -1) < 0 &&
			errno != EINTR)
			return -errno;
		if (read(w->fd, &value, sizeof(value)) == (ssize_t)sizeof(value))
			return 0;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

static int eventfd_unblock(const struct waiter *w)
{
	const uint64_t one = 1;

	while (write(w->fd, &one, sizeof(one)) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* The predicate is `asleep`, and it is lowered before the mutex is taken to signal. */
static int condvar_block(struct parking *p)
{
	int r = pthread_mutex_lock(&p->mutex);

	if (r != 0)
		return -r;
	while (r == 0 && atomic_load(&p->asleep) != 0)
		r = pthread_cond_wait(&p->cond, &p->mutex);
	pthread_mutex_unlock(&p->mutex);
	return -r;
}

static int condvar_unblock(struct parking *p)
{
	int r = pthread_mutex_lock(&p->mutex);

	if (r != 0)
		return -r;
	r = pthread_cond_signal(&p->cond);
	pthread_mutex_unlock(&p->mutex);
	return -r;
}

/* Returns when waiter_wake() has been called once for the `asleep` that the caller raised. */
static int block(struct waiter *w)
{
	switch (w->kind) {
	case WAITER_FUTEX:
		return futex_block(w->place);
	case WAITER_POSIX_SEM:
		return posix_sem_block(w->place);
	case WAITER_SYSV_SEM:
		return sysv_sem_add(w, -1);
	case WAITER_EVENTFD:
		return eventfd_block(w);
	case WAITER_CONDVAR:
		return condvar_block(w->place);
	}
	return -EINVAL;
}

static int unblock(struct waiter *w)
{
	switch (w->kind) {
	case WAITER_FUTEX:
		return futex_unblock(w->place);
	case WAITER_POSIX_SEM:
		return sem_post(&w->place->sem) < 0 ? -errno : 0;
	case WAITER_SYSV_SEM:
		return sysv_sem_add(w, 1);
	case WAITER_EVENTFD:
		return eventfd_unblock(w);
	case WAITER_CONDVAR:
		return condvar_unblock(w->place);
	}
	return -EINVAL;
}

/* ---- sleeping and waking --------------------------------------------------------------------- */

static bool reached(const _Atomic uint64_t *word, uint64_t target)
{
	return (int64_t)(atomic_load(word) - target) >= 0;
}

/* WAIT_HYBRID: true when the word arrived in time. Reads the clock on every 16th look only. */
static bool polled(const struct waiter *w, const _Atomic uint64_t *word, uint64_t target)
{
	uint64_t start = clock_now(&w->clock);

	do {
		for (int i = 0; i < 16; i++) {
			if (reached(word, target))
				return true;
			cpu_relax();
		}
	} while (clock_now(&w->clock) - start < w->spin_ticks);
	return false;
}

int waiter_sleep(struct waiter *w, const _Atomic uint64_t *word, uint64_t target, uint64_t wanted)
{
	struct parking *p = w->place;

	if (w->spin_ticks != 0 && polled(w, word, target))
		return 0;
	atomic_store_explicit(&p->wanted, wanted, memory_order_relaxed);
	(void)atomic_exchange(&p->asleep, 1);
	/*
	 * It came in the meantime: stay awake, unless the other side has lowered the flag already
	 * and is about to wake us; that token has to be taken, or the next sleep would end at once.
	 */
	if (reached(word, wanted) && atomic_exchange(&p->asleep, 0) != 0)
		return 0;
	return block(w);
}

int waiter_wake(struct waiter *w)
{
	return atomic_exchange(&w->place->asleep, 0) != 0 ? unblock(w) : 0;
}

/* ---- kernel objects -------------------------------------------------------------------------- */

void waiter_objects_init(struct waiter_objects *o)
{
	memset(o, 0, sizeof(*o));
	for (size_t i = 0; i < ARRAY_SIZE(o->event_fd); i++)
		o->event_fd[i] = o->epoll_fd[i] = -1;
	o->sem_set = o->sem_track = -1;
}

static int open_posix_sems(struct parking *const *places, unsigned int count, struct reason *why)
{
	for (unsigned int i = 0; i < count; i++) {
		if (sem_init(&places[i]->sem, 1, 0) < 0)
			return reason_set(why, errno, "sem_init: %s", strerror(errno));
	}
	return 0;
}

static int open_sysv_sems(struct waiter_objects *o, unsigned int count, struct reason *why)
{
	union {
		int val;
		unsigned short *array;
	} zero = {.array = (unsigned short[4]){0}};
	char name[16];
	int key = ipcbench_object_key();

	snprintf(name, sizeof(name), "0x%08x", (unsigned int)key);
	o->sem_track = ipcbench_object_track(OBJECT_SYSV_SEM, name);
	if (o->sem_track < 0)
		return reason_set(
			why, -o->sem_track, "ledger of objects: %s", strerror(-o->sem_track));
	o->sem_set = semget((key_t)key, (int)count, IPC_CREAT | IPC_EXCL | 0600);
	if (o->sem_set < 0)
		return limits_no_semaphores(why, errno, count);
	if (semctl(o->sem_set, 0, SETALL, zero) < 0)
		return reason_set(why, errno, "semctl SETALL: %s", strerror(errno));
	return 0;
}

static int open_eventfds(
	struct waiter_objects *o, enum wait wait, unsigned int count, struct reason *why)
{
	int flags = EFD_CLOEXEC | EFD_SEMAPHORE | (wait == WAIT_EPOLL ? EFD_NONBLOCK : 0);

	for (unsigned int i = 0; i < count; i++) {
		o->event_fd[i] = eventfd(0, flags);
		if (o->event_fd[i] < 0)
			return reason_set(why, errno, "eventfd: %s", strerror(errno));
	}
	return 0;
}

static int open_condvar(struct parking *p)
{
	pthread_mutexattr_t mattr;
	pthread_condattr_t cattr;
	int r = pthread_mutexattr_init(&mattr);

	if (r != 0)
		return r;
	r = pthread_mutexattr_setpshared(&mattr, PTHREAD_PROCESS_SHARED);
	if (r == 0)
		r = pthread_mutex_init(&p->mutex, &mattr);
	pthread_mutexattr_destroy(&mattr);
	if (r != 0)
		return r;
	r = pthread_condattr_init(&cattr);
	if (r != 0)
		return r;
	r = pthread_condattr_setpshared(&cattr, PTHREAD_PROCESS_SHARED);
	if (r == 0)
		r = pthread_cond_init(&p->cond, &cattr);
	pthread_condattr_destroy(&cattr);
	return r;
}

static int open_condvars(struct parking *const *places, unsigned int count, struct reason *why)
{
	for (unsigned int i = 0; i < count; i++) {
		int r = open_condvar(places[i]);

		if (r != 0)
			return reason_set(
				why, r, "process-shared condition variable: %s", strerror(r));
	}
	return 0;
}

int waiter_objects_open(struct waiter_objects *o, enum waiter_kind kind, enum wait wait,
	struct parking *const *places, unsigned int count, struct reason *why)
{
	o->kind = kind;
	o->count = count;
	switch (kind) {
	case WAITER_FUTEX:
		return 0;
	case WAITER_POSIX_SEM:
		return open_posix_sems(places, count, why);
	case WAITER_SYSV_SEM:
		return open_sysv_sems(o, count, why);
	case WAITER_EVENTFD:
		return open_eventfds(o, wait, count, why);
	case WAITER_CONDVAR:
		return open_condvars(places, count, why);
	}
	return -EINVAL;
}

static int attach_epoll(
	struct waiter *w, struct waiter_objects *o, unsigned int i, struct reason *why)
{
	struct epoll_event interest = {.events = EPOLLIN};

	o->epoll_fd[i] = w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0)
		return reason_set(why, errno, "epoll_create1: %s", strerror(errno));
	if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->fd, &interest) < 0)
		return reason_set(why, errno, "epoll_ctl: %s", strerror(errno));
	return 0;
}

int waiter_attach(struct waiter *w, struct waiter_objects *o, unsigned int i, struct parking *place,
	bool own, struct channel *ch)
{
	*w = (struct waiter){
		.sleeps = ch->wait != WAIT_SPIN,
		.kind = o->kind,
		.place = place,
		.fd = o->kind == WAITER_SYSV_SEM ? o->sem_set : o->event_fd[i],
		.epoll_fd = -1,
		.sem = (unsigned short)i,
		.spin_ticks = ch->wait == WAIT_HYBRID ? ch->spin_ticks : 0,
		.clock = ch->clock,
	};
	return own && ch->wait == WAIT_EPOLL ? attach_epoll(w, o, i, &ch->why) : 0;
}

static void close_fds(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

void waiter_objects_detach(struct waiter_objects *o)
{
	close_fds(o->epoll_fd, ARRAY_SIZE(o->epoll_fd));
}

/* Semaphores and condition variables in the segment go with it: a killed worker may hold them. */
void waiter_objects_close(struct waiter_objects *o)
{
	if (o->count == 0) /* never opened: all zero, and 0 is a descriptor */
		return;
	close_fds(o->epoll_fd, ARRAY_SIZE(o->epoll_fd));
	close_fds(o->event_fd, ARRAY_SIZE(o->event_fd));
	if (o->sem_set >= 0)
		semctl(o->sem_set, 0, IPC_RMID);
	o->sem_set = -1;
	ipcbench_object_untrack(o->sem_track);
	o->sem_track = -1;
	o->count = 0;
}
