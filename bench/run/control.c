/* SPDX-License-Identifier: MIT */
#include "run/control.h"

#include "measure/hist.h"
#include "run/fence.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
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

/* Behind the board. */
static size_t bytes_of_reports(unsigned int lanes)
{
	return 2 * lanes * sizeof(struct report);
}

static size_t bytes_of(unsigned int lanes)
{
	return sizeof(struct board) + bytes_of_reports(lanes) + lanes * sizeof(struct lane);
}

int control_create(struct control *c, uint64_t topology, struct reason *why)
{
	unsigned int lanes = sides_lanes(topology);
	char *p = shared_pages(bytes_of(lanes), "the control block", why);

	*c = (struct control){
		.topology = topology, .sides = 2 * lanes, .present = sides_present(topology)};
	if (p == NULL)
		return -ENOMEM;
	c->board = (void *)p;
	c->report = (void *)(p + sizeof(struct board));
	c->lane = (void *)(p + sizeof(struct board) + bytes_of_reports(lanes));
	for (unsigned int i = 0; i < c->sides; i++)
		fence_paint(&c->report[i].behind, sizeof(c->report[i].behind));
	for (unsigned int i = 0; i < lanes * LAT_KINDS; i++) {
		struct times *times = &c->lane[i / LAT_KINDS].times[i % LAT_KINDS];

		hist_reset(&times->hist);
		fence_paint(&times->behind, sizeof(times->behind));
	}
	return 0;
}

void control_destroy(struct control *c)
{
	fence_unmap(c->board, bytes_of(c->sides / 2));
}

int control_own(const struct control *c, struct reason *why)
{
	return fence_own(c->board, bytes_of(c->sides / 2), why);
}

bool control_tail(const struct control *c)
{
	return fence_tail(c->board, bytes_of(c->sides / 2));
}

unsigned int control_side(const struct control *c, unsigned int lane, enum side role)
{
	return sides_exist(c->topology, 2 * lane + role) ? 2 * lane + role : role;
}

static const char *lane_word(const struct control *c)
{
	return sides_kind(c->topology) == TOPOLOGY_BIDI ? " of direction" : " of pair";
}

struct phrase side_phrase(const struct control *c, unsigned int side)
{
	bool server = sides_kind(c->topology) == TOPOLOGY_SERVER;
	enum common common = sides_common(c->topology);
	const char *role = side % 2 == SIDE_TX ? (server ? "client" : "sender")
					       : (server ? "server" : "receiver");

	if (c->sides == 2 || side % 2 == common)
		return phrase("%s", role);
	return phrase("%s%s %u", role, common == COMMON_NONE ? lane_word(c) : "", side / 2 + 1);
}

struct phrase lane_phrase(const struct control *c, unsigned int lane)
{
	enum common common = sides_common(c->topology);

	if (c->sides == 2)
		return phrase("%s", "");
	return common == COMMON_NONE ? phrase("%s %u", lane_word(c) + strlen(" of "), lane + 1)
				     : side_phrase(c, 2 * lane + (common == COMMON_TX));
}

void control_release(const struct control *c)
{
	atomic_store(&c->board->ready, 1);
	futex_wake_all(&c->board->ready);
}

void control_wait_ready(const struct control *c)
{
	while (atomic_load(&c->board->ready) == 0)
		futex_wait(&c->board->ready, 0);
}

static void meet(struct meeting *m, unsigned int sides)
{
	uint32_t generation = atomic_load(&m->generation);

	if (atomic_fetch_add(&m->arrived, 1) == sides - 1) {
		atomic_store(&m->arrived, 0);
		atomic_store(&m->generation, generation + 1);
		futex_wake_all(&m->generation);
		return;
	}
	while (atomic_load(&m->generation) == generation)
		futex_wait(&m->generation, generation);
}

void control_meet(const struct control *c)
{
	meet(&c->board->meeting, c->present);
}

uint64_t control_gather(const struct control *c, const struct clock *clk)
{
	struct board *b = c->board;
	uint32_t before = atomic_fetch_add(&b->running, 1);
	uint32_t all = before / c->present * c->present + c->present;

	if (before + 1 == all) {
		atomic_store(&b->start_tick, clock_now(clk));
		atomic_store(&b->gathered, all);
	}
	while (atomic_load(&b->gathered) < all)
		sched_yield();
	return atomic_load(&b->start_tick);
}

void lane_meet(struct lane *lane)
{
	meet(&lane->meeting, 2);
}
