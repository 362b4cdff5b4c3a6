/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "plan/guard.h"
#include "run/fence.h"
#include "run/helpers.h"
#include "run/objects.h"
#include "run/watch.h"
#include "run/worker.h"
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What a sender may compute until the channel is full, and how long it may wait for a CPU. */
#define LIMIT_NS UINT64_C(250000000)
#define WAIT_NS	 UINT64_C(10000000000)
#define LOOK_NS	 UINT64_C(1000000)
/* A sender that sleeps, or polls, for so long without getting on has filled the channel. */
#define STILL_NS UINT64_C(20000000)
/* Of a mechanism that drops: this many messages without holding more. */
#define DROPPED	 UINT64_C(1000)

/* What the processes that fill share with the driver, which believes none of it. */
struct filling {
	_Atomic uint64_t sent;	   /* messages + 1; 0 = it has not begun */
	_Atomic uint32_t attached; /* sides, where there is a peer */
	_Atomic pid_t pid[2];	   /* by side; 0 = not known yet */
};

/* What the driver knows of a filler. */
struct filler {
	double limit_s; /* of a callback */
	pid_t pid;
	struct filling *shared;
	bool ended, well; /* by itself; with all that it was to send */
};

/* How a channel was when something last changed. */
struct mark {
	uint64_t sent, since_ns, cpu_ns;
	long long held;
	bool asleep; /* at every look since */
};

/* ---- the process that sends ------------------------------------------------------------------ */

/* Attaches as a side; if the other one is a process, both have before either goes on. */
static int join(
	struct channel *ch, const struct transport *t, enum side side, struct filling *f, bool peer)
{
	ch->side = side;
	while (peer && (ch->peer = atomic_load(&f->pid[side == SIDE_TX ? SIDE_RX : SIDE_TX])) == 0)
		sched_yield();
	int r = t->attach != NULL ? t->attach(ch) : 0;

	atomic_fetch_add(&f->attached, r < 0 ? 0 : 1);
	while (peer && r >= 0 && atomic_load(&f->attached) < 2)
		sched_yield();
	return r;
}

static int send_one(struct channel *ch, const struct item *item, const void *message)
{
	const struct channel_ops *ops = item->transport->ops;
	size_t n = item->key.size;

	if (item->key.copy == COPY_PRIVATE)
		return ops->send(ch, message, n);
	void *p = ops->reserve(ch, n);

	return p == NULL ? -EIO : ops->commit(ch, n);
}

_Noreturn static void send_up_to(struct channel *ch, const struct item *item, pid_t driver,
	struct filling *f, uint64_t most, bool peer)
{
	/* what nobody receives need not say anything, nor have its own pages */
	void *message = mmap(NULL, item->key.size + 1, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int r = -ENOMEM;

	worker_begin(driver);
	if (message != MAP_FAILED)
		r = join(ch, item->transport, SIDE_TX, f, peer);
	for (uint64_t i = 0; i < most && r >= 0; i++) {
		atomic_fetch_add(&f->sent, 1);
		r = send_one(ch, item, message);
	}
	_exit(r < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* The other side of a filler: it is there, and receives nothing. */
_Noreturn static void receive_nothing(
	struct channel *ch, const struct item *item, pid_t driver, struct filling *f)
{
	worker_begin(driver);
	if (join(ch, item->transport, SIDE_RX, f, true) < 0)
		_exit(EXIT_FAILURE);
	for (;;)
		pause();
}

/* ---- the driver, which looks on -------------------------------------------------------------- */

static uint64_t cpu_ns_of(pid_t pid)
{
	struct timespec ts;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Whether the channel is full: its sender gets no further, or what it sends is dropped. */
static bool is_full(struct mark *m, const struct filler *f, long long held, bool may_drop)
{
	unsigned long long start;
	struct mark now = {
		.sent = atomic_load(&f->shared->sent),
		.since_ns = clock_gettime_ns(),
		.cpu_ns = cpu_ns_of(f->pid),
		.held = held,
		.asleep = process_state(f->pid, &start) == 'S',
	};
	bool moved = now.sent != m->sent && !may_drop;

	/* a count that runs backwards was written over, and begins anew */
	if (now.sent == 0 || now.sent < m->sent || moved || now.held != m->held) {
		*m = now;
		return false;
	}
	if (may_drop && now.sent - m->sent >= DROPPED)
		return true;
	m->asleep &= now.asleep;
	if (m->asleep)
		return now.since_ns - m->since_ns >= STILL_NS;
	/* it polls; time in which it did not run tells nothing */
	return now.cpu_ns - m->cpu_ns >= STILL_NS;
}

static void end_process(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Whether it has ended by itself. */
static bool has_ended(struct filler *f)
{
	int status = 0;

	f->ended = waitpid(f->pid, &status, WNOHANG) == f->pid;
	f->well = f->ended && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
	return f->ended;
}

static void end_filler(struct filler *f)
{
	if (!f->ended)
		end_process(f->pid);
}

static long long ask(const struct transport *t, struct channel *ch, double limit_s)
{
	guard_enter(t, "kernel_bytes()", limit_s);
	long long held = t->kernel_bytes(ch);

	guard_leave(0, NULL);
	/* more than there is memory is no answer */
	return (double)held > memory_bytes() ? -ERANGE : held;
}

/* Bytes held when full, or -errno. */
static long long watch_filler(struct filler *f, struct channel *ch, const struct transport *t)
{
	uint64_t deadline = clock_gettime_ns() + WAIT_NS;
	struct mark mark = {.held = -1};

	while (cpu_ns_of(f->pid) < LIMIT_NS && clock_gettime_ns() < deadline) {
		watch_sleep(LOOK_NS);
		if (interrupted)
			return -EINTR;
		if (has_ended(f))
			return -EPIPE;
		long long held = ask(t, ch, f->limit_s);

		if (held < 0 || is_full(&mark, f, held, t->may_drop))
			return held;
	}
	return -ETIMEDOUT;
}

static long long fill(struct channel *ch, const struct item *item, double limit_s)
{
	struct filling *shared = shared_pages(sizeof(*shared), "the count of messages", NULL);
	pid_t driver = getpid();
	long long held = -EAGAIN;

	if (shared == NULL)
		return -ENOMEM;
	struct filler f = {.limit_s = limit_s, .pid = fork(), .shared = shared};

	if (f.pid == 0)
		send_up_to(ch, item, driver, shared, UINT64_MAX, false);
	if (f.pid > 0) {
		held = watch_filler(&f, ch, item->transport);
		end_filler(&f);
	}
	fence_unmap(shared, sizeof(*shared));
	return held;
}

static double measure(const struct item *item, const struct clock *clock, double limit_s)
{
	const struct transport *t = item->transport;
	struct reason why = {""};
	struct channel ch = {.state = NULL};
	long long held;

	if (t->kernel_bytes == NULL)
		return NAN;
	helpers_hurry(limit_s);
	guard_enter(t, "open()", limit_s);
	held = guard_leave(channel_open(&ch, item, clock, &why), &why);
	if (held == 0)
		held = ask(t, &ch, limit_s);
	if (held >= 0 && t->shape != SHAPE_MEMORY)
		held = fill(&ch, item, limit_s);
	channel_close(&ch, item, limit_s);
	return held < 0 ? NAN : (double)held;
}

/* ---- once for all cells that hold alike ------------------------------------------------------ */

/* The idle policy never matters; the rest may shape a segment, but not a queue. */
static bool alike(const struct item *a, const struct item *b)
{
	bool memory = a->transport->shape == SHAPE_MEMORY;

	if (a->transport != b->transport || a->config != b->config || a->key.size != b->key.size ||
		a->cell.senders != b->cell.senders || a->cell.receivers != b->cell.receivers)
		return false;
	return !memory || (a->key.mode == b->key.mode && a->key.wait == b->key.wait &&
				  a->key.copy == b->key.copy && a->cell.batch == b->cell.batch &&
				  cell_alternates(&a->cell) == cell_alternates(&b->cell) &&
				  a->key.footprint == b->key.footprint &&
				  cell_one_cpu(&a->cell) == cell_one_cpu(&b->cell));
}

double fill_bytes(struct run *run, size_t item)
{
	const struct plan *plan = run->plan;
	double *held = run->held;

	for (size_t i = 0; i < plan->item_count && held[item] < 0; i++)
		if (!(held[i] < 0) && alike(&plan->items[i], &plan->items[item]))
			held[item] = held[i];
	if (held[item] < 0)
		held[item] = measure(&plan->items[item], run->clock,
			launch_limit(plan->settings, &plan->items[item]));
	return held[item];
}

/* ---- how many messages a channel holds ------------------------------------------------------- */

/* Messages sent when it had sent `most` or got no further, or -errno. */
static long long watch_count(struct filler *f, uint64_t most)
{
	uint64_t deadline = clock_gettime_ns() + WAIT_NS;
	struct mark mark = {.held = -1};

	while (cpu_ns_of(f->pid) < LIMIT_NS && clock_gettime_ns() < deadline) {
		watch_sleep(LOOK_NS);
		if (interrupted)
			return -EINTR;
		if (has_ended(f))
			return f->well ? (long long)most : -EPIPE;
		if (is_full(&mark, f, 0, false))
			return (long long)(mark.sent - 1 < most ? mark.sent - 1 : most);
	}
	return -ETIMEDOUT;
}

static long long count_up_to(struct channel *ch, const struct item *item, uint64_t most)
{
	struct filling *shared = shared_pages(sizeof(*shared), "the count of messages", NULL);
	pid_t driver = getpid(), peer;
	long long held = -EAGAIN;

	if (shared == NULL)
		return -ENOMEM;
	peer = fork();
	if (peer == 0)
		receive_nothing(ch, item, driver, shared);
	struct filler f = {.pid = peer < 0 ? -1 : fork(), .shared = shared};

	if (f.pid == 0)
		send_up_to(ch, item, driver, shared, most, true);
	if (f.pid > 0) {
		atomic_store(&shared->pid[SIDE_RX], peer);
		atomic_store(&shared->pid[SIDE_TX], f.pid);
		held = watch_count(&f, most);
		end_filler(&f);
	}
	end_process(peer);
	fence_unmap(shared, sizeof(*shared));
	return held;
}

long long fill_count(const struct item *item, const struct clock *clock, uint64_t most,
	double limit_s, struct reason *why)
{
	struct channel ch = {.state = NULL};
	long long held;

	guard_enter(item->transport, "open()", limit_s);
	held = guard_leave(channel_open(&ch, item, clock, why), why);
	if (held == 0) {
		held = count_up_to(&ch, item, most);
		if (held < 0)
			reason_set(why, (int)-held,
				"no process could fill a channel to see how many messages it holds: %s",
				strerror((int)-held));
	}
	channel_close(&ch, item, limit_s);
	return held;
}
