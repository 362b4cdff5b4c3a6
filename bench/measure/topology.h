/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs this process may use and how close they are to each other (hwloc), to turn a placement
 * class into a pair of CPUs and the reverse.
 */
#ifndef IPCBENCH_TOPOLOGY_H
#define IPCBENCH_TOPOLOGY_H

#include <ipcbench/base.h>
#include <stddef.h>

enum placement {
	PLACE_SAME_CPU,	  /* both sides on one CPU */
	PLACE_SMT,	  /* two hardware threads of one core */
	PLACE_SAME_LLC,	  /* two cores under one last-level cache */
	PLACE_CROSS_LLC,  /* two last-level caches of one NUMA node */
	PLACE_CROSS_NUMA, /* two NUMA nodes */
	PLACE_CROSS_CPU,  /* request only: the nearest other core; recorded as the class it is */
	PLACE_NONE,	  /* not pinned */
	PLACE_COUNT,
};

/*
 * One CPU that is online. Packages, last-level caches and cores are numbered from 0 in the order of
 * the CPUs; CPUs and NUMA nodes have the kernel's numbers.
 */
struct topology_cpu {
	int cpu;
	unsigned int core, llc, node, package;
	bool allowed; /* by this process's affinity, and so by its cgroup's cpuset */
};

/* What is kept of one hwloc load, small because the driver forks. */
struct topology {
	char allowed[64];   /* the CPUs that this process may use, "0-3,8" */
	uint64_t llc_bytes; /* of the largest last-level cache of these; 0 = no cache is shown */
	size_t count;
	struct topology_cpu cpu[]; /* ascending */
};

/* Loads the topology of the allowed CPUs. NULL with `why` when hwloc fails. */
struct topology *topology_load(struct reason *why);
/* The same for a machine that hwloc makes up, such as "pack:2 l3:2 core:4 pu:2", for tests. */
struct topology *topology_load_synthetic(const char *desc, struct reason *why);
void topology_free(struct topology *t); /* NULL is accepted */

/* "same-cpu", "smt", ..., NULL: the words of CLI and CSV. */
extern const char *const placement_words[PLACE_COUNT + 1];
/* One of them. */
const char *placement_name(enum placement p);
/* The inverse; false if there is no such class. */
bool placement_parse(const char *name, enum placement *out);

/*
 * Picks CPUs for a class and says which class they really are (*is, which differs from `want` only
 * for PLACE_CROSS_CPU and, on explicit lists, never). CPU 0 is avoided as long as others do, since
 * it serves most interrupts. -ENODEV with `why` when this machine or this process's affinity has
 * no such pair. PLACE_NONE yields -1, -1.
 */
int topology_pick(const struct topology *t, enum placement want, int *tx, int *rx,
	enum placement *is, struct reason *why);

struct cpu_pair {
	int tx, rx;
};

/*
 * Places pairs of a class beside the first one, which lies already: on the CPUs with the fewest
 * sides, then on cores with the fewest, then on nodes and last-level caches with the most, or with
 * `scatter` the fewest. Among equals as topology_pick().
 */
void topology_spread(const struct topology *t, enum placement class, bool scatter,
	struct cpu_pair *pairs, size_t count);

/*
 * Places further sides beside cpus[0], each as far from the side on `common` as that one is; among
 * those CPUs as topology_spread().
 */
void topology_gather(const struct topology *t, enum placement class, bool scatter, int common,
	int *cpus, size_t count);

/* The class of two CPUs; -EINVAL with `why` if one is not allowed or not there. */
int topology_classify(
	const struct topology *t, int tx, int rx, enum placement *is, struct reason *why);

/* Counts for the fingerprint: CPUs allowed, cores, last-level caches, NUMA nodes, packages. */
struct topology_counts {
	unsigned int cpus, cores, llcs, nodes, packages;
};
void topology_count(const struct topology *t, struct topology_counts *out);

/* The NUMA node of a CPU that is online, -1 for any other number. */
int topology_node(const struct topology *t, int cpu);

/*
 * The NUMA nodes that have CPUs, allowed or not, as bits; nodes from 64 on do not fit and are left
 * out. Returns how many there are.
 */
unsigned int topology_nodes(const struct topology *t, uint64_t *mask);

/* Writes a list such as "0-3,8" of ascending numbers, cut with "..." where it does not fit. */
const char *cpu_list(char *buf, size_t size, const int *cpus, size_t count);

/* ---- pinning --------------------------------------------------------------------------------- */

/* Where processes and threads run, and how deeply CPUs may sleep meanwhile. */

/* Binds the calling thread to a CPU; -1 = leaves it alone. 0, or -errno with `why`. */
int pin_here(int cpu, struct reason *why);

/*
 * Runs fn(&args[i]) on each of `n` CPUs at once, until the last has ended; `size` is that of
 * args[0]. The signal mask is that of the caller. -errno with `why` if there is no such CPU, this
 * process may not use it, or a thread cannot be created.
 */
int pin_threads(size_t n, const int *cpus, void *(*fn)(void *arg), void *args, size_t size,
	struct reason *why);

/*
 * Keeps idle CPUs in their shallowest state for as long as *fd is open
 * (Documentation/power/pm_qos_interface.rst of the kernel). 0 or -errno with `why`; *fd, -1 if
 * there is none, is the caller's to close in either case.
 */
int awake_hold(int *fd, struct reason *why);

#endif
