/* SPDX-License-Identifier: MIT */
/* Writers of the core-to-core matrix; they return and print as those of output.h do. */
#ifndef IPCBENCH_OUTPUT_MATRIX_H
#define IPCBENCH_OUTPUT_MATRIX_H

#include "topology/matrix.h"
#include <stdio.h>

struct matrix_results {
	const struct matrix *matrix;
	const struct topology *topology;
	const char *run_id;
	const char *env_json;
};

/* One row per pair that has a result. */
int matrix_write_csv(FILE *out, const struct matrix_results *r);

/* The machine, the pairs, the classes. */
int matrix_write_json(FILE *out, const struct matrix_results *r);

/* The machine as hwloc sees it; a matrix, or a list if there are many CPUs; the classes. */
int matrix_write_text(FILE *out, const struct matrix_results *r);

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

#endif
