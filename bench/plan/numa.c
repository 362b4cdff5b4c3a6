/* SPDX-License-Identifier: MIT */
/*
 * Two things have to be said to the kernel. While a segment is made, the policy of the thread that
 * makes its pages places them, in every kind of segment, page cache included; afterwards the policy
 * of the mapping keeps automatic balancing from moving them, and tells whether they lie there.
 */
#include "plan/numa.h"

#include "plan/plan.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LONG_BITS (sizeof(unsigned long) * CHAR_BIT)

static int policy_of(const struct cell *cell)
{
	return cell->mem == MEM_INTERLEAVE ? MPOL_INTERLEAVE : MPOL_BIND;
}

/* Nodes 0 to 63 as the kernel takes them. */
static struct memory_policy policy_for(const struct cell *cell)
{
	struct memory_policy p = {.mode = policy_of(cell)};

	for (unsigned int i = 0; i < 64; i++)
		if ((cell->mem_nodes >> i & 1) != 0)
			p.nodes[i / LONG_BITS] |= 1ul << i % LONG_BITS;
	return p;
}

/* This many bits: a kernel refuses those that it was not built for. The count is one too high. */
enum { MASK_BITS = 64 + 1 };

static struct phrase list_nodes(uint64_t mask)
{
	struct phrase p;
	int list[64];
	size_t n = 0;

	for (int i = 0; i < 64; i++)
		if ((mask >> i & 1) != 0)
			list[n++] = i;
	cpu_list(p.text, sizeof(p.text), list, n);
	return p;
}

/* ---- the choice ------------------------------------------------------------------------------ */

static int node_of_side(struct cell *cell, const struct topology *topo, struct reason *why)
{
	int cpu = cell->mem == MEM_TX ? cell->cpu_tx : cell->cpu_rx;
	int node = topology_node(topo, cpu);

	if (cpu < 0)
		return reason_set(why, EINVAL,
			"--mem %s means the node of a CPU, and this side is not pinned; use a placement "
			"other than none",
			mem_name(cell->mem));
	if (node < 0 || node >= 64)
		return reason_set(why, ENOTSUP,
			"CPU %d is on NUMA node %d; --mem takes nodes 0 to 63", cpu, node);
	cell->mem_nodes = UINT64_C(1) << node;
	return 0;
}

int memory_choose(struct cell *cell, const struct transport *t, const struct topology *topo,
	struct reason *why)
{
	uint64_t all;

	cell->mem_nodes = 0;
	if (cell->mem == MEM_DEFAULT)
		return 0;
	if (!t->binds_memory)
		return reason_set(why, EOPNOTSUPP,
			"%s has no memory segment to bind to a node; use --mem default, "
			"or --transport shared-memory",
			t->name);
	if (topology_nodes(topo, &all) < 2)
		return reason_set(why, ENODEV,
			"--mem %s needs two NUMA nodes, the machine has one (node %s); use --mem default",
			mem_name(cell->mem), list_nodes(all).text);
	if (cell->mem != MEM_INTERLEAVE)
		return node_of_side(cell, topo, why);
	cell->mem_nodes = all;
	return 0;
}

/* ---- the kernel ------------------------------------------------------------------------------ */

static int refused(const char *call, const struct cell *cell, struct reason *why)
{
	int err = errno;

	return reason_set(why, err, "%s to NUMA node %s: %s%s", call,
		list_nodes(cell->mem_nodes).text, strerror(err),
		err == EPERM || err == ENOSYS
			? "; a sandbox may forbid it: allow mbind and set_mempolicy in its seccomp filter"
			: "");
}

/* The kernel drops nodes outside the cpuset without a word. */
static int check_cpuset(const struct cell *cell, struct reason *why)
{
	struct memory_policy may = {0}, want = policy_for(cell);

	if (syscall(SYS_get_mempolicy, NULL, may.nodes, MEMORY_NODES_MAX, NULL,
		    MPOL_F_MEMS_ALLOWED) < 0)
		return refused("get_mempolicy", cell, why);
	for (size_t i = 0; i < ARRAY_SIZE(want.nodes); i++)
		if ((want.nodes[i] & ~may.nodes[i]) != 0)
			return reason_set(why, ENODEV,
				"--mem %s needs NUMA node %s, and the cpuset of this process's cgroup "
				"excludes it or a part of it; widen cpuset.mems",
				mem_name(cell->mem), list_nodes(cell->mem_nodes).text);
	return 0;
}

int memory_allowed(const struct cell *cell, struct reason *why)
{
	struct memory_policy before;

	if (cell->mem == MEM_DEFAULT)
		return 0;
	int r = check_cpuset(cell, why);

	if (r == 0)
		r = memory_begin(cell, &before, why);
	if (r == 0)
		memory_end(cell, &before);
	return r;
}

int memory_begin(const struct cell *cell, struct memory_policy *before, struct reason *why)
{
	struct memory_policy p = policy_for(cell);

	*before = (struct memory_policy){0};
	if (cell->mem == MEM_DEFAULT)
		return 0;
	if (syscall(SYS_get_mempolicy, &before->mode, before->nodes, MEMORY_NODES_MAX, NULL, 0) < 0)
		return refused("get_mempolicy", cell, why);
	if (syscall(SYS_set_mempolicy, p.mode, p.nodes, MASK_BITS) < 0)
		return refused("set_mempolicy", cell, why);
	return 0;
}

void memory_end(const struct cell *cell, const struct memory_policy *before)
{
	bool none = before->mode == MPOL_DEFAULT;

	if (cell->mem != MEM_DEFAULT)
		syscall(SYS_set_mempolicy, before->mode, none ? NULL : before->nodes,
			none ? 0 : MEMORY_NODES_MAX);
}

int ipcbench_bind_memory(void *base, size_t bytes, const struct cell *cell, struct reason *why)
{
	struct memory_policy p = policy_for(cell);

	if (cell->mem == MEM_DEFAULT)
		return 0;
	if (syscall(SYS_mbind, base, bytes, p.mode, p.nodes, MASK_BITS, MPOL_MF_STRICT) == 0)
		return 0;
	if (errno == EIO)
		return reason_set(why, EIO,
			"the segment is not on NUMA node %s as asked for; free memory of that node",
			list_nodes(cell->mem_nodes).text);
	return refused("mbind", cell, why);
}
