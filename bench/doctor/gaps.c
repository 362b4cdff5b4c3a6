/* SPDX-License-Identifier: MIT */
/*
 * Jitter of the system: a thread that does nothing but read the clock should see it advance by the
 * cost of a reading. Where it advances by much more the thread did not run: an interrupt, another
 * task, the hypervisor or the firmware had the CPU.
 */
#include "doctor/probes.h"
#include "measure/clock.h"
#include "measure/topology.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>

/* CPUs are watched in so many goes, one after the other, each for as long as asked. */
enum { GOES = 5 };

#define THRESHOLD_NS	  1000.0
/* A reading of a slow clock is no gap. */
#define THRESHOLD_COSTS	  8
#define READINGS_PER_LOOK 1024

struct watcher {
	struct gaps *gaps;
	const struct clock *clk;
	const volatile int *interrupted;
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

	while (before < end && !*w->interrupted) {
		for (int i = 0; i < READINGS_PER_LOOK && before < end; i++) {
			uint64_t now = clock_now(w->clk);

			if (unlikely(now - before >= threshold))
				gaps_note(w->gaps, (double)clock_ns(w->clk, now - before));
			before = now;
		}
	}
	w->gaps->seconds = (double)clock_ns(w->clk, before - start) / 1e9;
	return NULL;
}

int gaps_watch(struct gaps *out, size_t count, double seconds, const struct clock *clk,
	const volatile int *interrupted, struct reason *why)
{
	double threshold = fmax(THRESHOLD_NS, THRESHOLD_COSTS * clock_cost_ns(clk));
	size_t at_a_time = (count + GOES - 1) / GOES;
	struct watcher *w = need_array(count, sizeof(*w));
	int *cpus = need_array(count, sizeof(*cpus)), r = 0;

	for (size_t i = 0; i < count; i++) {
		cpus[i] = out[i].cpu;
		out[i] = (struct gaps){.cpu = cpus[i], .threshold_ns = threshold};
		w[i] = (struct watcher){&out[i], clk, interrupted, seconds};
	}
	for (size_t i = 0; i < count && r == 0; i += at_a_time)
		r = pin_threads(count - i < at_a_time ? count - i : at_a_time, &cpus[i], watch_cpu,
			&w[i], sizeof(*w), why);
	free(cpus);
	free(w);
	return r;
}
