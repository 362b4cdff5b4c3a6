/* SPDX-License-Identifier: MIT */
/* Figures that are not a ratio of two loops: recording, launching, memory. */
#include "speed.h"

#include <ipcbench/hist.h>
#include <math.h>
#include <stdlib.h>

enum { VALUES = 4096, TURNS = 100, ROUNDS = 100, RUNS = 3 };

/* Latencies as a mechanism has them: most within a tenth of 2 us, a few far above. */
static void make_values(uint64_t *value)
{
	uint64_t x = 88172645463325252u;

	for (int i = 0; i < VALUES; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		value[i] = 2000 + x % 200 + (x % 128 == 0 ? (x >> 20) % 20000 : 0);
	}
}

/* A histogram that the compiler cannot keep in registers, as in a worker. */
static NOINLINE void record_all(struct histogram *h, const uint64_t *value)
{
	for (int i = 0; i < VALUES; i++) {
		hist_record(h, value[i]);
		__asm__ volatile("" ::: "memory");
	}
}

/* The best of many rounds: the instructions are the same each time, so what is more is noise. */
double cost_of_recording(void)
{
	struct histogram *h = calloc(1, sizeof(*h));
	uint64_t *value = malloc(VALUES * sizeof(*value));
	double best = INFINITY;

	if (h == NULL || value == NULL) {
		free(h);
		free(value);
		return NAN;
	}
	h->min = UINT64_MAX;
	make_values(value);
	record_all(h, value);
	for (int r = 0; r < ROUNDS; r++) {
		double start = seconds_now();

		for (int t = 0; t < TURNS; t++)
			record_all(h, value);
		best = fmin(best, (seconds_now() - start) * 1e9 / VALUES / TURNS);
	}
	free(h);
	free(value);
	return best;
}

/*
 * Seconds that ipcbench needs with `trials` launches of two messages and no warm-up; the
 * difference of two such runs is launches and nothing else.
 */
static double wall_of(const char *transport, const char *trials)
{
	static const char *const columns[] = {"messages", NULL};
	const char *const args[] = {"--transport", transport, "--size", "64", "--mode", "latency",
		"--placement", "same-cpu", "--wait", "block", "--messages", "2", "--warmup", "0",
		"--trials", trials, "--quiet", NULL};
	double wall[RUNS];
	struct subject out;

	for (int i = 0; i < RUNS; i++) {
		if (subject_run(args, columns, &out) < 0)
			return NAN;
		wall[i] = out.wall_s;
	}
	return median_of(wall, RUNS);
}

/* A whole launch, from open to close, is an upper bound of its start to its first message. */
double cost_of_launch(void)
{
	static const char *const transports[] = {"pipe", "unix-stream", "tcp", "shm"};
	double worst = 0;

	for (int i = 0; i < 4; i++) {
		double per_launch =
			(wall_of(transports[i], "13") - wall_of(transports[i], "3")) / 10 * 1e3;

		if (!(per_launch <= worst))
			worst = per_launch;
	}
	return worst;
}

/*
 * How much larger the peak resident set is with a hundred times the messages. A histogram is as
 * large for any number of messages, but more of its pages are touched by rarer values: what is
 * allowed are two of them, the worker's and the sum. One number per message would be 7.9 MB.
 */
double growth_of_memory(void)
{
	static const char *const columns[] = {"messages", NULL};
	static const char *const counts[] = {"10000", "1000000"};
	double kib[2];

	for (int i = 0; i < 2; i++) {
		const char *const args[] = {"--transport", "pipe", "--size", "64", "--mode",
			"latency", "--placement", "same-cpu", "--messages", counts[i], "--warmup",
			"0.01", "--trials", "1", "--quiet", NULL};
		double rss[RUNS];
		struct subject out;

		for (int k = 0; k < RUNS; k++) {
			if (subject_run(args, columns, &out) < 0)
				return NAN;
			rss[k] = (double)out.max_rss_kib;
		}
		kib[i] = median_of(rss, RUNS);
	}
	return kib[1] - kib[0];
}
