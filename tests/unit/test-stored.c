/* SPDX-License-Identifier: MIT */
/* Two made-up run directories: which cells belong together, whose machines are one, what is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "gate/stored.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER                                                                                     \
	"schema_version,run_id,label,transport,wait,copy,mode,size_bytes,trial,placement,idle,"    \
	"status,reason,flags,duration_s,messages,msgs_per_s,lat_p50_ns,lat_p99_ns,cpu_ns_per_msg," \
	"think_ns,rate,arrivals,dispatch,mem\n"

#define ENV                                                                                        \
	"{\"schema_version\": 1, \"started\": \"2026-11-21T10:00:00Z\","                           \
	"\"command\": [\"ipcbench\"], \"ipcbench\": {\"version\": \"1\", \"cflags\": \"-O3\"},"    \
	"\"cpu\": {\"model\": \"Made up\", \"cpus\": 2, \"microcode\": null},"                     \
	"\"clock\": {\"ticks_hz\": 2000000000},"                                                   \
	"\"kernel\": {\"name\": \"Linux\", \"release\": \"6.1\"},"                                 \
	"\"mitigations\": {\"mds\": \"Not affected\"}}\n"

/* A directory for everything, base and new in it. */
struct fixture {
	char dir[64], base[80], new[80];
	struct stored stored;
	struct reason why;
};

/* ---- made-up runs ---------------------------------------------------------------------------- */

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

/* Rows are gathered here and written as one file. */
struct table {
	char text[65536];
	size_t len;
};

static void begin(struct table *t)
{
	t->len = (size_t)snprintf(t->text, sizeof(t->text), "%s", HEADER);
}

/* Trials of a latency cell whose median and CPU time are `factor` times 1000, 1001, ... ns. */
static void add_trials(
	struct table *t, const char *run_id, const char *transport, int trials, double factor)
{
	for (int i = 0; i < trials; i++)
		t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len,
			"1,%s,,%s,block,copy,latency,64,%d,same-cpu,default,ok,,,0.1,1000,,%.9g,,"
			"%.9g,0,,,direct,default\n",
			run_id, transport, i + 1, (1000 + i) * factor, (500 + i) * factor);
	assert_true(t->len < sizeof(t->text));
}

static void add_line(struct table *t, const char *line)
{
	t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len, "%s\n", line);
	assert_true(t->len < sizeof(t->text));
}

static void write_run(const char *dir, const struct table *t, const char *env)
{
	write_file(dir, "trials.csv", t->text);
	if (env != NULL)
		write_file(dir, "env.json", env);
}

/* Two runs of pipe, the second `factor` times as slow. */
static void write_pair(const struct fixture *f, int trials, double factor, const char *env)
{
	struct table t;

	begin(&t);
	add_trials(&t, "base-1", "pipe", trials, 1);
	write_run(f->base, &t, ENV);
	begin(&t);
	add_trials(&t, "new-2", "pipe", trials, factor);
	write_run(f->new, &t, env);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/ipcbench-stored-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->base, sizeof(f->base), "%s/base", f->dir);
	snprintf(f->new, sizeof(f->new), "%s/new", f->dir);
	assert_int_equal(mkdir(f->base, 0700), 0);
	assert_int_equal(mkdir(f->new, 0700), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = {"trials.csv", "env.json"};
	struct fixture *f = *state;
	char path[160];

	stored_free(&f->stored);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->base, files[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s/%s", f->new, files[i]);
		unlink(path);
	}
	rmdir(f->base);
	rmdir(f->new);
	int r = rmdir(f->dir);

	free(f);
	return r;
}

static int compare_dirs(struct fixture *f, const char *base, const char *new)
{
	const struct stored_options options = {
		.base = base,
		.new = new,
		.metrics = {true, true, true, true},
		.threshold = 0.1,
	};

	stored_free(&f->stored);
	f->why.text[0] = '\0';
	return stored_compare(&f->stored, &options, &f->why);
}

static const struct gate_results *compare(struct fixture *f)
{
	if (compare_dirs(f, f->base, f->new) != 0)
		fail_msg("%s", f->why.text);
	return &f->stored.results;
}

/* The number of the first note that says `words`, or of notes when none does. */
static size_t note_at(const struct gate_results *r, const char *words)
{
	size_t i = 0;

	while (i < r->note_count && strstr(r->notes[i], words) == NULL)
		i++;
	return i;
}

static void expect_note(const struct gate_results *r, const char *words)
{
	if (note_at(r, words) < r->note_count)
		return;
	for (size_t i = 0; i < r->note_count; i++)
		print_message("%s\n", r->notes[i]);
	fail_msg("no note says \"%s\"", words);
}

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
	expect_note(r, "2 of 2 comparisons have too few trials");
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

#define OK_REST "default,ok,,,0.1,1000,,1000,,500,"

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
	assert_int_equal(cell_of(r, names[5])->size, 4096);
	assert_int_equal(cell_of(r, names[6])->size, 0);
}

/* A file from before a column was there has the cells that the column's usual value stands for. */
static void test_columns_that_came_later(void **state)
{
	struct fixture *f = *state;
	struct table t;
	char old[4096] = "schema_version,run_id,transport,wait,copy,mode,size_bytes,trial,"
			 "placement,idle,status,reason,lat_p50_ns\n";

	begin(&t);
	add_trials(&t, "new-2", "pipe", 4, 1);
	write_run(f->new, &t, ENV);
	for (int i = 0; i < 4; i++)
		strcat(old, "1,base-1,pipe,block,copy,latency,64,1,same-cpu,default,ok,,1000\n");
	write_file(f->base, "trials.csv", old);
	write_file(f->base, "env.json", ENV);
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
	assert_int_equal(r->cells[3].status, STATUS_SKIP);
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
	expect_note(r, "the machine of new is unknown: there is no env.json");
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
	expect_note(compare(f), "1 of 4 rows of new carry flags: steal 1, short-run 1");
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
		HEADER "2,r,,pipe,block,copy,latency,64,1,same-cpu," OK_REST
		       "0,,,direct,default\n");
	expect_refusal(f, -EINVAL, "schema version \"2\", and version 1 is read");
	write_file(f->new, "trials.csv",
		HEADER "1,r,,pipe,block,copy,latency,64,1,same-cpu,default,fine,,,,,,,,,,,,,\n");
	expect_refusal(f, -EINVAL, "status \"fine\"");
	write_pair(f, 4, 1, "{\"cpu\": {");
	expect_refusal(f, -EINVAL, "env.json: line 1");
	write_pair(f, 4, 1, "[]");
	expect_refusal(f, -EINVAL, "no JSON object");
	write_pair(f, 4, 1, "{\"schema_version\": 2}");
	expect_refusal(f, -EINVAL, "schema version 2");
	snprintf(path, sizeof(path), "%s/trials.csv", f->new);
	unlink(path);
	expect_refusal(f, -ENOENT, "holds no trials.csv");
	assert_int_equal(compare_dirs(f, "/nonexistent", f->new), -ENOENT);
	assert_int_equal(compare_dirs(f, "/dev/null", f->new), -ENOTDIR);
	assert_int_equal(compare_dirs(f, "", f->new), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(test_machines_that_differ),
		TEST(test_machines_that_are_one),
		TEST(test_the_most_important_difference_comes_first),
		TEST(test_an_unknown_machine),
		TEST(test_trials_of_another_length),
		TEST(test_doubts_are_counted),
		TEST(test_a_run_with_itself),
		TEST(test_a_label_is_shown),
		TEST(test_damage_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
