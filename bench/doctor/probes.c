/* SPDX-License-Identifier: MIT */
#include "doctor/facts.h"
#include "measure/hist.h"
#include "measure/machine.h"
#include "plan/plan.h"
#include "run/run.h"
#include "run/watch.h"
#include "stats/summary.h"
#include "text/memory.h"
#include <errno.h>
#include <linux/futex.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- jitter ---------------------------------------------------------------------------------- */

/*
 * Jitter of the system: a thread that does nothing but read the clock should see it advance by the
 * cost of a reading. Where it advances by much more the thread did not run: an interrupt, another
 * task, the hypervisor or the firmware had the CPU.
 */

/* CPUs are watched in this many goes, one after the other, each for as long as asked. */
enum { GOES = 5 };

#define THRESHOLD_NS	1000.0
/* A slow reading of the clock is not a gap. */
#define THRESHOLD_COSTS 8

struct watcher {
	struct gaps *gaps;
	const struct clock *clk;
	double seconds;
};

void gaps_note(struct gaps *g, double ns)
{
	double limit = THRESHOLD_NS;

	if (ns < g->threshold_ns)
		return;
	g->count++;
	g->lost_ns += ns;
	g->largest_ns = fmax(g->largest_ns, ns);
	for (int i = 0; i < GAP_CLASSES; i++, limit *= 10)
		g->beyond[i] += ns >= limit;
}

static void *watch_cpu(void *arg)
{
	const struct watcher *w = arg;
	uint64_t start = clock_now(w->clk), before = start;
	uint64_t end = start + clock_ticks(w->clk, (uint64_t)(w->seconds * 1e9));
	uint64_t threshold = clock_ticks(w->clk, (uint64_t)w->gaps->threshold_ns);

	while (before < end) {
		uint64_t now = clock_now(w->clk);

		if (unlikely(now - before >= threshold))
			gaps_note(w->gaps, (double)clock_ns(w->clk, now - before));
		before = now;
	}
	w->gaps->seconds = (double)clock_ns(w->clk, before - start) / 1e9;
	return NULL;
}

int gaps_watch(
	struct gaps *out, size_t count, double seconds, const struct clock *clk, struct reason *why)
{
	double threshold = fmax(THRESHOLD_NS, THRESHOLD_COSTS * clock_cost_ns(clk));
	size_t at_a_time = (count + GOES - 1) / GOES;
	struct watcher *w = need_array(count, sizeof(*w));
	int *cpus = need_array(count, sizeof(*cpus)), r = 0;

	for (size_t i = 0; i < count; i++) {
		cpus[i] = out[i].cpu;
		out[i] = (struct gaps){.cpu = cpus[i], .threshold_ns = threshold};
		w[i] = (struct watcher){&out[i], clk, seconds};
	}
	for (size_t i = 0; i < count && r == 0 && !interrupted; i += at_a_time) {
		r = pin_threads(count - i < at_a_time ? count - i : at_a_time, &cpus[i], watch_cpu,
			&w[i], sizeof(*w), why);
		watch_let_signals_in();
	}
	free(cpus);
	free(w);
	return r;
}

/* ---- waking a CPU ---------------------------------------------------------------------------- */

/*
 * What it costs to wake a thread that sleeps in the kernel on another CPU. The waker polls for the
 * answer, which adds one transfer of a cache line (a tenth of a microsecond) and no second
 * wake-up; so nothing is halved.
 */

enum { SAMPLES_MAX = 2000, SAMPLES_MIN = 10, P99_SAMPLES = 100 };

/* Between the answer and the next wake-up: the sleeper is asleep, its CPU idle. */
#define REST_NS	    UINT64_C(100000)
/* The sleeper is not waited for any longer than this. */
#define PATIENCE_NS UINT64_C(100000000)
/* Asked as a round number, so that the sleeper tells the end from a wake-up. */
#define END	    UINT32_MAX

struct alarm {
	_Alignas(CACHE_LINE) _Atomic uint32_t number; /* of the wake-up; the sleeper waits on it */
	_Alignas(CACHE_LINE) _Atomic uint32_t answer;
	const struct clock *clk;
	uint64_t run_ns;
	size_t count;
	double ns[SAMPLES_MAX];
};

struct side_of {
	struct alarm *alarm;
	bool wakes;
};

static void futex(_Atomic uint32_t *word, int op, uint32_t value)
{
	syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void sleep_and_answer(struct alarm *a)
{
	uint32_t seen = 0;

	for (;;) {
		uint32_t number;

		while ((number = atomic_load_explicit(&a->number, memory_order_acquire)) == seen)
			futex(&a->number, FUTEX_WAIT, seen);
		if (number == END)
			return;
		seen = number;
		atomic_store_explicit(&a->answer, seen, memory_order_release);
	}
}

static void ring(struct alarm *a, uint32_t number)
{
	atomic_store_explicit(&a->number, number, memory_order_release);
	futex(&a->number, FUTEX_WAKE, 1);
}

static void rest(void)
{
	uint64_t end = clock_gettime_ns() + REST_NS;

	while (clock_gettime_ns() < end)
		cpu_relax();
}

/* Whether the answer came. */
static bool wake_once(struct alarm *a, uint32_t number)
{
	uint64_t give_up = clock_gettime_ns() + PATIENCE_NS, start = clock_start(a->clk);

	ring(a, number);
	while (atomic_load_explicit(&a->answer, memory_order_acquire) != number) {
		if (clock_gettime_ns() > give_up)
			return false;
	}
	a->ns[a->count++] = (double)clock_ns(a->clk, clock_now(a->clk) - start);
	return true;
}

static void wake_repeatedly(struct alarm *a)
{
	uint64_t end = clock_gettime_ns() + a->run_ns;
	uint32_t number = 1;

	/* the first one contains the start of the other thread */
	wake_once(a, number++);
	a->count = 0;
	while (a->count < SAMPLES_MAX && clock_gettime_ns() < end) {
		rest();
		if (!wake_once(a, number++))
			break;
	}
	ring(a, END);
}

static void *take_part(void *arg)
{
	const struct side_of *s = arg;

	(s->wakes ? wake_repeatedly : sleep_and_answer)(s->alarm);
	return NULL;
}

static int conclude(struct wake *out, struct alarm *a, int sleeper, struct reason *why)
{
	if (a->count < SAMPLES_MIN)
		return reason_set(why, ETIMEDOUT,
			"only %zu wake-ups of CPU %d came to an end: it is busy with something else",
			a->count, sleeper);
	sort_ascending(a->ns, a->count);
	out->p50_us = a->ns[a->count / 2] / 1e3;
	if (a->count >= P99_SAMPLES)
		out->p99_us = a->ns[a->count * 99 / 100] / 1e3;
	return 0;
}

/*
 * Wakes a thread on `sleeper` from `waker` for `seconds`, each time after it slept for a tenth of
 * a millisecond, so that its CPU was really idle. 0 or -errno with `why`.
 */
static int wake_measure(struct wake *out, int waker, int sleeper, double seconds,
	const struct clock *clk, struct reason *why)
{
	struct alarm *a = needed(aligned_alloc(CACHE_LINE, sizeof(*a)));
	/* the one that gives up by itself comes first */
	struct side_of sides[] = {{a, true}, {a, false}};
	const int cpus[] = {waker, sleeper};

	atomic_init(&a->number, 0);
	atomic_init(&a->answer, 0);
	a->clk = clk;
	a->run_ns = (uint64_t)(seconds * 1e9);
	a->count = 0;
	int r = pin_threads(2, cpus, take_part, sides, sizeof(sides[0]), why);

	if (r == 0)
		r = conclude(out, a, sleeper, why);
	free(a);
	return r;
}

/* ---- the probes of a level ------------------------------------------------------------------- */

enum { QUEUE_LOOKS = 5, FLOOR_SIZE = 64 };

/* How long each probe takes. */
struct budget {
	double gaps_s;	/* of one CPU; five times that in all */
	double wake_s;	/* of each kind */
	double floor_s; /* 0 = left out: it takes a launch, and a run can measure `null` itself */
	unsigned int look_us; /* between looks at the run queue */
};

static const struct budget budgets[] = {
	[PROBES_SHORT] = {.gaps_s = 0.02, .wake_s = 0.02, .look_us = 2000},
	[PROBES_FULL] = {.gaps_s = 0.2, .wake_s = 0.15, .floor_s = 0.1, .look_us = 20000},
};

/* What the probes of one examination share. */
struct work {
	struct probes *p;
	const struct topology *topo;
	const struct clock *clk;
	const struct budget *budget;
};

/* ---- clock ----------------------------------------------------------------------------------- */

static void probe_clock(struct work *w, const struct reason *clock_why)
{
	struct probes *p = w->p;
	struct clock syscall;

	clock_use_syscall(&syscall);
	snprintf(p->clock_name, sizeof(p->clock_name), "%s", clock_name(w->clk));
	p->clock_why = *clock_why;
	p->clock_cost_ns = clock_cost_ns(w->clk);
	p->clock_step_ns = clock_resolution_ns(w->clk);
	p->gettime_ns = clock_cost_ns(&syscall);
}

/* ---- who else is here ------------------------------------------------------------------------ */

/* The median, since a task that wakes for an instant is met by chance. */
static double look_at_run_queue(unsigned int pause_us)
{
	double others[QUEUE_LOOKS], load;

	for (int i = 0; i < QUEUE_LOOKS; i++) {
		machine_load("", &load, &others[i]);
		if (isnan(load))
			return NAN;
		usleep(pause_us);
	}
	return median(others, QUEUE_LOOKS);
}

/* ---- two CPUs -------------------------------------------------------------------------------- */

static void probe_wake(struct work *w, int kind)
{
	struct probes *p = w->p;
	struct reason *why = &p->wake_why[kind];
	int fd = -1;

	if (kind == WAKE_DEFAULT || awake_hold(&fd, why) == 0)
		wake_measure(&p->wake[kind], p->cpu_a, p->cpu_b, w->budget->wake_s, w->clk, why);
	if (fd >= 0)
		close(fd);
}

/* The round trip of the transport that moves nothing, as the driver measures any other. */
static void probe_floor(struct work *w)
{
	struct probes *p = w->p;
	const struct settings settings = {.duration_s = w->budget->floor_s,
		.warmup_s = w->budget->floor_s / 4,
		.trials = 1,
		.timeout_s = 1};
	struct item item = {.transport = registry_find("null"),
		.key = {.transport = "null",
			.mode = MODE_LATENCY,
			.wait = WAIT_SPIN,
			.copy = COPY_PRIVATE,
			.size = FLOOR_SIZE}};
	struct histogram *const unwanted[LAT_KINDS] = {NULL};

	item.cell = item_cell(&item.key, p->cpu_a, p->cpu_b);
	struct trial trial = trial_of(&item);

	if (launch(&trial, &settings, w->clk, NULL, unwanted) < 0)
		return;
	p->floor_why = trial.reason;
	p->floor_p50_ns = trial.value[METRIC_LAT_P50];
	p->floor_p99_ns = trial.value[METRIC_LAT_P99];
}

static void probe_pair(struct work *w)
{
	struct probes *p = w->p;
	enum placement is;
	struct reason why = {""};

	if (topology_pick(w->topo, PLACE_CROSS_CPU, &p->cpu_a, &p->cpu_b, &is, &why) < 0) {
		p->cpu_a = p->cpu_b = -1;
		p->offset_why = p->wake_why[0] = p->wake_why[1] = p->floor_why = why;
		return;
	}
	p->offset_err = offset_measure(w->clk, p->cpu_a, p->cpu_b, &p->offset, &p->offset_why);
	for (int kind = 0; kind < WAKE_KINDS && !interrupted; kind++)
		probe_wake(w, kind);
	if (w->budget->floor_s <= 0)
		reason_set(&p->floor_why, 0, "not measured: the run may measure null itself");
	else if (!interrupted)
		probe_floor(w);
}

/* ---- every CPU ------------------------------------------------------------------------------- */

static void probe_gaps(struct work *w)
{
	struct probes *p = w->p;
	size_t n = 0;

	p->gaps = need_array(w->topo->count, sizeof(*p->gaps));
	for (size_t i = 0; i < w->topo->count; i++)
		if (w->topo->cpu[i].allowed)
			p->gaps[n++].cpu = w->topo->cpu[i].cpu;
	if (gaps_watch(p->gaps, n, w->budget->gaps_s, w->clk, &p->gaps_why) == 0)
		p->gap_count = n;
}

/* ---- all ------------------------------------------------------------------------------------- */

void probes_run(struct probes *out, enum probe_level level, const struct topology *topo,
	const struct clock *clk, const struct reason *clock_why)
{
	struct work w = {out, topo, clk, &budgets[level]};
	struct machine_ticks before, after;

	*out = (struct probes){.level = level,
		.cpu_a = -1,
		.cpu_b = -1,
		.clock_cost_ns = NAN,
		.clock_step_ns = NAN,
		.gettime_ns = NAN,
		.wake = {{NAN, NAN}, {NAN, NAN}},
		.floor_p50_ns = NAN,
		.floor_p99_ns = NAN,
		.run_queue = NAN,
		.steal = NAN};
	if (level == PROBES_NONE)
		return;
	/* before the probes themselves want to run */
	out->run_queue = look_at_run_queue(w.budget->look_us);
	machine_ticks("", &before);
	probe_clock(&w, clock_why);
	probe_gaps(&w);
	if (!interrupted)
		probe_pair(&w);
	if (machine_ticks("", &after) && after.all > before.all)
		out->steal = fmax(after.stolen - before.stolen, 0) / (after.all - before.all) * 100;
}

void probes_free(struct probes *p)
{
	free(p->gaps);
	p->gaps = NULL;
	p->gap_count = 0;
}
