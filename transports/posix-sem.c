/* SPDX-License-Identifier: MIT */
/*
 * posix-sem: a POSIX semaphore between processes (sem_overview(7)), unnamed in shared memory or,
 * by option, named. Both are the same futex underneath; only the way in differs.
 */
#include "support/shared-page.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>

struct posix_sem_config {
	unsigned int named;
};

struct posix_sem_state {
	sem_t *sem;
	void *page; /* unnamed: where it lies */
};

static int posix_sem_open_named(struct channel *ch, struct posix_sem_state *st)
{
	char name[48];
	int slot, err;
	sem_t *sem;

	ipcbench_object_name(name, sizeof(name));
	slot = ipcbench_object_track(OBJECT_POSIX_SEM, name);
	if (slot < 0)
		return reason_set(&ch->why, -slot, "noting semaphore %s in the ledger: %s", name,
			strerror(-slot));
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	err = errno;
	if (sem != SEM_FAILED) {
		st->sem = sem;
		sem_unlink(name);
	}
	ipcbench_object_untrack(slot);
	if (sem != SEM_FAILED)
		return 0;
	return reason_set(&ch->why, err,
		"sem_open %s: %s; it needs a writable /dev/shm with space and a free descriptor",
		name, strerror(err));
}

static int posix_sem_open(struct channel *ch)
{
	const struct posix_sem_config *config = ch->config;
	struct posix_sem_state *st = ch->state;
	int r;

	if (config->named)
		return posix_sem_open_named(ch, st);
	r = shared_page_open(ch, &st->page);
	if (r < 0)
		return r;
	if (sem_init(st->page, 1, 0) < 0)
		return reason_set(
			&ch->why, errno, "sem_init between processes: %s", strerror(errno));
	st->sem = st->page;
	return 0;
}

static void posix_sem_close(struct channel *ch)
{
	struct posix_sem_state *st = ch->state;

	if (st->sem != NULL) {
		if (st->page != NULL)
			sem_destroy(st->sem);
		else
			sem_close(st->sem);
	}
	st->sem = NULL;
	shared_page_close(&st->page);
}

static ALWAYS_INLINE int posix_sem_send(struct channel *ch, const void *buf, size_t n)
{
	struct posix_sem_state *st = ch->state;

	(void)buf;
	(void)n;
	while (unlikely(sem_post(st->sem) < 0)) {
		/* SEM_VALUE_MAX posts are pending: let the receiver come down */
		if (errno != EOVERFLOW)
			return -errno;
		sched_yield();
	}
	return 0;
}

static ALWAYS_INLINE int posix_sem_try(struct channel *ch, void *arg)
{
	struct posix_sem_state *st = ch->state;

	(void)arg;
	if (likely(sem_trywait(st->sem) == 0))
		return SPIN_DONE;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static ALWAYS_INLINE int posix_sem_recv(struct channel *ch, void *buf, size_t n)
{
	struct posix_sem_state *st = ch->state;
	int r = spin_until(ch, posix_sem_try, NULL);

	(void)buf;
	(void)n;
	if (r != SPIN_SLEEP)
		return r == SPIN_DONE ? 0 : r;
	while (unlikely(sem_wait(st->sem) < 0))
		if (errno != EINTR)
			return -errno;
	return 0;
}

static const struct channel_ops posix_sem_ops = {.send = posix_sem_send, .recv = posix_sem_recv};

IPCBENCH_LOOPS(loops_posix_sem, posix_sem_ops);

static const struct option_spec posix_sem_options[] = {
	{
		.name = "named",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct posix_sem_config, named),
		.initial = "no",
		.choices = "no|yes",
		.help = "a named semaphore (sem_open) instead of one in shared memory (sem_init)",
	},
	{.name = NULL},
};

const struct transport transport_posix_sem = {
	.abi = IPCBENCH_ABI,
	.name = "posix-sem",
	.family = "notifications",
	.summary = "POSIX semaphore between processes, unnamed or named",
	.typical_use = "counting free and filled slots of shared memory",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_KERNEL,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.state_size = sizeof(struct posix_sem_state),
	.config_size = sizeof(struct posix_sem_config),
	.options = posix_sem_options,
	.open = posix_sem_open,
	.close = posix_sem_close,
	.ops = &posix_sem_ops,
	.loops = &loops_posix_sem,
};
