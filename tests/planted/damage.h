/* SPDX-License-Identifier: MIT */
/*
 * Writes that no side should make: over the fields that workers and driver share, and around
 * buffers. A loop shows what there is, damage() does it at the planted place.
 */
#ifndef PLANTED_DAMAGE_H
#define PLANTED_DAMAGE_H

#include <ipcbench/loops.h>

/* What is written over a field. */
enum value { VALUE_ONES, VALUE_HUGE, VALUE_NEGATIVE, VALUE_NAN, VALUE_ZERO };
#define VALUE_CHOICES "ones|huge|negative|nan|zero"

/* What is written too far. */
enum block { BLOCK_TX, BLOCK_RX, BLOCK_CONTROL, BLOCK_REPORT, BLOCK_HIST, BLOCK_TIMELINE };
#define BLOCK_CHOICES "tx|rx|control|report|hist|timeline"

/* The worker whose loop begins. */
void damage_see(struct worker *w);

/* Field names are those of struct report after "tx." or "rx.", and the like: see damage.c. */
void damage_field(const char *name, enum value value);

/* Clears so many bytes behind the end of a block, or before its start. */
void damage_around(enum block block, enum side side, bool before, size_t bytes);

#endif
