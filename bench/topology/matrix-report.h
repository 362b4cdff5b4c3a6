/* SPDX-License-Identifier: MIT */
/* Writers of the core-to-core matrix; they return and print as those of output.h do. */
#ifndef IPCBENCH_OUTPUT_MATRIX_H
#define IPCBENCH_OUTPUT_MATRIX_H

#include "text/outputs.h"
#include "topology/matrix.h"

struct matrix_results {
	const struct matrix *matrix;
	const struct topology *topology;
	const char *run_id;
	const char *env_json;
};

/*
 * Of a struct matrix_results: one row per pair that has a result; the machine, the pairs, the
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

#endif
