/* SPDX-License-Identifier: MIT */
/*
 * sysv-sem: a System V semaphore (semop(2)). It counts to SEMVMX = 32767 only; a sender that gets
 * there waits, with the semaphore's own "wait for zero", until the receiver has caught up.
 *
 * Both directions are semaphores of one set, so that one call can wait for one and post the other.
 */
#include "support/limits.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>

struct sysv_sem_config {
	unsigned int pair; /* ops=pair */
};

struct sysv_sem_state {
	int id;
	int slot;  /* in the ledger */
	bool made; /* 0 is a valid identifier */
};

static int sysv_sem_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct sysv_sem_config *c = config;

	if (!c->pair)
		return 0;
	if (cell->mode != MODE_LATENCY || cell->wait != WAIT_BLOCK)
		return reason_set(why, EINVAL,
			"ops=pair waits and posts in one call, which only a blocking round trip does; use --mode latency --wait block, or ops=single");
	if (cell->pauses)
		return reason_set(why, EINVAL,
			"ops=pair posts the next message as it receives one and cannot pause between; use --think 0 or ops=single");
	if (cell->depth > 1)
		return reason_set(why, EINVAL,
			"ops=pair has one round trip in flight; use --depth 1 or ops=single");
	if (cell->indirect)
		return reason_set(why, EOPNOTSUPP,
			"ops=pair has one operation for two, which --dispatch indirect and --slowdown call one by one; use ops=single");
	return 0;
}

static int sysv_sem_probe(struct reason *why)
{
	struct seminfo info;

	if (semctl(0, 0, IPC_INFO, &info) < 0 && errno == ENOSYS)
		return reason_set(why, ENOSYS,
			"this kernel has no System V semaphores; it needs CONFIG_SYSVIPC=y");
	return 0;
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
	st->id = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);
	if (st->id < 0) {
		err = errno;
		ipcbench_object_untrack(st->slot);
		return limits_no_semaphores(&ch->why, err, 2);
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

/* The semaphore to which a side posts has its number; it waits for the other one. */
static ALWAYS_INLINE unsigned short posts(const struct channel *ch)
{
	return ch->side == SIDE_TX ? 0 : 1;
}

static ALWAYS_INLINE unsigned short awaits(const struct channel *ch)
{
	return ch->side == SIDE_TX ? 1 : 0;
}

/* Adds `by` to a semaphore, or waits for zero if it is 0. */
static ALWAYS_INLINE int sysv_sem_op(struct channel *ch, unsigned short sem, short by, short flags)
{
	struct sysv_sem_state *st = ch->state;
	struct sembuf op = {.sem_num = sem, .sem_op = by, .sem_flg = flags};

	return likely(semop(st->id, &op, 1) == 0) ? 0 : -errno;
}

static ALWAYS_INLINE int sysv_sem_send(struct channel *ch, const void *buf, size_t n)
{
	short flags = ch->wait == WAIT_SPIN ? IPC_NOWAIT : 0;
	int r;

	(void)buf;
	(void)n;
	while (unlikely((r = sysv_sem_op(ch, posts(ch), 1, 0)) < 0)) {
		if (r == -ERANGE)
			r = sysv_sem_op(ch, posts(ch), 0, flags);
		if (r < 0 && r != -EINTR && r != -EAGAIN)
			return r;
	}
	return 0;
}

static ALWAYS_INLINE int sysv_sem_try(struct channel *ch, void *arg)
{
	int r = sysv_sem_op(ch, awaits(ch), -1, IPC_NOWAIT);

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
		r = sysv_sem_op(ch, awaits(ch), -1, 0);
	} while (unlikely(r == -EINTR));
	return r;
}

static const struct channel_ops sysv_sem_ops = {.send = sysv_sem_send, .recv = sysv_sem_recv};

IPCBENCH_LOOPS_(single, , sysv_sem_ops, false)

/* ---- ops=pair: a side waits for its turn and passes it on in one call ------------------------ */

/* Waits for the other side's post; with `pass` the same call posts. */
static ALWAYS_INLINE int pair_op(struct channel *ch, bool pass)
{
	struct sysv_sem_state *st = ch->state;
	struct sembuf op[2] = {
		{.sem_num = awaits(ch), .sem_op = -1}, {.sem_num = posts(ch), .sem_op = 1}};

	while (unlikely(semop(st->id, op, pass ? 2 : 1) < 0))
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int pair_pong(struct worker *w)
{
	bool end = false;
	int r = 0;

	for (; !end; w->seq++, w->messages++) {
		r = pair_op(w->in, true);
		if (unlikely(r < 0))
			return ipcbench_op_fault(w, "semop", w->seq, r);
		end = atomic_load_explicit(&w->end->last_post, memory_order_acquire) == w->seq;
	}
	return 0;
}

/* Says before it is posted whether message `seq` is the last. */
static ALWAYS_INLINE bool pair_last(struct worker *w, uint64_t seq, uint64_t *left, uint64_t now)
{
	if (likely(--*left != 0 && !window_over(w, now, w->messages)))
		return false;
	atomic_store_explicit(&w->end->last_post, seq, memory_order_release);
	return true;
}

static void pair_record(struct worker *w, uint64_t began, uint64_t start, uint64_t now)
{
	uint64_t ns = clock_ns(&w->clock, now - start);

	hist_record(w->hist, ns);
	timeline_record(w->timeline, start - began, ns);
	if (unlikely(w->messages == 0)) {
		w->first_ns = ns;
		w->first_tick = now;
	}
	w->messages++;
}

/* The post of a message is in the call that received the one before: times run between returns. */
static int pair_ping(struct worker *w)
{
	uint64_t left = w->max_messages, now = clock_now(&w->clock), start = now;
	const uint64_t began = now;
	bool end = pair_last(w, w->seq, &left, now), done = false;
	int r = sysv_sem_op(w->out, posts(w->out), 1, 0);

	for (; r == 0 && !done; w->seq++) {
		done = end;
		end = done || pair_last(w, w->seq + 1, &left, start);
		r = pair_op(w->in, !done);
		now = clock_now(&w->clock);
		if (likely(r == 0))
			pair_record(w, began, start, now);
		start = now;
	}
	w->last_tick = now;
	return r < 0 ? ipcbench_op_fault(w, "semop", w->seq, r) : 0;
}

static bool paired(const struct channel *ch)
{
	return ((const struct sysv_sem_config *)ch->config)->pair;
}

static int either_ping(struct worker *w)
{
	return paired(w->in) ? pair_ping(w) : single_ping(w);
}

static int either_pong(struct worker *w)
{
	return paired(w->in) ? pair_pong(w) : single_pong(w);
}

static const struct loops loops_sysv_sem = {
	.ping = either_ping,
	.pong = either_pong,
	.stream_tx = single_stream_tx,
	.stream_rx = single_stream_rx,
	.rate_tx = single_rate_tx,
	.rate_rx = single_rate_rx,
	.oneway_ping = single_oneway_ping,
	.oneway_pong = single_oneway_pong,
	.fan_rx = single_fan_rx,
	.fan_end = single_fan_end,
	.ping_depth = single_ping_depth,
};

static const struct option_spec sysv_sem_options[] = {
	{
		.name = "ops",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct sysv_sem_config, pair),
		.initial = "single",
		.choices = "single|pair",
		.help = "pair: wait and post in one semop(2), in a blocking round trip",
	},
	{.name = NULL},
};

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
	.duplex = true,
	.topologies = FAN_IN | FAN_OUT_ONE | SERVE_THREADS,
	.one_namespace = NAMESPACE_BIT_IPC,
	.state_size = sizeof(struct sysv_sem_state),
	.config_size = sizeof(struct sysv_sem_config),
	.options = sysv_sem_options,
	.probe = sysv_sem_probe,
	.limits = sysv_sem_limits,
	.open = sysv_sem_open,
	.close = sysv_sem_close,
	.ops = &sysv_sem_ops,
	.loops = &loops_sysv_sem,
};
