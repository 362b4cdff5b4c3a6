/* SPDX-License-Identifier: MIT */
/* The warm-up of a program, whose runtime may compile what runs often. */
#ifndef SUPPORT_ROUNDS_H
#define SUPPORT_ROUNDS_H

#include <ipcbench/loops.h>

/*
 * Repeats a loop that adds to w->messages and sets w->last_tick, each time for a tenth of the
 * warm-up, at least until w->deadline. It goes on while the program becomes faster: while one of
 * the last rounds is faster than all before them. If IPCBENCH_WARMUP_MOST warm-ups do not suffice,
 * the row is flagged. 0, or what the loop returns.
 */
int rounds_warm_up(struct worker *w, int (*loop)(struct worker *w));

/* Slices are kept of the timed loop alone, which is the last one. */
static inline bool in_warm_up(const struct worker *w)
{
	return w->slices == NULL;
}

#endif
