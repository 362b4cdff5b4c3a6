/* SPDX-License-Identifier: MIT */
/* The files that the results of a comparison go to. */
#ifndef IPCBENCH_OUTPUT_GATE_FILES_H
#define IPCBENCH_OUTPUT_GATE_FILES_H

#include "gate/gate.h"
#include <stdio.h>

/*
 * Before anything is measured: creates the directory, refuses one that holds a run already, and
 * makes sure that every file can be written and is asked for once. -errno with `why`.
 */
int gate_files_check(const struct gate_files *files, struct reason *why);

/* Writes all but what goes to standard output, each file whole or not at all. -errno with `why`. */
int gate_files_save(
	const struct gate_files *files, const struct gate_results *r, struct reason *why);

/* The one format that asked for standard output: 0 or -errno; 1 when none did. */
int gate_files_print(const struct gate_files *files, const struct gate_results *r);

/* env.json of results, for output_write(). */
int gate_write_env(FILE *out, const void *results);

#endif
