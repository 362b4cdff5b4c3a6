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

#include "cli/command.h"
#include "measure/topology.h"
#include "results/results.h"
#include "run/trial.h"
#include "text/outputs.h"
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
	size_t done;			 /* pairs that have a result; the rest was not come to */
	const struct topology *topology; /* NULL, as is what follows, in a matrix that was stored */
	struct clock clock;
	double duration_s; /* of one pair */
	double timeout_s;  /* of one pair */
	bool interrupted;
	char run_id[RUN_ID_LEN];
	char *env_json;
};

/*
 * Lists every pair of these CPUs, which are ascending. A set of one CPU becomes one skip row.
 * duration_s = 0 chooses a duration by the number of pairs, timeout_s = 0 one by the duration. 0;
 * -EINVAL with `why` if a CPU may not be used.
 */
int matrix_plan(struct matrix *m, const struct topology *topo, const int *cpus, size_t count,
	double duration_s, double timeout_s, struct reason *why);
void matrix_free(struct matrix *m);

/* Seconds that the whole is expected to take. */
double matrix_seconds(const struct matrix *m);

/* Called before pair `index` is measured. */
typedef void matrix_step(void *arg, const struct matrix *m, size_t index);

/*
 * Measures pair after pair with m->clock, until interrupted becomes true. Pairs that fail carry
 * the reason. Afterwards no process is left.
 */
void matrix_run(struct matrix *m, matrix_step *step, void *arg);

/*
 * Reads back what `ipcbench topology --output` wrote: pairs, all of them done, and the run's
 * identifier, "" when there is no row. As stored_gate_load(); matrix_free() is due in any case.
 */
int stored_matrix_load(struct matrix *m, const char *dir, struct reason *why);

/* ---- matrix report --------------------------------------------------------------------------- */

/* Writers of the core-to-core matrix; they return and print as those of text/outputs.h do. */

/*
 * Of a struct matrix: one row per pair that has a result; the machine, the pairs, the
 * classes; the machine as hwloc sees it, a matrix, or a list if there are many CPUs, the classes.
 */
output_writer matrix_write_csv, matrix_write_json, matrix_write_text;

/* The first part of matrix_write_text() alone. */
void matrix_write_machine(FILE *out, const struct topology *topo);

/* What the pairs of one class have in common. */
struct matrix_class {
	enum placement class;
	size_t pairs;		       /* that ended ok */
	double min_ns, p50_ns, max_ns; /* of their p50 */
};

/* Fills in the classes that have pairs, from near to far; returns how many, at most PLACE_COUNT. */
size_t matrix_classes(struct matrix_class out[PLACE_COUNT], const struct matrix *m);

extern const struct command topology_command;

#endif
