/* SPDX-License-Identifier: MIT */
/* Two stored runs compared: which cells belong together, what is called what, what is refused. */
#include "stored-runs.h"

/* ---- verdicts -------------------------------------------------------------------------------- */

static void test_a_regression_on_one_machine(void **state)
{
	struct fixture *f = *state;

	write_pair(f, 6, 1.5, ENV);
	const struct gate_results *r = compare(f);

	assert_false(r->advisory);
	assert_int_equal(r->cell_count, 1);
	assert_int_equal(r->row_count, 2); /* no throughput and no p99 were measured */
	assert_int_equal(r->rows[0].metric, GATE_LATENCY);
	assert_int_equal(r->rows[0].found.verdict, VERDICT_REGRESSION);
	assert_true(fabs(r->rows[0].base - 1002.5) < 1e-9);
	assert_true(fabs(r->rows[0].new - 1503.75) < 1e-9);
	assert_true(fabs(r->rows[0].found.ratio - 1.5) < 1e-6);
	assert_int_equal(r->rows[0].blocks, 6);
	assert_int_equal(r->rows[0].dropped, 6);
	assert_int_equal(r->rows[1].metric, GATE_CPU);
	assert_int_equal(gate_outcome(r), GATE_REGRESSED);
	assert_non_null(r->env_json);
	assert_string_equal(r->machine, "Made up, 2 CPUs, Linux 6.1");
	assert_int_equal(note_at(r, "same machine, same build"), 0);
	expect_note(r, "ipcbench gate measures both in turn");
}

static void test_no_change_passes(void **state)
{
	struct fixture *f = *state;

	write_pair(f, 6, 1, ENV);
	const struct gate_results *r = compare(f);

	assert_int_equal(gate_outcome(r), GATE_PASSED);
	assert_int_equal(r->rows[0].found.verdict, VERDICT_PASS);
}

static void test_too_few_trials_say_how_many_it_takes(void **state)
{
	struct fixture *f = *state;

	write_pair(f, 3, 2, ENV);
	const struct gate_results *r = compare(f);

	assert_int_equal(gate_outcome(r), GATE_INCONCLUSIVE);
	assert_true(isinf(r->rows[0].found.ci_hi));
	assert_true(fabs(r->rows[0].found.ratio - 2) < 1e-9);
	expect_note(r, "too few trials to prove a change in 2 of 2 comparisons");
	expect_note(r, "--trials 5 for both runs");
}

static void test_a_metric_of_one_run_only(void **state)
{
	struct fixture *f = *state;
	struct table t;

	write_pair(f, 4, 1, ENV);
	begin(&t);
	for (int i = 0; i < 4; i++)
		add_line(&t, "1,new-2,,pipe,block,copy,latency,64,1,same-cpu,default,ok,,,0.1,1000,"
			     ",,,501,0,,,direct,default");
	write_run(f->new, &t, NULL);
	const struct gate_results *r = compare(f);

	assert_int_equal(r->row_count, 2);
	assert_true(isnan(r->rows[0].new) && isnan(r->rows[0].found.ratio));
	assert_int_equal(r->rows[0].found.verdict, VERDICT_INCONCLUSIVE);
	expect_note(r, "1 metric was measured in only one of the runs");
}

/* ---- cells ----------------------------------------------------------------------------------- */

static const struct gate_cell *cell_of(const struct gate_results *r, const char *name)
{
	for (size_t i = 0; i < r->cell_count; i++)
		if (strcmp(r->cells[i].name, name) == 0)
			return &r->cells[i];
	for (size_t i = 0; i < r->cell_count; i++)
		print_message("%s\n", r->cells[i].name);
	fail_msg("no cell is named \"%s\"", name);
	return NULL;
}

static void test_every_key_parts_cells(void **state)
{
	static const char *const lines[] = {
		"1,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,tcp,block,copy,latency,64,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,spin,copy,latency,64,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,inplace,latency,64,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,copy,oneway,64,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,copy,latency,4096,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,copy,latency,,1,same-cpu," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,copy,latency,64,1,smt," OK_REST "0,,,direct,default",
		"1,r,,pipe,block,copy,latency,64,1,same-cpu,awake,ok,,,1,1,,1,,5,0,,,direct,default",
		"1,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST "10000,,,direct,default",
		"1,r,,pipe,block,copy,rate,64,1,same-cpu," OK_REST ",9000,constant,direct,default",
		"1,r,,pipe,block,copy,rate,64,1,same-cpu," OK_REST ",10%,constant,direct,default",
		"1,r,,pipe,block,copy,rate,64,1,same-cpu," OK_REST ",10%,poisson,direct,default",
		"1,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST "0,,,indirect,default",
		"1,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST "0,,,direct,rx",
	};
	static const char *const names[] = {
		"pipe block latency 64 B same-cpu",
		"tcp block latency 64 B same-cpu",
		"pipe spin latency 64 B same-cpu",
		"pipe block inplace latency 64 B same-cpu",
		"pipe block oneway 64 B same-cpu",
		"pipe block latency 4 KiB same-cpu",
		"pipe block latency same-cpu",
		"pipe block latency 64 B smt",
		"pipe block latency 64 B same-cpu awake",
		"pipe block latency 10us 64 B same-cpu",
		"pipe block rate 9000 64 B same-cpu",
		"pipe block rate 10% 64 B same-cpu",
		"pipe block rate 10%/poisson 64 B same-cpu",
		"pipe block latency 64 B same-cpu indirect",
		"pipe block latency 64 B same-cpu mem rx",
	};
	struct fixture *f = *state;
	struct table t;

	begin(&t);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		add_line(&t, lines[i]);
	write_run(f->base, &t, ENV);
	begin(&t);
	for (size_t i = ARRAY_SIZE(lines); i-- > 0;)
		add_line(&t, lines[i]);
	write_run(f->new, &t, ENV);
	const struct gate_results *r = compare(f);

	assert_int_equal(r->cell_count, ARRAY_SIZE(lines));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(cell_of(r, names[i])->status, STATUS_OK);
	expect_note(r, "give --rate in messages per second");
	/* sizes in order of number, not of text */
	assert_true(cell_of(r, names[0]) < cell_of(r, names[5]));
	assert_int_equal(cell_of(r, names[5])->key.size, 4096);
	assert_int_equal(cell_of(r, names[6])->key.size, 0);
}

/* A file from before a column was there has the cells that the column's usual value stands for. */
static void test_columns_that_came_later(void **state)
{
	struct fixture *f = *state;
	struct table t;

	t.len = 0;
	add_line(&t,
		"schema_version,run_id,transport,wait,copy,mode,size_bytes,trial,placement,idle,"
		"status,reason,lat_p50_ns");
	for (int i = 0; i < 4; i++)
		add_line(&t, "1,base-1,pipe,block,copy,latency,64,1,same-cpu,default,ok,,1000");
	write_run(f->base, &t, ENV);
	begin(&t);
	add_trials(&t, "new-2", "pipe", 4, 1);
	write_run(f->new, &t, ENV);
	const struct gate_results *r = compare(f);

	assert_int_equal(r->cell_count, 1);
	assert_int_equal(r->cells[0].status, STATUS_OK);
	assert_int_equal(r->rows[0].metric, GATE_LATENCY);
	assert_int_equal(r->rows[0].found.verdict, VERDICT_PASS);
}

static void test_cells_that_cannot_be_compared(void **state)
{
#define CELL(transport, status, reason)                                                            \
	"1,r,," transport ",block,copy,latency,64,,same-cpu,default," status "," reason            \
	",,0.1,1000,,1000,,500,0,,,direct,default"
	struct fixture *f = *state;
	struct table t;

	begin(&t);
	add_line(&t, CELL("a", "ok", ""));
	add_line(&t, CELL("c", "ok", ""));
	add_line(&t, CELL("d", "ok", ""));
	add_line(&t, CELL("e", "skip", "too large"));
	add_line(&t, CELL("f", "ok", ""));
	write_run(f->base, &t, ENV);
	begin(&t);
	add_line(&t, CELL("b", "ok", ""));
	add_line(&t, CELL("c", "ok", ""));
	add_line(&t, CELL("c", "fail", "\"it broke, twice\""));
	add_line(&t, CELL("d", "skip", "no such call"));
	add_line(&t, CELL("e", "skip", "still too large"));
	add_line(&t, CELL("f", "ok", ""));
	write_run(f->new, &t, ENV);
#undef CELL
	const struct gate_results *r = compare(f);
	char expected[200];

	assert_int_equal(r->cell_count, 6);
	assert_int_equal(r->cells[0].status, STATUS_SKIP);
	snprintf(expected, sizeof(expected), "only in %s", f->base);
	assert_string_equal(r->cells[0].why.text, expected);
	snprintf(expected, sizeof(expected), "only in %s", f->new);
	assert_string_equal(r->cells[1].why.text, expected);
	assert_int_equal(r->cells[2].status, STATUS_FAIL);
	snprintf(expected, sizeof(expected), "failed in %s: it broke, twice", f->new);
	assert_string_equal(r->cells[2].why.text, expected);
	/* what the new version lost cannot pass */
	assert_int_equal(r->cells[3].status, STATUS_FAIL);
	snprintf(expected, sizeof(expected), "skipped in %s: no such call", f->new);
	assert_string_equal(r->cells[3].why.text, expected);
	assert_string_equal(r->cells[4].why.text, "skipped in both runs: still too large");
	assert_int_equal(r->cells[5].status, STATUS_OK);
	for (size_t i = 0; i < r->row_count; i++)
		assert_int_equal(r->rows[i].cell, 5);
	assert_int_equal(gate_outcome(r), GATE_NOT_MEASURED);
}

static void test_more_trials_than_can_be_compared(void **state)
{
	struct fixture *f = *state;
	struct table t;

	begin(&t);
	add_trials(&t, "base-1", "pipe", 501, 1);
	write_run(f->base, &t, ENV);
	write_run(f->new, &t, ENV);
	const struct gate_results *r = compare(f);

	assert_int_equal(r->cells[0].status, STATUS_SKIP);
	assert_string_equal(r->cells[0].why.text,
		"501 and 501 trials; at most 500 of each run can be compared");
	assert_int_equal(r->row_count, 0);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void expect_refusal(struct fixture *f, int err, const char *words)
{
	assert_int_equal(compare_dirs(f, f->base, f->new), err);
	if (strstr(f->why.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->why.text, words);
	assert_null(strchr(f->why.text, '\n'));
}

static void test_damage_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[120];

	write_pair(f, 4, 1, ENV);
	write_file(f->new, "trials.csv", HEADER "1,new-2,,pipe,blo");
	expect_refusal(f, -EINVAL, "line 2 has 5 fields");
	write_file(f->new, "trials.csv",
		HEADER "1,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST "0,,,direct,def");
	expect_refusal(f, -EINVAL, "the file is cut");
	write_file(f->new, "trials.csv", "");
	expect_refusal(f, -EINVAL, "is empty");
	write_file(f->new, "trials.csv", "a,b\n1,2\n");
	expect_refusal(f, -EINVAL, "has no column schema_version");
	write_file(f->new, "trials.csv",
		HEADER "3,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST
		       "0,,,direct,default\n");
	expect_refusal(f, -EINVAL, "schema version \"3\", and versions 1 to 2 are read");
	write_file(f->new, "trials.csv",
		HEADER "1,r,,pipe,block,copy,latency,64,1,same-cpu,default,fine,,,,,,,,,,,,,\n");
	expect_refusal(f, -EINVAL, "status \"fine\"");
	write_pair(f, 4, 1, "{\"cpu\": {");
	expect_refusal(f, -EINVAL, "env.json: line 1");
	write_pair(f, 4, 1, "[]");
	expect_refusal(f, -EINVAL, "not a JSON object");
	write_pair(f, 4, 1, "{\"schema_version\": 3}");
	expect_refusal(f, -EINVAL, "schema version 3, and versions 1 to 2");
	snprintf(path, sizeof(path), "%s/trials.csv", f->new);
	unlink(path);
	expect_refusal(f, -ENOENT, "holds no trials.csv");
	assert_int_equal(compare_dirs(f, "/nonexistent", f->new), -ENOENT);
	assert_int_equal(compare_dirs(f, "/dev/null", f->new), -ENOTDIR);
	assert_int_equal(compare_dirs(f, "", f->new), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_regression_on_one_machine),
		TEST(test_no_change_passes),
		TEST(test_too_few_trials_say_how_many_it_takes),
		TEST(test_a_metric_of_one_run_only),
		TEST(test_every_key_parts_cells),
		TEST(test_columns_that_came_later),
		TEST(test_cells_that_cannot_be_compared),
		TEST(test_more_trials_than_can_be_compared),
		TEST(test_damage_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
