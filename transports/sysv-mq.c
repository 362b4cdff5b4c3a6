/* SPDX-License-Identifier: MIT */
/*
 * sysv-mq: a System V message queue (msgop(2)). By default both directions share one queue and are
 * told apart by the type of the message, the classic idiom of client and server. The other two
 * ways to select see every message of a queue, so they get a queue per direction.
 *
 * The kernel wants the type in front of the text, in the sender's and the receiver's memory alike,
 * whereas a message of ours lies in its own buffer. So each side copies through a buffer that
 * has the room: about 2 ns at 64 B and under 100 ns at the usual limit of 8 KiB, against a system
 * call of a microsecond and more.
 */
#include "support/limits.h"
#include "support/msg-msg.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

enum select { SELECT_TYPE, SELECT_LOWEST, SELECT_FIRST };

struct sysv_mq_config {
	unsigned int select;
};

/* Message types. With select=lowest the kernel must look further for a type 1 that never comes. */
#define TYPE_TO_RX 2
#define TYPE_TO_TX 3

struct sysv_mq_message {
	long type;
	unsigned char text[];
};

struct sysv_mq_queue {
	int id;
	int slot;  /* in the ledger */
	bool made; /* 0 is a valid identifier */
};

struct sysv_mq_state {
	struct sysv_mq_queue queue[2]; /* by the side that receives from it; or [SIDE_RX] only */

	/* a worker's own */
	int out, in;   /* queue identifiers */
	long selector; /* msgrcv's msgtyp */
	struct sysv_mq_message *tx, *rx;
	void *memory; /* that tx and rx point into */
};

static int sysv_mq_probe(struct reason *why)
{
	struct msginfo info;

	if (msgctl(0, IPC_INFO, (struct msqid_ds *)(void *)&info) < 0 && errno == ENOSYS)
		return reason_set(why, ENOSYS,
			"this kernel has no System V message queues; it needs CONFIG_SYSVIPC=y");
	return 0;
}

static int sysv_mq_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct limit limits[] = {
		{"kernel.msgmax", cell->size, 8192},
		{"kernel.msgmnb", cell->size, 16384},
	};
	char what[64];

	(void)config;
	snprintf(what, sizeof(what), "a message of %zu B does not fit", cell->size);
	return limits_check(why, EMSGSIZE, what, limits, ARRAY_SIZE(limits));
}

static int sysv_mq_refused(struct channel *ch, int err)
{
	struct msginfo used = {0};
	int r = 0;

	if (err == ENOSPC && msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&used) >= 0)
		r = limits_check(&ch->why, err, "msgget: all message queues are in use",
			&(struct limit){"kernel.msgmni", (uint64_t)used.msgpool + 2, 32000}, 1);
	return r < 0 ? r : reason_set(&ch->why, err, "msgget: %s", strerror(err));
}

static int sysv_mq_make(struct channel *ch, struct sysv_mq_queue *q)
{
	int key = ipcbench_object_key(), err;
	char name[16];

	/* a System V object cannot be unlinked early: it stays in the ledger until close() */
	snprintf(name, sizeof(name), "0x%08x", (unsigned int)key);
	q->slot = ipcbench_object_track(OBJECT_SYSV_MSG, name);
	if (q->slot < 0)
		return reason_set(&ch->why, -q->slot, "noting queue %s in the ledger: %s", name,
			strerror(-q->slot));
	q->id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
	if (q->id < 0) {
		err = errno;
		ipcbench_object_untrack(q->slot);
		return sysv_mq_refused(ch, err);
	}
	q->made = true;
	return 0;
}

/* Do the two directions need a queue each? */
static bool sysv_mq_two_queues(const struct channel *ch)
{
	const struct sysv_mq_config *config = ch->config;

	return config->select != SELECT_TYPE && cell_round_trip(ch->cell);
}

static int sysv_mq_open(struct channel *ch)
{
	struct sysv_mq_state *st = ch->state;
	int r = sysv_mq_make(ch, &st->queue[SIDE_RX]);

	if (r == 0 && sysv_mq_two_queues(ch))
		r = sysv_mq_make(ch, &st->queue[SIDE_TX]);
	return r;
}

static void sysv_mq_close(struct channel *ch)
{
	struct sysv_mq_state *st = ch->state;

	for (size_t i = 0; i < ARRAY_SIZE(st->queue); i++) {
		struct sysv_mq_queue *q = &st->queue[i];

		if (!q->made)
			continue;
		msgctl(q->id, IPC_RMID, NULL);
		ipcbench_object_untrack(q->slot);
		q->made = false;
	}
}

/* All messages of a cell are equally long. */
static long long sysv_mq_kernel_bytes(struct channel *ch)
{
	const struct sysv_mq_state *st = ch->state;
	struct msqid_ds info;
	long long held = 0;

	for (size_t i = 0; i < ARRAY_SIZE(st->queue); i++) {
		if (!st->queue[i].made)
			continue;
		if (msgctl(st->queue[i].id, IPC_STAT, &info) < 0)
			return -errno;
		held += (long long)info.msg_qnum * msg_msg_bytes(ch->cell->size);
	}
	return held;
}

static int sysv_mq_attach(struct channel *ch)
{
	const struct sysv_mq_config *config = ch->config;
	struct sysv_mq_state *st = ch->state;
	bool rx = ch->side == SIDE_RX;
	long in_type = rx ? TYPE_TO_RX : TYPE_TO_TX;
	/* the text begins a cache line, and the type lies at the end of the line before it */
	size_t head = CACHE_LINE - offsetof(struct sysv_mq_message, text);
	size_t each = (CACHE_LINE + ch->cell->size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
	int r = posix_memalign(&st->memory, CACHE_LINE, 2 * each);

	if (r != 0) {
		st->memory = NULL;
		return reason_set(&ch->why, r, "memory for two messages of %zu B: %s",
			ch->cell->size, strerror(r));
	}
	memset(st->memory, 0, 2 * each);
	st->tx = (void *)((char *)st->memory + head);
	st->rx = (void *)((char *)st->memory + each + head);
	st->tx->type = rx ? TYPE_TO_TX : TYPE_TO_RX;
	if (sysv_mq_two_queues(ch)) {
		st->out = st->queue[rx ? SIDE_TX : SIDE_RX].id;
		st->in = st->queue[rx ? SIDE_RX : SIDE_TX].id;
	} else {
		st->out = st->in = st->queue[SIDE_RX].id;
	}
	switch ((enum select)config->select) {
	case SELECT_TYPE:
		st->selector = in_type;
		break;
	case SELECT_LOWEST:
		st->selector = -in_type;
		break;
	case SELECT_FIRST:
		st->selector = 0;
		break;
	}
	return 0;
}

static void sysv_mq_detach(struct channel *ch)
{
	struct sysv_mq_state *st = ch->state;

	free(st->memory);
	st->memory = NULL;
	st->tx = st->rx = NULL;
}

/* A full or empty queue is EAGAIN to msgsnd and ENOMSG to msgrcv. */
static ALWAYS_INLINE int sysv_mq_put(struct channel *ch, size_t n, int flags)
{
	struct sysv_mq_state *st = ch->state;

	if (likely(msgsnd(st->out, st->tx, n, flags) == 0))
		return SPIN_DONE;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static ALWAYS_INLINE int sysv_mq_get(struct channel *ch, size_t n, int flags)
{
	struct sysv_mq_state *st = ch->state;
	ssize_t got = msgrcv(st->in, st->rx, n, st->selector, flags);

	if (likely(got == (ssize_t)n))
		return SPIN_DONE;
	if (got >= 0 || errno == E2BIG)
		return -EMSGSIZE;
	return errno == ENOMSG || errno == EINTR ? 0 : -errno;
}

static ALWAYS_INLINE int sysv_mq_try_put(struct channel *ch, void *n)
{
	return sysv_mq_put(ch, *(size_t *)n, IPC_NOWAIT);
}

static ALWAYS_INLINE int sysv_mq_try_get(struct channel *ch, void *n)
{
	return sysv_mq_get(ch, *(size_t *)n, IPC_NOWAIT);
}

static ALWAYS_INLINE int sysv_mq_send(struct channel *ch, const void *buf, size_t n)
{
	struct sysv_mq_state *st = ch->state;
	int r;

	memcpy(st->tx->text, buf, n);
	r = spin_until(ch, sysv_mq_try_put, &n);
	while (r == 0)
		r = sysv_mq_put(ch, n, 0);
	return likely(r == SPIN_DONE) ? 0 : r;
}

static ALWAYS_INLINE int sysv_mq_recv(struct channel *ch, void *buf, size_t n)
{
	struct sysv_mq_state *st = ch->state;
	int r = spin_until(ch, sysv_mq_try_get, &n);

	while (r == 0)
		r = sysv_mq_get(ch, n, 0);
	if (unlikely(r != SPIN_DONE))
		return r;
	memcpy(buf, st->rx->text, n);
	return 0;
}

static const struct channel_ops sysv_mq_ops = {.send = sysv_mq_send, .recv = sysv_mq_recv};

IPCBENCH_LOOPS(loops_sysv_mq, sysv_mq_ops);

static const struct option_spec sysv_mq_options[] = {
	{
		.name = "select",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct sysv_mq_config, select),
		.initial = "type",
		.choices = "type|lowest|first",
		.help = "receive one type (one queue for both directions), the lowest type, or any",
	},
	{.name = NULL},
};

const struct transport transport_sysv_mq = {
	.abi = IPCBENCH_ABI,
	.name = "sysv-mq",
	.family = "message-queues",
	.summary = "System V message queue with message types",
	.typical_use = "requests and replies through one queue",
	.api = API_SYSV,
	.reach = REACH_HOST,
	.shape = SHAPE_MESSAGE,
	.persistence = PERSIST_KERNEL,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.duplex = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.one_namespace = NAMESPACE_BIT_IPC,
	.state_size = sizeof(struct sysv_mq_state),
	.config_size = sizeof(struct sysv_mq_config),
	.options = sysv_mq_options,
	.probe = sysv_mq_probe,
	.limits = sysv_mq_limits,
	.open = sysv_mq_open,
	.attach = sysv_mq_attach,
	.detach = sysv_mq_detach,
	.close = sysv_mq_close,
	.ops = &sysv_mq_ops,
	.loops = &loops_sysv_mq,
	.kernel_bytes = sysv_mq_kernel_bytes,
};
