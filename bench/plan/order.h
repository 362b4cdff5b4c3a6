/* SPDX-License-Identifier: MIT */
/* The order of execution: seeded, so that a run can be repeated exactly. */
#ifndef IPCBENCH_ORDER_H
#define IPCBENCH_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * The next 64 bits of the SplitMix64 generator (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). Any state will do, and states that differ in one bit give bits
 * that look independent.
 */
uint64_t order_random(uint64_t *state);

/* Shuffles `n` indices in place (Fisher-Yates). */
void order_shuffle(size_t *index, size_t n, uint64_t *state);

#endif
