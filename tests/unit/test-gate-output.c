/* SPDX-License-Identifier: MIT */
/* What is written of a comparison, letter by letter, in the formats that people read and in CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../gate/made-up.h"
#include "gate/gate.h"
#include "text/rows.h"
#include <errno.h>
#include <jansson.h>
#include <locale.h>

static int table_80(FILE *out, const void *r)
{
	return document_print(out, DOC_TERMINAL, gate_fill, r, 80, false);
}

static int table_colored(FILE *out, const void *r)
{
	return document_print(out, DOC_TERMINAL, gate_fill, r, 80, true);
}

static output_writer *const writers[] = {table_80, table_colored, gate_markdown_write,
	gate_json_write, gate_compare_csv_write, gate_blocks_csv_write, gate_junit_write,
	gate_action_bigger_write, gate_action_smaller_write, gate_bmf_write};

static char *written(output_writer *write, const struct gate_results *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(write(out, r), 0);
	fclose(out);
	return text;
}

static int setup(void **state)
{
	*state = made_up_few();
	return 0;
}

static int teardown(void **state)
{
	made_up_free(*state);
	setlocale(LC_ALL, "C");
	return 0;
}

static void expect(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is missing in:\n%s", part, text);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const char golden_80[] =
	"REGRESSION: pipe block latency 64 B same-cpu is 7.2 % slower (5.9 % to 8.4 %)\n"
	"Base \"v1.0\", new \"HEAD\": 6 comparisons in 5 cells, 12m03s, seed 7;\n"
	"  20261121T020000Z-00000007; Some CPU, 2 CPUs, Linux 6.1\n"
	"\n"
	"Throughput in M msg/s, higher is better: block inplace throughput 64 KiB\n"
	"  same-cpu batch 1\n"
	"  cell                   base   new  change      interval  MDE   n  verdict\n"
	"  shm:segment=memfd,     1.20  1.18   -1.5%  -7.0 to +4.0  11%  24  inconclusive\n"
	"    waiter=futex\n"
	"\n"
	"Median latency in us, lower is better: block latency 64 B same-cpu\n"
	"  cell         base   new  change      interval   MDE   n  verdict\n"
	"  pipe         2.15  2.31   +7.2%  +5.9 to +8.4  2.1%  24  regression\n"
	"  unix-stream  4.65  4.65    0.0%  -0.4 to +0.4  2.1%  24  pass\n"
	"\n"
	"p99 latency in us, lower is better: block latency 64 B same-cpu\n"
	"  cell  base   new  change      interval   MDE   n  verdict\n"
	"  pipe  3.50  3.52   +0.4%  -1.9 to +2.8  2.1%  24  pass\n"
	"\n"
	"CPU time per message in us, lower is better: block latency 64 B same-cpu\n"
	"  cell  base   new  change      interval   MDE   n  verdict\n"
	"  pipe  2.10  1.95   -7.0%  -8.0 to -6.0  2.1%  24  improved\n"
	"\n"
	"CPU time per message in ns, lower is better: block inplace throughput 64 KiB\n"
	"  same-cpu batch 1\n"
	"  cell                         base  new  change  interval  MDE  n  verdict\n"
	"  shm:segment=memfd,waiter=     830    -       -         -    -  0  inconclusive\n"
	"    futex\n"
	"\n"
	"fail a|b,\"c\"?[31m?\?</testcase>&<!-- $x `y` ? latency: new:\n"
	"     a|b,\"c\"?[31m?\?</testcase>&<!-- $x `y` ?\n"
	"skip posix-mq block latency 64 B same-cpu: the base has no posix-mq, \"never\" had\n"
	"note 1 block dropped: other processes took CPU time\n"
	"\n"
	"Inconclusive: the smallest slowdown that could have been detected is 11%, in\n"
	"  some rows none. For an answer give it more --blocks, or a quieter machine:\n"
	"  `ipcbench doctor` names what disturbs this one\n"
	"\n"
	"change: of the metric, whether higher or lower is better; interval: its 95%\n"
	"confidence interval, in %; MDE: the smallest slowdown that would have been\n"
	"called a regression; n: blocks used; regression: slower by more than 3%, and\n"
	"statistically significant; pass: a slowdown of 5% or more is ruled out;\n"
	"improved: faster by more than 3%, and statistically significant; inconclusive:\n"
	"neither was shown\n";

static void table_golden(void **state)
{
	char *text = written(table_80, *state);

	assert_string_equal(text, golden_80);
	free(text);
}

/* Without its escape sequences a coloured table is the plain one, but for the one that is replaced.
 */
static void table_color_adds_nothing(void **state)
{
	char *text = written(table_colored, *state), *to = text;

	expect(text, "\033[31m  pipe         2.15");
	for (const char *from = text; *from != '\0';) {
		if (*from == '\033')
			from += strcspn(from, "m") + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_string_equal(text, golden_80);
	free(text);
}

static void keep_rows(struct gate_results *r, size_t from, size_t count)
{
	memmove(r->rows, r->rows + from, count * sizeof(*r->rows));
	r->row_count = count;
	for (size_t i = 0; i < r->cell_count; i++)
		r->cells[i].status = STATUS_OK;
}

static void headline_is(struct gate_results *r, const char *line)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(document_print(out, DOC_TERMINAL, gate_fill, r, 0, false), 0);
	fclose(out);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, line);
	free(text);
}

static void headlines(void **state)
{
	struct gate_results *r = *state;

	r->rows[1].found.verdict = VERDICT_REGRESSION;
	headline_is(r, "REGRESSION: pipe block latency 64 B same-cpu is 7.2 % slower (5.9 % to 8.4 "
		       "%); and 1 more regression");
	r->rows[0].found.verdict = VERDICT_PASS;
	headline_is(r, "REGRESSION: pipe block latency 64 B same-cpu has a p99 latency 0.4 % "
		       "higher (-1.9 % to +2.8 %)");
	r->rows[1].found.verdict = VERDICT_PASS;
	headline_is(r, "NOT MEASURED: 1 of 5 cells failed; no regression was found in the rest");
	keep_rows(r, 0, 6);
	headline_is(r,
		"INCONCLUSIVE: 2 of 6 comparisons could not be decided (throughput, CPU time "
		"per message); no regression was found");
	r->rows[4].optional = true;
	headline_is(r, "INCONCLUSIVE: 1 of 5 comparisons could not be decided (throughput); no "
		       "regression was found");
	r->rows[3].found.verdict = VERDICT_REGRESSION;
	headline_is(r, "REGRESSION: shm:segment=memfd,waiter=futex block inplace throughput 64 KiB "
		       "same-cpu moves 1.5 % fewer messages (-7.0 % to +4.0 %)");
	r->rows[3].found.ci_hi = 0.99;
	headline_is(r, "REGRESSION: shm:segment=memfd,waiter=futex block inplace throughput 64 KiB "
		       "same-cpu moves 1.5 % fewer messages (1.0 % to 7.0 %)");
	keep_rows(r, 0, 3);
	headline_is(r, "PASS: not worse by 5% or more in 3 comparisons of median latency, p99 "
		       "latency, CPU time per message; 1 improved");
	/* what was not decided is not claimed */
	r->rows[1].found.verdict = VERDICT_INCONCLUSIVE;
	r->rows[1].optional = true;
	headline_is(r, "PASS: not worse by 5% or more in 2 comparisons of median latency, CPU time "
		       "per message; 1 of p99 latency not decided; 1 improved");
	r->interrupted = true;
	r->row_count = 0;
	headline_is(r, "NOT MEASURED: nothing could be compared; interrupted");
}

/* The advice names what would help, and never to try again. */
static void advice(void **state)
{
	struct gate_results *r = *state;

	/* a regression beside what nobody waits for needs none */
	r->rows[3].optional = r->rows[4].optional = true;
	char *text = written(table_80, r);

	assert_null(strstr(text, "Inconclusive:"));
	free(text);
	r->rows[3].optional = r->rows[4].optional = false;
	r->rows[4].found.mde = 0.2;
	text = written(table_80, r);
	expect(text, "could have been detected is 11% to 20%.\n  For an answer");
	free(text);
	/* more blocks of the same builds would not help */
	r->rows[3].found.by_layout = true;
	text = written(table_80, r);
	expect(text, "give it more --blocks");
	expect(text, "disturbs this one; in 1 of 2 comparisons");
	free(text);
	r->rows[4].found.by_layout = true;
	text = written(table_80, r);
	expect(text, "give it more builds (--base and --new with");
	assert_null(strstr(text, "give it more --blocks"));
	free(text);
	r->command = "compare";
	r->advisory = true;
	text = written(table_80, r);
	expect(text, "REGRESSION (advisory): pipe block");
	expect(text, "\nADVISORY: the runs differ in more than their versions");
	expect(text, "compare runs with more --trials");
	expect(text, "24+1");
	assert_null(strstr(text, "seed 7"));
	free(text);
	keep_rows(r, 5, 1);
	text = written(table_80, r);
	assert_null(strstr(text, "For an answer"));
	free(text);
}

/* Names share what they can; no line is broken beyond its width. */
static void table_names(void **state)
{
	static const char *const transports[] = {
		"unix-stream:a=bbbbbbbbbbbbbbbbbb,c=dddddddddddddddd",
		"unix-stream:a=bbbbbbbbbbbbbbbbbb,c=eeeeeeeeeeeeeeee",
	};
	struct gate_results *r = *state;

	keep_rows(r, 0, 1);
	made_up_row(r, GATE_LATENCY, 1, 1, 1, 1, 1, VERDICT_PASS)->cell = 2;
	for (size_t i = 0; i < 2; i++) {
		struct gate_cell *c = &r->cells[2 * i];

		c->key = r->cells[0].key;
		c->key.transport = transports[i];
		free(c->name);
		c->name = key_name_new(&c->key, AXIS_ALL);
	}
	char *text = written(table_80, r);

	expect(text, "lower is better: block latency 64 B same-cpu\n");
	expect(text, "=\n");
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
		assert_in_range(strcspn(line, "\n"), 0, 80);
	free(text);
}

/* ---- Markdown and JUnit ---------------------------------------------------------------------- */

static void markdown_golden(void **state)
{
	char *text = written(gate_markdown_write, *state);

	assert_memory_equal(text, "## REGRESSION: pipe block", 25);
	expect(text,
		"### Median latency in \xc2\xb5s, lower is better: block latency 64 B same-cpu\n\n"
		"| cell | base | new | change | interval | MDE | n | verdict |\n"
		"|:---|---:|---:|---:|---:|---:|---:|:---|\n"
		"| pipe | 2.15 | 2.31 | +7.2% | +5.9 to +8.4 | 2.1% | 24 | regression |\n");
	expect(text, "- fail a\\|b,\"c\"?\\[31m??\\</testcase\\>\\&\\<!-- $x \\`y\\` ");
	expect(text, "\n<details><summary>How it was measured</summary>\n\n- base: v1.0\n");
	expect(text, "- blocks: 2 measured, 1 of them dropped as too disturbed\n");
	expect(text, "- seed: 7\n");
	free(text);
}

static void junit_golden(void **state)
{
	struct gate_results *r = *state;
	char *text = written(gate_junit_write, r);

	expect(text, "<testsuite name=\"ipcbench gate\" tests=\"8\" failures=\"1\" errors=\"1\" "
		     "skipped=\"3\" time=\"723.000\">\n");
	expect(text,
		"    <testcase classname=\"pipe block latency 64 B same-cpu\" name=\"latency\" "
		"time=\"0.667\">\n      <failure message=\"pipe block latency 64 B same-cpu is "
		"7.2 % slower (5.9 % to 8.4 %)\" type=\"regression\">");
	expect(text, "inconclusive with 0 blocks: no change could have been detected");
	expect(text, "new: a|b,&#34;c&#34;\xef\xbf\xbd[31m\xef\xbf\xbd&#10;&#60;/testcase&#62;&#38;"
		     "&#60;!-- $x `y` \xef\xbf\xbd\" type=\"fail\"");
	free(text);
	r->advisory = true;
	text = written(gate_junit_write, r);
	expect(text, " failures=\"0\" errors=\"1\" skipped=\"4\"");
	expect(text, "<skipped message=\"advisory, the runs differ: pipe block");
	free(text);
}

/* ---- files for programs ---------------------------------------------------------------------- */

static struct rows rows_of(output_writer *write, const struct gate_results *r)
{
	struct rows rows;
	struct reason why = {""};
	char *text = written(write, r);

	if (rows_parse(&rows, text, strlen(text), "test", &why) != 0)
		fail_msg("%s", why.text);
	return rows;
}

static void compare_csv(void **state)
{
	struct rows rows = rows_of(gate_compare_csv_write, *state);

	assert_int_equal(rows.count, 8);
	assert_string_equal(rows_text(&rows, 0, "cell"), "pipe block latency 64 B same-cpu");
	assert_string_equal(rows_text(&rows, 0, "verdict"), "regression");
	assert_string_equal(rows_text(&rows, 0, "better"), "lower");
	assert_string_equal(rows_text(&rows, 3, "better"), "higher");
	assert_string_equal(rows_text(&rows, 0, "p_holm"), "3.125e-05");
	assert_string_equal(rows_text(&rows, 0, "ci_hi"), "1.084");
	assert_string_equal(rows_text(&rows, 4, "blocks"), "0");
	assert_string_equal(rows_text(&rows, 4, "ci_lo"), "");
	assert_string_equal(rows_text(&rows, 4, "mde"), "");
	assert_string_equal(rows_text(&rows, 4, "look"), "");
	assert_string_equal(rows_text(&rows, 6, "verdict"), "skip");
	assert_string_equal(
		rows_text(&rows, 6, "reason"), "the base has no posix-mq, \"never\" had");
	assert_string_equal(rows_text(&rows, 7, "cell"), HOSTILE " latency");
	assert_string_equal(rows_text(&rows, 7, "transport_new"), HOSTILE);
	assert_string_equal(rows_text(&rows, 7, "verdict"), "fail");
	assert_string_equal(rows_text(&rows, 7, "metric"), "");
	rows_free(&rows);
}

static void blocks_csv(void **state)
{
	struct rows rows = rows_of(gate_blocks_csv_write, *state);

	assert_int_equal(rows.count, 2);
	assert_string_equal(rows_text(&rows, 0, "order"), "ABBA");
	assert_string_equal(rows_text(&rows, 0, "slice2"), "2200");
	/* ln(2200 / 2000), and its like of a reversed block: ln(2420 / 2000) */
	assert_string_equal(rows_text(&rows, 0, "ln_ratio"), "0.0953101798");
	assert_string_equal(rows_text(&rows, 1, "order"), "BAAB");
	assert_string_equal(rows_text(&rows, 1, "ln_ratio"), "0.19062036");
	assert_string_equal(rows_text(&rows, 1, "dropped"), "1");
	assert_string_equal(rows_text(&rows, 1, "foreign_s"), "1");
	assert_string_equal(rows_text(&rows, 1, "wall_s"), "1");
	assert_string_equal(rows_text(&rows, 1, "at_s"), "1.5");
	rows_free(&rows);
}

static void block_without_a_value(void **state)
{
	struct gate_results *r = *state;

	r->blocks[0].slices[2].value[GATE_LATENCY] = NAN;
	struct rows rows = rows_of(gate_blocks_csv_write, r);

	assert_int_equal(rows.count, 2);
	assert_string_equal(rows_text(&rows, 0, "slice3"), "");
	assert_string_equal(rows_text(&rows, 0, "ln_ratio"), "");
	rows_free(&rows);
}

/* A row that is inconclusive for a reason of its own says so everywhere. */
static void own_reason(void **state)
{
	static const char why[] = "the values of a version are all the same";
	struct gate_results *r = *state;

	snprintf(r->rows[3].why.text, sizeof(r->rows[3].why.text), "%s", why);
	struct rows rows = rows_of(gate_compare_csv_write, r);

	assert_string_equal(rows_text(&rows, 3, "reason"), why);
	assert_string_equal(rows_text(&rows, 2, "reason"), "");
	assert_string_equal(rows_text(&rows, 2, "version_new"), "HEAD");
	rows_free(&rows);
	static output_writer *const others[] = {
		gate_markdown_write, gate_json_write, gate_junit_write};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		char *text = written(others[i], r);

		expect(text, why);
		free(text);
	}
}

static void trackers_golden(void **state)
{
	char *text = written(gate_action_bigger_write, *state);

	expect(text,
		"\"unit\": \"msg/s\",\n  \"value\": 1180000.0,\n  \"range\": \"\xc2\xb1 66000\",\n"
		"  \"extra\": \"base v1.0: 1200000\\nratio new/base: 0.985\\nblocks: 24\\n"
		"verdict: inconclusive\"");
	assert_null(strstr(text, "pipe"));
	/* a rate without its batch says nothing */
	expect(text, " batch 1: throughput\"");
	free(text);
	text = written(gate_action_smaller_write, *state);
	expect(text, "\"name\": \"pipe block latency 64 B same-cpu: median latency\"");
	assert_null(strstr(text, "msg/s"));
	free(text);
	text = written(gate_bmf_write, *state);
	expect(text, "\"throughput\": {\n   \"value\": 1180000.0,\n   \"lower_value\": 1116000.0,\n"
		     "   \"upper_value\": 1248000.0");
	expect(text, "\"latency-p99\"");
	expect(text, "\"cpu-time-per-message\"");
	free(text);
}

static void json_says_all(void **state)
{
	struct gate_results *r = *state;

	r->seed = UINT64_MAX;
	char *text = written(gate_json_write, r);
	json_t *doc = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(doc);
	assert_int_equal(json_array_size(json_object_get(doc, "rows")), 6);
	assert_int_equal(json_array_size(json_object_get(doc, "cells")), 5);
	assert_int_equal(json_array_size(json_object_get(doc, "blocks")), 2);
	assert_string_equal(
		json_string_value(json_object_get(doc, "seed")), "18446744073709551615");
	assert_true(json_is_null(
		json_object_get(json_array_get(json_object_get(doc, "rows"), 4), "mde")));
	json_decref(doc);
	free(text);
	r->rule = (struct gate_rule){0};
	r->env_json = NULL;
	text = written(gate_json_write, r);
	expect(text, "\"rule\": null");
	expect(text, "\"env\": null");
	free(text);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void full_device(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		FILE *full = fopen("/dev/full", "w");

		if (full == NULL)
			skip();
		assert_int_equal(writers[i](full, *state), -ENOSPC);
		fclose(full);
	}
}

static void nothing_at_all(void **state)
{
	struct gate_results empty = {.command = "gate", .base = "", .new = "", .run_id = ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		char *text = written(writers[i], &empty);

		assert_int_not_equal(strlen(text), 0);
		free(text);
	}
}

static void ignores_locale(void **state)
{
	static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "sv_SE.UTF-8"};
	char *want[ARRAY_SIZE(writers)];
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		want[i] = written(writers[i], *state);
	for (size_t i = 0; i < ARRAY_SIZE(locales) && !found; i++)
		found = setlocale(LC_NUMERIC, locales[i]) != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		char *have = written(writers[i], *state);

		assert_string_equal(have, want[i]);
		free(have);
		free(want[i]);
	}
	if (!found)
		skip();
}

#define WITH_GATE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_GATE(table_golden),
		WITH_GATE(table_color_adds_nothing),
		WITH_GATE(headlines),
		WITH_GATE(advice),
		WITH_GATE(table_names),
		WITH_GATE(markdown_golden),
		WITH_GATE(junit_golden),
		WITH_GATE(compare_csv),
		WITH_GATE(blocks_csv),
		WITH_GATE(block_without_a_value),
		WITH_GATE(own_reason),
		WITH_GATE(trackers_golden),
		WITH_GATE(json_says_all),
		WITH_GATE(full_device),
		cmocka_unit_test(nothing_at_all),
		WITH_GATE(ignores_locale),
	};

	return cmocka_run_group_tests_name("gate-output", tests, NULL, NULL);
}
