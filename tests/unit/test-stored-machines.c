/* SPDX-License-Identifier: MIT */
/* Two stored runs compared: whose machines are one, and what is said beside the figures. */
#include "stored-runs.h"

/* ---- fingerprints ---------------------------------------------------------------------------- */

/* ENV with one piece replaced. */
static const char *env_with(const char *from, const char *to)
{
	static char text[2048];
	const char *at = strstr(ENV, from);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - ENV), ENV, to, at + strlen(from));
	return text;
}

static void expect_difference(
	struct fixture *f, const char *from, const char *to, const char *words)
{
	write_pair(f, 6, 1.5, env_with(from, to));
	const struct gate_results *r = compare(f);

	assert_true(r->advisory);
	assert_null(r->env_json);
	assert_int_equal(note_at(r, "advisory, the exit status is 0"), 0);
	assert_int_equal(note_at(r, words), 1);
	/* what was found is still told */
	assert_int_equal(gate_outcome(r), GATE_REGRESSED);
}

static void expect_equal(struct fixture *f, const char *from, const char *to)
{
	write_pair(f, 6, 1.5, env_with(from, to));
	assert_false(compare(f)->advisory);
}

static void test_machines_that_differ(void **state)
{
	struct fixture *f = *state;

	expect_difference(f, "Made up", "Other", "CPU model: Made up in base, Other in new");
	assert_string_equal(f->stored.results.machine,
		"Made up, 2 CPUs, Linux 6.1 (base) and Other, 2 CPUs, Linux 6.1 (new)");
	expect_difference(f, "\"cpus\": 2", "\"cpus\": 4", "CPUs: 2 in base, 4 in new");
	expect_difference(f, "6.1", "6.2", "kernel: 6.1 in base, 6.2 in new");
	expect_difference(f, "null", "\"0x1\"", "microcode: unknown in base, 0x1 in new");
	expect_difference(f, "-O3", "-O0", "compiler flags of ipcbench: -O3 in base, -O0 in new");
	expect_difference(f, "Not affected", "Vulnerable",
		"mitigation mds: Not affected in base, Vulnerable in new");
	expect_difference(f, "\"mds\"", "\"tsa\"", "mitigation mds: Not affected in base, unknown");
	expect_difference(f, "2000000000", "2100000000", "clock rate: 2000000000 in base");
	expect_difference(f, "[\"ipcbench\"]", "[\"ipcbench\", \"--veri\"]", "only in new");
	/* a terminal shows it */
	expect_difference(f, "Made up", "Made\\u001bup", "CPU model: Made up in base, Made?up");
}

static void test_machines_that_are_one(void **state)
{
	struct fixture *f = *state;

	expect_equal(f, "2000000000", "2000100000"); /* as well as it is calibrated */
	expect_equal(f, "T10:00", "T12:00");
	expect_note(&f->stored.results, "2 hours apart");
	expect_equal(f, "\"version\": \"1\"", "\"version\": \"2\"");
	expect_note(&f->stored.results, "ipcbench 1 in base, 2 in new");
	expect_equal(f, ", \"microcode\": null", "");
	expect_equal(f, "[\"ipcbench\"]", "[\"ipcbench\", \"--verbose\"]");
}

static void test_the_most_important_difference_comes_first(void **state)
{
	struct fixture *f = *state;
	struct table t;

	write_pair(f, 4, 1, ENV);
	begin(&t);
	add_trials(&t, "new-2", "pipe", 4, 1);
	write_run(f->new, &t,
		"{\"cpu\": {\"model\": \"Other\", \"cpus\": 8}, \"kernel\": {\"name\": \"Linux\", "
		"\"release\": \"5\"}}");
	const struct gate_results *r = compare(f);

	assert_true(note_at(r, "advisory") < note_at(r, "CPU model"));
	assert_true(note_at(r, "CPU model") < note_at(r, "CPUs: 2 in base, 8"));
	assert_true(note_at(r, "CPUs: 2 in base, 8") < note_at(r, "kernel: 6.1 in base, 5"));
	assert_true(note_at(r, "kernel: 6.1 in base, 5") < note_at(r, "interleave"));
}

static void test_an_unknown_machine(void **state)
{
	struct fixture *f = *state;

	write_pair(f, 4, 1, NULL);
	const struct gate_results *r = compare(f);

	assert_true(r->advisory);
	expect_note(r, "the machine of new is unknown: env.json is missing");
	assert_string_equal(r->machine, "Made up, 2 CPUs, Linux 6.1 (base) and unknown (new)");
}

/* Trials of another length are another measurement; those of a faster version are not. */
static void test_trials_of_another_length(void **state)
{
	struct fixture *f = *state;
	struct table t;

	write_pair(f, 4, 1, ENV);
	begin(&t);
	add_line(&t, "1,new-2,,pipe,block,copy,latency,64,1,same-cpu,default,ok,,,1,10000,,1000,,"
		     "500,0,,,direct,default");
	write_run(f->new, &t, ENV);
	assert_true(compare(f)->advisory);
	expect_note(&f->stored.results, "length of the trials: 0.1 s in base, 1 s in new");
	begin(&t);
	add_line(&t, "1,new-2,,pipe,block,copy,latency,64,1,same-cpu,default,ok,,,0.1,10000,,100,,"
		     "500,0,,,direct,default");
	write_run(f->new, &t, ENV);
	assert_false(compare(f)->advisory);
}

static void test_doubts_are_counted(void **state)
{
	struct fixture *f = *state;
	struct table t;

	write_pair(f, 4, 1, ENV);
	begin(&t);
	add_trials(&t, "new-2", "pipe", 3, 1);
	add_line(&t, "1,new-2,,pipe,block,copy,latency,64,4,same-cpu,default,ok,,steal;short-run,"
		     "0.1,1000,,1000,,500,0,,,direct,default");
	write_run(f->new, &t, ENV);
	expect_note(compare(f), "flags on 1 of 4 rows of new: steal 1, short-run 1");
	assert_true(note_at(&f->stored.results, "rows of base") == f->stored.results.note_count);
}

static void test_a_run_with_itself(void **state)
{
	struct fixture *f = *state;

	write_pair(f, 4, 1, ENV);
	assert_int_equal(compare_dirs(f, f->base, f->base), 0);
	expect_note(&f->stored.results, "both are the same run (base-1)");
	assert_int_equal(gate_outcome(&f->stored.results), GATE_PASSED);
}

static void test_a_label_is_shown(void **state)
{
	struct fixture *f = *state;
	char expected[120];

	write_pair(f, 4, 1, ENV);
	write_file(f->new, "trials.csv",
		HEADER "1,new-2,after,pipe,block,copy,latency,64,1,same-cpu,default,ok,,,0.1,1000,,"
		       "1000,,500,0,,,direct,default\n");
	const struct gate_results *r = compare(f);

	snprintf(expected, sizeof(expected), "%s (after)", f->new);
	assert_string_equal(r->new, expected);
	assert_string_equal(r->base, f->base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_machines_that_differ),
		TEST(test_machines_that_are_one),
		TEST(test_the_most_important_difference_comes_first),
		TEST(test_an_unknown_machine),
		TEST(test_trials_of_another_length),
		TEST(test_doubts_are_counted),
		TEST(test_a_run_with_itself),
		TEST(test_a_label_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
