/* SPDX-License-Identifier: MIT */
/* CSV and JSON, compared letter by letter. */
#include "results.h"

#include "results/results.h"
#include <jansson.h>

static int write_json(FILE *out, const void *results)
{
	struct results r = *(const struct results *)results;

	r.env_json = "{\"cpu\": \"test\"}";
	return json_write(out, &r);
}

/* The n-th line (from 0), for the caller to free(). */
static char *line_of(const char *text, size_t n)
{
	while (n-- > 0) {
		text = strchr(text, '\n');
		assert_non_null(text);
		text++;
	}
	return strndup(text, strcspn(text, "\n"));
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* The line begins so: columns are appended as time goes by. */
static void expect_start(const char *text, size_t n, const char *start)
{
	char *line = line_of(text, n);

	if (strncmp(line, start, strlen(start)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", line, start);
	free(line);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* Columns of trials.csv that are no metrics. */
#define TRIAL_KEYS 36
#define KEYS	   "2,20261121T020000Z-00000007,base,"

static void csv_trials_golden(void **state)
{
	struct fixture *f = *state;
	char *text = written(csv_write_trials, &f->results);

	expect_start(text, 0,
		"schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,trial,"
		"order,placement,cpu_tx,cpu_rx,idle,status,reason,flags,clock,warmup_s,duration_s,"
		"messages,bytes,lost_messages,msgs_per_s,bytes_per_s,offered_msgs_per_s,lat_kind,"
		"lat_count,lat_min_ns,lat_mean_ns,lat_p50_ns,lat_p90_ns,lat_p99_ns,lat_p999_ns,"
		"lat_p9999_ns,lat_max_ns,setup_ns,first_message_ns,tx_user_s,tx_sys_s,rx_user_s,"
		"rx_sys_s,cpu_ns_per_msg,cpu_ns_per_byte,tx_vol_csw,tx_invol_csw,rx_vol_csw,"
		"rx_invol_csw,tx_faults,rx_faults,tx_migrations,rx_migrations,mem_pss_bytes,"
		"mem_kernel_bytes,steal_s");
	expect_start(text, 1,
		KEYS "pipe,pipes,block,copy,latency,64,1,1,same-cpu,1,1,default,ok,,"
		     "steal;low-samples,tsc,,0.25,600,,,,,,rtt,600,,,2100,,3500,,,150000,,,,,,,"
		     "2100.5,,,,,,,,,,,,");
	expect_start(text, 14,
		KEYS "fifo,pipes,block,copy,latency,64,,,same-cpu,1,1,default,skip,"
		     "\"not here, \"\"never\"\"\",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
		     ",,,,,,,,,,,,");
	assert_int_equal(count_lines(text), 1 + 15);
	assert_null(strchr(text, '\r'));
	free(text);
}

static void csv_summary_golden(void **state)
{
	struct fixture *f = *state;
	char *text = written(csv_write_summary, &f->results);
	char *names = line_of(text, 0);

	static const char start[] =
		"schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,placement,"
		"cpu_tx,cpu_rx,idle,status,reason,flags,clock,lat_kind,trials,failed,duration_s,"
		"duration_s_ci_lo,duration_s_ci_hi,messages,";

	assert_memory_equal(names, start, sizeof(start) - 1);
	assert_non_null(strstr(names, ",lat_p50_ns,lat_p50_ns_ci_lo,lat_p50_ns_ci_hi,"));
	assert_null(strstr(names, "warmup_s"));
	assert_non_null(strstr(names, ",dispatch,"));
	free(names);
	assert_int_equal(count_lines(text), 1 + CELLS);
	assert_non_null(strstr(text, KEYS "pipe,pipes,block,copy,latency,64,same-cpu,1,1,default,"
					  "ok,,steal;low-samples,tsc,rtt,2,0,0.25,,,600,,,"));
	/* a cell with a failed trial failed, and keeps the figures of the others */
	assert_non_null(strstr(text, "pipe,pipes,block,copy,throughput,4096,same-cpu,1,1,default,"
				     "fail,the receiver was killed by signal 9,,tsc,,2,1,0.25,"));
	assert_non_null(strstr(text, "eventfd,notifications,block,,latency,,same-cpu,"));
	assert_non_null(strstr(text, "65536,same-cpu,1,1,default,skip,"
				     "\"not measured, because the run was interrupted before it\","
				     ",,,,,"));
	free(text);
}

/* Splits CSV as RFC 4180 says; returns the number of rows, each with the same number of fields. */
static size_t csv_rows(const char *s, size_t *fields, char *label, size_t len)
{
	size_t rows = 0, field = 0, at = 0;
	bool quoted = false;

	for (; *s != '\0'; s++) {
		if (*s == '"') {
			if (quoted && s[1] == '"')
				s++;
			else {
				quoted = !quoted;
				continue;
			}
		} else if (!quoted && (*s == ',' || *s == '\n')) {
			field++;
			if (*s == '\n') {
				assert_true(rows == 0 || field == *fields);
				*fields = field;
				field = 0;
				rows++;
			}
			continue;
		}
		if (rows == 1 && field == 2 && at + 1 < len)
			label[at++] = *s;
	}
	label[at] = '\0';
	assert_false(quoted);
	return rows;
}

/* A quote alone is reason enough for quotes around a field. */
static void csv_quotes_a_quote(void **state)
{
	struct fixture *f = *state;

	f->settings.label = "say \"so\"";
	char *text = written(csv_write_trials, &f->results);

	expect_start(text, 1, "2,20261121T020000Z-00000007,\"say \"\"so\"\"\",pipe,pipes,block,");
	free(text);
}

static const char hostile[] = "a,b\"c\"\r\nd;\xff=\x1b[31m|`x`, \xc3\xa4";

static void csv_hostile_label(void **state)
{
	struct fixture *f = *state;
	size_t fields = 0;
	char label[128];

	f->settings.label = hostile;
	char *text = written(csv_write_trials, &f->results);

	assert_int_equal(csv_rows(text, &fields, label, sizeof(label)), 16);
	assert_int_equal(fields, TRIAL_KEYS + METRIC_COUNT);
	assert_string_equal(label, hostile);
	free(text);
}

static void csv_ignores_locale(void **state)
{
	static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "sv_SE.UTF-8"};
	struct fixture *f = *state;
	char *want = written(csv_write_trials, &f->results);
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(locales) && !found; i++)
		found = setlocale(LC_ALL, locales[i]) != NULL;
	char *have = written(csv_write_trials, &f->results);

	assert_string_equal(have, want);
	free(have);
	free(want);
	if (!found)
		skip();
}

static void csv_full_device(void **state)
{
	struct fixture *f = *state;
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		skip();
	assert_int_equal(csv_write_trials(full, &f->results), -ENOSPC);
	fclose(full);
	full = fopen("/dev/full", "w");
	assert_int_equal(json_write(full, &f->results), -ENOSPC);
	fclose(full);
}

static void percentiles_grid(void **state)
{
	struct fixture *f = *state;
	struct histogram *h = malloc(sizeof(*h));

	f->hists[PIPE_LAT] = h;
	hist_reset(h);
	for (uint64_t ns = 1; ns <= 1000; ns++)
		hist_record(h, ns);
	char *text = written(csv_write_percentiles, &f->results);

	expect_start(text, 0,
		"schema_version,run_id,label,transport,family,wait,copy,mode,size_bytes,placement,"
		"cpu_tx,cpu_rx,idle,clock,lat_kind,quantile,value_ns,count_beyond");
#define PIPE_ROW KEYS "pipe,pipes,block,copy,latency,64,same-cpu,1,1,default,tsc,rtt,"
	expect_start(text, 1, PIPE_ROW "0,1,999");
	expect_start(text, 2, PIPE_ROW "0.1,100,900");
	expect_start(text, 6, PIPE_ROW "0.5,500,500");
	expect_start(text, 7, PIPE_ROW "0.55,550,450");
	/* 0.9875 leaves 12.5 values, the step after it fewer than ten */
	size_t last = count_lines(text) - 1;

	expect_start(text, last, PIPE_ROW "1,1000,0");
	char *line = line_of(text, last - 1);

	/* the 18th field */
	const char *beyond = line;

	for (int field = 1; field < 18; field++)
		beyond = strchr(beyond, ',') + 1;
	assert_true(atof(beyond) >= 10);
	free(line);
	free(text);
}

static void percentiles_of_nothing(void **state)
{
	struct fixture *f = *state;

	f->hists[PIPE_LAT] = malloc(sizeof(*f->hists[0]));
	hist_reset(f->hists[PIPE_LAT]);
	char *text = written(csv_write_percentiles, &f->results);

	assert_int_equal(count_lines(text), 1);
	free(text);
	f->results.hists[0] = NULL;
	text = written(csv_write_percentiles, &f->results);
	assert_int_equal(count_lines(text), 1);
	free(text);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static const char *string_at(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void json_says_the_same(void **state)
{
	struct fixture *f = *state;
	char *text = written(write_json, &f->results);
	json_t *doc = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(doc);
	assert_int_equal(json_integer_value(json_object_get(doc, "schema_version")), 2);
	assert_string_equal(string_at(doc, "run_id"), f->results.run_id);
	assert_true(json_is_true(json_object_get(doc, "interrupted")));
	assert_string_equal(string_at(json_object_get(doc, "env"), "cpu"), "test");
	json_t *plan = json_object_get(doc, "plan"), *trials = json_object_get(doc, "trials");

	assert_int_equal(json_integer_value(json_object_get(plan, "seed")), 7);
	assert_true(json_is_null(json_object_get(plan, "messages")));
	assert_int_equal(json_array_size(trials), 15);
	json_t *first = json_array_get(trials, 0), *flags = json_object_get(first, "flags");

	assert_string_equal(json_string_value(json_array_get(flags, 1)), "low-samples");
	assert_int_equal(json_integer_value(json_object_get(first, "lat_p50_ns")), 2100);
	assert_true(json_real_value(json_object_get(first, "cpu_ns_per_msg")) == 2100.5);
	assert_true(json_is_null(json_object_get(first, "bytes")));
	/* every column of the CSV but the two that stand above */
	assert_int_equal(json_object_size(first), TRIAL_KEYS + METRIC_COUNT - 2);
	json_t *summary = json_object_get(doc, "summary");

	assert_int_equal(json_array_size(summary), CELLS);
	assert_string_equal(string_at(json_array_get(summary, PIPE_TP), "status"), "fail");
	assert_int_equal(json_integer_value(
				 json_object_get(json_array_get(summary, PIPE_LAT), "lat_p50_ns")),
		2150);
	json_decref(doc);
	free(text);
}

static void json_hostile_label(void **state)
{
	struct fixture *f = *state;

	f->settings.label = hostile;
	f->settings.seed = UINT64_MAX;
	char *text = written(write_json, &f->results);
	json_t *doc = json_loads(text, 0, NULL);
	json_t *plan = json_object_get(doc, "plan");

	assert_string_equal(
		string_at(plan, "label"), "a,b\"c\"\r\nd;\xef\xbf\xbd=\x1b[31m|`x`, \xc3\xa4");
	assert_string_equal(string_at(plan, "seed"), "18446744073709551615");
	json_decref(doc);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(csv_trials_golden, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_summary_golden, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_quotes_a_quote, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_hostile_label, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_ignores_locale, setup, teardown),
		cmocka_unit_test_setup_teardown(csv_full_device, setup, teardown),
		cmocka_unit_test_setup_teardown(percentiles_grid, setup, teardown),
		cmocka_unit_test_setup_teardown(percentiles_of_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(json_says_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(json_hostile_label, setup, teardown),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
