/* SPDX-License-Identifier: MIT */
/*
 * What recording one value costs: minimum and median over many batches, in nanoseconds, of values
 * such as a blocking round trip yields (lognormal around 5 us, a tenth of them around 40 us).
 * Prints two numbers and judges nothing, since a busy machine may be any factor slower.
 */
#include "measure/clock.h"
#include "measure/hist.h"
#include "stats/summary.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STREAM = 1 << 14, BATCHES = 1001 };

static double unit_random(uint64_t *state)
{
	/* xorshift64* (Vigna 2016) */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (double)((*state * UINT64_C(0x2545f4914f6cdd1d) >> 11) + 1) / 9007199254740992.0;
}

static void draw_stream(uint64_t *values)
{
	uint64_t state = 42;

	for (int i = 0; i < STREAM; i++) {
		double normal = sqrt(-2 * log(unit_random(&state))) *
				cos(6.283185307179586 * unit_random(&state));
		double middle = unit_random(&state) < 0.1 ? 40000 : 5000;

		values[i] = (uint64_t)(middle * exp(0.25 * normal));
	}
}

/*
 * The barrier makes the histogram's fields come from memory and go back there for every value, as
 * they do between the messages of a hot loop; without it they would stay in registers.
 */
static NOINLINE void record_all(struct histogram *h, const uint64_t *values)
{
	for (int i = 0; i < STREAM; i++) {
		hist_record(h, values[i]);
		__asm__ volatile("" ::: "memory");
	}
}

int main(void)
{
	struct histogram *h = malloc(sizeof(*h));
	uint64_t *values = malloc(STREAM * sizeof(*values));
	double *ns = malloc(BATCHES * sizeof(*ns));
	struct clock clk;
	int ret = EXIT_FAILURE;

	if (h == NULL || values == NULL || ns == NULL)
		goto out;
	clock_calibrate(&clk, 0, NULL);
	draw_stream(values);
	hist_reset(h);
	record_all(h, values);
	for (int i = 0; i < BATCHES; i++) {
		uint64_t start = clock_now(&clk);

		record_all(h, values);
		ns[i] = (double)(clock_now(&clk) - start) * 1e9 / (double)clk.ticks_hz / STREAM;
	}
	double middle = median(ns, BATCHES);

	printf("hist_record: min %.2f ns, median %.2f ns (%d batches of %d values, clock %s)\n",
		ns[0], middle, BATCHES, STREAM, clock_name(&clk));
	/* proof that everything was recorded */
	ret = h->total == (uint64_t)STREAM * (BATCHES + 1) ? EXIT_SUCCESS : EXIT_FAILURE;
out:
	free(ns);
	free(values);
	free(h);
	return ret;
}
