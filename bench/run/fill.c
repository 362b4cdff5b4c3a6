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

/* What the driver knows of a filler. */
struct filler {
	double limit_s; /* of a callback */
	pid_t pid;
	const _Atomic uint64_t *sent; /* messages + 1; 0 = it has not begun */
	bool ended;
};

/* How a channel was when something last changed. */
struct mark {
	uint64_t sent, since_ns, cpu_ns;
	long long held;
	bool asleep; /* at every look since */
};

/* ---- the process that sends ------------------------------------------------------------------ */

_Noreturn static void send_for_ever(
	struct channel *ch, const struct item *item, pid_t driver, _Atomic uint64_t *sent)
{
	const struct transport *t = item->transport;
	/* what nobody receives need not say anything, nor have its own pages */
	void *message = mmap(NULL, item->key.size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	worker_begin(driver);
	ch->side = SIDE_TX;
	if (message == MAP_FAILED || (t->attach != NULL && t->attach(ch) < 0))
		_exit(EXIT_FAILURE);
	do {
		atomic_fetch_add(sent, 1);
	} while (t->ops->send(ch, message, item->key.size) >= 0);
	_exit(EXIT_FAILURE);
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
		.sent = atomic_load(f->sent),
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

static void end_filler(struct filler *f)
{
	if (f->ended)
		return;
	kill(f->pid, SIGKILL);
	while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
		;
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
		f->ended = waitpid(f->pid, NULL, WNOHANG) == f->pid;
		if (f->ended)
			return -EPIPE;
		long long held = ask(t, ch, f->limit_s);

		if (held < 0 || is_full(&mark, f, held, t->may_drop))
			return held;
	}
	return -ETIMEDOUT;
}

static long long fill(struct channel *ch, const struct item *item, double limit_s)
{
	_Atomic uint64_t *sent = shared_pages(sizeof(*sent), "the count of messages", NULL);
	pid_t driver = getpid();
	long long held = -EAGAIN;

	if (sent == NULL)
		return -ENOMEM;
	struct filler f = {.limit_s = limit_s, .pid = fork(), .sent = sent};

	if (f.pid == 0)
		send_for_ever(ch, item, driver, sent);
	if (f.pid > 0) {
		held = watch_filler(&f, ch, item->transport);
		end_filler(&f);
	}
	fence_unmap(sent, sizeof(*sent));
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

	if (a->transport != b->transport || a->config != b->config || a->key.size != b->key.size)
		return false;
	return !memory || (a->key.mode == b->key.mode && a->key.wait == b->key.wait &&
				  a->key.copy == b->key.copy && a->cell.batch == b->cell.batch &&
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
