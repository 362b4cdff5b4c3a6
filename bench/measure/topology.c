/* SPDX-License-Identifier: MIT */
/*
 * hwloc is loaded once, a line per CPU is taken from it, and it is freed again: the driver forks
 * for every trial and should have little to copy.
 */
#include "measure/topology.h"
#include "text/memory.h"
#include "text/text-file.h"
#include <errno.h>
#include <fcntl.h>
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a file that HWLOC_XMLFILE names. */
#define XML_MAX (UINT64_C(16) << 20)

const char *const placement_words[PLACE_COUNT + 1] = {
	[PLACE_SAME_CPU] = "same-cpu",
	[PLACE_SMT] = "smt",
	[PLACE_SAME_LLC] = "same-llc",
	[PLACE_CROSS_LLC] = "cross-llc",
	[PLACE_CROSS_NUMA] = "cross-numa",
	[PLACE_CROSS_CPU] = "cross-cpu",
	[PLACE_NONE] = "none",
};

const char *placement_name(enum placement p)
{
	return (unsigned int)p < PLACE_COUNT ? placement_words[p] : "unknown";
}

bool placement_parse(const char *name, enum placement *out)
{
	for (unsigned int p = 0; p < PLACE_COUNT; p++) {
		if (strcmp(name, placement_words[p]) == 0) {
			*out = (enum placement)p;
			return true;
		}
	}
	return false;
}

/* ---- loading -------------------------------------------------------------------------------- */

/* The object of `type` around a CPU, or `otherwise` where nothing is known of such objects. */
static hwloc_obj_t around(
	hwloc_topology_t hw, hwloc_obj_t pu, hwloc_obj_type_t type, hwloc_obj_t otherwise)
{
	hwloc_obj_t obj = hwloc_get_ancestor_obj_by_type(hw, type, pu);

	return obj != NULL ? obj : otherwise;
}

/* The outermost data or unified cache. */
static hwloc_obj_t last_level_cache(hwloc_obj_t pu, hwloc_obj_t otherwise)
{
	hwloc_obj_t found = otherwise;

	for (hwloc_obj_t obj = pu->parent; obj != NULL; obj = obj->parent)
		if (hwloc_obj_type_is_dcache(obj->type))
			found = obj;
	return found;
}

static void note_cache(struct topology *t, hwloc_obj_t pu)
{
	hwloc_obj_t cache = last_level_cache(pu, NULL);

	if (cache != NULL && cache->attr->cache.size > t->llc_bytes)
		t->llc_bytes = cache->attr->cache.size;
}

static void fill_cpu(
	struct topology_cpu *u, hwloc_topology_t hw, hwloc_obj_t pu, hwloc_const_cpuset_t may)
{
	/* the first one is the node of ordinary memory where a CPU also has a fast or far one */
	int node = hwloc_bitmap_first(pu->complete_nodeset);
	hwloc_obj_t package = around(hw, pu, HWLOC_OBJ_PACKAGE, hwloc_get_root_obj(hw));

	/* gp_index tells objects of all types apart, so one may stand in for another */
	u->cpu = (int)pu->os_index;
	u->core = (unsigned int)around(hw, pu, HWLOC_OBJ_CORE, pu)->gp_index;
	/* a virtual machine that shows no cache: its CPUs most likely share the package's */
	u->llc = (unsigned int)last_level_cache(pu, package)->gp_index;
	u->node = node < 0 ? 0 : (unsigned int)node;
	u->package = (unsigned int)package->gp_index;
	u->allowed = hwloc_bitmap_isset(may, pu->os_index) != 0;
}

static int by_cpu(const void *a, const void *b)
{
	const struct topology_cpu *x = a, *y = b;

	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

/* Numbers what the field at `offset` tells apart from 0, in the order of the CPUs. */
static void renumber(struct topology *t, size_t offset)
{
	unsigned int *given = need_array(t->count, sizeof(*given)), next = 0;

	for (size_t i = 0; i < t->count; i++) {
		unsigned int *field = (unsigned int *)(void *)((char *)&t->cpu[i] + offset);
		size_t j = 0;

		given[i] = *field;
		while (given[j] != given[i])
			j++;
		*field = j == i ? next++ : *(unsigned int *)(void *)((char *)&t->cpu[j] + offset);
	}
	free(given);
}

static void list_allowed(struct topology *t)
{
	int *cpus = need_array(t->count, sizeof(*cpus));
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->cpu[i].allowed)
			cpus[n++] = t->cpu[i].cpu;
	cpu_list(t->allowed, sizeof(t->allowed), cpus, n);
	free(cpus);
}

static struct topology *extract(hwloc_topology_t hw, hwloc_const_cpuset_t may)
{
	int count = hwloc_get_nbobjs_by_type(hw, HWLOC_OBJ_PU);

	if (count <= 0)
		return NULL;
	struct topology *t = need_array(1, sizeof(*t) + (size_t)count * sizeof(t->cpu[0]));

	for (hwloc_obj_t pu = NULL;
		(pu = hwloc_get_next_obj_by_type(hw, HWLOC_OBJ_PU, pu)) != NULL;) {
		fill_cpu(&t->cpu[t->count], hw, pu, may);
		if (t->cpu[t->count++].allowed)
			note_cache(t, pu);
	}
	qsort(t->cpu, t->count, sizeof(t->cpu[0]), by_cpu);
	renumber(t, offsetof(struct topology_cpu, core));
	renumber(t, offsetof(struct topology_cpu, llc));
	renumber(t, offsetof(struct topology_cpu, package));
	list_allowed(t);
	return t;
}

/*
 * Only what a class is made of: no devices, no instruction caches, no distances. Groups have to
 * stay, since hwloc hangs the nodes of a divided package from them; without, each node would seem
 * to own all of its CPUs. Nodes outside the cpuset's memory stay too: an allowed CPU may belong to
 * one.
 */
static int configure(hwloc_topology_t hw)
{
	static const struct {
		hwloc_obj_type_t type;
		enum hwloc_type_filter_e filter;
	} kept[] = {
		{HWLOC_OBJ_PACKAGE, HWLOC_TYPE_FILTER_KEEP_ALL},
		{HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL},
		{HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE},
	};
	const unsigned long flags =
		HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED | HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
		HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS;

	if (hwloc_topology_set_all_types_filter(hw, HWLOC_TYPE_FILTER_KEEP_NONE) < 0 ||
		hwloc_topology_set_cache_types_filter(hw, HWLOC_TYPE_FILTER_KEEP_ALL) < 0 ||
		hwloc_topology_set_icache_types_filter(hw, HWLOC_TYPE_FILTER_KEEP_NONE) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (hwloc_topology_set_type_filter(hw, kept[i].type, kept[i].filter) < 0)
			return -1;
	return hwloc_topology_set_flags(hw, flags);
}

/*
 * hwloc warns on stderr of firmware that contradicts itself, and its first call loads every
 * plug-in for graphics cards that is installed, with their libraries; neither is wanted, and only
 * the environment can say so. A user's own setting is left alone.
 */
static hwloc_topology_t start_hwloc(void)
{
	hwloc_topology_t hw = NULL;

	setenv("HWLOC_HIDE_ERRORS", "2", 0);
	setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 0);
	if (hwloc_topology_init(&hw) < 0)
		return NULL;
	if (configure(hw) == 0)
		return hw;
	hwloc_topology_destroy(hw);
	return NULL;
}

/* This machine, or one that hwloc makes up. */
static struct topology *load(const char *synthetic)
{
	hwloc_topology_t hw = start_hwloc();
	hwloc_bitmap_t may = hwloc_bitmap_alloc_full();
	struct topology *t = NULL;

	errno = 0;
	if (hw != NULL && (synthetic == NULL || hwloc_topology_set_synthetic(hw, synthetic) == 0) &&
		hwloc_topology_load(hw) == 0 &&
		(synthetic != NULL || hwloc_get_cpubind(hw, may, HWLOC_CPUBIND_THREAD) == 0))
		t = extract(hw, may);
	if (hw != NULL)
		hwloc_topology_destroy(hw);
	hwloc_bitmap_free(may);
	return t;
}

struct topology *topology_load(struct reason *why)
{
	const char *file = getenv("HWLOC_XMLFILE");
	int fd = file == NULL ? 0 : text_file_open(AT_FDCWD, file, XML_MAX, why);

	/* hwloc would wait for a FIFO */
	if (fd < 0)
		return NULL;
	if (fd > 0)
		close(fd);
	struct topology *t = load(NULL);

	if (t == NULL)
		reason_set(why, errno,
			"hwloc cannot read this machine's topology (%s); `lstopo-no-graphics` shows "
			"what it finds",
			strerror(errno != 0 ? errno : ENODEV));
	return t;
}

struct topology *topology_load_synthetic(const char *desc, struct reason *why)
{
	struct topology *t = load(desc);

	if (t == NULL)
		reason_set(why, EINVAL, "hwloc cannot make a machine of \"%s\"", desc);
	return t;
}

void topology_free(struct topology *t)
{
	free(t);
}

/* ---- classes -------------------------------------------------------------------------------- */

static enum placement class_of(const struct topology_cpu *a, const struct topology_cpu *b)
{
	if (a->cpu == b->cpu)
		return PLACE_SAME_CPU;
	if (a->core == b->core)
		return PLACE_SMT;
	/* nodes first: a cache may span the nodes of a divided package */
	if (a->node != b->node)
		return PLACE_CROSS_NUMA;
	return a->llc == b->llc ? PLACE_SAME_LLC : PLACE_CROSS_LLC;
}

/* How unwelcome a CPU is: CPU 0 serves most interrupts, and its core's other threads feel them. */
static unsigned int burden(const struct topology *t, const struct topology_cpu *u)
{
	if (u->cpu == 0)
		return 2;
	return t->cpu[0].cpu == 0 && t->cpu[0].core == u->core ? 1 : 0;
}

/* How many sides there are so far, by place in the list of CPUs; NULL = none. */
struct crowd {
	const unsigned int *sides;
	bool scatter;
};

/* How unwelcome it is to another side beside those: what counts most is in the highest bits. */
static uint64_t crowding(const struct topology *t, const struct topology_cpu *u, struct crowd crowd)
{
	const uint64_t near_most = (1 << 20) - 1;
	uint64_t same_cpu = 0, same_core = 0, near = 0;

	if (crowd.sides == NULL)
		return burden(t, u);
	for (size_t i = 0; i < t->count; i++) {
		const struct topology_cpu *v = &t->cpu[i];

		same_cpu += v == u ? crowd.sides[i] : 0;
		same_core += v->core == u->core ? crowd.sides[i] : 0;
		near += v->node == u->node ? crowd.sides[i] : 0;
		near += v->llc == u->llc ? crowd.sides[i] : 0;
	}
	return same_cpu << 44 | same_core << 28 | (crowd.scatter ? near : near_most - near) << 8 |
	       burden(t, u);
}

/* The least crowded pair of a class, with the lowest numbers among equals. */
static bool find_pair(const struct topology *t, enum placement class, bool allowed_only,
	struct crowd crowd, struct cpu_pair *pair)
{
	uint64_t *weight = need_array(t->count, sizeof(*weight)), best = UINT64_MAX;

	for (size_t i = 0; i < t->count; i++)
		weight[i] = crowding(t, &t->cpu[i], crowd);
	for (size_t i = 0; i < t->count; i++) {
		const struct topology_cpu *a = &t->cpu[i];

		if (allowed_only && !a->allowed)
			continue;
		for (size_t j = i; j < t->count && best > 0; j++) {
			const struct topology_cpu *b = &t->cpu[j];

			if ((allowed_only && !b->allowed) || weight[i] + weight[j] >= best ||
				class_of(a, b) != class)
				continue;
			best = weight[i] + weight[j];
			*pair = (struct cpu_pair){a->cpu, b->cpu};
		}
	}
	free(weight);
	return best != UINT64_MAX;
}

static int no_pair(const struct topology *t, enum placement want, struct reason *why)
{
	static const char *const needs[PLACE_COUNT] = {
		[PLACE_SAME_CPU] = "a CPU",
		[PLACE_SMT] = "two hardware threads of one core",
		[PLACE_SAME_LLC] = "two cores under one last-level cache",
		[PLACE_CROSS_LLC] = "two last-level caches in one NUMA node",
		[PLACE_CROSS_NUMA] = "CPUs of two NUMA nodes",
		[PLACE_CROSS_CPU] = "two CPUs",
	};
	struct cpu_pair p = {-1, -1};

	for (int class = PLACE_SAME_CPU; class <= PLACE_CROSS_NUMA; class ++) {
		bool fits = want == PLACE_CROSS_CPU ? class != PLACE_SAME_CPU : class == (int)want;

		if (fits && find_pair(t, (enum placement) class, false, (struct crowd){0}, &p))
			return reason_set(why, ENODEV,
				"%s needs %s, such as CPUs %d and %d, but this process may use only CPU %s; "
				"widen its affinity (taskset -c) or the cpuset of its cgroup",
				placement_name(want), needs[want], p.tx, p.rx, t->allowed);
	}
	struct topology_counts n;

	topology_count(t, &n);
	return reason_set(why, ENODEV,
		"%s needs %s; the machine offers CPU %s: %u cores, %u last-level caches, %u NUMA nodes%s",
		placement_name(want), needs[want], t->allowed, n.cores, n.llcs, n.nodes,
		want == PLACE_SMT ? "; SMT is switched in /sys/devices/system/cpu/smt/control"
				  : "; choose a placement that it has");
}

static bool take_pair(const struct topology *t, enum placement class, int *tx, int *rx)
{
	struct cpu_pair p;

	if (!find_pair(t, class, true, (struct crowd){0}, &p))
		return false;
	*tx = p.tx;
	*rx = p.rx;
	return true;
}

int topology_pick(const struct topology *t, enum placement want, int *tx, int *rx,
	enum placement *is, struct reason *why)
{
	/* from near to far, but another core before a thread of the same one */
	static const enum placement nearest[] = {
		PLACE_SAME_LLC, PLACE_CROSS_LLC, PLACE_CROSS_NUMA, PLACE_SMT};

	*is = want;
	if (want == PLACE_NONE) {
		*tx = *rx = -1;
		return 0;
	}
	if (want != PLACE_CROSS_CPU)
		return take_pair(t, want, tx, rx) ? 0 : no_pair(t, want, why);
	for (size_t i = 0; i < ARRAY_SIZE(nearest); i++) {
		*is = nearest[i];
		if (take_pair(t, nearest[i], tx, rx))
			return 0;
	}
	*is = want;
	return no_pair(t, want, why);
}

static const struct topology_cpu *find_cpu(const struct topology *t, int cpu)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->cpu[i].cpu == cpu)
			return &t->cpu[i];
	return NULL;
}

static void count_side(const struct topology *t, unsigned int *sides, int cpu)
{
	const struct topology_cpu *u = find_cpu(t, cpu);

	if (u != NULL)
		sides[u - t->cpu]++;
}

void topology_spread(const struct topology *t, enum placement class, bool scatter,
	struct cpu_pair *pairs, size_t count)
{
	unsigned int *sides = need_array(t->count, sizeof(*sides));

	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			pairs[i] = pairs[0];
			find_pair(t, class, true, (struct crowd){sides, scatter}, &pairs[i]);
		}
		count_side(t, sides, pairs[i].tx);
		count_side(t, sides, pairs[i].rx);
	}
	free(sides);
}

void topology_gather(const struct topology *t, enum placement class, bool scatter, int common,
	int *cpus, size_t count)
{
	unsigned int *sides = need_array(t->count, sizeof(*sides));
	const struct topology_cpu *c = find_cpu(t, common);
	struct crowd crowd = {sides, scatter};

	count_side(t, sides, common);
	count_side(t, sides, cpus[0]);
	for (size_t i = 1; i < count; i++) {
		uint64_t best = UINT64_MAX;

		cpus[i] = cpus[0];
		for (size_t k = 0; c != NULL && k < t->count; k++) {
			const struct topology_cpu *u = &t->cpu[k];
			uint64_t weight = crowding(t, u, crowd);

			if (!u->allowed || class_of(c, u) != class || weight >= best)
				continue;
			best = weight;
			cpus[i] = u->cpu;
		}
		count_side(t, sides, cpus[i]);
	}
	free(sides);
}

static const struct topology_cpu *cpu_of(const struct topology *t, int cpu, struct reason *why)
{
	const struct topology_cpu *u = find_cpu(t, cpu);

	if (u != NULL && u->allowed)
		return u;
	if (u != NULL)
		reason_set(why, EINVAL,
			"CPU %d is not among those that this process may use (%s); widen its affinity "
			"(taskset -c) or the cpuset of its cgroup",
			cpu, t->allowed);
	else
		reason_set(why, EINVAL, "CPU %d is not online; this process may use CPU %s", cpu,
			t->allowed);
	return NULL;
}

int topology_classify(
	const struct topology *t, int tx, int rx, enum placement *is, struct reason *why)
{
	const struct topology_cpu *a = cpu_of(t, tx, why),
				  *b = a == NULL ? NULL : cpu_of(t, rx, why);

	if (b == NULL)
		return -EINVAL;
	*is = class_of(a, b);
	return 0;
}

/* ---- lists ---------------------------------------------------------------------------------- */

const char *cpu_list(char *buf, size_t size, const int *cpus, size_t count)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0, j; i < count; i = j + 1) {
		const char *comma = i == 0 ? "" : ",";

		for (j = i; j + 1 < count && cpus[j + 1] == cpus[j] + 1;)
			j++;
		int n = j == i ? snprintf(buf + used, size - used, "%s%d", comma, cpus[i])
			       : snprintf(buf + used, size - used, "%s%d-%d", comma, cpus[i],
					 cpus[j]);

		if (n < 0 || (size_t)n >= size - used) {
			snprintf(buf + size - 4, 4, "...");
			break;
		}
		used += (size_t)n;
	}
	return buf;
}

int topology_node(const struct topology *t, int cpu)
{
	const struct topology_cpu *u = find_cpu(t, cpu);

	return u == NULL ? -1 : (int)u->node;
}

unsigned int topology_nodes(const struct topology *t, uint64_t *mask)
{
	*mask = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->cpu[i].node < 64)
			*mask |= UINT64_C(1) << t->cpu[i].node;
	return (unsigned int)__builtin_popcountll(*mask);
}

/* ---- counts --------------------------------------------------------------------------------- */

/* Whether no allowed CPU before this one has the same value in the field at `offset`. */
static bool is_first(const struct topology *t, size_t i, size_t offset)
{
	for (size_t j = 0; j < i; j++)
		if (t->cpu[j].allowed &&
			memcmp((const char *)&t->cpu[i] + offset, (const char *)&t->cpu[j] + offset,
				sizeof(unsigned int)) == 0)
			return false;
	return true;
}

void topology_count(const struct topology *t, struct topology_counts *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < t->count; i++) {
		if (!t->cpu[i].allowed)
			continue;
		out->cpus++;
		out->cores += is_first(t, i, offsetof(struct topology_cpu, core));
		out->llcs += is_first(t, i, offsetof(struct topology_cpu, llc));
		out->nodes += is_first(t, i, offsetof(struct topology_cpu, node));
		out->packages += is_first(t, i, offsetof(struct topology_cpu, package));
	}
}
