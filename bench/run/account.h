/* SPDX-License-Identifier: MIT */
/*
 * What the timed window of one worker cost. Around the window lie three shells, the cheapest to
 * read innermost, so that none is charged for another that matters more:
 *
 *     usage     text of /proc           read before the workers meet and after both are done
 *     counters  perf_event_open(2)      half a microsecond each; only if asked for
 *     cost      CPU time, switches ...  a microsecond
 */
#ifndef IPCBENCH_RUN_ACCOUNT_H
#define IPCBENCH_RUN_ACCOUNT_H

#include "measure/usage.h"

/* The result. */
struct account {
	double used[USED_COUNT];
	double counted[COUNTER_COUNT]; /* NAN = not counted */
	double counted_share;	       /* of the window, the least of all counters; NAN = none */
	double pss_bytes;
};

/* While it is taken: the first snapshot, then the last. */
struct accounting {
	struct counters counters;
	struct count count[2][COUNTER_COUNT];
	double used[2][USED_COUNT];
};

/* In this order. `support` NULL: no counters are opened. */
void account_open(struct accounting *a, const struct counter_support *support);
void account_begin(struct accounting *a); /* right before the window */
void account_end(struct accounting *a);	  /* right after it */
void account_close(struct accounting *a, struct account *out);

/* From both sides' accounts to values by enum metric; what was not measured is left alone. */
void account_fill(double *value, const struct account *tx, const struct account *rx);

#endif
