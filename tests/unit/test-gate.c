/* SPDX-License-Identifier: MIT */
/* The parts of a gate that measure nothing: its coin, what it drops, its plan, its option file. */
#include "gate/comparison.h"
#include "gate/gate-plan.h"
#include "measure/clock.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the coin -------------------------------------------------------------------------------- */

static void test_coin_is_fair_and_of_the_seed(void **state)
{
	size_t heads = 0, changes = 0, differs = 0;

	(void)state;
	for (unsigned int i = 1; i <= 4000; i++) {
		heads += (size_t)gate_coin(1, 0, i);
		changes += gate_coin(1, 0, i) != gate_coin(1, 0, i + 1);
		differs += gate_coin(1, 0, i) != gate_coin(2, 0, i);
		differs += gate_coin(1, 0, i) != gate_coin(1, 1, i);
		assert_int_equal(gate_coin(1, 0, i), gate_coin(1, 0, i));
	}
	/* five standard deviations; the seed is fixed, so this is always the same */
	assert_in_range(heads, 2000 - 158, 2000 + 158);
	assert_in_range(changes, 2000 - 158, 2000 + 158);
	assert_in_range(differs, 4000 - 224, 4000 + 224);
}

static void test_slices_of_both_orders(void **state)
{
	struct gate_block b = {.reversed = false};
	const bool is_new[GATE_SLICES] = {false, true, true, false};

	(void)state;
	for (size_t i = 0; i < GATE_SLICES; i++) {
		b.reversed = false;
		assert_int_equal(gate_slice_is_new(&b, i), is_new[i]);
		b.reversed = true;
		assert_int_equal(gate_slice_is_new(&b, i), !is_new[i]);
	}
}

static void test_all_pairs_of_builds_take_turns(void **state)
{
	(void)state;
	for (size_t base = 1; base <= 5; base++)
		for (size_t others = 1; others <= 5; others++) {
			unsigned char build[2];
			size_t pairs = base * others, of[5][5] = {0},
			       more = base > others ? base : others, first[2] = {0, 0};

			for (unsigned int i = 1; i <= 2 * pairs; i++) {
				gate_choose_builds(build, (size_t[]){base, others}, i);
				assert_in_range(build[0], 0, base - 1);
				assert_in_range(build[1], 0, others - 1);
				of[build[0]][build[1]]++;
				/* the few blocks of a first look have all of them */
				first[0] |= i <= more ? 1u << build[0] : 0;
				first[1] |= i <= more ? 1u << build[1] : 0;
			}
			assert_int_equal(first[0], (1u << base) - 1);
			assert_int_equal(first[1], (1u << others) - 1);
			for (size_t k = 0; k < pairs; k++)
				assert_int_equal(of[k / others][k % others], 2);
		}
}

/* ---- what is dropped ------------------------------------------------------------------------- */

static size_t count_dropped(const struct gate_block *b, size_t n)
{
	size_t dropped = 0;

	for (size_t i = 0; i < n; i++)
		dropped += b[i].dropped;
	return dropped;
}

static void test_drops_the_worst_quarter_at_most(void **state)
{
	struct gate_block b[12];

	(void)state;
	for (unsigned int i = 0; i < 12; i++)
		b[i] = (struct gate_block){.number = i + 1, .disturbance = 0.3 + i / 100.0};
	gate_drop(b, 12, 0, 12);
	assert_int_equal(count_dropped(b, 12), 3);
	assert_true(b[9].dropped && b[10].dropped && b[11].dropped);
	/* quiet blocks stay */
	for (size_t i = 0; i < 12; i++)
		b[i].disturbance = GATE_DISTURBED;
	gate_drop(b, 12, 0, 12);
	assert_int_equal(count_dropped(b, 12), 0);
	b[4].disturbance = 2;
	gate_drop(b, 12, 0, 12);
	assert_int_equal(count_dropped(b, 12), 1);
	assert_true(b[4].dropped);
	/* all alike: none is worse than another */
	for (size_t i = 0; i < 12; i++)
		b[i].disturbance = 3;
	gate_drop(b, 12, 0, 12);
	assert_int_equal(count_dropped(b, 12), 0);
}

static void test_drops_within_a_cell_and_a_look(void **state)
{
	struct gate_block b[16];

	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		b[i] = (struct gate_block){
			.cell = i % 2, .number = i / 2 + 1, .disturbance = i % 2 == 0 ? i : 0};
	b[1].dropped = true;
	gate_drop(b, 16, 0, 4);
	/* blocks 1 to 4 of cell 0: one of four */
	assert_true(b[6].dropped);
	assert_int_equal(count_dropped(b, 16), 2);
	/* at the next look it may be back */
	gate_drop(b, 16, 0, 8);
	assert_false(b[6].dropped);
	assert_true(b[12].dropped && b[14].dropped);
}

/* ---- judging --------------------------------------------------------------------------------- */

enum { BLOCKS = GATE_LAST_LOOK };

static char name[] = "c";

/* Blocks of one cell whose new version takes `ratio` times as long, give or take a little. */
static void make_results(struct gate_results *r, struct gate_row *row, struct gate_block *blocks,
	struct gate_cell *cell, double ratio)
{
	*cell = (struct gate_cell){.name = name, .status = STATUS_OK};
	*row = (struct gate_row){.metric = GATE_LATENCY, .tolerance = 0.05, .min_effect = 0.03};
	*r = (struct gate_results){.cells = cell,
		.cell_count = 1,
		.rows = row,
		.row_count = 1,
		.blocks = blocks,
		.block_count = BLOCKS};
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = (struct gate_block){.number = i + 1, .reversed = i % 3 == 0};
		for (size_t k = 0; k < GATE_SLICES; k++) {
			double wobble = 1 + 0.0004 * (double)((i * 7 + k * 3) % 11);

			blocks[i].slices[k].value[GATE_LATENCY] =
				1000 * wobble * (gate_slice_is_new(&blocks[i], k) ? ratio : 1);
		}
	}
}

static void expect_verdict(double ratio, enum gate_verdict wanted)
{
	const struct gate_settings s = {.rule = GATE_RULE_DEFAULT};
	struct gate_results r;
	struct gate_row row;
	struct gate_cell cell;
	struct gate_block blocks[BLOCKS];
	double found;

	make_results(&r, &row, blocks, &cell, ratio);
	gate_judge_again(&r, &s);
	assert_int_equal(row.found.verdict, wanted);
	assert_true(fabs(row.found.ratio - ratio) < 0.003);
	assert_true(row.found.ci_lo <= ratio * 1.003 && row.found.ci_hi >= ratio / 1.003);
	assert_int_equal(row.look, 1);
	assert_int_equal(row.blocks, GATE_FIRST_LOOK);
	found = row.found.ratio;
	/* with the labels exchanged */
	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i].reversed = !blocks[i].reversed;
	gate_judge_again(&r, &s);
	assert_true(fabs(row.found.ratio * found - 1) < 1e-12);
	assert_int_equal(row.found.verdict, wanted == VERDICT_REGRESSION ? VERDICT_IMPROVED
					    : wanted == VERDICT_IMPROVED ? VERDICT_REGRESSION
									 : wanted);
}

static void test_verdicts_and_their_mirrors(void **state)
{
	(void)state;
	expect_verdict(1, VERDICT_PASS);
	expect_verdict(1.08, VERDICT_REGRESSION);
	expect_verdict(1 / 1.08, VERDICT_IMPROVED);
	expect_verdict(1.02, VERDICT_PASS);
}

/* What a busy machine spoils does not keep a p99 from being judged. */
static void test_a_p99_counts_blocks_that_are_dropped(void **state)
{
	const struct gate_settings s = {.rule = GATE_RULE_DEFAULT};
	struct gate_results r;
	struct gate_row row;
	struct gate_cell cell;
	struct gate_block blocks[BLOCKS];

	(void)state;
	make_results(&r, &row, blocks, &cell, 1.08);
	row.metric = GATE_P99;
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i].disturbance = i % 4 == 0 ? 9 : 0;
		for (size_t k = 0; k < GATE_SLICES; k++) {
			blocks[i].slices[k].value[GATE_P99] =
				blocks[i].slices[k].value[GATE_LATENCY];
			blocks[i].slices[k].messages = 1000;
		}
	}
	gate_judge_again(&r, &s);
	assert_int_equal(row.blocks, GATE_FIRST_LOOK - GATE_FIRST_LOOK / 4);
	assert_int_equal(row.found.verdict, VERDICT_REGRESSION);
}

/* Ranks pass what takes 2.2 times as long in one launch in twelve; means do not. */
static void test_means_see_a_slow_mode(void **state)
{
	static const enum gate_verdict wanted[] = {VERDICT_PASS, VERDICT_REGRESSION};
	const struct gate_settings s = {.rule = GATE_RULE_DEFAULT};
	struct gate_results r;
	struct gate_row row;
	struct gate_cell cell;
	struct gate_block blocks[BLOCKS];

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		size_t of_new = 0;

		make_results(&r, &row, blocks, &cell, 1);
		row.metric = m == 0 ? GATE_LATENCY : GATE_MEAN;
		for (size_t i = 0; i < BLOCKS; i++)
			for (size_t k = 0; k < GATE_SLICES; k++) {
				double *v = blocks[i].slices[k].value;

				if (gate_slice_is_new(&blocks[i], k) && of_new++ % 12 == 0)
					v[GATE_LATENCY] *= 2.2;
				v[GATE_MEAN] = v[GATE_LATENCY];
			}
		gate_judge_again(&r, &s);
		assert_int_equal(row.found.verdict, wanted[m]);
	}
	assert_true(fabs(row.found.ratio - 1.1) < 0.01);
	assert_true(fabs(row.new / row.base - row.found.ratio) < 1e-12);
}

/* What is optional and undecided does not decide; it prolongs where it seems to be worse. */
static void test_optional_rows_do_not_decide(void **state)
{
	struct gate_cell cell = {.status = STATUS_OK};
	struct gate_row rows[2] = {{.metric = GATE_MEAN}, {.metric = GATE_P99, .optional = true}};
	struct gate_results r = {.cells = &cell, .cell_count = 1, .rows = rows, .row_count = 2};

	(void)state;
	rows[1].found.verdict = VERDICT_INCONCLUSIVE;
	assert_int_equal(gate_outcome(&r), GATE_PASSED);
	rows[1].found.verdict = VERDICT_REGRESSION;
	assert_int_equal(gate_outcome(&r), GATE_REGRESSED);
	rows[1].found = gate_unjudged;
	rows[1].min_effect = 0.03;
	rows[0].decided = true;
	assert_false(gate_wants_more(&r, 0));
	rows[1].found.ratio = 1.02;
	assert_false(gate_wants_more(&r, 0));
	rows[1].found.ratio = 1.3;
	assert_true(gate_wants_more(&r, 0));
	assert_int_equal(gate_outcome(&r), GATE_PASSED);
	rows[1].optional = false;
	rows[1].found.ratio = 1;
	assert_true(gate_wants_more(&r, 0));
	assert_int_equal(gate_outcome(&r), GATE_INCONCLUSIVE);
}

/* Every look has more blocks than builds, even where a quarter is dropped. */
static void test_looks_are_enough_for_the_builds(void **state)
{
	struct gate_settings s = {.rule = GATE_RULE_DEFAULT};
	size_t looks[GATE_LOOKS];

	(void)state;
	s.builds[0].count = s.builds[1].count = 5;
	gate_plan_looks(&s, 4, looks);
	assert_int_equal(looks[0], GATE_FIRST_LOOK);
	s.builds[0].count = s.builds[1].count = GATE_BUILDS;
	gate_plan_looks(&s, 4, looks);
	assert_true(looks[0] - looks[0] / GATE_DROP_SHARE >= 2 * GATE_BUILDS);
	assert_true(looks[1] > looks[0]);
}

static bool never(void *arg, const struct gate_row *row)
{
	size_t *asked = arg;

	(void)row;
	(*asked)++;
	return false;
}

static void test_rule_and_what_settles_a_row_can_be_given(void **state)
{
	size_t asked = 0;
	struct gate_settings s = {
		.rule = GATE_RULE_DEFAULT, .settled = never, .settled_arg = &asked};
	struct gate_results r;
	struct gate_row row;
	struct gate_cell cell;
	struct gate_block blocks[BLOCKS];

	(void)state;
	make_results(&r, &row, blocks, &cell, 1.08);
	gate_judge_again(&r, &s);
	assert_int_equal(asked, 2);
	assert_int_equal(row.look, 2);
	assert_int_equal(row.blocks, GATE_LAST_LOOK);
	assert_true(fabs(row.found.p_adjusted / row.found.p - 2) < 1e-9);
	/* one look, and nothing to pay for another */
	s.rule.looks = 1;
	s.blocks[0] = 16;
	make_results(&r, &row, blocks, &cell, 1.08);
	gate_judge_again(&r, &s);
	assert_int_equal(asked, 3);
	assert_int_equal(row.blocks, 16);
	assert_true(fabs(row.found.p_adjusted / row.found.p - 1) < 1e-9);
}

static void test_outcome_is_the_worst(void **state)
{
	struct gate_cell cells[2] = {{.status = STATUS_OK}, {.status = STATUS_OK}};
	struct gate_row rows[2] = {0};
	struct gate_results r = {.cells = cells, .cell_count = 2, .rows = rows, .row_count = 2};

	(void)state;
	rows[1].found.verdict = VERDICT_IMPROVED;
	assert_int_equal(gate_outcome(&r), GATE_PASSED);
	rows[0].found.verdict = VERDICT_INCONCLUSIVE;
	assert_int_equal(gate_outcome(&r), GATE_INCONCLUSIVE);
	cells[1].status = STATUS_SKIP;
	assert_int_equal(gate_outcome(&r), GATE_INCONCLUSIVE);
	cells[1].status = STATUS_FAIL;
	assert_int_equal(gate_outcome(&r), GATE_NOT_MEASURED);
	rows[1].found.verdict = VERDICT_REGRESSION;
	assert_int_equal(gate_outcome(&r), GATE_REGRESSED);
	r.row_count = 0;
	cells[1].status = STATUS_SKIP;
	assert_int_equal(gate_outcome(&r), GATE_NOT_MEASURED);
}

/* ---- the plan -------------------------------------------------------------------------------- */

static struct gate_settings settings;
static struct gate_plan plan;
static struct reason why;

/* Plans a gate of two programs that need not exist for it, on a machine that hwloc makes up. */
static int build(const char *machine, int argc, char **argv)
{
	struct topology *topo = topology_load_synthetic(machine, &why);
	struct clock clock;

	assert_non_null(topo);
	clock_set_hz(&clock, CLOCK_KIND_COUNTER, 2000000000);
	gate_settings_free(&settings);
	gate_plan_free(&plan);
	why.text[0] = '\0';
	assert_int_equal(command_parse(&gate_command, &settings, argc, argv, &why), 0);
	int r = gate_plan_build(&plan, &settings, topo, &clock, &why);

	topology_free(topo);
	return r;
}

#define BUILD(machine, ...)                                                                        \
	build(machine, (int)(sizeof((char *[]){(char[]){"gate"}, __VA_ARGS__}) / sizeof(char *)),  \
		(char *[]){(char[]){"gate"}, __VA_ARGS__, NULL})

static bool has_pair(const struct gate_version *v, const char *option, const char *value)
{
	for (char **a = v->argv; *a != NULL; a++)
		if (strcmp(a[0], option) == 0 && a[1] != NULL && strcmp(a[1], value) == 0)
			return true;
	return false;
}

static void test_plan_of_programs(void **state)
{
	(void)state;
	assert_int_equal(BUILD("core:4 pu:1", "--base=/bin/sh", "--new=/bin/true",
				 "--transport=pipe,shm:waiter=eventfd", "--wait=block",
				 "--size=64,4K", "--placement=cross-cpu"),
		0);
	assert_int_equal(plan.count, 4);
	for (size_t i = 0; i < plan.count; i++) {
		const struct gate_task *t = &plan.tasks[i];

		assert_int_equal(plan.cells[i].status, STATUS_OK);
		assert_string_equal(t->version[0].argv[0], "/bin/sh");
		assert_string_equal(t->version[1].argv[0], "/bin/true");
		assert_string_equal(plan.cells[i].base, plan.cells[i].new);
		/* they are asked for the same in all else */
		for (size_t k = 1; t->version[0].argv[k] != NULL; k++)
			assert_string_equal(t->version[0].argv[k], t->version[1].argv[k]);
		assert_true(has_pair(&t->version[0], "--cpus", t->cpus[0]));
		assert_true(has_pair(&t->version[0], "--slice", "2000000000"));
		assert_int_equal(t->cpu_tx[0], t->cpu_rx[1]);
		assert_int_equal(t->cpu_rx[0], t->cpu_tx[1]);
		assert_int_not_equal(t->cpu_tx[0], t->cpu_rx[0]);
		assert_int_equal(plan.rows[4 * i].metric, GATE_LATENCY);
		assert_int_equal(plan.rows[4 * i + 1].metric, GATE_MEAN);
		assert_int_equal(plan.rows[4 * i + 2].metric, GATE_P99);
		assert_int_equal(plan.rows[4 * i + 3].metric, GATE_CPU);
		/* nobody asked for the tail by name */
		assert_true(plan.rows[4 * i + 2].optional && !plan.rows[4 * i + 1].optional);
	}
	assert_true(has_pair(&plan.tasks[3].version[0], "--transport", "shm:waiter=eventfd"));
	assert_true(has_pair(&plan.tasks[3].version[0], "--size", "4096"));
}

static void test_plan_moves_the_one_cpu(void **state)
{
	(void)state;
	assert_int_equal(BUILD("core:4 pu:1", "--base=/bin/sh", "--new=/bin/sh"), 0);
	assert_int_equal(plan.count, 1);
	assert_string_equal(plan.cells[0].name, "pipe block latency 64 B same-cpu layout random");
	assert_int_equal(plan.tasks[0].cpu_tx[0], plan.tasks[0].cpu_rx[0]);
	assert_int_equal(plan.tasks[0].cpu_tx[1], plan.tasks[0].cpu_rx[1]);
	assert_int_not_equal(plan.tasks[0].cpu_tx[0], plan.tasks[0].cpu_tx[1]);
	/* but not off the one that was asked for, nor off the only one */
	assert_int_equal(BUILD("core:4 pu:1", "--base=/bin/sh", "--new=/bin/sh", "--cpus=2,2"), 0);
	assert_int_equal(plan.tasks[0].cpu_tx[1], 2);
	assert_int_equal(BUILD("core:1 pu:1", "--base=/bin/sh", "--new=/bin/sh"), 0);
	assert_int_equal(plan.tasks[0].cpu_tx[1], plan.tasks[0].cpu_tx[0]);
}

static void test_plan_of_transports(void **state)
{
	(void)state;
	assert_int_equal(
		BUILD("core:2 pu:1", "--base=pipe", "--new=pipe:size=16K", "--size=64,1M",
			"--mode=latency,throughput", "--wait=block,spin", "--idle=default,awake"),
		0);
	for (size_t i = 0; i < plan.count; i++) {
		assert_string_equal(plan.cells[i].base, "pipe");
		assert_string_equal(plan.cells[i].new, "pipe:size=16K");
		assert_ptr_equal(strstr(plan.cells[i].name, "pipe"), NULL);
		if (plan.cells[i].status != STATUS_OK)
			continue;
		assert_true(has_pair(&plan.tasks[i].version[0], "--transport", "pipe"));
		assert_true(has_pair(&plan.tasks[i].version[1], "--transport", "pipe:size=16K"));
		for (size_t v = 0; v < 2; v++)
			assert_true(has_pair(&plan.tasks[i].version[v], "--wait",
				axis_word(&plan.cells[i].key, AXIS_WAIT)));
		assert_string_equal(
			plan.tasks[i].version[0].argv[0], plan.tasks[i].version[1].argv[0]);
	}
	/* a pipe can be waited for in a way that a System V queue cannot */
	assert_int_equal(BUILD("core:2 pu:1", "--base=pipe", "--new=sysv-mq", "--wait=epoll",
				 "--placement=cross-cpu"),
		0);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.cells[0].status, STATUS_SKIP);
	assert_true(plan.cells[0].why.text[0] != '\0');
}

/* Buffers are made within the limit of a slice; what lengthens slices, lengthens one that was
 * given. */
static void test_slices_have_time_for_what_they_do(void **state)
{
	(void)state;
	assert_int_equal(BUILD("core:2 pu:1", "--base=/bin/sh", "--new=/bin/sh"), 0);
	double usual = gate_slice_limit(&settings, &plan.tasks[0]);

	assert_int_equal(
		BUILD("core:2 pu:1", "--base=/bin/sh", "--new=/bin/sh", "--footprint=8G"), 0);
	/* a launch takes memory from the kernel at 1 GB/s or less, for either side */
	assert_true(gate_slice_limit(&settings, &plan.tasks[0]) > usual + 2 * 16);
	assert_int_equal(
		BUILD("core:2 pu:1", "--base=/bin/sh", "--new=/bin/sh", "--timeout=2s"), 0);
	plan.tasks[0].duration_s += 0.5;
	assert_true(fabs(gate_slice_limit(&settings, &plan.tasks[0]) - 2.5) < 1e-9);
}

static int teardown(void **state)
{
	(void)state;
	gate_plan_free(&plan);
	gate_settings_free(&settings);
	return 0;
}

/* ---- the self-test --------------------------------------------------------------------------- */

static void test_selftest_is_held_to_its_promise(void **state)
{
	struct selftest_row row = {.gates = 300, .mirrored = 300};
	struct gate_settings s = {0};
	struct selftest t = {.settings = &s, .rows = &row, .row_count = 1, .gates = 300};

	(void)state;
	/* 0 of 300 proves 1 %, 1 of 300 speaks neither for nor against it */
	assert_int_equal(selftest_proof(&t), SELFTEST_PROVEN);
	t.regressed = 1;
	assert_int_equal(selftest_proof(&t), SELFTEST_OPEN);
	t.regressed = 9;
	assert_int_equal(selftest_proof(&t), SELFTEST_BROKEN);
	s.inject = 0.05;
	t.regressed = 299;
	assert_int_equal(selftest_proof(&t), SELFTEST_PROVEN);
	t.regressed = 285;
	assert_int_equal(selftest_proof(&t), SELFTEST_OPEN);
	t.regressed = 270;
	assert_int_equal(selftest_proof(&t), SELFTEST_BROKEN);
	t.regressed = 299;
	row.mirrored = 299;
	assert_int_equal(selftest_proof(&t), SELFTEST_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coin_is_fair_and_of_the_seed),
		cmocka_unit_test(test_slices_of_both_orders),
		cmocka_unit_test(test_all_pairs_of_builds_take_turns),
		cmocka_unit_test(test_drops_the_worst_quarter_at_most),
		cmocka_unit_test(test_drops_within_a_cell_and_a_look),
		cmocka_unit_test(test_verdicts_and_their_mirrors),
		cmocka_unit_test(test_a_p99_counts_blocks_that_are_dropped),
		cmocka_unit_test(test_means_see_a_slow_mode),
		cmocka_unit_test(test_optional_rows_do_not_decide),
		cmocka_unit_test(test_looks_are_enough_for_the_builds),
		cmocka_unit_test(test_rule_and_what_settles_a_row_can_be_given),
		cmocka_unit_test(test_outcome_is_the_worst),
		cmocka_unit_test_teardown(test_plan_of_programs, teardown),
		cmocka_unit_test_teardown(test_plan_moves_the_one_cpu, teardown),
		cmocka_unit_test_teardown(test_plan_of_transports, teardown),
		cmocka_unit_test_teardown(test_slices_have_time_for_what_they_do, teardown),
		cmocka_unit_test(test_selftest_is_held_to_its_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
