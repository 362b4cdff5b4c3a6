/* SPDX-License-Identifier: MIT */
/*
 * Proves a gate on this machine: many gates of one program against itself, which must find nothing,
 * or against itself slowed down by a known part, which must be found.
 */
#ifndef IPCBENCH_GATE_SELFTEST_H
#define IPCBENCH_GATE_SELFTEST_H

#include "gate/gate-plan.h"
#include <stdio.h>

/* What one metric of one cell came to over all gates. */
struct selftest_row {
	char *cell;
	enum gate_metric metric;
	size_t gates;				   /* in which it was judged */
	size_t verdicts[VERDICT_INCONCLUSIVE + 1]; /* by enum gate_verdict */
	size_t truthful; /* inconclusive, with a smallest change above what was injected */
	size_t mirrored; /* gates in which exchanging the labels mirrored ratio, interval and
			    verdict */
	/*
	 * Without a slowdown, what a fixed order makes of the same slices, the first half as one
	 * version and the second half as the other: worse by a rank-sum test at the same 1 %, and
	 * worse by the tolerance, as a comparison of two numbers has it.
	 */
	double tolerance;
	size_t fixed; /* gates with so few slices that the test takes them */
	size_t fixed_significant, fixed_threshold;
	double *d; /* ln(new / base) over all blocks of all gates */
	size_t d_count;
	double *mdes; /* one per gate */
};

/* Told after each gate; its results are valid during the call. */
typedef void selftest_step(void *arg, const struct gate_results *r, size_t done);

struct selftest {
	const struct gate_settings *settings;
	const struct topology *topology;
	const struct clock *clock;
	selftest_step *step;
	void *arg;
	struct reason *why; /* takes that of an error */

	/* found by selftest_run() */
	struct selftest_row *rows;
	size_t row_count;
	size_t gates;	       /* that were finished */
	size_t regressed;      /* of these, any row */
	double *seconds;       /* that each took */
	double *dose_s;	       /* per cell: what each side spends on a message */
	struct reason failure; /* why a cell could not be measured; "" = all were */
	bool interrupted;
};

/*
 * Runs as many gates as the settings say, with their seed, the next one, ... -errno with t->why.
 * selftest_free() is due in any case.
 */
int selftest_run(struct selftest *t);
void selftest_free(struct selftest *t);

enum selftest_proof {
	SELFTEST_PROVEN, /* it holds what it promises */
	SELFTEST_OPEN,	 /* nothing speaks against it, but the gates were too few to prove it */
	SELFTEST_BROKEN, /* it does not */
};

/*
 * Whether there are more false alarms than alpha, or fewer finds than the power that is meant, each
 * at 95 % confidence. A label that did not mirror breaks it as well.
 */
enum selftest_proof selftest_proof(const struct selftest *t);

/* What it found, as people read it; sorts values. 0 or -errno of the stream. */
int selftest_write(FILE *out, const struct selftest *t, const char *machine);

#endif
