/* SPDX-License-Identifier: MIT */
/*
 * Jitter of the system: a thread that does nothing but read the clock should see it advance by the
 * cost of a reading. Where it advances by much more the thread did not run: an interrupt, another
 * task, the hypervisor or the firmware had the CPU.
 */
#include "doctor/probes.h"
#include "measure/clock.h"
#include "measure/pinning.h"
#include <errno.h>
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

static int watch_several(struct watcher *w, size_t n, struct reason *why)
{
	pthread_t *threads = calloc(n, sizeof(*threads));
	size_t started = 0;
	int r = 0;

	if (threads == NULL)
		return reason_set(why, ENOMEM, "out of memory for %zu threads", n);
	while (started < n && r == 0) {
		r = pin_thread(
			&threads[started], w[started].gaps->cpu, watch_cpu, &w[started], why);
		started += r == 0;
	}
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return r;
}

int gaps_watch(struct gaps *out, size_t count, double seconds, const struct clock *clk,
	const volatile int *interrupted, struct reason *why)
{
	double threshold = fmax(THRESHOLD_NS, THRESHOLD_COSTS * clock_cost_ns(clk));
	size_t at_a_time = (count + GOES - 1) / GOES;
	struct watcher *w = calloc(count + 1, sizeof(*w));
	int r = 0;

	if (w == NULL)
		return reason_set(why, ENOMEM, "out of memory for %zu CPUs", count);
	for (size_t i = 0; i < count; i++) {
		out[i] = (struct gaps){.cpu = out[i].cpu, .threshold_ns = threshold};
		w[i] = (struct watcher){&out[i], clk, interrupted, seconds};
	}
	for (size_t i = 0; i < count && r == 0; i += at_a_time)
		r = watch_several(&w[i], count - i < at_a_time ? count - i : at_a_time, why);
	free(w);
	return r;
}
