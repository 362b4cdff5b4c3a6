/* SPDX-License-Identifier: MIT */
/* How `ipcbench gate` and `ipcbench compare` end. */
#ifndef IPCBENCH_COMPARISON_H
#define IPCBENCH_COMPARISON_H

#include "gate/gate.h"
#include "plan/settings.h"

/*
 * Saves and prints the results and says what is wrong with either. Returns the exit status;
 * *stdout_error is what a writer to standard output met, see main.c.
 */
int comparison_finish(const struct gate_results *r, const struct gate_files *files, bool quiet,
	enum color color, int *stdout_error);

#endif
