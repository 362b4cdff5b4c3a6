/* SPDX-License-Identifier: MIT */
#include "run/control.h"

#include "measure/hist.h"
#include "run/fence.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const phase_names[PHASE_COUNT] = {
	[PHASE_START] = "start",
	[PHASE_ATTACH] = "attach",
	[PHASE_WARMUP] = "warm-up",
	[PHASE_TIMED] = "timed",
	[PHASE_CLOSE] = "close",
};

const char *phase_name(enum phase p)
{
	/* it stood in memory that a worker may have scribbled over */
	return (unsigned int)p < PHASE_COUNT ? phase_names[p] : "unknown";
}

void phase_enter(struct report *report, enum phase phase)
{
	atomic_store(&report->phase, phase);
}

/* Shared between processes, so not FUTEX_PRIVATE_FLAG. */
static void futex_wait(_Atomic uint32_t *word, uint32_t seen)
{
	syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void futex_wake_all(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void *shared_pages(size_t len, const char *name, struct reason *why)
{
	void *p = fence_map(len, MAP_SHARED, name);

	if (p == NULL)
		reason_set(why, errno, "no shared memory of %zu bytes: %s", len, strerror(errno));
	return p;
}

struct control *control_create(struct reason *why)
{
	struct control *c = shared_pages(sizeof(*c), "the control block", why);

	if (c == NULL)
		return NULL;
	for (int i = 0; i < 2; i++)
		fence_paint(&c->report[i].behind, sizeof(c->report[i].behind));
	for (int i = 0; i < LAT_KINDS; i++) {
		hist_reset(&c->times[i].hist);
		fence_paint(&c->times[i].behind, sizeof(c->times[i].behind));
	}
	return c;
}

void control_destroy(struct control *c)
{
	fence_unmap(c, sizeof(*c));
}

void control_release(struct control *c, pid_t tx, pid_t rx)
{
	c->pid[SIDE_TX] = tx;
	c->pid[SIDE_RX] = rx;
	atomic_store(&c->ready, 1);
	futex_wake_all(&c->ready);
}

void control_wait_ready(struct control *c)
{
	while (atomic_load(&c->ready) == 0)
		futex_wait(&c->ready, 0);
}

void control_meet(struct control *c)
{
	uint32_t generation = atomic_load(&c->generation);

	if (atomic_fetch_add(&c->arrived, 1) == 1) {
		atomic_store(&c->arrived, 0);
		atomic_store(&c->generation, generation + 1);
		futex_wake_all(&c->generation);
		return;
	}
	while (atomic_load(&c->generation) == generation)
		futex_wait(&c->generation, generation);
}
