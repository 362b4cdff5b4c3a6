/* SPDX-License-Identifier: MIT */
/*
 * The measuring of a gate: blocks of four slices, base new new base or the reverse as a coin says,
 * every cell in turn; judged twice.
 *
 * The coin makes the test exact (stats/signed-rank.h): if the versions do not differ, exchanging
 * their names in a block changes nothing but the sign of its difference, whatever the machine did
 * meanwhile and however much one block resembles the next.
 */
#ifndef IPCBENCH_GATE_PROTOCOL_H
#define IPCBENCH_GATE_PROTOCOL_H

#include "gate/gate-plan.h"

/* Told before each block: the cell, how many blocks are done, and how many there will be at most.
 */
typedef void gate_step(void *arg, const struct gate_cell *cell, size_t done, size_t most);

/*
 * Measures and judges. Takes the cells out of `plan`; fills cells, blocks, rows, elapsed_s, seed
 * and interrupted of *out, which is zeroed before. A slice that fails ends its cell, with the
 * reason in it.
 */
void gate_measure(struct gate_results *out, const struct gate_settings *s, struct gate_plan *plan,
	gate_step *step, void *arg);

/* Seconds that it takes at most, before anything is known of the slices. */
double gate_seconds(const struct gate_settings *s, const struct gate_plan *plan);

/* Whether block `number` of a cell is new base base new. */
bool gate_coin(uint64_t seed, size_t cell, unsigned int number);

#endif
