/* SPDX-License-Identifier: MIT */
#include "doctor/probes.h"
#include "measure/clock.h"
#include "measure/hist.h"
#include "measure/machine.h"
#include "measure/topology.h"
#include "plan/registry.h"
#include "run/launch.h"
#include "stats/summary.h"
#include "text/memory.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	const volatile int *interrupted;
};

const char *probe_level_name(enum probe_level l)
{
	static const char *const names[] = {"none", "short", "full"};

	return names[l];
}

/* ---- clock ---------------------------------------------------------------------------------- */

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

	if (launch(&trial, &settings, w->clk, NULL, unwanted, w->interrupted) < 0)
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
	p->offset_known = p->offset_err == 0;
	for (int kind = 0; kind < WAKE_KINDS && !*w->interrupted; kind++)
		probe_wake(w, kind);
	if (w->budget->floor_s <= 0)
		reason_set(&p->floor_why, 0, "not measured: the run may measure null itself");
	else if (!*w->interrupted)
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
	if (gaps_watch(p->gaps, n, w->budget->gaps_s, w->clk, w->interrupted, &p->gaps_why) == 0)
		p->gap_count = n;
}

/* ---- all ------------------------------------------------------------------------------------- */

void probes_run(struct probes *out, enum probe_level level, const struct topology *topo,
	const struct clock *clk, const struct reason *clock_why, const volatile int *interrupted)
{
	struct work w = {out, topo, clk, &budgets[level], interrupted};
	struct machine_ticks before, after;

	*out = (struct probes){.level = level,
		.cpu_a = -1,
		.cpu_b = -1,
		.clock_cost_ns = NAN,
		.clock_step_ns = NAN,
		.gettime_ns = NAN,
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
	if (!*interrupted)
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
