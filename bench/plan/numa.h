/* SPDX-License-Identifier: MIT */
/*
 * Where the memory of a segment lies (--mem): which NUMA nodes a cell asks for, and how its pages
 * come to lie there.
 */
#ifndef IPCBENCH_NUMA_H
#define IPCBENCH_NUMA_H

#include "measure/topology.h"
#include <ipcbench/transport.h>

/* Linux can be built for this many nodes, and wants room for all of its own in an answer. */
#define MEMORY_NODES_MAX 1024

/*
 * Fills in cell->mem_nodes for cell->mem and the CPUs of the cell. 0, or -errno with `why` when
 * the machine has one node, a side is not pinned, or the transport has no segment to bind. Whether
 * the kernel lets this process bind memory is memory_allowed()'s to say.
 */
int memory_choose(struct cell *cell, const struct transport *t, const struct topology *topo,
	struct reason *why);

/*
 * Whether the kernel lets this process have memory on cell->mem_nodes: 0, or -errno with `why`
 * when a sandbox forbids the calls or the cpuset of the cgroup excludes a node.
 */
int memory_allowed(const struct cell *cell, struct reason *why);

/* The policy of a thread; numactl(8) may have set one. */
struct memory_policy {
	int mode;
	unsigned long nodes[MEMORY_NODES_MAX / (8 * sizeof(unsigned long))];
};

/*
 * From now on pages that this thread makes lie on cell->mem_nodes, until memory_end() brings the
 * policy back that was there before. Both do nothing for MEM_DEFAULT. 0, or -errno with `why`.
 */
int memory_begin(const struct cell *cell, struct memory_policy *before, struct reason *why);
void memory_end(const struct cell *cell, const struct memory_policy *before);

#endif
