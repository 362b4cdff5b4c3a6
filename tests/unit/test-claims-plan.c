/* SPDX-License-Identifier: MIT */
/* The table of claims, and the cells that it becomes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "claims-plan.h"
#include "gate/gate-plan.h"
#include "plan/plan.h"

/* ---- the table ------------------------------------------------------------------------------- */

static void assert_mechanisms(const char *const *list)
{
	char name[64];

	for (; *list != NULL; list++) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(*list, ":"), *list);
		assert_non_null(registry_find(name));
	}
}

static void test_table_names_what_there_is(void **state)
{
	(void)state;
	assert_true(claim_count() >= 11);
	for (size_t i = 0; i < claim_count(); i++) {
		const struct claim *c = &claim_table[i];

		assert_true(strlen(c->sentence) > 10);
		assert_int_not_equal(c->sentence[strlen(c->sentence) - 1], '.');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(c->name, claim_table[k].name);
		assert_non_null(c->comparisons[0].modes[0]);
		assert_mechanisms(c->empty);
		for (const struct claim_comparison *x = c->comparisons; x->modes[0] != NULL; x++) {
			assert_true(x->first[0] != NULL || x->second[0] != NULL);
			assert_non_null(x->placements[0]);
			assert_mechanisms(x->first);
			assert_mechanisms(x->second);
		}
	}
}

/* ---- the plan ------------------------------------------------------------------------------- */

static void test_plan_has_a_cell_for_each_pair_and_none_twice(void **state)
{
	(void)state;
	plan(NULL, false);
	assert_int_equal(claims.count, claim_count());
	assert_int_equal(claims.plan.count, claims.gate.group_count);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim_result *r = &claims.results[i];

		assert_true(r->pair_count > 0);
		for (size_t k = 0; k < r->pair_count; k++) {
			const struct claim_pair *p = &r->pairs[k];
			const struct gate_cell *cell = &claims.plan.cells[p->cell];
			const char *first = p->first_is_base ? cell->base : cell->new;
			const char *second = p->first_is_base ? cell->new : cell->base;

			assert_string_equal(axis_word(&cell->key, AXIS_MODE), p->mode);
			assert_memory_equal(p->first, first, strlen(first));
			assert_memory_equal(p->second, second, strlen(second));
			assert_int_equal(cell->key.size, p->size);
			assert_int_equal(cell->key.footprint, p->cold ? FOOTPRINT_COLD : 0);
			assert_int_equal(cell->key.batch, 1);
			assert_true(p->large || (p->size < FOOTPRINT_TELLS && !p->cold));
		}
	}
	for (size_t i = 0; i < claims.plan.count; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
				claims.plan.cells[i].name, claims.plan.cells[k].name);
}

/* The pair of these two in throughput at 64 B on two CPUs. */
static const struct claim_pair *find_pair(const char *claim, const char *first, const char *second)
{
	const struct claim_result *r = &claims.results[index_of(claim)];
	size_t i = 0;

	while (i < r->pair_count &&
		(strcmp(r->pairs[i].first, first) != 0 || strcmp(r->pairs[i].second, second) != 0 ||
			r->pairs[i].size != 64 || strcmp(r->pairs[i].mode, "throughput") != 0 ||
			strcmp(r->pairs[i].place, "cross-cpu") != 0))
		i++;
	assert_true(i < r->pair_count);
	return &r->pairs[i];
}

static void test_plan_shares_cells_that_are_mirrored(void **state)
{
	(void)state;
	plan(NULL, false);
	const struct claim_pair *fastest = find_pair("shared-memory-fastest", "shm", "pipe");
	const struct claim_pair *curve = find_pair("pipes-small-shm-large", "pipe", "shm");

	assert_int_equal(fastest->cell, curve->cell);
	assert_int_not_equal(fastest->first_is_base, curve->first_is_base);
}

/* What is about 1 MB or at least 64 KiB is compared hot and cold, side by side. */
static void test_large_pairs_are_hot_and_cold(void **state)
{
	static const char *const names[] = {
		"pipe-beats-socket-at-1M", "mq-beats-pipe-at-1M", "unix-beats-tcp"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		plan(names[i], false);
		const struct claim_result *r = &claims.results[0];
		size_t hot = 0, cold = 0;

		for (size_t k = 0; k < r->pair_count; k++) {
			hot += r->pairs[k].large && !r->pairs[k].cold;
			cold += r->pairs[k].cold;
			if (r->pairs[k].cold)
				assert_string_equal(
					claims_pair_name(&r->pairs[k]).text +
						strlen(claims_pair_name(&r->pairs[k]).text) -
						strlen(" cold batch 1"),
					" cold batch 1");
		}
		assert_int_equal(hot, i == 2 ? 2 : 4);
		assert_int_equal(cold, hot);
	}
}

static bool has_option(const struct gate_version *v, const char *option, const char *value)
{
	for (char **a = v->argv; *a != NULL; a++)
		if (strcmp(a[0], option) == 0 && a[1] != NULL && strcmp(a[1], value) == 0)
			return true;
	return false;
}

static void test_plan_of_sides_that_differ_in_more_than_the_mechanism(void **state)
{
	(void)state;
	/* what carries nothing is compared with what carries 64 bytes */
	plan("signals-fast-but-empty", false);
	assert_int_equal(claims.plan.count, 2);
	assert_string_equal(
		claims.plan.cells[0].name, "signal vs pipe block latency 64 B same-cpu");
	assert_true(has_option(&claims.plan.tasks[0].version[1], "--size", "64"));
	assert_false(has_option(&claims.plan.tasks[0].version[0], "--size", "64"));
}

static void test_plan_of_every_other_mechanism(void **state)
{
	size_t carry = 0;

	(void)state;
	for (size_t i = 0; i < registry_count(); i++)
		carry += registry_at(i)->shape != SHAPE_NOTIFY &&
			 registry_at(i)->shape != SHAPE_NULL &&
			 !registry_runs_program(registry_at(i));
	plan("files-slowest", false);
	assert_int_equal(claims.results[0].pair_count, carry - 1);
	for (size_t i = 0; i < carry - 1; i++) {
		assert_string_equal(claims.results[0].pairs[i].second, "file");
		assert_string_not_equal(claims.results[0].pairs[i].first, "file");
	}
}

static void test_plan_finds_the_largest_size(void **state)
{
	(void)state;
	plan("mq-beats-pipe-at-1M", false);
	for (size_t i = 0; i < claims.results[0].pair_count; i++) {
		const struct claim_pair *p = &claims.results[0].pairs[i];
		const struct gate_cell *cell = &claims.plan.cells[p->cell];

		assert_true(p->size >= 1024 && p->size <= 1 << 20);
		assert_true(p->size == 1 << 20 || p->fits.text[0] != '\0');
		assert_true(p->size == 1 << 20 || cell->status == STATUS_OK);
	}
}

static void test_quick_takes_one_placement_and_looks_once(void **state)
{
	(void)state;
	plan("signals-fast-but-empty", true);
	assert_int_equal(claims.plan.count, 1);
	assert_string_equal(claims.results[0].pairs[0].place, "same-cpu");
	assert_int_equal(claims.gate.rule.looks, 1);
	double quick = gate_seconds(&claims.gate, &claims.plan);

	plan("signals-fast-but-empty", false);
	assert_int_equal(claims.plan.count, 2);
	assert_int_equal(claims.gate.rule.looks, 2);
	assert_true(quick < gate_seconds(&claims.gate, &claims.plan));
}

/* Whether the first pair of a claim, twice as fast as said, needs no more blocks. */
static bool is_settled(const char *claim, double p_adjusted)
{
	plan(claim, false);
	const struct gate_row *planned = claims.plan.rows;
	bool higher = gate_metrics[planned->metric].higher_is_better;
	struct gate_row row = {.cell = planned->cell, .metric = planned->metric};

	assert_int_equal(claims.results[0].pairs[0].cell, row.cell);
	assert_true(claims.results[0].pairs[0].first_is_base);
	row.found = gate_unjudged;
	row.found.ratio = higher ? 0.5 : 2;
	row.found.p = 0.01;
	row.found.p_adjusted = p_adjusted;
	return claims.gate.settled(claims.gate.settled_arg, &row);
}

/* A point that holds is measured on until it is proven for the curve. */
static void test_curves_are_measured_until_they_are_known(void **state)
{
	(void)state;
	assert_true(is_settled("fifo-slower-than-pipe", 0.4));
	assert_false(is_settled("pipes-small-shm-large", 0.4));
	assert_true(is_settled("pipes-small-shm-large", 0.04));
}

static void test_every_look_can_prove_something(void **state)
{
	(void)state;
	for (int quick = 0; quick < 2; quick++) {
		size_t looks[GATE_LOOKS];

		plan(NULL, quick != 0);
		size_t count = claims.plan.row_count;
		size_t needed = gate_blocks_needed(&claims.gate.rule, count, 0);

		gate_plan_looks(&claims.gate, count, looks);
		/* also where a quarter of the blocks is dropped */
		assert_true(looks[0] - looks[0] / GATE_DROP_SHARE >= needed);
		assert_true(looks[1] >= looks[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_names_what_there_is),
		cmocka_unit_test_teardown(
			test_plan_has_a_cell_for_each_pair_and_none_twice, teardown),
		cmocka_unit_test_teardown(test_plan_shares_cells_that_are_mirrored, teardown),
		cmocka_unit_test_teardown(test_large_pairs_are_hot_and_cold, teardown),
		cmocka_unit_test_teardown(
			test_plan_of_sides_that_differ_in_more_than_the_mechanism, teardown),
		cmocka_unit_test_teardown(test_plan_of_every_other_mechanism, teardown),
		cmocka_unit_test_teardown(test_plan_finds_the_largest_size, teardown),
		cmocka_unit_test_teardown(test_quick_takes_one_placement_and_looks_once, teardown),
		cmocka_unit_test_teardown(test_curves_are_measured_until_they_are_known, teardown),
		cmocka_unit_test_teardown(test_every_look_can_prove_something, teardown),
	};

	return cmocka_run_group_tests_name("claims-plan", tests, NULL, NULL);
}
