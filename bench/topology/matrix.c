/* SPDX-License-Identifier: MIT */
#include "topology/matrix.h"

#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/topology.h"
#include "run/fence.h"
#include "run/watch.h"
#include "stats/summary.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Round trips between two looks at the clock: many of its steps, few microseconds. */
#define BATCH 64

/* A page goes on until it has this many, or a time slice that one lost would be its median. */
#define BATCHES_MIN 31

/* Of a matrix that is short in any case; of a pair of a long one; and what a pair costs besides. */
#define TOTAL_S	   1.0
#define SHORTEST_S 0.02
#define OVERHEAD_S 0.005

/* Before the pages that count, so that both CPUs are awake and have found their speed. */
#define WARMUP_SHARE 0.1

/* What the workers of a pair and the driver share besides the control block. */
struct arena {
	double page_ns[MATRIX_PAGES];
	uint64_t round_trips;
};

/* One pair under way. */
struct effort {
	const struct matrix *matrix;
	const struct pair *pair;
	struct control control;
	struct arena *arena; /* on the first page; the warm-up's and the counted ones follow */
	size_t page;	     /* bytes of one */
};

/* ---- plan ------------------------------------------------------------------------------------ */

static void only_one(struct matrix *m, const struct topology *topo, int cpu)
{
	struct pair *p = &m->pairs[m->pair_count++];
	struct topology_counts n;

	*p = (struct pair){
		.cpu_a = cpu, .cpu_b = -1, .class = PLACE_SAME_CPU, .status = STATUS_SKIP};
	p->min_ns = p->p50_ns = p->max_ns = NAN;
	topology_count(topo, &n);
	if (n.cpus == 1)
		reason_set(&p->reason, ENODEV,
			"a pair needs two CPUs, and this process may use only CPU %d; widen its "
			"affinity (taskset -c) or the cpuset of its cgroup",
			cpu);
	else
		reason_set(&p->reason, ENODEV,
			"a pair needs two CPUs, and only CPU %d was chosen; name more with --cpus%s",
			cpu, n.cores == 1 ? ", or take both threads of its core with --smt" : "");
}

int matrix_plan(struct matrix *m, const struct topology *topo, const int *cpus, size_t count,
	double duration_s, double timeout_s, struct reason *why)
{
	int r = 0;

	*m = (struct matrix){.topology = topo, .duration_s = duration_s, .timeout_s = timeout_s};
	m->pairs = need_array(count * (count - 1) / 2 + 1, sizeof(*m->pairs));
	for (size_t i = 0; i < count && r == 0; i++) {
		enum placement class;

		/* with itself first: a CPU that may not be used is an error even when alone */
		r = topology_classify(topo, cpus[i], cpus[i], &class, why);
		for (size_t j = i + 1; j < count && r == 0; j++) {
			struct pair *p = &m->pairs[m->pair_count++];

			*p = (struct pair){.cpu_a = cpus[i], .cpu_b = cpus[j]};
			p->min_ns = p->p50_ns = p->max_ns = NAN;
			r = topology_classify(topo, p->cpu_a, p->cpu_b, &p->class, why);
		}
	}
	if (r == 0 && count == 1)
		only_one(m, topo, cpus[0]);
	if (m->duration_s <= 0)
		m->duration_s = fmax(TOTAL_S / fmax((double)m->pair_count, 1), SHORTEST_S);
	if (m->timeout_s <= 0)
		m->timeout_s = watch_limit(m->duration_s);
	return r;
}

void matrix_free(struct matrix *m)
{
	free(m->pairs);
	free(m->env_json);
	*m = (struct matrix){0};
}

double matrix_seconds(const struct matrix *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->pair_count; i++)
		n += m->pairs[i].status != STATUS_SKIP;
	return (double)n * (m->duration_s + OVERHEAD_S);
}

/* ---- hot loops ------------------------------------------------------------------------------- */

/*
 * The hot loops of the core-to-core matrix: one word in one cache line, written in turn by two
 * CPUs that poll it. Nothing else is touched, and the clock is read outside.
 *
 * The word counts: ping makes it odd, pong makes it even. A fresh page holds 0, so nothing has to
 * be agreed beforehand. Polling pauses between two looks, as the ring does (transports/support).
 */

/* What ping leaves behind at the end. */
#define PINGPONG_END UINT64_MAX

/* So many round trips on a line whose word is `n`, which is even. Returns what the word is then. */
static ALWAYS_INLINE uint64_t pingpong_ping(
	_Atomic uint64_t *line, uint64_t n, unsigned int round_trips)
{
	for (unsigned int i = 0; i < round_trips; i++) {
		atomic_store_explicit(line, n + 1, memory_order_release);
		n += 2;
		while (atomic_load_explicit(line, memory_order_acquire) != n)
			cpu_relax();
	}
	return n;
}

/* Answers until the word is PINGPONG_END. */
static ALWAYS_INLINE void pingpong_pong(_Atomic uint64_t *line)
{
	uint64_t n = 0, seen;

	for (;;) {
		while ((seen = atomic_load_explicit(line, memory_order_acquire)) == n)
			cpu_relax();
		if (unlikely(seen == PINGPONG_END))
			return;
		n = seen + 1;
		atomic_store_explicit(line, n, memory_order_release);
	}
}

/* ---- in a worker ----------------------------------------------------------------------------- */

/* Page 0 is the warm-up's. Another line of each page, so that not all are the first of theirs. */
static _Atomic uint64_t *line_of(const struct effort *e, unsigned int page)
{
	size_t line = page * 7 % (e->page / CACHE_LINE);

	return (void *)((char *)e->arena + (page + 1) * e->page + line * CACHE_LINE);
}

/* Whoever writes to a page first has it on his NUMA node. */
static void touch(const struct effort *e, enum side side)
{
	for (unsigned int page = 0; page <= MATRIX_PAGES; page++)
		if (page % 2 == (unsigned int)side)
			atomic_fetch_or(line_of(e, page), 0);
	control_meet(&e->control);
	/* and then every page is mapped on both sides, with nothing changed */
	for (unsigned int page = 0; page <= MATRIX_PAGES; page++)
		atomic_fetch_or(line_of(e, page), 0);
	control_meet(&e->control);
}

/* The sender's side of one page, for this many ticks. */
static uint64_t ping_page(const struct effort *e, unsigned int page, uint64_t ticks)
{
	const struct clock clock = e->matrix->clock;
	struct histogram *hist = &e->control.lane->times[0].hist;
	_Atomic uint64_t *line = line_of(e, page);
	uint64_t n = 0, now, deadline;

	hist_reset(hist);
	deadline = clock_now(&clock) + ticks;
	do {
		uint64_t start = clock_start(&clock);

		n = pingpong_ping(line, n, BATCH);
		now = clock_now(&clock);
		hist_record(hist, clock_ns(&clock, now - start));
	} while (now < deadline || hist->total < BATCHES_MIN);
	atomic_store_explicit(line, PINGPONG_END, memory_order_release);
	return n / 2;
}

static void ping(const struct effort *e)
{
	struct arena *out = e->arena;
	double ns = e->matrix->duration_s * 1e9;
	uint64_t warmup = clock_ticks(&e->matrix->clock, (uint64_t)(ns * WARMUP_SHARE));
	uint64_t ticks =
		clock_ticks(&e->matrix->clock, (uint64_t)(ns * (1 - WARMUP_SHARE) / MATRIX_PAGES));

	ping_page(e, 0, warmup);
	phase_enter(&e->control.report[SIDE_TX], PHASE_TIMED);
	for (unsigned int page = 1; page <= MATRIX_PAGES; page++) {
		out->round_trips += ping_page(e, page, ticks);
		out->page_ns[page - 1] =
			(double)hist_quantile(&e->control.lane->times[0].hist, 0.5) / BATCH;
	}
}

static void pong(const struct effort *e)
{
	pingpong_pong(line_of(e, 0));
	phase_enter(&e->control.report[SIDE_RX], PHASE_TIMED);
	for (unsigned int page = 1; page <= MATRIX_PAGES; page++)
		pingpong_pong(line_of(e, page));
}

static int work(const void *arg, unsigned int side, struct reason *why)
{
	const struct effort *e = arg;
	int r = pin_here(side == SIDE_TX ? e->pair->cpu_a : e->pair->cpu_b, why);

	if (r < 0)
		return r;
	touch(e, (enum side)side);
	phase_enter(&e->control.report[side], PHASE_WARMUP);
	if (side == SIDE_TX)
		ping(e);
	else
		pong(e);
	return 0;
}

/* ---- in the driver --------------------------------------------------------------------------- */

static size_t arena_bytes(const struct effort *e)
{
	return (MATRIX_PAGES + 2) * e->page;
}

static int set_up(struct effort *e, struct reason *why)
{
	int r = control_create(&e->control, 0, why);

	if (r < 0)
		return r;
	void *p = mmap(
		NULL, arena_bytes(e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return reason_set(why, errno, "no shared memory of %zu bytes: %s", arena_bytes(e),
			strerror(errno));
	e->arena = p;
	/* pages that really are several; refused where there are no large ones anyway */
	madvise(p, arena_bytes(e), MADV_NOHUGEPAGE);
	return 0;
}

static void tear_down(struct effort *e)
{
	control_destroy(&e->control);
	if (e->arena != NULL)
		munmap(e->arena, arena_bytes(e));
}

/* Whether the sender tells what can be: each page in the time that there was. */
static int check(const struct arena *a, double timeout_s, struct reason *why)
{
	double most = timeout_s * 1e9;

	for (unsigned int i = 0; i < MATRIX_PAGES; i++)
		if (!(a->page_ns[i] > 0 && a->page_ns[i] <= most))
			return reason_set(why, EPROTO,
				"the sender's page_ns[%u] is %g, outside 0 to %g: shared memory was written over",
				i, a->page_ns[i], most);
	if (a->round_trips >= MATRIX_PAGES && (double)a->round_trips <= most)
		return 0;
	return reason_set(why, EPROTO,
		"the sender's round_trips is %llu, outside %d to %g: shared memory was written over",
		(unsigned long long)a->round_trips, MATRIX_PAGES, most);
}

static void keep(struct pair *p, struct arena *a)
{
	p->pages = MATRIX_PAGES;
	p->round_trips = a->round_trips;
	p->p50_ns = median(a->page_ns, MATRIX_PAGES);
	/* which are sorted now */
	p->min_ns = a->page_ns[0];
	p->max_ns = a->page_ns[MATRIX_PAGES - 1];
}

/* -EINTR if interrupted, else 0: what else went wrong is in the row. */
static int measure_pair(const struct matrix *m, struct pair *p)
{
	struct effort e = {
		.matrix = m,
		.pair = p,
		.page = (size_t)sysconf(_SC_PAGESIZE),
	};
	int r = set_up(&e, &p->reason);

	if (r == 0)
		r = watch_workers(&e.control, work, &e, (struct limit){.timeout_s = m->timeout_s},
			&p->reason);
	if (r == 0)
		r = fence_own(e.arena, sizeof(*e.arena), &p->reason);
	if (r == 0)
		r = check(e.arena, m->timeout_s, &p->reason);
	p->status = r < 0 ? STATUS_FAIL : STATUS_OK;
	if (r == 0)
		keep(p, e.arena);
	tear_down(&e);
	return interrupted ? -EINTR : 0;
}

void matrix_run(struct matrix *m, matrix_step *step, void *arg)
{
	for (; m->done < m->pair_count; m->done++) {
		if (m->pairs[m->done].status == STATUS_SKIP)
			continue;
		watch_let_signals_in();
		if (interrupted)
			break;
		step(arg, m, m->done);
		if (measure_pair(m, &m->pairs[m->done]) < 0)
			break;
	}
	m->interrupted = m->done < m->pair_count;
}
