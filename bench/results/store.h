/* SPDX-License-Identifier: MIT */
/* Where the results of a run go: standard output, single files and the run directory. */
#ifndef IPCBENCH_STORE_H
#define IPCBENCH_STORE_H

#include "results/results.h"

/* outputs_check() of what the settings name, or outputs_distinct() of a dry run. */
int store_prepare(const struct settings *s, struct reason *why);

/* outputs_save() of it, the histograms of the run directory included. -errno with `why`. */
int store_save(const struct results *r, bool last, struct reason *why);

/* The option of the format that asked for standard output; NULL = none. */
const char *store_stdout(const struct settings *s);

/* Writes that format there. 0 or -errno. */
int store_print(const struct results *r);

#endif
