/* SPDX-License-Identifier: MIT */
/*
 * sysv-sem: a System V semaphore (semop(2)). It counts to SEMVMX = 32767 only; a sender that gets
 * there waits, with the semaphore's own "wait for zero", until the receiver has caught up.
 */
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>

struct sysv_sem_state {
	int id;
	int slot;  /* in the ledger */
	bool made; /* 0 is a valid identifier */
};

static int sysv_sem_probe(struct reason *why)
{
	struct seminfo info;

	if (semctl(0, 0, IPC_INFO, &info) < 0 && errno == ENOSYS)
		return reason_set(why, ENOSYS,
			"this kernel has no System V semaphores; it needs CONFIG_SYSVIPC=y");
	return 0;
}

static int sysv_sem_refused(struct channel *ch, int err)
{
	if (err == ENOSPC)
		return reason_set(&ch->why, err,
			"semget: all semaphores of the system are in use (kernel.sem: 2nd and 4th "
			"number); remove some with ipcrm or raise it with sysctl");
	return reason_set(&ch->why, err, "semget: %s", strerror(err));
}

static int sysv_sem_open(struct channel *ch)
{
	struct sysv_sem_state *st = ch->state;
	int key = ipcbench_object_key(), err;
	char name[16];

	/* a System V object cannot be unlinked early: it stays in the ledger until close() */
	snprintf(name, sizeof(name), "0x%08x", (unsigned int)key);
	st->slot = ipcbench_object_track(OBJECT_SYSV_SEM, name);
	if (st->slot < 0)
		return reason_set(&ch->why, -st->slot, "noting semaphore %s in the ledger: %s",
			name, strerror(-st->slot));
	/* Linux sets the values of a new set to 0 */
	st->id = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
	if (st->id < 0) {
		err = errno;
		ipcbench_object_untrack(st->slot);
		return sysv_sem_refused(ch, err);
	}
	st->made = true;
	return 0;
}

static void sysv_sem_close(struct channel *ch)
{
	struct sysv_sem_state *st = ch->state;

	if (!st->made)
		return;
	semctl(st->id, 0, IPC_RMID);
	ipcbench_object_untrack(st->slot);
	st->made = false;
}

/* Adds `by`, or waits for zero if it is 0. */
static ALWAYS_INLINE int sysv_sem_op(struct channel *ch, short by, short flags)
{
	struct sysv_sem_state *st = ch->state;
	struct sembuf op = {.sem_num = 0, .sem_op = by, .sem_flg = flags};

	return likely(semop(st->id, &op, 1) == 0) ? 0 : -errno;
}

static ALWAYS_INLINE int sysv_sem_send(struct channel *ch, const void *buf, size_t n)
{
	short flags = ch->wait == WAIT_SPIN ? IPC_NOWAIT : 0;
	int r;

	(void)buf;
	(void)n;
	while (unlikely((r = sysv_sem_op(ch, 1, 0)) < 0)) {
		if (r == -ERANGE)
			r = sysv_sem_op(ch, 0, flags);
		if (r < 0 && r != -EINTR && r != -EAGAIN)
			return r;
	}
	return 0;
}

static ALWAYS_INLINE int sysv_sem_try(struct channel *ch, void *arg)
{
	int r = sysv_sem_op(ch, -1, IPC_NOWAIT);

	(void)arg;
	if (likely(r == 0))
		return SPIN_DONE;
	return r == -EAGAIN || r == -EINTR ? 0 : r;
}

static ALWAYS_INLINE int sysv_sem_recv(struct channel *ch, void *buf, size_t n)
{
	int r = spin_until(ch, sysv_sem_try, NULL);

	(void)buf;
	(void)n;
	if (r != SPIN_SLEEP)
		return r == SPIN_DONE ? 0 : r;
	do {
		r = sysv_sem_op(ch, -1, 0);
	} while (unlikely(r == -EINTR));
	return r;
}

static const struct channel_ops sysv_sem_ops = {.send = sysv_sem_send, .recv = sysv_sem_recv};

IPCBENCH_LOOPS(loops_sysv_sem, sysv_sem_ops);

const struct transport transport_sysv_sem = {
	.abi = IPCBENCH_ABI,
	.name = "sysv-sem",
	.family = "notifications",
	.summary = "System V semaphore",
	.typical_use = "guarding System V shared memory in older programs",
	.api = API_SYSV,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_KERNEL,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.state_size = sizeof(struct sysv_sem_state),
	.probe = sysv_sem_probe,
	.open = sysv_sem_open,
	.close = sysv_sem_close,
	.ops = &sysv_sem_ops,
	.loops = &loops_sysv_sem,
};
