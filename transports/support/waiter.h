/* SPDX-License-Identifier: MIT */
/*
 * How one side of a ring sleeps and how the other wakes it. What differs between futexes,
 * semaphores, eventfds and condition variables is only the last step, the call that blocks; who
 * has to make it is settled before, in shared memory, and most of the time nobody has.
 *
 * The sleeper raises `asleep`, looks once more whether what it waits for has come, and blocks.
 * The other side writes what is waited for, looks at `asleep`, and if it lowered it, wakes. Both
 * sides store before they load, in the one order that all threads agree on (sequential
 * consistency), so at least one of them sees the other (Dekker's argument): no wake-up is lost.
 * They store by an exchange: on x86-64 that is what such a store is anyway, and qemu-user 7.2 lets
 * a load pass the store-release that it is on AArch64.
 */
#ifndef SUPPORT_WAITER_H
#define SUPPORT_WAITER_H

#include <ipcbench/transport.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* Neighbouring lines are fetched in pairs on many cores, so what two sides write stands two apart.
 */
#define LINES_APART (2 * CACHE_LINE)

/* The order of the `waiter` option, less its "auto". */
enum waiter_kind {
	WAITER_FUTEX,
	WAITER_POSIX_SEM,
	WAITER_SYSV_SEM,
	WAITER_EVENTFD,
	WAITER_CONDVAR,
};

/* Where one side sleeps: in shared memory. */
struct parking {
	_Alignas(LINES_APART) _Atomic uint32_t asleep;
	_Atomic uint64_t wanted; /* it need not be woken before the awaited word reaches this */
	_Alignas(CACHE_LINE) union {
		sem_t sem;
		struct {
			pthread_mutex_t mutex;
			pthread_cond_t cond;
		};
	};
};

/* One process's handle of a parking place. */
struct waiter {
	bool sleeps; /* false: nobody ever sleeps here, both sides poll */
	enum waiter_kind kind;
	struct parking *place;
	int fd;	      /* WAITER_EVENTFD: the eventfd; WAITER_SYSV_SEM: the set */
	int epoll_fd; /* >= 0: readiness of fd is waited for first */
	unsigned short sem;
	uint64_t spin_ticks; /* polls for so long before it sleeps */
	struct clock clock;
};

/*
 * Sleeps until *word may have reached `target` (compare modulo 2^64); `wanted` >= target is when
 * the other side should wake it. Returns 0, also for no reason, or -errno.
 */
int waiter_sleep(
	struct waiter *w, const _Atomic uint64_t *word, uint64_t target, uint64_t wanted) COLD;

/* Wakes the sleeper, if it still sleeps. */
int waiter_wake(struct waiter *w) COLD;

/* To be called after an exchange that made the awaited word `reached`. */
static ALWAYS_INLINE int waiter_notify(struct waiter *w, uint64_t reached)
{
	struct parking *p = w->place;

	if (likely(atomic_load(&p->asleep) == 0))
		return 0;
	if ((int64_t)(reached - atomic_load_explicit(&p->wanted, memory_order_relaxed)) < 0)
		return 0;
	return waiter_wake(w);
}

/* ---- cold: kernel objects ------------------------------------------------------------------- */

/* What the parking places of one channel need from the kernel beside their memory. */
struct waiter_objects {
	enum waiter_kind kind;
	unsigned int count;
	int event_fd[4]; /* one for each parking place, -1 = none */
	int epoll_fd[4]; /* of this worker, -1 = none */
	int sem_set;	 /* -1 = none */
	int sem_track;
};

/* A state that waiter_objects_close() accepts. */
void waiter_objects_init(struct waiter_objects *o);

/* Driver: makes the objects for `count` places. */
int waiter_objects_open(struct waiter_objects *o, enum waiter_kind kind, enum wait wait,
	struct parking *const *places, unsigned int count, struct reason *why);

/* Worker: a handle of place i, where it sleeps itself (`own`) or wakes the other side. */
int waiter_attach(struct waiter *w, struct waiter_objects *o, unsigned int i, struct parking *place,
	bool own, struct channel *ch);

/* Worker: closes what waiter_attach() opened. */
void waiter_objects_detach(struct waiter_objects *o);

/* Driver: removes everything; idempotent. */
void waiter_objects_close(struct waiter_objects *o);

#endif
