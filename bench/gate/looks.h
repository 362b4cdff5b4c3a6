/* SPDX-License-Identifier: MIT */
/* What a gate makes of its blocks when it looks at them. */
#ifndef IPCBENCH_GATE_LOOKS_H
#define IPCBENCH_GATE_LOOKS_H

#include "gate/gate-settings.h"

/* Blocks of a cell at the first and at the last look, unless more are needed. */
#define GATE_FIRST_LOOK 12
#define GATE_LAST_LOOK	40
/* A block is dropped for more than this disturbance ... */
#define GATE_DISTURBED	0.2
/* ... but no more than one in so many. */
#define GATE_DROP_SHARE 4
/* Fewer blocks say nothing of a 99th percentile, which varies most. */
#define GATE_P99_BLOCKS 20

/*
 * Blocks of every cell by the end of each look: the usual number, or what many hypotheses need to
 * show anything even where a quarter is dropped.
 */
void gate_plan_looks(const struct gate_settings *s, size_t count, size_t looks[GATE_LOOKS]);

/* Judges what is not decided by the first `last` blocks of every cell; `look` counts from 1. */
void gate_look(
	struct gate_results *out, const struct gate_settings *set, unsigned int look, size_t last);

/*
 * Judges the blocks in `r` once more, as at the time: rows get new findings. What is done to the
 * blocks before shows what the rule makes of it.
 */
void gate_judge_again(struct gate_results *r, const struct gate_settings *s);

/* Marks those of the first `last` blocks of a cell that are left out, by their disturbance alone.
 */
void gate_drop(struct gate_block *blocks, size_t count, size_t cell, size_t last);

#endif
