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

#include "gate/plan.h"

/* Blocks of a cell at the first and at the last look, unless more are needed. */
#define GATE_FIRST_LOOK 12
#define GATE_LAST_LOOK	40
/* A block is dropped for more than this disturbance ... */
#define GATE_DISTURBED	0.2
/* ... but no more than one in so many. */
#define GATE_DROP_SHARE 4
/* Fewer blocks say nothing of a 99th percentile, which varies most. */
#define GATE_P99_BLOCKS 20

/* Told before each block: the cell, how many blocks are done, and how many there will be at most.
 */
typedef void gate_step(void *arg, const struct gate_cell *cell, size_t done, size_t most);

/*
 * Measures and judges. Takes the cells out of `plan`; fills cells, blocks, rows, elapsed_s, seed
 * and interrupted of *out, which is zeroed before. 0, or -ENOMEM. A slice that fails ends its cell,
 * with the reason in it.
 */
int gate_measure(struct gate_results *out, const struct gate_settings *s, struct gate_plan *plan,
	const volatile int *interrupted, gate_step *step, void *arg);

/*
 * Judges the blocks in `r` once more, as at the time: rows get new findings. What is done to the
 * blocks before shows what the rule makes of it. 0 or -ENOMEM.
 */
int gate_judge_again(struct gate_results *r, const struct gate_settings *s);

/* Seconds that it takes at most, before anything is known of the slices. */
double gate_seconds(const struct gate_settings *s, const struct gate_plan *plan);

/* ---- parts, for tests ------------------------------------------------------------------------ */

/* Marks those of the first `last` blocks of a cell that are left out, by their disturbance alone.
 */
void gate_drop(struct gate_block *blocks, size_t count, size_t cell, size_t last);

/* Whether block `number` of a cell is new base base new. */
bool gate_coin(uint64_t seed, size_t cell, unsigned int number);

#endif
