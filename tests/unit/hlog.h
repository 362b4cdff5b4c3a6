/* SPDX-License-Identifier: MIT */
/* What the tests of histogram logs share: random histograms, and a log of another program. */
#ifndef IPCBENCH_TEST_HLOG_H
#define IPCBENCH_TEST_HLOG_H

#include "hist/log.h"
#include "hist/slots.h"
#include "measure/hist.h"
#include "plan/plan.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Intervals of reference_log. */
enum { REFERENCE_INTERVALS = 6 };

/* Written by the Java implementation, 2.1.11; its last line has no end, two end in CRLF. */
static const char reference_log[] =
	"#[made by the reference]\n"
	"#[Histogram log format version 1.3]\n"
	"#[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]\n"
	"#[BaseTime: 1700000000.000 (seconds since epoch)]\r\n"
	"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
	"0.000,0.500,3401614.098,HISTFAAAAFh42pNpmSzMwMBgxgABzFCaEch0M9ixgMH+A0SgtZOJ6bEex2FJjusc"
	"LL2MLFsZ2aYyMgWz8bJsZGTZyckkzSbKcTeLLZLlrzSTLBs3x2dGpmZRDgC+DBEL\n"
	"Tag=b,1.000,0.500,58.196,HISTFAAAAEh42pNpmSzMwMCgwQABTBCK+QWYnNzOYP8BIsLPxsvBws0hzibPwST"
	"JxcoiycTNwsr0kptjMiPTS2aWj4xM/mysHOZsAGCeCaE=\n"
	"\n"
	"Tag=c,2.000,0.500,881730.781,HISTFAAAAGt42pNpmSzMwMDgzQABrFCaEYyAwP4DRGD388WMLM3nGZmunxdk"
	"O/lZgOl4GdvtRSwc7R4s05mZDrawcjznZ9mbzdHfwMU2U4Wl8XsAx9vDAixLL3Mzfd8vznH5HRdT/1EOtvYLzGwAY"
	"0YfBg==\n"
	"Tag=d,3.000,0.500,0.098,HISTFAAAADh42pNpmSzMwMAgzQABjFCaFcJrW2D/ASrCwSTEwMLPxcLCzMbAMZOJg"
	"5eFiZWNiZmDmQ0AvacE5w==\r\n"
	"Tag=shift,4.000,0.500,7.459,HISTFAAAAC542pNpmSzMwMA4gYGBgwEImBkggBHIdDPYsYDB/gNEoP0CIxPrK"
	"Bw0EABWjwuo\n"
	"Tag=zero,5.000,0.500,1.049,HISTFAAAACh42pNpmSzMwMDAw4AKGMEkv5OD/QeIADsTMweDmAI3GwuHEABoag"
	"ON";

static inline uint64_t below(uint64_t *state, uint64_t n)
{
	return order_random(state) % n;
}

/* Narrow ones around one value, wide ones over all orders of magnitude, empty and single-valued. */
static inline void record_random(struct histogram *h, uint64_t *seed, unsigned int kind)
{
	uint64_t values = kind == 0 ? 0 : kind == 1 ? 1 : 1 + below(seed, 3000);
	uint64_t centre = 1 + below(seed, UINT64_C(1) << (1 + below(seed, 40)));

	hist_reset(h);
	for (uint64_t i = 0; i < values; i++) {
		uint64_t ns = centre + below(seed, 64);

		if (kind % 2 == 0)
			ns = order_random(seed) >> (22 + below(seed, 42));
		hist_record(h, ns);
		if (below(seed, 8) == 0) {
			uint64_t more = below(seed, UINT64_C(1) << (1 + below(seed, 50)));

			h->count[hist_slot(ns > HIST_MAX_NS ? HIST_MAX_NS : ns)] += more;
			h->total += more;
		}
	}
}

static inline char *random_text(uint64_t *seed)
{
	struct histogram *h = malloc(sizeof(*h));
	struct hlog_histogram sparse;

	assert_non_null(h);
	record_random(h, seed, (unsigned int)below(seed, 10));
	assert_int_equal(hlog_from(&sparse, h), 0);
	char *text = hlog_encode(&sparse);

	assert_non_null(text);
	hlog_free(&sparse);
	free(h);
	return text;
}

static inline void check_equal(const struct hlog_histogram *a, const struct hlog_histogram *b)
{
	assert_int_equal(a->shape.digits, b->shape.digits);
	assert_int_equal(a->shape.lowest, b->shape.lowest);
	assert_int_equal(a->shape.highest, b->shape.highest);
	assert_true(a->shape.ratio == b->shape.ratio);
	assert_int_equal(a->total, b->total);
	assert_int_equal(a->used, b->used);
	for (size_t i = 0; i < a->used; i++) {
		assert_int_equal(a->slot[i].index, b->slot[i].index);
		assert_int_equal(a->slot[i].count, b->slot[i].count);
	}
}

static inline void check_round_trip(const struct hlog_histogram *h)
{
	struct hlog_histogram back;
	struct reason why = {""};
	char *text = hlog_encode(h);

	assert_non_null(text);
	if (hlog_decode(&back, text, strlen(text), &why) != 0)
		fail_msg("%s", why.text);
	check_equal(h, &back);
	hlog_free(&back);
	free(text);
}

/* Reads to the end or to a refusal, which names file and line. Returns the intervals. */
static inline size_t read_all(uint8_t *bytes, size_t len)
{
	FILE *in = fmemopen(bytes, len, "r");
	struct hlog_reader reader = {.in = in, .name = "mutated"};
	struct hlog_interval it;
	struct reason why = {""};
	size_t count = 0;
	int r;

	assert_non_null(in);
	while ((r = hlog_read(&reader, &it, &why)) == 1) {
		count++;
		assert_true(isfinite(it.start_s) && it.length_s >= 0);
		hlog_free(&it.hist);
	}
	if (r < 0 && strncmp(why.text, "mutated:", 8) != 0)
		fail_msg("%s", why.text);
	hlog_reader_end(&reader);
	fclose(in);
	return count;
}

#endif
