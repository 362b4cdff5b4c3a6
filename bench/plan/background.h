/* SPDX-License-Identifier: MIT */
/* What a background load (--load) takes. */
#ifndef IPCBENCH_BACKGROUND_H
#define IPCBENCH_BACKGROUND_H

#include "plan/key.h"

/*
 * Sets the bytes that each process of a load streams through, 0 if it computes. 0, or -errno with
 * `why` if no cache is shown (llc_bytes 0) or the memory does not fit.
 */
int background_choose(
	uint64_t *bytes, const struct background *b, uint64_t llc_bytes, struct reason *why);

/* Seconds that a launch spends on making these buffers. */
double background_seconds(const struct background *b, uint64_t bytes);

#endif
