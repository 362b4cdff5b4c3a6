/* SPDX-License-Identifier: MIT */
/*
 * Claims put to the test: comparisons become cells of one interleaved gate (gate/protocol.h), whose
 * findings become verdicts. Cells that several claims ask for are measured once.
 * results/README.md describes the files; blocks.csv is the gate's (gate/gate-files.h).
 */
#ifndef IPCBENCH_CLAIMS_H
#define IPCBENCH_CLAIMS_H

#include "claims/claim-list.h"
#include "cli/command.h"
#include "doc/document.h"
#include "gate/gate-plan.h"
#include "gate/protocol.h"
#include "text/outputs.h"
#include "text/phrase.h"

struct claims_settings {
	bool *wanted; /* one per claim of the table */
	bool list, quick, dry_run, quiet, verbose;
	double duration_s, max_time_s; /* 0 = not given */
	uint64_t seed;
	const char *csv, *json, *md, *output_dir;
	enum color color;
};

extern const struct command claims_command;
int claims_run(void *settings, struct call *call);

/* ---- claims and their comparisons ------------------------------------------------------------ */

/* Seconds of a slice: what is timed unless the user says, and before it. */
#define CLAIMS_DURATION_S	0.025
#define CLAIMS_QUICK_DURATION_S 0.015
#define CLAIMS_WARMUP_S		0.005

/* One comparison in one cell. */
struct claim_pair {
	enum claim_kind kind;
	bool counts; /* for the verdict of its claim */
	/* words of the table, or names of mechanisms; the place as it was asked for */
	const char *first, *second, *mode, *place;
	uint64_t size;	    /* bytes per message; 0: neither carries any */
	size_t cell;	    /* of the plan, and of struct claims.measured */
	bool first_is_base; /* there; otherwise it is new */
	struct reason fits; /* why the size is not CLAIM_LARGEST; "" = it is what was asked for */

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
	/* what else there is to say: where curves cross, what size fitted; "" = nothing */
	struct phrase says;
};

struct claims {
	struct claim_result *results;
	size_t count;
	struct gate_settings gate; /* a group per cell */
	struct gate_plan plan;
	struct gate_results measured;
};

/*
 * Expands the claims and plans their cells; nothing is measured. 0, or -EINVAL with `why`.
 * claims_free() is due in any case. `c` must stay where it is.
 */
int claims_plan(struct claims *c, const struct claims_settings *settings,
	const struct topology *topo, const struct clock *clock, struct reason *why);

/* Pair `i` of all claims, and if `result` is not NULL the claim that it is of; NULL at the end. */
struct claim_pair *claims_pair(
	const struct claims *c, size_t i, const struct claim_result **result);

/* Cells that will be measured; those that cannot run here are not among them. */
size_t claims_runnable(const struct claims *c);

/* Verdicts from c->measured: pairs, claims and what they say. */
void claims_judge(struct claims *c);

/*
 * Of the pairs that count, the one that supports its claim least: the lowest speed, or of two that
 * are said to be as fast the one farthest from 1. NULL if none was measured.
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

/* "shm vs pipe block throughput 64 B same-cpu" */
struct phrase claims_pair_name(const struct claim_pair *p);

#endif
