/* SPDX-License-Identifier: MIT */
/*
 * When a claim holds. Pure functions over numbers.
 *
 * A claim is about pairs: in one cell (mode, size, placement) one mechanism is said to be faster
 * than another, or as fast. A pair was measured in interleaved blocks and has a ratio of speeds
 * with its exact interval, and an exact p, adjusted for all pairs of the run and for both looks
 * (stats/gate-rule.h), so that the chance that any pair gets a wrong direction is at most
 * CLAIM_ALPHA.
 *
 * Of a pair in which the first is said to be faster:
 *     HOLDS          proven in that direction: adjusted p < CLAIM_ALPHA
 *     DOES NOT HOLD  proven in the other direction; or the interval lies within CLAIM_EQUAL of 1,
 *                    so that neither is faster to speak of
 * Of a pair in which the two are said to be as fast:
 *     HOLDS          the interval lies within CLAIM_ALIKE of 1
 *     DOES NOT HOLD  it lies outside, on one side, and the difference is proven
 * Otherwise it is UNDECIDED, and what was not measured is NOT ON THIS MACHINE, with the reason.
 *
 * Within 1 + e means from 1 / (1 + e) to 1 + e: exchanging the two mirrors it.
 */
#ifndef IPCBENCH_CLAIMS_VERDICT_H
#define IPCBENCH_CLAIMS_VERDICT_H

#include "stats/gate-rule.h"
#include <stdint.h>

#define CLAIM_ALPHA 0.05
#define CLAIM_EQUAL 0.03
#define CLAIM_ALIKE 0.10

/* What is said of a pair. */
enum claim_kind {
	CLAIM_FASTER, /* the first is faster than the second */
	CLAIM_SAME,   /* the first is as fast as the second */
};

/* How many of its pairs a claim is about. */
enum claim_needs {
	CLAIM_ALL,
	CLAIM_MOST, /* "usually": more than half of them */
};

enum claim_verdict { CLAIM_HOLDS, CLAIM_DOES_NOT_HOLD, CLAIM_UNDECIDED, CLAIM_NOT_HERE };
enum { CLAIM_VERDICTS = CLAIM_NOT_HERE + 1 };

/* "holds" "does not hold" "undecided" "not on this machine" */
const char *claim_verdict_name(enum claim_verdict v);

/* How many times as fast the first is as the second; NAN where nothing is known. */
struct claim_speed {
	double ratio;
	double lo, hi;	   /* 95 %; NAN where the blocks are too few */
	double p_adjusted; /* of "they are equally fast" */
};

/* A finding of base against new. `first_is_base`: which of them the claim names first. */
struct claim_speed claim_speed(
	const struct gate_finding *found, bool higher_is_better, bool first_is_base);

/* One pair that was measured. */
enum claim_verdict claim_judge_pair(enum claim_kind kind, const struct claim_speed *speed);

/*
 * A claim, from how many of its pairs have each verdict. Those that are not on this machine do not
 * count; if there are no others, nor is the claim. CLAIM_ALL: one that does not hold decides
 * against it. CLAIM_MOST: it does not hold as soon as more than half cannot hold any more.
 */
enum claim_verdict claim_judge(enum claim_needs needs, const size_t of[CLAIM_VERDICTS]);

/* The rule of a run: looks is 1 or 2. */
struct gate_rule claim_rule(unsigned int looks);

/* ---- curves ---------------------------------------------------------------------------------- */

/* The speeds of the same two mechanisms at one size. */
struct claim_point {
	uint64_t size;
	double ratio; /* how many times as fast the first is; NAN = not measured */
	int ahead;    /* 1: the first is faster, -1: the second is, both proven; 0: neither */
};

struct claim_crossing {
	size_t count;	   /* how often the curves cross; 0 = never */
	uint64_t from, to; /* the first crossing lies between these two sizes, both proven; of
			      curves that never cross: the smallest and the largest proven size */
	double at;	   /* bytes: where the line through the ratios, both in logarithms, is 1 */
	int ahead; /* who is faster at `from`; of curves that never cross, at all sizes; 0 = not
		      known */
	bool open; /* sizes below `from` were measured and prove nothing */
};

/* `points` by ascending size. What is not proven at a size says nothing. */
struct claim_crossing claim_cross(const struct claim_point *points, size_t n);

#endif
