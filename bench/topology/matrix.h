/* SPDX-License-Identifier: MIT */
/*
 * The core-to-core matrix: what a round trip over one cache line takes between two CPUs, for every
 * pair of a set of CPUs. A pair is measured by two fresh processes, one on each CPU.
 *
 * Where a line lies decides who keeps its directory entry, so that one pair has fast and slow
 * lines: each pair is measured on MATRIX_PAGES fresh pages, on another line of each. The two CPUs
 * take turns in touching them first, so that half of them belong to the NUMA node of either.
 */
#ifndef IPCBENCH_MATRIX_H
#define IPCBENCH_MATRIX_H

#include "measure/topology.h"
#include "run/trial.h"
#include <ipcbench/clock.h>

enum { MATRIX_PAGES = 16 };

/* One pair of CPUs, a < b, and what became of it. */
struct pair {
	int cpu_a, cpu_b; /* cpu_b = -1 in the only row of a matrix without a pair */
	enum placement class;
	enum status status;
	struct reason reason;  /* skip and fail */
	unsigned int pages;    /* measured */
	uint64_t round_trips;  /* on all of them */
	double min_ns, max_ns; /* of the pages' figures, each the median of its batches */
	double p50_ns;	       /* their median; NAN unless status is ok */
};

struct matrix {
	struct pair *pairs;
	size_t pair_count;
	size_t done; /* pairs that have a result; the rest was not come to */
	struct clock clock;
	double duration_s; /* of one pair */
	double timeout_s;  /* of one pair */
	bool interrupted;
};

/*
 * Lists every pair of these CPUs, ascending. A set of one CPU becomes one skip row. duration_s = 0
 * chooses a duration by the number of pairs, timeout_s = 0 one by the duration. 0; -EINVAL with
 * `why` if a CPU may not be used.
 */
int matrix_plan(struct matrix *m, const struct topology *topo, const int *cpus, size_t count,
	double duration_s, double timeout_s, struct reason *why);
void matrix_free(struct matrix *m);

/* Seconds that the whole is expected to take. */
double matrix_seconds(const struct matrix *m);

/* Called before pair `index` is measured. */
typedef void matrix_step(void *arg, const struct matrix *m, size_t index);

/*
 * Measures pair after pair with m->clock, until *interrupted becomes true. Pairs that fail carry
 * the reason. Afterwards no process is left.
 */
void matrix_run(struct matrix *m, const volatile int *interrupted, matrix_step *step, void *arg);

#endif
