/* SPDX-License-Identifier: MIT */
/* What it costs to record one latency. */
#include "speed.h"

#include <ipcbench/hist.h>
#include <math.h>
#include <stdlib.h>

enum { VALUES = 4096, TURNS = 1000, ROUNDS = 15 };

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

double cost_of_recording(void)
{
	struct histogram *h = calloc(1, sizeof(*h));
	uint64_t *value = malloc(VALUES * sizeof(*value));
	double ns[ROUNDS];

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
		ns[r] = (seconds_now() - start) * 1e9 / VALUES / TURNS;
	}
	free(h);
	free(value);
	return median_of(ns, ROUNDS);
}
