/* SPDX-License-Identifier: MIT */
/* Placement classes on machines that hwloc makes up, and on the one at hand. */
#include "measure/scheduling.h"
#include "measure/topology.h"
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What cmocka says of a failure does not name the machine, so this does. */
static struct topology *machine(const char *desc)
{
	struct reason why = {""};
	struct topology *t = topology_load_synthetic(desc, &why);

	if (t == NULL)
		fail_msg("%s: %s", desc, why.text);
	return t;
}

static void check_pick(
	const struct topology *t, enum placement want, int tx, int rx, enum placement is)
{
	enum placement got = PLACE_COUNT, classified = PLACE_COUNT;
	int a = -2, b = -2;
	struct reason why = {""};

	if (topology_pick(t, want, &a, &b, &got, &why) != 0)
		fail_msg("%s: %s", placement_name(want), why.text);
	if (a != tx || b != rx || got != is)
		fail_msg("%s: %d,%d is %s, not %d,%d %s", placement_name(want), a, b,
			placement_name(got), tx, rx, placement_name(is));
	assert_int_equal(topology_classify(t, a, b, &classified, &why), 0);
	assert_int_equal(classified, is);
	assert_int_equal(topology_classify(t, b, a, &classified, &why), 0);
	assert_int_equal(classified, is);
	assert_string_equal(why.text, "");
}

static void check_none(const struct topology *t, enum placement want)
{
	enum placement is;
	int a, b;
	struct reason why = {""};

	assert_int_equal(topology_pick(t, want, &a, &b, &is, &why), -ENODEV);
	/* one line that names what was asked for */
	assert_non_null(strstr(why.text, placement_name(want)));
	assert_null(strchr(why.text, '\n'));
	assert_int_equal(topology_pick(t, want, &a, &b, &is, NULL), -ENODEV);
}

/* Places pairs of a class beside the one that topology_pick() chooses: "0,1 2,3". */
static void check_spread(
	const char *desc, enum placement class, bool scatter, size_t count, const char *want)
{
	struct topology *t = machine(desc);
	struct cpu_pair pairs[8];
	enum placement is;
	char got[128] = "";

	assert_int_equal(topology_pick(t, class, &pairs[0].tx, &pairs[0].rx, &is, NULL), 0);
	topology_spread(t, is, scatter, pairs, count);
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "%s%d,%d", i > 0 ? " " : "", pairs[i].tx,
			pairs[i].rx);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s, %s%s: %s, not %s", desc, placement_name(class),
			scatter ? ":scatter" : "", got, want);
	topology_free(t);
}

/* Four sides around one on CPU 2, the first of which lies where `want` begins. */
static void check_gather(const char *desc, enum placement class, const char *want)
{
	struct topology *t = machine(desc);
	int cpus[4] = {want[0] - '0'};
	char got[64];

	topology_gather(t, class, false, 2, cpus, ARRAY_SIZE(cpus));
	snprintf(got, sizeof(got), "%d %d %d %d", cpus[0], cpus[1], cpus[2], cpus[3]);
	assert_string_equal(got, want);
	topology_free(t);
}

static void check_counts(const struct topology *t, unsigned int cpus, unsigned int cores,
	unsigned int llcs, unsigned int nodes, unsigned int packages)
{
	struct topology_counts n;

	topology_count(t, &n);
	assert_int_equal(n.cpus, cpus);
	assert_int_equal(n.cores, cores);
	assert_int_equal(n.llcs, llcs);
	assert_int_equal(n.nodes, nodes);
	assert_int_equal(n.packages, packages);
}

static void test_names(void **state)
{
	enum placement p;

	(void)state;
	for (unsigned int i = 0; i < PLACE_COUNT; i++) {
		assert_true(placement_parse(placement_name((enum placement)i), &p));
		assert_int_equal(p, i);
	}
	assert_string_equal(placement_name(PLACE_CROSS_CPU), "cross-cpu");
	assert_false(placement_parse("same", &p));
	assert_false(placement_parse("same-cpu2", &p));
	assert_false(placement_parse("", &p));
}

/* 2 packages = 2 nodes, each 2 caches of 4 cores of 2 threads; thread numbers run within a core. */
static void test_two_packages_with_every_class(void **state)
{
	struct topology *t = machine("numa:2 pack:1 l3:2 core:4 pu:2");

	(void)state;
	check_counts(t, 32, 16, 4, 2, 2);
	/* neither CPU 0 nor its sibling CPU 1 as long as others do */
	check_pick(t, PLACE_SAME_CPU, 2, 2, PLACE_SAME_CPU);
	check_pick(t, PLACE_SMT, 2, 3, PLACE_SMT);
	check_pick(t, PLACE_SAME_LLC, 2, 4, PLACE_SAME_LLC);
	check_pick(t, PLACE_CROSS_LLC, 2, 8, PLACE_CROSS_LLC);
	check_pick(t, PLACE_CROSS_NUMA, 2, 16, PLACE_CROSS_NUMA);
	check_pick(t, PLACE_CROSS_CPU, 2, 4, PLACE_SAME_LLC);
	topology_free(t);
}

static void test_not_pinned(void **state)
{
	struct topology *t = machine("pack:1 core:2 pu:1");
	enum placement is;
	int tx = 5, rx = 5;

	(void)state;
	assert_int_equal(topology_pick(t, PLACE_NONE, &tx, &rx, &is, NULL), 0);
	assert_int_equal(tx, -1);
	assert_int_equal(rx, -1);
	assert_int_equal(is, PLACE_NONE);
	topology_free(t);
}

/* CPU 0 is used when the class has no other pair. */
static void test_two_cores_of_one_cache(void **state)
{
	struct topology *t = machine("pack:1 l3:1 core:2 pu:1");

	(void)state;
	check_counts(t, 2, 2, 1, 1, 1);
	check_pick(t, PLACE_SAME_CPU, 1, 1, PLACE_SAME_CPU);
	check_pick(t, PLACE_SAME_LLC, 0, 1, PLACE_SAME_LLC);
	check_pick(t, PLACE_CROSS_CPU, 0, 1, PLACE_SAME_LLC);
	check_none(t, PLACE_SMT);
	check_none(t, PLACE_CROSS_LLC);
	check_none(t, PLACE_CROSS_NUMA);
	topology_free(t);
}

static void test_single_cpu(void **state)
{
	struct topology *t = machine("pack:1 core:1 pu:1");

	(void)state;
	check_counts(t, 1, 1, 1, 1, 1);
	check_pick(t, PLACE_SAME_CPU, 0, 0, PLACE_SAME_CPU);
	check_none(t, PLACE_SMT);
	check_none(t, PLACE_SAME_LLC);
	check_none(t, PLACE_CROSS_LLC);
	check_none(t, PLACE_CROSS_NUMA);
	check_none(t, PLACE_CROSS_CPU);
	topology_free(t);
}

/* Threads of one core are the other CPU only when there is no other core. */
static void test_one_core_with_two_threads(void **state)
{
	struct topology *t = machine("pack:1 core:1 pu:2");

	(void)state;
	check_pick(t, PLACE_SMT, 0, 1, PLACE_SMT);
	check_pick(t, PLACE_CROSS_CPU, 0, 1, PLACE_SMT);
	check_none(t, PLACE_SAME_LLC);
	topology_free(t);
}

/* The nearest other core may be under another cache, or on another node. */
static void test_cross_cpu_takes_the_nearest_there_is(void **state)
{
	struct topology *caches = machine("pack:1 l3:4 core:1 pu:2");
	struct topology *nodes = machine("numa:3 pack:1 l3:1 core:1 pu:2");

	(void)state;
	check_counts(caches, 8, 4, 4, 1, 1);
	check_pick(caches, PLACE_CROSS_CPU, 2, 4, PLACE_CROSS_LLC);
	check_none(caches, PLACE_SAME_LLC);
	check_none(caches, PLACE_CROSS_NUMA);
	check_counts(nodes, 6, 3, 3, 3, 3);
	check_pick(nodes, PLACE_CROSS_CPU, 2, 4, PLACE_CROSS_NUMA);
	check_none(nodes, PLACE_CROSS_LLC);
	topology_free(caches);
	topology_free(nodes);
}

/* Threads numbered as Linux numbers them: first every core's first thread, then the second ones. */
static void test_siblings_far_apart(void **state)
{
	struct topology *t = machine("pack:1 l3:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)");

	(void)state;
	check_pick(t, PLACE_SAME_CPU, 1, 1, PLACE_SAME_CPU);
	check_pick(t, PLACE_SMT, 1, 5, PLACE_SMT);
	check_pick(t, PLACE_SAME_LLC, 1, 2, PLACE_SAME_LLC);
	topology_free(t);
}

/* A package divided into nodes under one cache, and two caches without a package's node. */
static void test_caches_and_nodes_that_do_not_match(void **state)
{
	struct topology *divided = machine("pack:1 l3:1 numa:2 core:2 pu:1");
	struct topology *joined = machine("pack:2 l3:1 core:2 pu:1");

	(void)state;
	check_pick(divided, PLACE_CROSS_NUMA, 1, 2, PLACE_CROSS_NUMA);
	check_pick(divided, PLACE_SAME_LLC, 2, 3, PLACE_SAME_LLC);
	check_none(divided, PLACE_CROSS_LLC);
	check_counts(joined, 4, 4, 2, 1, 2);
	check_pick(joined, PLACE_CROSS_LLC, 1, 2, PLACE_CROSS_LLC);
	check_none(joined, PLACE_CROSS_NUMA);
	topology_free(divided);
	topology_free(joined);
}

/* Level 2 is the last one where there is no level 3; without any the package stands in. */
static void test_machines_with_few_caches(void **state)
{
	struct topology *l2 = machine("pack:1 l2:2 core:2 pu:1");
	struct topology *bare = machine("pack:2 core:2 pu:1");

	(void)state;
	check_counts(l2, 4, 4, 2, 1, 1);
	check_pick(l2, PLACE_SAME_LLC, 2, 3, PLACE_SAME_LLC);
	check_pick(l2, PLACE_CROSS_LLC, 1, 2, PLACE_CROSS_LLC);
	check_counts(bare, 4, 4, 2, 1, 2);
	check_pick(bare, PLACE_SAME_LLC, 2, 3, PLACE_SAME_LLC);
	topology_free(l2);
	topology_free(bare);
}

/* The largest of those that this process may use; instruction caches and nearer ones do not count.
 */
static void test_last_level_cache(void **state)
{
	static const struct {
		const char *desc;
		uint64_t bytes;
	} cases[] = {
		{"pack:2 l3:2(size=33554432) l2:4(size=1048576) core:1 pu:2", 32 << 20},
		{"pack:1 l2:2(size=524288) l1d:1(size=32768) l1i:1(size=65536) pu:1", 512 << 10},
		{"pack:1 core:2 pu:1", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct topology *t = machine(cases[i].desc);

		assert_int_equal(t->llc_bytes, cases[i].bytes);
		topology_free(t);
	}
}

/* CPUs that are offline leave gaps in the numbers. */
static void test_gaps_in_the_numbers(void **state)
{
	struct topology *t = machine("pack:1 l3:1 core:3 pu:1(indexes=0,7,40)");
	struct reason why = {""};
	enum placement is;

	(void)state;
	check_pick(t, PLACE_CROSS_CPU, 7, 40, PLACE_SAME_LLC);
	assert_int_equal(topology_classify(t, 7, 8, &is, &why), -EINVAL);
	assert_non_null(strstr(why.text, "CPU 8"));
	assert_non_null(strstr(why.text, "0,7,40"));
	assert_int_equal(topology_classify(t, -1, 7, &is, NULL), -EINVAL);
	topology_free(t);
}

/* So many gaps that their list must be cut. */
static void test_reason_fits_on_any_machine(void **state)
{
	char desc[2048] = "pack:1 l3:1 core:256 pu:1(indexes=";
	struct reason why = {""};
	enum placement is;

	for (unsigned int cpu = 0; cpu < 256; cpu++)
		snprintf(desc + strlen(desc), sizeof(desc) - strlen(desc), "%u%s", 2 * cpu,
			cpu == 255 ? ")" : ",");
	struct topology *t = machine(desc);

	(void)state;
	assert_int_equal(topology_classify(t, 1000000, 0, &is, &why), -EINVAL);
	assert_non_null(strstr(why.text, "..."));
	assert_true(strlen(why.text) < sizeof(why.text) - 1);
	topology_free(t);
}

static void test_bad_description(void **state)
{
	struct reason why = {""};

	(void)state;
	assert_null(topology_load_synthetic("pack:x", &why));
	assert_non_null(strstr(why.text, "pack:x"));
	topology_free(NULL);
}

/* ---- large machines ------------------------------------------------------------------------- */

/* 2 sockets of 64 cores: 4 nodes, each of 2 caches of 8 cores, in a socket; 256 threads. */
static void test_two_sockets_of_four_nodes(void **state)
{
	struct topology *t = machine("pack:2 group:4 [numa] l3:2 core:8 pu:2");
	uint64_t nodes;

	(void)state;
	check_counts(t, 256, 128, 16, 8, 2);
	assert_int_equal(topology_nodes(t, &nodes), 8);
	assert_int_equal(nodes, 0xff);
	check_pick(t, PLACE_SMT, 2, 3, PLACE_SMT);
	check_pick(t, PLACE_SAME_LLC, 2, 4, PLACE_SAME_LLC);
	check_pick(t, PLACE_CROSS_LLC, 2, 16, PLACE_CROSS_LLC);
	check_pick(t, PLACE_CROSS_NUMA, 2, 32, PLACE_CROSS_NUMA);
	topology_free(t);
}

/* As Linux numbers two sockets of 32 cores: the second threads of all come after the first ones. */
static void test_second_threads_numbered_last(void **state)
{
	struct topology *t = machine("numa:2 pack:1 l3:1 core:32 pu:2(indexes=2*64:64*1)");
	const struct topology_cpu *cpu = t->cpu;

	(void)state;
	check_counts(t, 128, 64, 2, 2, 2);
	check_pick(t, PLACE_SMT, 1, 65, PLACE_SMT);
	check_pick(t, PLACE_SAME_LLC, 1, 2, PLACE_SAME_LLC);
	check_pick(t, PLACE_CROSS_NUMA, 1, 32, PLACE_CROSS_NUMA);
	check_none(t, PLACE_CROSS_LLC);
	assert_int_equal(t->count, 128);
	for (unsigned int i = 0; i < 128; i++) {
		assert_int_equal(cpu[i].cpu, i);
		assert_int_equal(cpu[i].core, i % 64);
		assert_int_equal(cpu[i].node, i % 64 / 32);
		assert_int_equal(cpu[i].llc, i % 64 / 32);
		assert_int_equal(cpu[i].package, i % 64 / 32);
	}
	topology_free(t);
}

/* A node per cache, as firmware can have it: no two caches are in one node. */
static void test_a_node_per_cache(void **state)
{
	struct topology *t = machine("pack:1 l3:8 [numa] core:8 pu:1");

	(void)state;
	check_counts(t, 64, 64, 8, 8, 1);
	check_none(t, PLACE_CROSS_LLC);
	check_pick(t, PLACE_CROSS_NUMA, 1, 8, PLACE_CROSS_NUMA);
	topology_free(t);
}

static void test_nodes(void **state)
{
	struct topology *t = machine("numa:2(indexes=0,3) pack:1 core:2 pu:1");
	uint64_t nodes;

	(void)state;
	assert_int_equal(topology_nodes(t, &nodes), 2);
	assert_int_equal(nodes, 9);
	assert_int_equal(topology_node(t, 1), 0);
	assert_int_equal(topology_node(t, 2), 3);
	assert_int_equal(topology_node(t, 4), -1);
	assert_int_equal(topology_node(t, -1), -1);
	topology_free(t);
}

static void test_list_of_numbers(void **state)
{
	const int cpus[] = {0, 1, 2, 5, 7, 8};
	char buf[32], small[9];

	(void)state;
	assert_string_equal(cpu_list(buf, sizeof(buf), cpus, 6), "0-2,5,7-8");
	assert_string_equal(cpu_list(buf, sizeof(buf), cpus, 1), "0");
	assert_string_equal(cpu_list(buf, sizeof(buf), cpus, 0), "");
	assert_string_equal(cpu_list(small, sizeof(small), cpus, 6), "0-2,5...");
}

/* ---- the machine at hand -------------------------------------------------------------------- */

static void test_this_machine(void **state)
{
	struct reason why = {""};
	struct topology *t = topology_load(&why);
	struct topology_counts n;
	enum placement is;
	int tx, rx;
	cpu_set_t may;

	(void)state;
	assert_non_null(t);
	assert_int_equal(sched_getaffinity(0, sizeof(may), &may), 0);
	topology_count(t, &n);
	assert_int_equal(n.cpus, CPU_COUNT(&may));
	assert_true(n.cores >= 1 && n.cores <= n.cpus && n.llcs >= 1 && n.llcs <= n.cores);
	assert_int_equal(topology_pick(t, PLACE_SAME_CPU, &tx, &rx, &is, &why), 0);
	assert_int_equal(tx, rx);
	assert_true(CPU_ISSET((size_t)tx, &may));
	if (n.cpus > 1) {
		assert_int_equal(topology_pick(t, PLACE_CROSS_CPU, &tx, &rx, &is, &why), 0);
		assert_int_not_equal(tx, rx);
		assert_true(CPU_ISSET((size_t)tx, &may) && CPU_ISSET((size_t)rx, &may));
	}
	topology_free(t);
}

/* Only what this process may use counts, and the reason says what it lacks. */
static void test_affinity_is_respected(void **state)
{
	struct reason why = {""};
	cpu_set_t before, one;
	size_t cpu = 0, other;
	struct topology_counts n;
	enum placement is;
	int tx, rx;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	if (CPU_COUNT(&before) < 2)
		skip();
	while (!CPU_ISSET(cpu, &before))
		cpu++;
	for (other = cpu + 1; !CPU_ISSET(other, &before);)
		other++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	struct topology *t = topology_load(&why);

	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_non_null(t);
	topology_count(t, &n);
	assert_int_equal(n.cpus, 1);
	assert_int_equal(topology_pick(t, PLACE_SAME_CPU, &tx, &rx, &is, &why), 0);
	assert_int_equal(tx, cpu);
	assert_int_equal(topology_pick(t, PLACE_CROSS_CPU, &tx, &rx, &is, &why), -ENODEV);
	assert_non_null(strstr(why.text, "affinity"));
	assert_int_equal(topology_classify(t, (int)cpu, (int)other, &is, &why), -EINVAL);
	assert_non_null(strstr(why.text, "affinity"));
	topology_free(t);
}

static void test_spread(void **state)
{
	static const char two_caches[] = "pack:1 l3:2 core:4 pu:1", threads[] = "l3:1 core:4 pu:2";

	(void)state;
	check_gather(two_caches, PLACE_SAME_LLC, "1 3 0 1");
	check_gather(two_caches, PLACE_CROSS_LLC, "4 5 6 7");
	check_gather(two_caches, PLACE_SAME_CPU, "2 2 2 2");
	check_spread(two_caches, PLACE_SAME_LLC, false, 4, "1,2 0,3 4,5 6,7");
	check_spread(two_caches, PLACE_SAME_LLC, true, 4, "1,2 4,5 6,7 0,3");
	check_spread(two_caches, PLACE_CROSS_LLC, false, 4, "1,4 2,5 3,6 0,7");
	check_spread(two_caches, PLACE_SAME_CPU, false, 3, "1,1 2,2 3,3");
	check_spread(two_caches, PLACE_SAME_CPU, true, 3, "1,1 4,4 2,2");
	/* cores of their own before threads of a core */
	check_spread(threads, PLACE_SAME_LLC, false, 3, "2,4 1,6 3,5");
	check_spread(threads, PLACE_SMT, false, 2, "2,3 4,5");
	/* more sides than CPUs */
	check_spread("core:2 pu:1", PLACE_SAME_LLC, false, 3, "0,1 0,1 0,1");
	check_spread("core:2 pu:1", PLACE_SAME_CPU, false, 3, "1,1 0,0 1,1");
}

/* The reason names the limit and what raises it; where that is no obstacle, something else. */
static void test_policy_refused(void **state)
{
	struct reason why;

	(void)state;
	assert_int_equal(policy_refusal(POLICY_FIFO, EPERM, 1, &why), -EPERM);
	assert_string_equal(why.text,
		"--sched fifo takes real-time priorities up to 2, and the limit is 1; raise it with ulimit -r 2, run with CAP_SYS_NICE (as root outside of containers), or use --sched other");
	assert_int_equal(policy_refusal(POLICY_RR, EPERM, 2, &why), -EPERM);
	assert_string_equal(why.text,
		"--sched rr is refused although ulimit -r is 2: the control group has no real-time share; set its cpu.rt_runtime_us, or use --sched other");
	assert_int_equal(policy_refusal(POLICY_RR, ENOSYS, 0, &why), -ENOSYS);
	assert_non_null(strstr(why.text, "is refused: "));
	assert_non_null(strstr(why.text, strerror(ENOSYS)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_two_packages_with_every_class),
		cmocka_unit_test(test_not_pinned),
		cmocka_unit_test(test_two_cores_of_one_cache),
		cmocka_unit_test(test_single_cpu),
		cmocka_unit_test(test_one_core_with_two_threads),
		cmocka_unit_test(test_cross_cpu_takes_the_nearest_there_is),
		cmocka_unit_test(test_siblings_far_apart),
		cmocka_unit_test(test_caches_and_nodes_that_do_not_match),
		cmocka_unit_test(test_machines_with_few_caches),
		cmocka_unit_test(test_last_level_cache),
		cmocka_unit_test(test_gaps_in_the_numbers),
		cmocka_unit_test(test_policy_refused),
		cmocka_unit_test(test_reason_fits_on_any_machine),
		cmocka_unit_test(test_bad_description),
		cmocka_unit_test(test_two_sockets_of_four_nodes),
		cmocka_unit_test(test_second_threads_numbered_last),
		cmocka_unit_test(test_a_node_per_cache),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_list_of_numbers),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_affinity_is_respected),
	};

	return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
