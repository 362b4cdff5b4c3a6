/* SPDX-License-Identifier: MIT */
/* The cells of a stored run: trials brought together, estimated, and put in order. */
#include "results/measured.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char header[] =
	"family,transport,wait,copy,mode,size_bytes,placement,idle,status,"
	"reason,flags,lat_p50_ns,msgs_per_s,offered_msgs_per_s,think_ns,rate\n";

static struct stored_run run;

static void read_run(const char *rows)
{
	struct reason why;
	char *text = NULL;

	assert_true(asprintf(&text, "%s%s", header, rows) > 0);
	assert_int_equal(rows_parse(&run.rows, text, strlen(text), "trials.csv", &why), 0);
	stored_run_read(&run);
}

static int teardown(void **state)
{
	(void)state;
	stored_run_free(&run);
	return 0;
}

static void test_trials_of_a_cell_are_one(void **state)
{
	(void)state;
	read_run("pipes,pipe,block,copy,latency,64,same-cpu,default,ok,,,300,,,0,\n"
		 "pipes,pipe,block,copy,latency,4096,same-cpu,default,ok,,steal,900,,,0,\n"
		 "pipes,pipe,block,copy,latency,64,same-cpu,,ok,,,100,,,,\n"
		 "pipes,pipe,block,copy,latency,64,same-cpu,default,ok,,short-run,200,,,0,\n");
	assert_int_equal(run.cell_count, 2);
	const struct measured_cell *c = &run.cells[0];

	assert_string_equal(c->family, "pipes");
	assert_string_equal(c->key.transport, "pipe");
	assert_int_equal(c->key.idle, IDLE_DEFAULT);
	assert_int_equal(c->key.size, 64);
	assert_true(c->ok && !c->failed);
	assert_int_equal(c->summary.trials, 3);
	assert_true(measured_value(c, METRIC_LAT_P50) == 200);
	assert_true(c->summary.metric[METRIC_LAT_P50].min == 100);
	assert_true(isnan(measured_value(c, METRIC_MSGS_PER_S)));
	assert_true(isnan(measured_value(c, METRIC_CPU_PER_MSG)));
	assert_int_equal(c->key.rate.kind, RATE_NONE);
	assert_int_equal(c->flags, FLAG_SHORT_RUN);
	assert_int_equal(run.cells[1].key.size, 4096);
	assert_int_equal(run.cells[1].flags, FLAG_STEAL);
	for (size_t i = 0, rows = 0; i < run.cell_count; i++) {
		const struct measured_cell *of = &run.cells[i];

		assert_ptr_equal(of->trials, run.by_cell + rows);
		rows += of->trial_count;
		assert_true(i + 1 < run.cell_count || rows == run.count);
		for (size_t n = 0; n < of->trial_count; n++)
			assert_int_equal(key_order(&of->trials[n]->key, &of->key), 0);
	}
}

/* Version 1 named both second kinds of times lat2_. */
static void test_second_times_of_version_1(void **state)
{
	struct reason why;
	char *text = strdup("transport,wait,copy,mode,size_bytes,placement,status,lat2_count,"
			    "lat2_p50_ns,lat2_kind\n"
			    "tcp,block,copy,rate,64,none,ok,7,100,send\n"
			    "tcp,block,copy,oneway,64,none,ok,9,200,back\n"
			    "tcp,block,copy,latency,64,none,ok,,,\n");

	(void)state;
	assert_int_equal(rows_parse(&run.rows, text, strlen(text), "trials.csv", &why), 0);
	stored_run_read(&run);
	assert_true(run.trials[0].value[METRIC_SENT_COUNT] == 7);
	assert_true(run.trials[0].value[METRIC_SENT_P50] == 100);
	assert_true(run.trials[1].value[METRIC_BACK_COUNT] == 9);
	assert_true(run.trials[1].value[METRIC_BACK_P50] == 200);
	for (enum metric m = METRIC_SENT_COUNT; m <= METRIC_BACK_MAX; m++) {
		bool sent = m <= METRIC_SENT_MAX;

		assert_true(isnan(run.trials[sent ? 1 : 0].value[m]));
		assert_true(isnan(run.trials[2].value[m]));
	}
}

static void test_numbers_are_in_order(void **state)
{
	(void)state;
	read_run("s,tcp,block,copy,rate,64,same-cpu,default,ok,,,1,,5000,0,100%\n"
		 "s,tcp,block,copy,rate,64,same-cpu,default,ok,,,1,,500,0,10%\n"
		 "s,tcp,block,copy,latency,1048576,same-cpu,default,ok,,,1,,,0,\n"
		 "s,tcp,block,copy,latency,512,same-cpu,default,ok,,,1,,,1000,\n"
		 "s,tcp,block,copy,latency,512,same-cpu,default,ok,,,1,,,0,\n");
	assert_int_equal(run.cell_count, 5);
	assert_int_equal(run.cells[0].key.size, 512);
	assert_int_equal(run.cells[0].key.think_ns, 0);
	assert_int_equal(run.cells[1].key.think_ns, 1000);
	assert_int_equal(run.cells[2].key.size, 1048576);
	assert_true(run.cells[3].trials[0]->value[METRIC_OFFERED] == 500);
	assert_true(run.cells[4].trials[0]->value[METRIC_OFFERED] == 5000);
}

static void test_what_skipped_and_failed(void **state)
{
	(void)state;
	read_run("q,sysv-mq,block,copy,latency,1048576,same-cpu,default,skip,too large,,,,,0,\n"
		 "q,posix-mq,block,copy,latency,64,same-cpu,default,ok,,,100,,,0,\n"
		 "q,posix-mq,block,copy,latency,64,same-cpu,default,fail,it broke,,,,,0,\n");
	assert_int_equal(run.cell_count, 2);
	assert_true(run.cells[0].failed && !run.cells[0].ok);
	assert_string_equal(run.cells[0].reason, "it broke");
	assert_int_equal(run.cells[0].summary.trials, 1);
	assert_true(!run.cells[1].failed && !run.cells[1].ok);
	assert_string_equal(run.cells[1].reason, "too large");
	assert_int_equal(run.cells[1].summary.trials, 0);
}

/* "1 256 unknown": the batches of the cells, which stand in the order of their transports. */
static const char *batches_of(char *buf, size_t len)
{
	size_t used = 0;
	char text[40];

	for (size_t i = 0; i < run.cell_count; i++)
		used += (size_t)snprintf(buf + used, len - used, "%s%s", i == 0 ? "" : " ",
			axis_spell(text, sizeof(text), &run.cells[i].key, AXIS_BATCH));
	return buf;
}

/* A ring chose its batch itself, so what a file says nothing of need not be of batch 1. */
static void test_batch_of_older_versions(void **state)
{
	char text[200];

	(void)state;
	read_run(
		"m,shm,spin,copy,latency,64,same-llc,default,ok,,,100,,,0,\n"
		"m,mmap,spin,copy,throughput,64,same-llc,default,ok,,,,100,,,\n"
		"m,pipe,block,copy,throughput,64,same-llc,default,ok,,,,100,,,\n"
		"m,shm,spin,copy,throughput,1,same-llc,default,ok,,,,100,,,\n"
		"m,shm,spin,inplace,throughput,64,same-llc,default,ok,,,,100,,,\n"
		"m,shm,spin,copy,throughput,65,same-llc,default,ok,,,,100,,,\n"
		"m,shm,spin,copy,throughput,8192,same-llc,default,ok,,,,100,,,\n"
		"m,shm,spin,copy,throughput,8193,same-llc,default,ok,,,,100,,,\n"
		"m,shm:batch=1,spin,copy,throughput,64,same-llc,default,ok,,,,100,,,\n"
		"m,\"shm:segment=sysv,batch=16\",spin,copy,throughput,64,same-llc,default,ok,,,,100"
		",,,\n"
		"m,shm:layout=inline,spin,copy,throughput,48,same-llc,default,ok,,,,100,,,\n"
		"m,shm:size=64K,spin,copy,throughput,64,same-llc,default,ok,,,,100,,,\n");
	/* by transport, mode and size */
	assert_string_equal(
		batches_of(text, sizeof(text)), "256 1  2048 256 128 2 1 1 1 16 unknown");
	assert_true(axis_is_usual(&run.cells[1].key, AXIS_BATCH));
	assert_false(axis_is_usual(&run.cells[0].key, AXIS_BATCH));
	const struct cell_key *unknown = &run.cells[run.cell_count - 1].key;
	struct cell_key again = *unknown;

	/* a value like others: read as it is written, and equal to itself alone */
	assert_false(axis_is_usual(unknown, AXIS_BATCH));
	assert_null(unknown->foreign[AXIS_BATCH]);
	assert_true(axis_read(&again, AXIS_BATCH, "unknown"));
	assert_int_equal(axis_order(unknown, &again, AXIS_BATCH), 0);
	assert_true(axis_read(&again, AXIS_BATCH, "1"));
	assert_int_not_equal(axis_order(unknown, &again, AXIS_BATCH), 0);
	assert_false(axis_read(&again, AXIS_BATCH, "0"));
}

static void test_no_row(void **state)
{
	(void)state;
	read_run("");
	assert_int_equal(run.cell_count, 0);
}

/* A load is read as it is written, ordered by kind and number, and a damaged one is kept as it is.
 */
static void test_background_loads(void **state)
{
	static const char *const ascending[] = {"none", "cpu:1", "cpu:2", "cpu:10", "memory:1024"};
	static const char *const wrong[] = {"cpu", "cpu:", "cpu:0", "cpu:1025", "cpu:-1", "cpu:1x",
		"cp:1", "none:1", "gpu:1", ":1", "cpu:18446744073709551616"};
	struct cell_key before = {.transport = ""}, key = {.transport = ""};
	char text[40];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
		assert_true(axis_read(&key, AXIS_BACKGROUND, ascending[i]));
		assert_string_equal(
			axis_spell(text, sizeof(text), &key, AXIS_BACKGROUND), ascending[i]);
		assert_int_equal(axis_is_usual(&key, AXIS_BACKGROUND), i == 0);
		assert_true(i == 0 || axis_order(&before, &key, AXIS_BACKGROUND) < 0);
		before = key;
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_false(axis_read(&key, AXIS_BACKGROUND, wrong[i]));
		assert_string_equal(
			axis_spell(text, sizeof(text), &key, AXIS_BACKGROUND), wrong[i]);
	}
	assert_true(axis_read(&key, AXIS_BACKGROUND, ""));
	assert_true(axis_is_usual(&key, AXIS_BACKGROUND));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_trials_of_a_cell_are_one, teardown),
		cmocka_unit_test_teardown(test_second_times_of_version_1, teardown),
		cmocka_unit_test_teardown(test_numbers_are_in_order, teardown),
		cmocka_unit_test_teardown(test_what_skipped_and_failed, teardown),
		cmocka_unit_test_teardown(test_batch_of_older_versions, teardown),
		cmocka_unit_test_teardown(test_no_row, teardown),
		cmocka_unit_test(test_background_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
