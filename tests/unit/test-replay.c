/* SPDX-License-Identifier: MIT */
/* A stored run's plan, made again: on machines that hwloc makes up, from runs that nobody measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "cli/measure-options.h"
#include "commands.h"
#include "replay/replay.h"
#include "results/results.h"
#include "text/format.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOUR_CORES "pack:1 l3:1 core:4 pu:1"
#define TWO_CORES  "pack:1 l3:1 core:2 pu:1"
#define ONE_CORE   "pack:1 l3:1 core:1 pu:1"
#define RUN_ID	   "20261121T100000Z-0000002a"

#define HEADER                                                                                     \
	"schema_version,run_id,label,transport,wait,copy,mode,size_bytes,trial,order,placement,"   \
	"cpu_tx,cpu_rx,idle,status,reason,flags,think_ns,rate,arrivals,dispatch,mem\n"
#define CELL(transport, trial, order, place, status)                                               \
	"1," RUN_ID ",," transport ",block,copy,latency,64," trial "," order "," place             \
	",default," status ",,,0,,,direct,default\n"

/* ---- stored runs ----------------------------------------------------------------------------- */

struct fixture {
	char dir[64];
	struct replay replay;
	struct plan plan;
	struct topology *topology;
	struct reason why;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/ipcbench-replay-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	*state = f;
	return 0;
}

static void forget(struct fixture *f)
{
	plan_free(&f->plan);
	replay_close(&f->replay);
	topology_free(f->topology);
	f->topology = NULL;
}

static void path_of(char path[128], const struct fixture *f, const char *name)
{
	snprintf(path, 128, "%s/%s", f->dir, name);
}

static int tear_down(void **state)
{
	static const char *const files[] = {"trials.csv", "env.json", "topology.csv"};
	struct fixture *f = *state;
	char path[128];

	forget(f);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		path_of(path, f, files[i]);
		unlink(path);
	}
	int r = rmdir(f->dir);

	free(f);
	return r;
}

static void put(const struct fixture *f, const char *name, const char *text)
{
	char path[128];

	path_of(path, f, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

/* `members` of env.json beside its version. */
static void put_run(const struct fixture *f, const char *members, const char *rows)
{
	char text[8192];

	snprintf(text, sizeof(text), "{\"schema_version\": 1, %s}\n", members);
	put(f, "env.json", text);
	snprintf(text, sizeof(text), "%s%s", HEADER, rows);
	put(f, "trials.csv", text);
}

#define PIPE_COMMAND                                                                               \
	"\"command\": [\"ipcbench\", \"-t\", \"pipe\", \"-s\", \"64\", \"-m\", \"latency\", "      \
	"\"-o\", \"x\", \"-d\", \"0.1\", \"--warmup\", \"0\", \"-p\", "

static int open_run(struct fixture *f)
{
	const struct settings given = {.replay = f->dir, .label = "l"};

	forget(f);
	f->why.text[0] = '\0';
	return replay_open(&f->replay, &given, &f->why);
}

/* Makes the plan again on this machine. */
static void replay_on(struct fixture *f, const char *machine)
{
	if (open_run(f) != 0)
		fail_msg("%s", f->why.text);
	f->topology = topology_load_synthetic(machine, &f->why);
	assert_non_null(f->topology);
	plan_build(&f->plan, &f->replay.settings, f->topology);
	replay_fit(&f->replay, &f->plan, f->topology);
}

static void expect_refused(struct fixture *f, const char *because)
{
	assert_int_equal(open_run(f), -EINVAL);
	if (strstr(f->why.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->why.text, because);
}

static const struct deviation *deviation_of(const struct fixture *f, const char *words)
{
	for (size_t i = 0; i < f->replay.deviation_count; i++)
		if (strstr(f->replay.deviations[i].text, words) != NULL)
			return &f->replay.deviations[i];
	for (size_t i = 0; i < f->replay.deviation_count; i++)
		print_message("%s\n", f->replay.deviations[i].text);
	fail_msg("no deviation says \"%s\"", words);
	return NULL;
}

static void expect_launch(const struct fixture *f, size_t i, const char *transport,
	unsigned int trial, int tx, int rx)
{
	assert_true(i < f->plan.launch_count);
	const struct launch *l = &f->plan.launches[i];
	const struct item *it = &f->plan.items[l->item];

	assert_string_equal(it->key.transport, transport);
	assert_int_equal(l->trial, trial);
	assert_int_equal(it->cell.cpu_tx, tx);
	assert_int_equal(it->cell.cpu_rx, rx);
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* trials.csv as a run of this plan would have written it. */
static void store_plan(const struct fixture *f, const struct plan *plan)
{
	char id[64], path[128];
	struct trial *trials = calloc(plan->launch_count + 1, sizeof(*trials));
	struct results results = {.plan = plan, .run_id = id, .trials = trials};

	assert_non_null(trials);
	snprintf(id, sizeof(id), "20261121T100000Z-%08x", run_id_fold(plan->settings->seed));
	for (size_t i = 0; i < plan->launch_count; i++) {
		struct trial *t = &trials[results.trial_count++];

		*t = trial_of(&plan->items[plan->launches[i].item]);
		t->number = plan->launches[i].trial;
		t->order = (unsigned int)i + 1;
		t->clock = "tsc";
	}
	path_of(path, f, "trials.csv");
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(csv_write_trials(out, &results), 0);
	assert_int_equal(fclose(out), 0);
	free(trials);
}

static void check_same_plan(const struct plan *a, const struct plan *b)
{
	char x[256], y[256];

	assert_int_equal(a->launch_count, b->launch_count);
	for (size_t i = 0; i < a->launch_count; i++) {
		const struct launch *p = &a->launches[i], *q = &b->launches[i];
		const struct cell *c = &a->items[p->item].cell, *d = &b->items[q->item].cell;

		assert_string_equal(item_name(x, sizeof(x), &a->items[p->item]),
			item_name(y, sizeof(y), &b->items[q->item]));
		assert_int_equal(p->trial, q->trial);
		assert_int_equal(c->cpu_tx, d->cpu_tx);
		assert_int_equal(c->cpu_rx, d->cpu_rx);
	}
	assert_int_equal(a->settings->seed, b->settings->seed);
	assert_int_equal(a->settings->trials, b->settings->trials);
	assert_true(fabs(a->settings->duration_s - b->settings->duration_s) < 1e-12);
	assert_true(fabs(a->settings->warmup_s - b->settings->warmup_s) < 1e-12);
}

static void test_a_run_gives_its_own_plan_again(void **state)
{
	static char *const words[] = {"ipcbench", "-tpipe,unix-stream,eventfd", "-s64,4K",
		"-mlatency,throughput,rate", "--rate=1000,auto", "--think=0,10us",
		"-pnone,same-cpu,cross-cpu,same-llc", "-T3", "-ox", NULL};
	static const char env[] =
		"{\"command\": [\"ipcbench\", \"-tpipe,unix-stream,eventfd\", \"-s64,4K\", "
		"\"-mlatency,throughput,rate\", \"--rate=1000,auto\", \"--think=0,10us\", "
		"\"-pnone,same-cpu,cross-cpu,same-llc\", \"-T3\", \"-ox\"]}\n";
	struct fixture *f = *state;
	struct settings settings;
	struct plan plan;
	struct topology *topo = topology_load_synthetic(FOUR_CORES, &f->why);

	assert_non_null(topo);
	if (command_parse(
		    &measure_command, &settings, (int)ARRAY_SIZE(words) - 1, words, &f->why) != 0)
		fail_msg("%s", f->why.text);
	plan_build(&plan, &settings, topo);
	assert_true(plan.launch_count > 100);
	put(f, "env.json", env);
	store_plan(f, &plan);
	replay_on(f, FOUR_CORES);
	check_same_plan(&plan, &f->plan);
	assert_string_equal(f->replay.settings.label, "l");
	assert_null(f->replay.settings.output_dir);
	/* the command tells neither; no older version's default is known */
	deviation_of(f, "trials of 1 s");
	deviation_of(f, "warm-up of 0.05 s");
	plan_free(&plan);
	settings_free(&settings);
	topology_free(topo);
}

static void test_the_order_is_that_of_the_rows(void **state)
{
	struct fixture *f = *state;

	put_run(f, PIPE_COMMAND "\"same-cpu,cross-cpu\"]",
		CELL("pipe", "2", "3", "same-llc,2,3", "ok") CELL("pipe", "1", "2", "same-cpu,1,1",
			"ok") CELL("pipe", "1", "1", "same-llc,2,3", "fail")
			CELL("pipe", "7", "9", "same-cpu,1,1", "skip"));
	replay_on(f, FOUR_CORES);
	assert_int_equal(f->plan.launch_count, 4);
	expect_launch(f, 0, "pipe", 1, 2, 3);
	expect_launch(f, 1, "pipe", 1, 1, 1);
	expect_launch(f, 2, "pipe", 2, 2, 3);
	expect_launch(f, 3, "pipe", 7, 1, 1);
	assert_int_equal(f->replay.settings.trials, 7);
	assert_int_equal(f->replay.settings.seed, 42);
	assert_int_equal(f->replay.deviation_count, 0);
}

static void test_other_cpus_of_the_same_class(void **state)
{
	struct fixture *f = *state;
	const struct deviation *d;

	put_run(f, PIPE_COMMAND "\"cross-cpu\"]", CELL("pipe", "1", "1", "same-llc,2,3", "ok"));
	replay_on(f, TWO_CORES);
	assert_int_equal(f->plan.launch_count, 1);
	d = deviation_of(f, "instead of 2,3: CPU 2 is not online");
	assert_string_equal(d->cell, "pipe block latency 64 B same-llc");
	assert_int_equal(f->replay.deviation_count, 1);
	/* --cpus as well, though it names them */
	put_run(f,
		"\"command\": [\"ipcbench\", \"-tpipe\", \"-s64\", \"-mlatency\", \"-d1\", "
		"\"--warmup=0\", \"--cpus=2,3\"]",
		CELL("pipe", "1", "1", "same-llc,2,3", "ok"));
	replay_on(f, FOUR_CORES);
	expect_launch(f, 0, "pipe", 1, 2, 3);
	assert_int_equal(f->replay.deviation_count, 0);
	replay_on(f, TWO_CORES);
	assert_int_equal(f->plan.launch_count, 1);
	deviation_of(f, "instead of 2,3");
}

static void test_a_class_that_is_not_here(void **state)
{
	struct fixture *f = *state;

	put_run(f, PIPE_COMMAND "\"same-cpu,cross-cpu\"]",
		CELL("pipe", "1", "1", "same-llc,2,3", "ok") CELL("pipe", "1", "2", "same-cpu,3,3",
			"ok") CELL("pipe", "2", "3", "same-llc,2,3", "ok"));
	replay_on(f, ONE_CORE);
	assert_int_equal(f->plan.launch_count, 1);
	expect_launch(f, 0, "pipe", 1, 0, 0);
	/* told once, for the cell */
	assert_int_equal(deviation_of(f, "not measured: same-llc needs")->cells, 1);
	deviation_of(f, "CPUs 0,0 instead of 3,3");
	assert_int_equal(f->replay.deviation_count, 2);
	/* it stays in the plan as a skip */
	assert_int_equal(f->plan.item_count, 2);
}

static void test_cells_come_and_go(void **state)
{
	struct fixture *f = *state;

	put_run(f,
		"\"command\": [\"ipcbench\", \"-t\", \"pipe,unix-stream,eventfd\", \"-s64\", "
		"\"-mlatency\", \"-psame-cpu\", \"-d1\", \"--warmup=0\"]",
		CELL("gone", "1", "1", "same-cpu,0,0", "ok") CELL("pipe", "1", "2", "same-cpu,0,0",
			"ok") CELL("unix-stream", "", "", "same-cpu,0,0", "skip")
			CELL("went", "1", "3", "same-cpu,0,0", "ok"));
	replay_on(f, FOUR_CORES);
	assert_int_equal(f->plan.launch_count, 1);
	expect_launch(f, 0, "pipe", 1, 0, 0);
	assert_int_equal(deviation_of(f, "plans no such cell")->cells, 2);
	assert_string_equal(
		deviation_of(f, "could run here")->cell, "unix-stream block latency 64 B same-cpu");
	assert_string_equal(
		deviation_of(f, "no row of it")->cell, "eventfd block latency same-cpu");
	/* the skip is a row, what the run did not have is none */
	assert_int_equal(f->plan.item_count, 2);
	assert_int_equal(f->plan.items[1].skip, -ECANCELED);
}

/* ---- what the files tell --------------------------------------------------------------------- */

#define ONE_ROW CELL("pipe", "1", "1", "same-cpu,1,1", "ok")

static void test_the_plan_of_env_json_goes_before_its_command(void **state)
{
	struct fixture *f = *state;

	put_run(f,
		"\"command\": [\"ipcbench\", \"--replay\", \"elsewhere\"], \"plan\": {\"options\": "
		"[\"--transport=pipe\", \"--size=64\", \"--mode=latency\", \"--placement=same-cpu\"], "
		"\"seed\": \"42\", \"duration_s\": 0.125, \"messages\": null, \"warmup_s\": 0.5}",
		ONE_ROW);
	replay_on(f, FOUR_CORES);
	assert_int_equal(f->replay.settings.seed, 42);
	assert_true(fabs(f->replay.settings.duration_s - 0.125) < 1e-12);
	assert_true(fabs(f->replay.settings.warmup_s - 0.5) < 1e-12);
	assert_int_equal(f->replay.deviation_count, 0);
	expect_launch(f, 0, "pipe", 1, 1, 1);
}

static void test_seeds(void **state)
{
	struct fixture *f = *state;

	/* 0x2b and 1, folded as the number of a run is, are 0x2a */
	put_run(f,
		"\"command\": [\"ipcbench\", \"-tpipe\", \"--seed=0x2b00000001\", \"-d1\", "
		"\"--warmup=0\"]",
		ONE_ROW);
	assert_int_equal(open_run(f), 0);
	assert_true(f->replay.settings.seed == UINT64_C(0x2b00000001));
	put_run(f, "\"command\": [\"ipcbench\", \"-tpipe\", \"--seed=43\"]", ONE_ROW);
	expect_refused(f, "seed 43 is not that of run " RUN_ID);
	put_run(f, "\"command\": [\"ipcbench\", \"-tpipe\"]",
		"1,mine,,pipe,block,copy,latency,64,1,1,same-cpu,1,1,default,ok,,,0,,,direct,"
		"default\n");
	assert_int_equal(open_run(f), 0);
	deviation_of(f, "that of the stored run is not known");
}

static void test_auto_becomes_its_trials(void **state)
{
	struct fixture *f = *state;

	put_run(f,
		"\"command\": [\"ipcbench\", \"-tpipe\", \"-s64\", \"-mlatency\", \"-psame-cpu\", "
		"\"-d1\", \"--warmup=0\", \"--auto\"]",
		ONE_ROW CELL("pipe", "2", "2", "same-cpu,1,1", "ok"));
	replay_on(f, FOUR_CORES);
	assert_false(f->replay.settings.automatic);
	assert_int_equal(f->plan.launch_count, 2);
	assert_int_equal(f->replay.settings.trials, 2);
	deviation_of(f, "--auto");
}

static void test_runs_that_cannot_be_replayed(void **state)
{
	static const char pipe[] = "\"command\": [\"ipcbench\", \"-tpipe\"]";
	struct fixture *f = *state;

	put_run(f, "\"label\": 1", ONE_ROW);
	expect_refused(f, "the command is not a list");
	put_run(f, "\"command\": [\"ipcbench\", 5]", ONE_ROW);
	expect_refused(f, "not text");
	put_run(f, "\"command\": []", ONE_ROW);
	expect_refused(f, "empty");
	put_run(f, "\"command\": [\"ipcbench\", \"topology\"]", ONE_ROW);
	expect_refused(f, "\"topology\" is not an option");
	put_run(f, "\"command\": [\"ipcbench\", \"-t\", \"nonsense\"]", ONE_ROW);
	expect_refused(f, "nonsense");
	put_run(f, "\"command\": [\"ipcbench\", \"--plugin=./evil.so\"]", ONE_ROW);
	expect_refused(f, "give --plugin FILE yourself");
	put_run(f, "\"plan\": {\"options\": [], \"seed\": -1}", ONE_ROW);
	expect_refused(f, "seed");
	put_run(f, "\"plan\": {\"options\": [], \"seed\": 42, \"duration_s\": 1e9}", ONE_ROW);
	expect_refused(f, "duration_s");
	put_run(f, pipe, CELL("pipe", "1", "1.5", "same-cpu,1,1", "ok"));
	expect_refused(f, "row 1: invalid position in the order");
	put_run(f, pipe, CELL("pipe", "99999", "1", "same-cpu,1,1", "ok"));
	expect_refused(f, "row 1: invalid trial number");
	put_run(f, pipe, ONE_ROW ONE_ROW);
	expect_refused(f, "its order is that of another row");
	put_run(f, pipe, CELL("pipe", "", "", "same-cpu,1,1", "skip"));
	expect_refused(f, "nothing to repeat");
}

static void test_directories_without_a_measurement(void **state)
{
	struct fixture *f = *state;
	char path[128];

	assert_int_equal(open_run(f), -ENOENT);
	put(f, "topology.csv", "schema_version\n");
	expect_refused(f, "another command of ipcbench");
	put_run(f, "\"command\": [\"ipcbench\"]", ONE_ROW);
	path_of(path, f, "env.json");
	unlink(path);
	expect_refused(f, "holds no env.json");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_run_gives_its_own_plan_again),
		TEST(test_the_order_is_that_of_the_rows),
		TEST(test_other_cpus_of_the_same_class),
		TEST(test_a_class_that_is_not_here),
		TEST(test_cells_come_and_go),
		TEST(test_the_plan_of_env_json_goes_before_its_command),
		TEST(test_seeds),
		TEST(test_auto_becomes_its_trials),
		TEST(test_runs_that_cannot_be_replayed),
		TEST(test_directories_without_a_measurement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
