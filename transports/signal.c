/* SPDX-License-Identifier: MIT */
/*
 * signal: the receiver keeps the signal blocked and fetches it with sigwaitinfo(2), or from a
 * signalfd(2) if it waits by epoll. A queued real-time signal carries its sender and the number of
 * the post, which is checked; a plain kill() carries nothing, and pending ones merge into one.
 */
#include "support/fd.h"
#include "support/spin.h"
#include <ipcbench/loops.h>

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

enum call { CALL_SIGQUEUE, CALL_KILL };

struct signal_config {
	unsigned int call;
};

/* Of the 32 bits of a value: the number of the post, which wraps, below that of the sender. */
enum { NUMBER_BITS = 20, NUMBER_MASK = (1 << NUMBER_BITS) - 1 };

/* What a receiver knows of a sender. */
struct signal_sender {
	pid_t pid; /* 0 = it has sent nothing so far */
	uint32_t received;
};

struct signal_state {
	/* all of it belongs to a worker: there is no object to create */
	bool attached;
	bool queued; /* by sigqueue() */
	int number;
	sigset_t set;
	struct fd_end end; /* signalfd; WAIT_EPOLL only */
	uint32_t sent;
	struct signal_sender from[SIDES_MAX];
};

static int signal_limits(const struct cell *cell, const void *config, struct reason *why)
{
	const struct signal_config *c = config;
	struct rlimit pending;

	if (c->call == CALL_KILL && !cell_alternates(cell))
		return reason_set(why, ENOTSUP,
			"signals sent by kill() merge while one is pending, so only one can be under "
			"way; use --mode latency --depth 1 or signal:call=sigqueue");
	if (c->call == CALL_SIGQUEUE && getrlimit(RLIMIT_SIGPENDING, &pending) == 0 &&
		pending.rlim_cur == 0)
		return reason_set(why, EAGAIN,
			"RLIMIT_SIGPENDING is 0, so no signal can be queued; raise it with "
			"ulimit -i 1024 or use signal:call=kill");
	return 0;
}

/* The kernel keeps signals for a process, not for a channel: there is nothing to open. */
static int signal_open(struct channel *ch)
{
	(void)ch;
	return 0;
}

static int signal_attach(struct channel *ch)
{
	const struct signal_config *config = ch->config;
	struct signal_state *st = ch->state;

	fd_end_init(&st->end, -1);
	st->from[0].pid = ch->cell->senders > 1 ? 0 : ch->peer;
	st->attached = true;
	st->queued = config->call == CALL_SIGQUEUE;
	st->number = st->queued ? SIGRTMIN : SIGUSR1;
	sigemptyset(&st->set);
	sigaddset(&st->set, st->number);
	/* before the peer sends: delivered unblocked, it would end the process */
	if (sigprocmask(SIG_BLOCK, &st->set, NULL) < 0)
		return reason_set(&ch->why, errno, "sigprocmask: %s", strerror(errno));
	if (ch->wait != WAIT_EPOLL)
		return 0;
	st->end.fd = signalfd(-1, &st->set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (st->end.fd < 0)
		return reason_set(&ch->why, errno, "signalfd: %s", strerror(errno));
	return fd_end_attach(ch, &st->end);
}

/* The signal stays blocked: one that a failing peer sends late must not kill this worker. */
static void signal_detach(struct channel *ch)
{
	struct signal_state *st = ch->state;

	if (st->attached)
		fd_end_close(&st->end);
}

static void signal_close(struct channel *ch)
{
	(void)ch;
}

static ALWAYS_INLINE int signal_send(struct channel *ch, const void *buf, size_t n)
{
	struct signal_state *st = ch->state;
	const union sigval value = {
		.sival_int = (int)(ch->index << NUMBER_BITS | (st->sent & NUMBER_MASK))};

	(void)buf;
	(void)n;
	st->sent++;
	if (!st->queued) {
		if (likely(kill(ch->peer, st->number) == 0))
			return 0;
		return errno == ESRCH ? -EPIPE : -errno;
	}
	while (unlikely(sigqueue(ch->peer, st->number, value) < 0)) {
		if (errno != EAGAIN)
			return errno == ESRCH ? -EPIPE : -errno;
		/* RLIMIT_SIGPENDING signals are queued: let the receiver take some */
		sched_yield();
	}
	return 0;
}

/* Whether one of several senders is a process of this run and no stranger. */
COLD static bool signal_meets(struct signal_sender *from, pid_t pid)
{
	if (from->pid != 0 || pid <= 0 || getpgid(pid) != getpgrp())
		return false;
	from->pid = pid;
	return true;
}

/* A signal from `pid` came in: is it a sender's next? Anybody else's is passed over. */
static ALWAYS_INLINE int signal_accept(struct channel *ch, pid_t pid, int value)
{
	struct signal_state *st = ch->state;
	uint32_t sender = st->queued ? (uint32_t)value >> NUMBER_BITS : 0;

	if (unlikely(sender >= ch->cell->senders))
		return 0;
	struct signal_sender *from = &st->from[sender];

	if (unlikely(pid != from->pid || pid <= 0) && !signal_meets(from, pid))
		return 0;
	if (unlikely(st->queued &&
		     ((uint32_t)value & NUMBER_MASK) != (from->received & NUMBER_MASK)))
		return -EILSEQ;
	from->received++;
	return SPIN_DONE;
}

static ALWAYS_INLINE int signal_try(struct channel *ch, void *arg)
{
	static const struct timespec at_once = {0};
	struct signal_state *st = ch->state;
	siginfo_t info;

	(void)arg;
	if (unlikely(sigtimedwait(&st->set, &info, &at_once) < 0))
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return signal_accept(ch, info.si_pid, info.si_value.sival_int);
}

static ALWAYS_INLINE int signal_sleep(struct channel *ch)
{
	struct signal_state *st = ch->state;
	siginfo_t info;

	if (unlikely(sigwaitinfo(&st->set, &info) < 0))
		return errno == EINTR ? 0 : -errno;
	return signal_accept(ch, info.si_pid, info.si_value.sival_int);
}

static ALWAYS_INLINE int signal_epoll(struct channel *ch)
{
	struct signal_state *st = ch->state;
	struct signalfd_siginfo info;
	uint64_t since = 0;
	int r = fd_before_read(ch, &st->end);

	if (unlikely(r < 0))
		return r;
	if (unlikely(read(st->end.fd, &info, sizeof(info)) != (ssize_t)sizeof(info)))
		return fd_wait_readable(ch, &st->end, errno, &since);
	return signal_accept(ch, (pid_t)info.ssi_pid, info.ssi_int);
}

static ALWAYS_INLINE int signal_recv(struct channel *ch, void *buf, size_t n)
{
	int r = 0;

	(void)buf;
	(void)n;
	if (ch->wait == WAIT_EPOLL) {
		while (r == 0)
			r = signal_epoll(ch);
	} else {
		r = spin_until(ch, signal_try, NULL);
		while (r == SPIN_SLEEP)
			r = signal_sleep(ch);
	}
	return likely(r == SPIN_DONE) ? 0 : r;
}

static const struct channel_ops signal_ops = {.send = signal_send, .recv = signal_recv};

IPCBENCH_LOOPS(loops_signal, signal_ops);

static const struct option_spec signal_options[] = {
	{
		.name = "call",
		.type = OPTION_CHOICE,
		.offset = offsetof(struct signal_config, call),
		.initial = "sigqueue",
		.choices = "sigqueue|kill",
		.help = "a queued real-time signal with a value, or SIGUSR1 by kill()",
	},
	{.name = NULL},
};

const struct transport transport_signal = {
	.abi = IPCBENCH_ABI,
	.name = "signal",
	.family = "notifications",
	.summary = "signal to the peer process, queued with a value or plain",
	.typical_use = "asking a process to stop or to reload",
	.api = API_POSIX,
	.reach = REACH_HOST,
	.shape = SHAPE_NOTIFY,
	.persistence = PERSIST_PROCESS,
	.waits = WAIT_BIT_BLOCK | WAIT_BIT_SPIN | WAIT_BIT_HYBRID | WAIT_BIT_EPOLL,
	.customary = WAIT_BIT_BLOCK,
	.common = true,
	.duplex = true,
	.topologies = FAN_IN,
	.one_namespace = NAMESPACE_BIT_PID,
	.state_size = sizeof(struct signal_state),
	.config_size = sizeof(struct signal_config),
	.options = signal_options,
	.limits = signal_limits,
	.open = signal_open,
	.attach = signal_attach,
	.detach = signal_detach,
	.close = signal_close,
	.ops = &signal_ops,
	.loops = &loops_signal,
};
