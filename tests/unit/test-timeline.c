/* SPDX-License-Identifier: MIT */
/* The grid of --timeline: edges of ranges, slices across stalls, doubling, and nothing lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include <cmocka.h>

#include "measure/hist.h"
#include "run/trial.h"
#include <stdlib.h>
#include <string.h>

static const struct clock ticks_are_ns = {.ticks_hz = 1000000000u};

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct timeline));
	return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static uint64_t total(const struct timeline *t)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TIMELINE_SLICES; i++)
		for (size_t k = 0; k < TIMELINE_RANGES; k++)
			sum += t->count[i][k];
	return sum;
}

/* Ranges touch, and both edges of each are its own. */
static void test_edges(void **state)
{
	(void)state;
	assert_int_equal(timeline_low(0), 0);
	assert_int_equal(timeline_high(0), 16);
	assert_int_equal(timeline_low(1), 16);
	assert_int_equal(timeline_high(1), 18);
	assert_int_equal(timeline_low(TIMELINE_RANGES - 1), UINT64_C(1) << 34);
	assert_true(timeline_high(TIMELINE_RANGES - 1) == UINT64_MAX);
	for (uint32_t i = 0; i + 1 < TIMELINE_RANGES; i++) {
		assert_int_equal(timeline_range(timeline_low(i)), i);
		assert_int_equal(timeline_range(timeline_high(i) - 1), i);
		assert_int_equal(timeline_high(i), timeline_low(i + 1));
		/* an eighth at most */
		if (i > 0)
			assert_true((timeline_high(i) - timeline_low(i)) * 8 <= timeline_low(i));
	}
	assert_int_equal(timeline_range(0), 0);
	assert_int_equal(timeline_range(UINT64_C(1) << 34), TIMELINE_RANGES - 1);
	assert_int_equal(timeline_range(UINT64_MAX), TIMELINE_RANGES - 1);
}

/* A window of known length has slices for itself and some to spare. */
static void test_slices(void **state)
{
	struct timeline *t = *state;

	timeline_begin(t, &ticks_are_ns, 1e-3);
	assert_int_equal(t->slice_ticks, 5000);
	for (uint64_t at = 0; at < 1000000; at += 100)
		timeline_record(t, at, 1000);
	assert_int_equal(t->slice_ticks, 5000);
	assert_int_equal(t->slice, TIMELINE_AIM - 1);
	for (size_t i = 0; i < TIMELINE_SLICES; i++)
		assert_int_equal(t->count[i][timeline_range(1000)], i < TIMELINE_AIM ? 50 : 0);
	timeline_record(NULL, 0, 1000);
}

/* What begins on a boundary belongs to what follows, and a stall leaves its slices empty. */
static void test_stall(void **state)
{
	struct timeline *t = *state;

	timeline_begin(t, &ticks_are_ns, 1e-3);
	timeline_record(t, 4999, 20);
	timeline_record(t, 5000, 20);
	timeline_record(t, 500000, 499000);
	timeline_record(t, 504999, 20);
	/* a clock that seems to go back */
	timeline_record(t, 499999, 20);
	assert_int_equal(t->count[0][timeline_range(20)], 1);
	assert_int_equal(t->count[1][timeline_range(20)], 1);
	assert_int_equal(t->count[100][timeline_range(499000)], 1);
	assert_int_equal(t->count[100][timeline_range(20)], 2);
	assert_int_equal(total(t), 5);
}

/* Slices double when the grid is full, by as much as it takes, and keep what they hold. */
static void test_doubling(void **state)
{
	struct timeline *t = *state;

	timeline_begin(t, &ticks_are_ns, 0);
	assert_int_equal(t->slice_ticks, 1000);
	for (uint64_t i = 0; i < TIMELINE_SLICES; i++)
		timeline_record(t, i * 1000, 100);
	assert_int_equal(t->slice_ticks, 1000);
	timeline_record(t, TIMELINE_SLICES * 1000, 100);
	assert_int_equal(t->slice_ticks, 2000);
	assert_int_equal(t->slice, TIMELINE_SLICES / 2);
	for (size_t i = 0; i < TIMELINE_SLICES; i++)
		assert_int_equal(t->count[i][timeline_range(100)], i < TIMELINE_SLICES / 2    ? 2
								   : i == TIMELINE_SLICES / 2 ? 1
											      : 0);
	/* a stall of a thousand windows */
	timeline_record(t, UINT64_C(256000000) + 7, 100);
	assert_int_equal(t->slice_ticks, 1024000);
	assert_int_equal(t->slice, 250);
	assert_int_equal(t->count[0][timeline_range(100)], TIMELINE_SLICES + 1);
	assert_int_equal(t->count[250][timeline_range(100)], 1);
	/* and one of centuries */
	timeline_record(t, UINT64_MAX, 100);
	timeline_record(t, UINT64_MAX, 100);
	assert_true(t->slice < TIMELINE_SLICES);
	assert_int_equal(total(t), TIMELINE_SLICES + 4);
}

/* The same values as the histogram, whatever they are, and the same in what is kept of it. */
static void test_totals(void **state)
{
	struct timeline *t = *state;
	struct histogram *h = malloc(sizeof(*h));
	uint64_t at = 0, random = 42, kept_total = 0;

	assert_non_null(h);
	hist_reset(h);
	timeline_begin(t, &ticks_are_ns, 1e-5);
	for (int i = 0; i < 200000; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		uint64_t ns = random >> 28 >> (random & 31);

		hist_record(h, ns);
		timeline_record(t, at, ns);
		at += ns >> 8;
	}
	assert_int_equal(total(t), h->total);
	struct kept_timeline *kept = timeline_keep(t, &ticks_are_ns);

	assert_non_null(kept);
	assert_true(kept->slice_s == (double)t->slice_ticks / 1e9);
	for (size_t i = 0; i < kept->count; i++) {
		const struct timeline_count *c = &kept->counts[i];

		assert_true(c->count > 0);
		assert_int_equal(c->count, t->count[c->slice][c->range]);
		kept_total += c->count;
	}
	assert_int_equal(kept_total, h->total);
	free(kept);
	free(h);
}

/* 2^53 messages at one a second last for 285 million years. */
static void test_endless(void **state)
{
	struct timeline *t = *state;

	timeline_begin(t, &ticks_are_ns, 0x1p53);
	assert_true(t->slice_ticks > 1000000000);
	timeline_record(t, 5, 100);
	timeline_record(t, UINT64_C(1) << 60, 100);
	assert_int_equal(t->count[0][timeline_range(100)], 1);
	assert_int_equal(total(t), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test_setup_teardown(test_slices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stall, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_doubling, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_totals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_endless, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
