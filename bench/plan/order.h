/* SPDX-License-Identifier: MIT */
/* The order of execution: seeded, so that a run can be repeated exactly. */
#ifndef IPCBENCH_ORDER_H
#define IPCBENCH_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Shuffles `n` indices in place (Fisher-Yates) with the SplitMix64 generator (Steele, Lea, Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014) whose state is *state.
 */
void order_shuffle(size_t *index, size_t n, uint64_t *state);

#endif
