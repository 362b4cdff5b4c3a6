/* SPDX-License-Identifier: MIT */
/* Claims whose figures are made up: verdicts, what is said besides, and what is written. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "claims-plan.h"

/* ---- verdicts of made-up figures ------------------------------------------------------------- */

/* Gives every cell a row in which what the claim names first is `speed[i]` times as fast. */
static void measure_as(const double *speed, size_t count)
{
	struct gate_results *m = &claims.measured;

	assert_int_equal(count, claims.plan.count);
	m->cells = claims.plan.cells;
	m->cell_count = count;
	claims.plan.cells = NULL;
	m->rows = calloc(m->cell_count + 1, sizeof(*m->rows));
	assert_non_null(m->rows);
	m->run_id = "id";
	m->machine = "Some CPU";
	m->rule = claims.gate.rule;
	for (size_t i = 0; i < count; i++) {
		bool rate = m->cells[i].key.mode == MODE_THROUGHPUT;
		const struct claim_pair *p = &claims.results[0].pairs[i];
		double ratio = p->first_is_base == rate ? 1 / speed[i] : speed[i];

		assert_int_equal(p->cell, i);
		if (isnan(speed[i])) {
			m->cells[i].status = STATUS_SKIP;
			reason_set(&m->cells[i].why, 0, "not here");
			continue;
		}
		m->cells[i].status = STATUS_OK;
		m->rows[m->row_count++] = (struct gate_row){
			.cell = i,
			.metric = rate ? GATE_THROUGHPUT : GATE_LATENCY,
			.blocks = 14,
			.base = 1000,
			.new = 1000 * ratio,
			.found = {.ratio = ratio,
				.ci_lo = ratio / 1.01,
				.ci_hi = ratio * 1.01,
				.joint_lo = ratio / 1.02,
				.joint_hi = ratio * 1.02,
				.p = fabs(speed[i] - 1) < 0.005 ? 0.9 : 1e-4,
				.p_adjusted = fabs(speed[i] - 1) < 0.005 ? 1 : 0.003},
		};
	}
	claims_judge(&claims);
}

#define MEASURE_AS(...)                                                                            \
	measure_as((const double[]){__VA_ARGS__},                                                  \
		sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void test_verdicts_of_all_and_most(void **state)
{
	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.05);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	assert_true(fabs(claims.results[0].pairs[0].speed.ratio - 1.2) < 1e-9);
	assert_true(fabs(claims.results[0].pairs[2].speed.ratio - 1.1) < 1e-9);
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1, 1.05);
	assert_int_equal(claims.results[0].verdict, CLAIM_DOES_NOT_HOLD);
	assert_int_equal(claims.results[0].pairs[2].verdict, CLAIM_DOES_NOT_HOLD);
	plan("posix-beats-sysv", false);
	MEASURE_AS(1.2, 1.2, 0.8, 0.8, 1.3, 1.3);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	plan("posix-beats-sysv", false);
	MEASURE_AS(1.2, 1.2, 0.8, 0.8, NAN, NAN);
	assert_int_equal(claims.results[0].verdict, CLAIM_DOES_NOT_HOLD);
	assert_int_equal(claims.results[0].pairs[4].verdict, CLAIM_NOT_HERE);
	assert_string_equal(claims.results[0].pairs[4].why.text, "not here");
	plan("posix-beats-sysv", false);
	MEASURE_AS(NAN, NAN, NAN, NAN, NAN, NAN);
	assert_int_equal(claims.results[0].verdict, CLAIM_NOT_HERE);
	assert_null(claim_weakest(&claims.results[0]));
}

static void test_why_a_row_is_not_judged_is_told(void **state)
{
	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.2);
	claims.measured.rows[1].found = gate_unjudged;
	reason_set(&claims.measured.rows[1].why, 0, "too few");
	claims_judge(&claims);
	assert_int_equal(claims.results[0].verdict, CLAIM_UNDECIDED);
	assert_string_equal(claims_pair_word(&claims.results[0].pairs[1]), "undecided");
	assert_string_equal(claims.results[0].pairs[1].why.text, "too few");
	/* and does not stand for the least support */
	assert_ptr_equal(claim_weakest(&claims.results[0]), &claims.results[0].pairs[2]);
}

static void test_what_fails_is_undecided_with_its_reason(void **state)
{
	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, NAN);
	claims.measured.cells[3].status = STATUS_FAIL;
	claims_judge(&claims);
	assert_int_equal(claims.results[0].verdict, CLAIM_UNDECIDED);
	assert_string_equal(claims_pair_word(&claims.results[0].pairs[3]), "failed");
}

static void test_interrupted_says_nothing(void **state)
{
	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.2);
	claims.measured.interrupted = true;
	claims_judge(&claims);
	assert_int_equal(claims.results[0].verdict, CLAIM_UNDECIDED);
	assert_int_equal(claims.results[0].pairs[0].verdict, CLAIM_UNDECIDED);
}

/* As if pipe and shm were as fast as each other at this size, and the pipe before it. */
static void measure_crossing(double at)
{
	const struct claim_result *r = &claims.results[0];
	double speed[96] = {0};

	assert_true(r->pair_count <= 96);
	for (size_t i = 0; i < r->pair_count; i++) {
		double pipe = pow(at / (double)r->pairs[i].size, 0.3);

		speed[i] = strcmp(r->pairs[i].first, "pipe") == 0 ? pipe : 1 / pipe;
	}
	measure_as(speed, r->pair_count);
}

static const struct claim_curve *find_curve(const char *mode, const char *place, bool cold)
{
	const struct claim_result *r = &claims.results[0];

	for (size_t i = 0; i < r->curve_count; i++)
		if (strcmp(r->curves[i].mode, mode) == 0 &&
			strcmp(r->curves[i].place, place) == 0 && r->curves[i].cold == cold)
			return &r->curves[i];
	fail_msg("no curve %s %s", mode, place);
	return NULL;
}

static void test_curves_are_told(void **state)
{
	(void)state;
	plan("pipes-small-shm-large", false);
	measure_crossing(32768);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	assert_int_equal(claims.results[0].curve_count, 8);
	const struct claim_curve *curve = find_curve("throughput", "same-cpu", false);

	assert_string_equal(curve->first, "pipe");
	assert_int_equal(curve->crossing.from, 16384);
	assert_int_equal(curve->crossing.to, 65536);
	assert_true(fabs(curve->crossing.at / 32768 - 1) < 1e-6);
	/* cold payload has curves of its own, which begin at 64 KiB */
	assert_int_equal(find_curve("throughput", "same-cpu", true)->crossing.from, 65536);
	assert_non_null(strstr(claims.results[0].says.text,
		"throughput, cross-cpu, cold: they do not cross between 64 KiB and 4 MiB"));
	assert_non_null(strstr(claims.results[0].says.text,
		"latency, cross-cpu: the curves cross at about 32 KiB, between 16 KiB and 64 KiB; "
		"below, pipe is faster"));
	/* what is shown alone decides nothing: at 64 KiB the pipe is not the faster one */
	size_t shown = 0;

	for (size_t i = 0; i < claims.results[0].pair_count; i++)
		shown += !claims.results[0].pairs[i].counts &&
			 claims.results[0].pairs[i].verdict == CLAIM_DOES_NOT_HOLD;
	assert_int_equal(shown, 16);
}

static void test_curves_that_do_not_cross_are_told(void **state)
{
	(void)state;
	plan("pipes-small-shm-large", false);
	measure_crossing(1);
	assert_int_equal(claims.results[0].verdict, CLAIM_DOES_NOT_HOLD);
	assert_int_equal(find_curve("latency", "same-cpu", false)->crossing.count, 0);
	assert_non_null(strstr(claims.results[0].says.text,
		"throughput, cross-cpu: they do not cross between 64 B and 4 MiB: shm is faster"));
	/* what is equally fast at 64 B may cross there */
	plan("pipes-small-shm-large", false);
	measure_crossing(64);
	assert_non_null(strstr(claims.results[0].says.text,
		"they do not cross between 1 KiB and 4 MiB: shm is faster at every size that could "
		"be decided, and below nothing could be"));
}

static void test_weakest_comparison(void **state)
{
	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.4);
	assert_ptr_equal(claim_weakest(&claims.results[0]), &claims.results[0].pairs[2]);
	/* of two that are said to be as fast: the farthest from it, whichever is ahead */
	plan("mapped-file-is-memory", false);
	MEASURE_AS(1.04, 1 / 1.07, 1.06);
	assert_ptr_equal(claim_weakest(&claims.results[0]), &claims.results[0].pairs[1]);
	plan("mapped-file-is-memory", false);
	MEASURE_AS(1.04, 1 / 1.02, 1.03);
	assert_ptr_equal(claim_weakest(&claims.results[0]), &claims.results[0].pairs[0]);
}

static void test_trait_is_told(void **state)
{
	(void)state;
	plan("signals-fast-but-empty", false);
	MEASURE_AS(1.2, 1.3);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	assert_non_null(strstr(claims.results[0].says.text, "signal carries no bytes"));
	plan("semaphores-fast-but-empty", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.1);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	assert_non_null(strstr(claims.results[0].says.text, "posix-sem carries no bytes"));
	assert_non_null(strstr(claims.results[0].says.text, "sysv-sem carries no bytes"));
}

static void test_same_speed_may_hold(void **state)
{
	(void)state;
	plan("mapped-file-is-memory", false);
	MEASURE_AS(1.04, 0.97, 0.98);
	assert_int_equal(claims.results[0].verdict, CLAIM_HOLDS);
	/* from memory as well as from the cache */
	plan("mapped-file-is-memory", false);
	MEASURE_AS(1.04, 0.97, 0.7);
	assert_int_equal(claims.results[0].verdict, CLAIM_DOES_NOT_HOLD);
}

/* ---- what is written ------------------------------------------------------------------------- */

static char *written(int (*write)(FILE *, const void *))
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(write(out, &claims), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static int write_text(FILE *out, const void *c)
{
	return document_print(out, DOC_TERMINAL, claims_fill, c, 100, false);
}

static int write_markdown(FILE *out, const void *c)
{
	return document_print(out, DOC_MARKDOWN, claims_fill, c, 0, false);
}

static void test_formats(void **state)
{
	char *text;
	size_t lines = 0;

	(void)state;
	plan("posix-beats-sysv", false);
	MEASURE_AS(1.2, 1.2, 0.8, 0.8, NAN, NAN);
	text = written(claims_csv_write);
	for (const char *s = text; (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	assert_int_equal(lines, 7);
	assert_non_null(strstr(text, "posix-beats-sysv,does not hold,"));
	assert_non_null(strstr(text, ",not on this machine,not here,,,\n"));
	free(text);
	text = written(write_text);
	assert_non_null(strstr(text, "Of 1 claim 0 hold on this machine, 1 does not"));
	assert_non_null(strstr(text, "not on this machine: posix-sem vs sysv-sem block latency"));
	free(text);
	text = written(write_markdown);
	assert_non_null(strstr(text, "| posix-mq vs sysv-mq block latency 64 B same-cpu |"));
	free(text);
	text = written(claims_json_write);
	assert_non_null(strstr(text, "\"verdict\": \"does not hold\""));
	free(text);
}

static void test_flags_of_launches_are_told(void **state)
{
	struct gate_block *block = calloc(1, sizeof(*block));
	char *text, *rest;

	(void)state;
	assert_non_null(block);
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.2);
	block->cell = 1;
	block->slices[0].flags = FLAG_STEAL;
	block->slices[3].flags = FLAG_MIGRATED;
	claims.measured.blocks = block;
	claims.measured.block_count = 1;
	text = written(claims_csv_write);
	assert_non_null(strtok_r(text, "\n", &rest));
	for (size_t i = 0; i < 4; i++) {
		const char *row = strtok_r(NULL, "\n", &rest);

		assert_non_null(row);
		assert_int_equal(strstr(row, ",migrated;steal,") != NULL, i == 1);
	}
	free(text);
}

/* No line of the text is wider than this. */
static void keeps_within(unsigned int width)
{
	char *text = NULL, *rest;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(document_print(out, DOC_TERMINAL, claims_fill, &claims, width, false), 0);
	assert_int_equal(fclose(out), 0);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest))
		if (strlen(line) > width)
			fail_msg("%zu columns instead of %u: %s", strlen(line), width, line);
	free(text);
}

/* However many pairs share a reason, it is told, in lines that fit. */
static void test_a_reason_of_all_pairs_is_told(void **state)
{
	double speed[64];
	char *text;

	(void)state;
	plan("shared-memory-fastest", false);
	assert_true(claims.plan.count > 20 && claims.plan.count <= 64);
	for (size_t i = 0; i < claims.plan.count; i++)
		speed[i] = NAN;
	measure_as(speed, claims.plan.count);
	for (size_t i = 0; i < claims.measured.cell_count; i++)
		reason_set(&claims.measured.cells[i].why, 0, "no memory to be shared");
	claims_judge(&claims);
	text = written(write_markdown);
	assert_non_null(strstr(text, ": no memory to be shared"));
	free(text);
	for (unsigned int width = 80; width <= 110; width++)
		keeps_within(width);
}

static void test_what_has_no_block_is_not_counted(void **state)
{
	char *text;

	(void)state;
	plan("fifo-slower-than-pipe", false);
	MEASURE_AS(1.2, 1.3, 1.1, 1.2);
	claims.measured.interrupted = true;
	for (size_t i = 1; i < claims.measured.row_count; i++)
		claims.measured.rows[i].blocks = 0;
	claims_judge(&claims);
	text = written(write_markdown);
	assert_non_null(strstr(text, "\n1 comparison measured, "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_verdicts_of_all_and_most, teardown),
		cmocka_unit_test_teardown(test_what_fails_is_undecided_with_its_reason, teardown),
		cmocka_unit_test_teardown(test_why_a_row_is_not_judged_is_told, teardown),
		cmocka_unit_test_teardown(test_interrupted_says_nothing, teardown),
		cmocka_unit_test_teardown(test_curves_are_told, teardown),
		cmocka_unit_test_teardown(test_curves_that_do_not_cross_are_told, teardown),
		cmocka_unit_test_teardown(test_weakest_comparison, teardown),
		cmocka_unit_test_teardown(test_trait_is_told, teardown),
		cmocka_unit_test_teardown(test_same_speed_may_hold, teardown),
		cmocka_unit_test_teardown(test_formats, teardown),
		cmocka_unit_test_teardown(test_flags_of_launches_are_told, teardown),
		cmocka_unit_test_teardown(test_a_reason_of_all_pairs_is_told, teardown),
		cmocka_unit_test_teardown(test_what_has_no_block_is_not_counted, teardown),
	};

	return cmocka_run_group_tests_name("claims-report", tests, NULL, NULL);
}
