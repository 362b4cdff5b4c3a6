/* SPDX-License-Identifier: MIT */
/* The core-to-core matrix: which pairs, how long, and how it is shown; on machines made up. */
#include "topology/matrix.h"
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct topology *machine(const char *desc)
{
	struct reason why = {""};
	struct topology *t = topology_load_synthetic(desc, &why);

	if (t == NULL)
		fail_msg("%s: %s", desc, why.text);
	return t;
}

/* The CPUs 0 to n - 1. */
static void plan(struct matrix *m, const struct topology *t, int n)
{
	struct reason why = {""};
	int *cpus = calloc((size_t)n, sizeof(*cpus));

	assert_non_null(cpus);
	for (int i = 0; i < n; i++)
		cpus[i] = i;
	if (matrix_plan(m, t, cpus, (size_t)n, 0, 0, &why) != 0)
		fail_msg("%s", why.text);
	free(cpus);
}

static void test_every_pair_once_with_its_class(void **state)
{
	struct topology *t = machine("numa:2 pack:1 l3:2 core:2 pu:2");
	struct matrix m;
	size_t of[PLACE_COUNT] = {0}, at = 0;

	(void)state;
	plan(&m, t, 16);
	assert_int_equal(m.pair_count, 120);
	for (int a = 0; a < 16; a++)
		for (int b = a + 1; b < 16; b++, at++) {
			assert_int_equal(m.pairs[at].cpu_a, a);
			assert_int_equal(m.pairs[at].cpu_b, b);
			assert_int_equal(m.pairs[at].status, STATUS_OK);
			of[m.pairs[at].class]++;
		}
	assert_int_equal(of[PLACE_SMT], 8);
	assert_int_equal(of[PLACE_SAME_LLC], 16);
	assert_int_equal(of[PLACE_CROSS_LLC], 32);
	assert_int_equal(of[PLACE_CROSS_NUMA], 64);
	matrix_free(&m);
	topology_free(t);
}

/* Two CPUs take a second, 128 at most some minutes. */
static void test_duration_by_the_number_of_pairs(void **state)
{
	struct topology *t = machine("pack:1 l3:16 core:8 pu:1");
	struct matrix m;

	(void)state;
	plan(&m, t, 2);
	assert_true(m.duration_s == 1);
	assert_true(matrix_seconds(&m) > 0.9 && matrix_seconds(&m) < 1.2);
	matrix_free(&m);
	plan(&m, t, 128);
	assert_int_equal(m.pair_count, 8128);
	assert_true(matrix_seconds(&m) > 60 && matrix_seconds(&m) < 240);
	matrix_free(&m);
	topology_free(t);
}

static void test_one_cpu_is_a_skip(void **state)
{
	struct topology *one = machine("pack:1 core:1 pu:1"), *two = machine("pack:1 core:1 pu:2");
	struct matrix m;

	(void)state;
	plan(&m, one, 1);
	assert_int_equal(m.pair_count, 1);
	assert_int_equal(m.pairs[0].status, STATUS_SKIP);
	assert_int_equal(m.pairs[0].cpu_b, -1);
	assert_non_null(strstr(m.pairs[0].reason.text, "may use only CPU 0"));
	assert_true(matrix_seconds(&m) == 0);
	matrix_free(&m);
	plan(&m, two, 1);
	assert_non_null(strstr(m.pairs[0].reason.text, "--smt"));
	matrix_free(&m);
	topology_free(one);
	topology_free(two);
}

static void test_a_cpu_that_is_not_there(void **state)
{
	struct topology *t = machine("pack:1 core:2 pu:1");
	const int cpus[] = {0, 7}, alone[] = {7};
	struct reason why = {""};
	struct matrix m;

	(void)state;
	assert_int_equal(matrix_plan(&m, t, cpus, 2, 0, 0, &why), -EINVAL);
	assert_non_null(strstr(why.text, "CPU 7 is not online"));
	matrix_free(&m);
	assert_int_equal(matrix_plan(&m, t, alone, 1, 0, 0, NULL), -EINVAL);
	matrix_free(&m);
	topology_free(t);
}

/* ---- what is shown --------------------------------------------------------------------------- */

/* Figures as if measured: 100 ns and the distance of the numbers. */
static void pretend(struct matrix *m, size_t done)
{
	m->done = done;
	snprintf(m->run_id, sizeof(m->run_id), "20261121T020000Z-1a2b3c4d");
	for (size_t i = 0; i < done; i++) {
		struct pair *p = &m->pairs[i];

		p->p50_ns = 100 + p->cpu_b - p->cpu_a;
		p->min_ns = p->p50_ns - 1;
		p->max_ns = p->p50_ns + 1;
		p->pages = MATRIX_PAGES;
		p->round_trips = 640;
	}
}

static char *text_of(const struct matrix *m, output_writer *write)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(write(out, m), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_matrix_on_a_terminal(void **state)
{
	struct topology *t = machine("numa:2 pack:1 l3:1 core:2 pu:1");
	struct matrix m;

	(void)state;
	plan(&m, t, 4);
	pretend(&m, 6);
	m.pairs[5].status = STATUS_FAIL;
	m.pairs[5].p50_ns = NAN;
	reason_set(&m.pairs[5].reason, EPIPE, "it broke");
	char *text = text_of(&m, matrix_write_text);

	assert_string_equal(text,
		"What this process may use, as hwloc sees it: 2 packages, 2 NUMA nodes, "
		"2 last-level caches, 4 cores, 4 CPUs\n"
		"  package 0, node 0, last-level cache 0: CPUs 0-1\n"
		"  package 1, node 1, last-level cache 1: CPUs 2-3\n"
		"\n"
		"Run 20261121T020000Z-1a2b3c4d: round trip over one cache line, ns, the median of "
		"16 pages\n"
		"  CPU     0     1     2     3\n"
		"    0     -   101   102   103\n"
		"    1   101     -   101   102\n"
		"    2   102   101     -  fail\n"
		"    3   103   102  fail     -\n"
		"\n"
		"class       pairs       min    median       max\n"
		"same-llc        1       101       101       101\n"
		"cross-numa      4       101       102       103\n"
		"\n"
		"fail CPUs 2 and 3: it broke\n");
	free(text);
	matrix_free(&m);
	topology_free(t);
}

static void test_list_of_many(void **state)
{
	struct topology *t = machine("pack:1 l3:4 core:16 pu:1");
	struct matrix m;

	(void)state;
	plan(&m, t, 33);
	pretend(&m, m.pair_count);
	char *text = text_of(&m, matrix_write_text);

	assert_non_null(strstr(text, " CPU a  CPU b  class            min       p50       max\n"
				     "     0      1  same-llc         100       101       102\n"));
	assert_non_null(strstr(text, "\n    31     32  cross-llc "));
	free(text);
	matrix_free(&m);
	plan(&m, t, 32);
	pretend(&m, 1);
	m.interrupted = true;
	text = text_of(&m, matrix_write_text);
	/* what was not come to is a full stop */
	assert_non_null(strstr(text, "\n    0     -   101     .     .  "));
	free(text);
	matrix_free(&m);
	topology_free(t);
}

static void test_rows(void **state)
{
	struct topology *t = machine("pack:1 l3:1 core:3 pu:1");
	struct matrix m;

	(void)state;
	plan(&m, t, 3);
	pretend(&m, 2);
	m.clock.kind = CLOCK_KIND_SYSCALL;
	m.pairs[1].status = STATUS_FAIL;
	m.pairs[1].min_ns = m.pairs[1].p50_ns = m.pairs[1].max_ns = NAN;
	m.pairs[1].pages = 0;
	m.pairs[1].round_trips = 0;
	reason_set(&m.pairs[1].reason, EPIPE, "killed, \"it\" was");
	char *text = text_of(&m, matrix_write_csv);

	/* a pair that was not come to has no row */
	assert_string_equal(text,
		"schema_version,run_id,cpu_a,cpu_b,class,pages,round_trips,rtt_min_ns,rtt_p50_ns,"
		"rtt_max_ns,clock,status,reason\n"
		"2,20261121T020000Z-1a2b3c4d,0,1,same-llc,16,640,100,101,102,clock_gettime,ok,\n"
		"2,20261121T020000Z-1a2b3c4d,0,2,same-llc,,,,,,,fail,\"killed, \"\"it\"\" was\"\n");
	free(text);
	text = text_of(&m, matrix_write_json);
	assert_non_null(strstr(text, "\"reason\": \"killed, \\\"it\\\" was\""));
	assert_non_null(strstr(text, "\"rtt_p50_ns\": null"));
	free(text);
	matrix_free(&m);
	topology_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_once_with_its_class),
		cmocka_unit_test(test_duration_by_the_number_of_pairs),
		cmocka_unit_test(test_one_cpu_is_a_skip),
		cmocka_unit_test(test_a_cpu_that_is_not_there),
		cmocka_unit_test(test_matrix_on_a_terminal),
		cmocka_unit_test(test_list_of_many),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
