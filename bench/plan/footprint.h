/* SPDX-License-Identifier: MIT */
/*
 * How much memory the payload cycles through (--footprint). A message that is sent from one buffer
 * and received into one over and over never leaves the caches. Programs that produce data and keep
 * it use memory.
 */
#ifndef IPCBENCH_FOOTPRINT_H
#define IPCBENCH_FOOTPRINT_H

#include "measure/topology.h"
#include <ipcbench/transport.h>

/* What the kernel takes for pages of 4 KiB on a virtual machine: it clears them, one by one. */
#define PAGES_BYTES_PER_S 1.5e9

/*
 * Buffers of `stride` bytes that together have at least `bytes`: a power of two, because a loop
 * finds its buffer by a mask.
 */
uint64_t footprint_buffers(uint64_t bytes, size_t stride);

/*
 * Messages that a private buffer holds: those of a call. A mechanism that publishes its batches
 * itself takes them one by one.
 */
size_t buffer_messages(const struct cell *cell, const struct transport *t);

/*
 * Fills in cell->footprint for the value of the axis. 0, or -errno with `why` if the batch or the
 * memory of all pairs does not fit, no cache is shown, or the transport's slots in place cannot be
 * that large.
 */
int footprint_choose(struct cell *cell, uint64_t asked, const struct transport *t,
	const struct topology *topo, unsigned int pairs, struct reason *why);

/* How much longer pages may take than estimated where other work wants the same CPUs and memory. */
#define PAGES_SLOWER 4.0

/* Seconds that a launch spends on making its buffers. */
double footprint_seconds(const struct cell *cell, const struct transport *t);

#endif
