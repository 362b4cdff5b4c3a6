/* SPDX-License-Identifier: MIT */
/*
 * Tests of claims: comparisons become cells of one interleaved gate (gate/protocol.c), whose
 * findings become verdicts. Cells that several claims need are measured once. results/README.md
 * describes the files; blocks.csv is the gate's (gate/gate.h).
 */
#ifndef IPCBENCH_CLAIMS_H
#define IPCBENCH_CLAIMS_H

#include "gate/comparison.h"
#include <ipcbench/transport.h>
#include <stdint.h>

/* ---- verdict --------------------------------------------------------------------------------- */

/*
 * When a claim holds. Pure functions over numbers.
 *
 * A claim is about pairs: in one cell (mode, size, placement) one mechanism is said to be faster
 * than another, or equally fast. A pair was measured in interleaved blocks and has a ratio of
 * speeds with its exact interval, and an exact p, for both looks together (stats/gate-rule.h).
 *
 * That all pairs hold is an intersection-union test (Berger, Technometrics 24, 1982): each is
 * tested at CLAIM_ALPHA without adjustment, because a false claim has a false pair, which passes
 * for true with a probability of at most CLAIM_ALPHA. That at least u of n hold tests each at
 * CLAIM_ALPHA / (n - u + 1) (Benjamini & Heller, Biometrics 64, 2008). But one pair of many is
 * enough for "does not hold", so that is adjusted for all pairs of the run: p by Holm's method, the
 * joint intervals by Bonferroni.
 *
 * If the first of a pair is said to be faster:
 *     HOLDS          proven in that direction: p < CLAIM_ALPHA / (n - u + 1)
 *     DOES NOT HOLD  proven in the other direction: adjusted p < CLAIM_ALPHA; or the joint interval
 *                    lies within CLAIM_EQUAL of 1, so neither is notably faster
 * If the two are said to be equally fast:
 *     HOLDS          the interval lies within CLAIM_ALIKE of 1, if n - u > 0 the joint one
 *     DOES NOT HOLD  the joint interval lies outside, on one side
 * Otherwise it is UNDECIDED. A pair that was not measured is NOT ON THIS MACHINE, with the reason.
 *
 * Within 1 + e means from 1 / (1 + e) to 1 + e: exchanging the two mirrors it.
 */

#define CLAIM_ALPHA 0.05
#define CLAIM_EQUAL 0.03
#define CLAIM_ALIKE 0.10

/* What a claim says about a pair. */
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

/* How many times as fast the first is as the second; NAN if nothing is known. */
struct claim_speed {
	double ratio;
	double lo, hi;		   /* 95 %; NAN if there are too few blocks */
	double joint_lo, joint_hi; /* of all pairs of the run together */
	double p, p_adjusted; /* of "they are equally fast", for all looks, and for all pairs as
				 well */
};

#define CLAIM_SPEED_UNKNOWN ((struct claim_speed){NAN, NAN, NAN, NAN, NAN, NAN, NAN})

/* A finding of base against new. `first_is_base`: which of them the claim names first. */
struct claim_speed claim_speed(const struct gate_finding *found, unsigned int looks,
	bool higher_is_better, bool first_is_base);

/* How many of n pairs a claim needs, and n - that + 1, by which the level of each is divided. */
size_t claim_wanted(enum claim_needs needs, size_t n);
size_t claim_share(enum claim_needs needs, size_t n);

/* One pair that was measured, tested at CLAIM_ALPHA / share. */
enum claim_verdict claim_judge_pair(
	enum claim_kind kind, const struct claim_speed *speed, size_t share);

/*
 * Whether it is proven, for all pairs of the run, which one is faster at this point of a curve, or
 * that neither is notably faster. This takes more than for the pair to hold.
 */
bool claim_is_on_curve(const struct claim_speed *speed);

/*
 * A claim, from how many of its pairs have each verdict. Pairs that are not on this machine do not
 * count; if there are no others, neither is the claim. CLAIM_ALL: one that does not hold decides
 * against it. CLAIM_MOST: it does not hold as soon as more than half can no longer hold.
 */
enum claim_verdict claim_judge(enum claim_needs needs, const size_t of[CLAIM_VERDICTS]);

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

/* `points` by ascending size. A size without proof is ignored. */
struct claim_crossing claim_cross(const struct claim_point *points, size_t n);

struct claims_settings {
	bool *wanted; /* one per claim of the table */
	bool list, quick, dry_run, quiet, verbose;
	double duration_s, max_time_s; /* 0 = not given */
	uint64_t seed;
	enum layout layout; /* of all launches */
	const char *csv, *json, *md, *output_dir;
	enum color color;
};

extern const struct command claims_command;

/* ---- claims and their comparisons ------------------------------------------------------------ */

/* Seconds of a slice: what is timed unless the user says, and before it. */
#define CLAIMS_DURATION_S	0.025
#define CLAIMS_QUICK_DURATION_S 0.015
#define CLAIMS_WARMUP_S		0.005
/* Blocks at the looks: medians need fewer than means. */
#define CLAIMS_FIRST_LOOK	12
#define CLAIMS_LAST_LOOK	40

/* One comparison in one cell. */
struct claim_pair {
	enum claim_kind kind;
	bool counts;  /* for the verdict of its claim */
	size_t share; /* claim_share() of it */
	/* words of the table, or names of mechanisms; the placement as requested */
	const char *first, *second, *mode, *place;
	uint64_t size;	    /* bytes per message; 0: neither carries any */
	bool large;	    /* its footprint matters, so it is measured hot and cold ... */
	bool cold;	    /* ... and this is cold */
	size_t cell;	    /* of the plan, and of struct claims.measured */
	bool first_is_base; /* there; otherwise it is new */
	struct reason fits; /* why the size is not CLAIM_LARGEST; "" = it is the requested one */

	/* filled by claims_judge() */
	const struct gate_row *row; /* NULL = not measured */
	struct claim_speed speed;
	double first_value, second_value; /* medians of the row's metric; NAN = not known */
	enum claim_verdict verdict;
	struct reason why; /* not on this machine, failed, or not judged */
};

/* The speeds of two mechanisms over sizes, in one mode and placement. */
struct claim_curve {
	const char *mode, *place, *first, *second;
	bool cold;
	struct claim_crossing crossing; /* `ahead` is of the first */
};

struct claim_result {
	const struct claim *claim;
	struct claim_pair *pairs;
	size_t pair_count;
	size_t of[CLAIM_VERDICTS]; /* pairs that count, by verdict */
	enum claim_verdict verdict;
	struct claim_curve *curves; /* of a claim about curves, once it is judged */
	size_t curve_count;
	/* remarks: where curves cross, which size fitted; "" = none */
	struct phrase says;
};

struct claims {
	struct gate_results measured; /* first, so that writers of a gate take these as well */
	struct claim_result *results;
	size_t count;
	struct gate_settings gate; /* a group per cell */
	struct gate_plan plan;	   /* which has a row for each cell that can run here */
};

/*
 * Expands the claims and plans their cells; nothing is measured. 0, or -EINVAL with `why`.
 * claims_free() is due in any case. `c` must stay where it is.
 */
int claims_plan(struct claims *c, const struct claims_settings *settings,
	const struct topology *topo, const struct clock *clock, struct reason *why);

/* Pair `i` of all claims, and its claim if `result` is not NULL; NULL at the end. */
struct claim_pair *claims_pair(
	const struct claims *c, size_t i, const struct claim_result **result);

/* Verdicts from c->measured: pairs, claims and what they say. */
void claims_judge(struct claims *c);

/*
 * The counting pair that supports its claim least: the lowest speed, or of two that are said to be
 * equally fast the one farthest from 1. NULL if none was measured.
 */
const struct claim_pair *claim_weakest(const struct claim_result *r);

void claims_free(struct claims *c);

/* ---- in every format: `claims` is a struct claims -------------------------------------------- */

/* A table of claims, then one per claim. */
void claims_fill(struct document *d, const void *claims);

/* One row per pair. */
int claims_csv_write(FILE *out, const void *claims);

/* Everything but the blocks. */
int claims_json_write(FILE *out, const void *claims);

/* The word for a pair: its verdict, or "failed". */
const char *claims_pair_word(const struct claim_pair *p);

/* Messages per call or publication; 0 of a round trip. */
uint64_t claims_pair_batch(const struct claim_pair *p);

/* "hot" or "cold" of a large pair; NULL of others, which are hot. */
const char *claims_pair_footprint(const struct claim_pair *p);

/* "pipe vs fifo block latency 64 B same-cpu", "shm vs pipe block throughput 1 MiB same-cpu cold
 * batch 1" */
struct phrase claims_pair_name(const struct claim_pair *p);

/* ---- claim list ------------------------------------------------------------------------------ */

/* What textbooks say about IPC, each claim with the comparisons that test it. */

enum { CLAIM_COMPARISONS_MAX = 6, CLAIM_SIDE_MAX = 8 };

/*
 * Every first against every second mechanism at each of the sizes, modes and placements; from
 * FOOTPRINT_TELLS up hot and cold, as well as claims about CLAIM_LARGEST in smaller messages. A
 * list ends with NULL or 0; a comparison without modes ends the comparisons of a claim.
 */
struct claim_comparison {
	enum claim_kind kind;
	bool counts; /* false: measured only for the curve, the verdict does not count */
	/* spellings; none on one side = every other that carries bytes */
	const char *first[CLAIM_SIDE_MAX + 1], *second[CLAIM_SIDE_MAX + 1];
	const char *modes[3];
	uint64_t sizes[5];	   /* none = the largest up to CLAIM_LARGEST that both take */
	const char *placements[3]; /* a quick run takes the first */
};

/* How both sides of every comparison wait: in the kernel, as textbook programs do. */
#define CLAIM_WAIT  WAIT_BLOCK
/* One message per call or publication: the default of --batch. */
#define CLAIM_BATCH 1

/* The size at which claims about "1 MB" are tested. */
#define CLAIM_LARGEST "1M"

struct claim {
	const char *name;     /* what the user types: [a-zA-Z0-9-]+ */
	const char *sentence; /* the claim, without a full stop */
	enum claim_needs needs;
	const char *empty[3]; /* mechanisms that are said to carry nothing */
	bool curve; /* the sizes of all comparisons make a curve per mode and placement, of the same
		       two */
	struct claim_comparison comparisons[CLAIM_COMPARISONS_MAX + 1];
};

/* The claims; a NULL name ends them. */
extern const struct claim claim_table[];
size_t claim_count(void);

#endif
