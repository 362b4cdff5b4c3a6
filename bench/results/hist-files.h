/* SPDX-License-Identifier: MIT */
/* The distributions of a run, one pair of files per cell that recorded any, for other tools. */
#ifndef IPCBENCH_HIST_FILES_H
#define IPCBENCH_HIST_FILES_H

#include "hist/slots.h"
#include "results/results.h"
#include <stdio.h>

/* The folder in the run directory. */
#define HIST_FILES_DIR "hist"

enum { CELL_NAME_LEN = 240 };

/*
 * The name of a cell as a file has it and as the tag of its intervals: the parts of its key joined
 * by '_', only letters, digits and . + - = _ % in it. Returns buf.
 *
 *	shm+segment=sysv+waiter=futex_block_copy_latency_64_same-llc_0-1_default
 */
char *cell_name(char *buf, size_t len, const struct item *item);

/*
 * Writes DIR/hist/NAME.hlog, an interval per trial, and NAME.hgrm, all trials together in
 * microseconds, for each cell with trials that the last save did not have. -errno with `why`.
 */
int hist_files_save(const char *dir, const struct results *r, struct reason *why);

/*
 * Writes the distribution with values divided by `unit` (1000: microseconds from nanoseconds; at
 * most 10^12), in
 * the rows, digits and order of the reference implementation: five steps over the first half, five
 * over half of what is left, and so on; then the footer. 0 or -errno of the stream.
 */
int hgrm_write(FILE *out, const struct hlog_histogram *h, uint64_t unit);

#endif
