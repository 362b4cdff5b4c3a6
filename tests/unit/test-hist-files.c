/* SPDX-License-Identifier: MIT */
/* The names of the files of a run's distributions, and what is in them. */
#include "results.h"

#include "hist/log.h"
#include "hist/slots.h"
#include "measure/hist.h"
#include <sys/stat.h>
#include <unistd.h>

static const char *name_of(const char *spelling)
{
	static char buf[CELL_NAME_LEN];
	struct item item = make_item(&t_pipe, MODE_LATENCY, 64);

	item.key.transport = spelling;
	return cell_name(buf, sizeof(buf), &item);
}

static void test_names(void **state)
{
	struct fixture *f = *state;
	char buf[CELL_NAME_LEN];

	assert_string_equal(name_of("pipe"), "pipe_block_copy_latency_64_same-cpu_1-1_default");
	assert_string_equal(name_of("shm:segment=sysv,waiter=futex"),
		"shm+segment=sysv+waiter=futex_block_copy_latency_64_same-cpu_1-1_default");
	assert_string_equal(name_of("file:path=/tmp/a b:c"),
		"file+path=%2Ftmp%2Fa%20b%3Ac_block_copy_latency_64_same-cpu_1-1_default");
	assert_string_equal(cell_name(buf, sizeof(buf), &f->items[EVENTFD]),
		"eventfd_block_latency_same-cpu_1-1_default");
	f->items[EVENTFD].cell.cpu_tx = f->items[EVENTFD].cell.cpu_rx = -1;
	f->items[EVENTFD].key.placement = PLACE_NONE;
	assert_string_equal(cell_name(buf, sizeof(buf), &f->items[EVENTFD]),
		"eventfd_block_latency_none_default");
}

/* Long ones stay short enough for a file system, and apart. */
static void test_long_names(void **state)
{
	char a[1000] = "file:path=", b[1000], name[CELL_NAME_LEN];

	(void)state;
	memset(a + strlen(a), 'x', 900);
	memcpy(b, a, sizeof(b));
	b[900] = 'y';
	snprintf(name, sizeof(name), "%s", name_of(a));
	assert_true(strlen(name) < 200);
	assert_null(strchr(name, '/'));
	assert_string_not_equal(name, name_of(b));
	assert_string_equal(name, name_of(a));
	assert_non_null(strstr(name, "_block_copy_latency_64_same-cpu_1-1_default"));
}

/* Gives a latency cell two trials with what others will read. */
static void record(struct fixture *f, int item)
{
	struct histogram *h = calloc(1, sizeof(*h));
	struct hlog_histogram sparse;
	double start = 1700000000.0004;

	hist_reset(h);
	hist_record(h, 2000);
	hist_record(h, 2 * HIST_MAX_NS);
	f->hists[item] = h;
	for (size_t i = 0; i < f->results.trial_count; i++) {
		if (f->trials[i].item != &f->items[item])
			continue;
		assert_int_equal(hlog_from(&sparse, h), 0);
		f->trials[i].hlog[0] = hlog_encode(&sparse);
		f->trials[i].started_s = start += 1;
		f->trials[i].value[METRIC_LAT_MAX] = 2.0 * HIST_MAX_NS;
		hlog_free(&sparse);
	}
}

static size_t intervals_of(const char *path, const char *tag)
{
	FILE *in = fopen(path, "re");
	struct hlog_reader reader = {.in = in, .name = path};
	struct hlog_interval it;
	struct reason why = {""};
	size_t n = 0;
	int r;

	assert_non_null(in);
	while ((r = hlog_read(&reader, &it, &why)) == 1) {
		assert_string_equal(it.tag, tag);
		/* the head has no more than milliseconds */
		assert_true(fabs(it.start_s - (1700000001.0 + (double)n)) < 0.0015);
		assert_true(it.start_s >= reader.start_s);
		assert_int_equal(it.hist.total, 2);
		assert_int_equal(hlog_max(&it.hist), hist_highest_equivalent(HIST_MAX_NS));
		hlog_free(&it.hist);
		n++;
	}
	assert_int_equal(r, 0);
	hlog_reader_end(&reader);
	fclose(in);
	return n;
}

static void test_files(void **state)
{
	struct fixture *f = *state;
	char dir[] = "/tmp/test-hist-files-XXXXXX", path[128], line[256];
	const char *name = "pipe_block_copy_latency_64_same-cpu_1-1_default";
	unsigned int logged[CELLS] = {0};
	struct reason why = {""};

	assert_non_null(mkdtemp(dir));
	f->results.logged = logged;
	record(f, PIPE_LAT);
	/* a cell of the same name as another */
	f->items[NULL_LAT] = f->items[PIPE_LAT];
	record(f, NULL_LAT);
	assert_int_equal(hist_files_save(dir, &f->results, &why), 0);
	snprintf(path, sizeof(path), "%s/hist/%s.hlog", dir, name);
	assert_int_equal(intervals_of(path, name), 2);
	FILE *in = fopen(path, "re");
	bool told = false;

	while (fgets(line, sizeof(line), in) != NULL)
		told = told ||
		       strcmp(line, "#[1 values above one hour are counted as one hour]\n") == 0;
	fclose(in);
	assert_true(told);
	/* nothing is written where nothing is new */
	unlink(path);
	assert_int_equal(hist_files_save(dir, &f->results, &why), 0);
	assert_int_equal(access(path, F_OK), -1);
	logged[PIPE_LAT] = 1;
	assert_int_equal(hist_files_save(dir, &f->results, &why), 0);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/hist/%s.hgrm", dir, name);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/hist/%s_2.hgrm", dir, name);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/hist/%s_2.hlog", dir, name);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/hist", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(hist_files_save("/nonexistent", &f->results, &why), 0);
	logged[PIPE_LAT] = 0;
	assert_int_equal(hist_files_save("/nonexistent", &f->results, &why), -ENOENT);
	assert_string_equal(why.text, "cannot create /nonexistent/hist: No such file or directory");
	for (size_t i = 0; i < f->results.trial_count; i++)
		free(f->trials[i].hlog[0]);
}

static void set_times(struct trial *t, unsigned int kind, struct histogram *h, uint64_t ns)
{
	const size_t count = mode_of(&t->key)->times[kind];
	struct hlog_histogram sparse;

	hist_reset(h);
	hist_record(h, ns);
	hist_record(h, 3 * ns);
	assert_int_equal(hlog_from(&sparse, h), 0);
	t->hlog[kind] = hlog_encode(&sparse);
	hlog_free(&sparse);
	t->value[count] = 2;
	t->value[count + METRIC_LAT_MIN - METRIC_LAT_COUNT] = (double)ns;
	t->value[count + METRIC_LAT_MAX - METRIC_LAT_COUNT] = 3 * (double)ns;
}

static int load(const char *dir, const struct fixture *f, struct trial *back)
{
	struct trial *trials[] = {&back[0], &back[1]};

	for (size_t i = 0; i < 2; i++) {
		back[i].item = &f->items[PIPE_LAT];
		for (unsigned int k = 0; k < LAT_KINDS; k++) {
			free(back[i].hlog[k]);
			back[i].hlog[k] = NULL;
		}
	}
	hist_files_load(dir, &f->plan, PIPE_LAT, trials, 2);
	return (back[0].item != NULL) + (back[1].item != NULL);
}

/* Both kinds of times come back with the trials that they are of, and only whole. */
static void test_read_back(void **state)
{
	struct fixture *f = *state;
	char dir[] = "/tmp/test-hist-files-XXXXXX", path[300], name[CELL_NAME_LEN];
	struct histogram *second[CELLS] = {NULL};
	struct reason why = {""};
	struct trial back[2];

	assert_non_null(mkdtemp(dir));
	f->items[PIPE_LAT] = make_item(&t_pipe, MODE_RATE, 64);
	f->hists[PIPE_LAT] = malloc(sizeof(struct histogram));
	second[PIPE_LAT] = malloc(sizeof(struct histogram));
	f->results.hists[1] = second;
	for (size_t i = 0; i < 2; i++) {
		f->trials[i].key = f->items[PIPE_LAT].key;
		set_times(&f->trials[i], 0, f->hists[PIPE_LAT], 1000 * (i + 1));
		set_times(&f->trials[i], 1, second[PIPE_LAT], 500 * (i + 1));
		f->trials[i].started_s = 1700000000.123 + (double)i;
		back[i] = f->trials[i];
		memset(back[i].hlog, 0, sizeof(back[i].hlog));
	}
	assert_int_equal(hist_files_save(dir, &f->results, &why), 0);
	assert_int_equal(load(dir, f, back), 2);
	for (size_t i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < LAT_KINDS; k++)
			assert_string_equal(back[i].hlog[k], f->trials[i].hlog[k]);
		assert_true(fabs(back[i].started_s - f->trials[i].started_s) < 0.001);
	}
	/* what is missing in one of both does not take what follows with it */
	back[0].value[METRIC_LAT_COUNT] = 3;
	assert_int_equal(load(dir, f, back), 1);
	assert_null(back[0].item);
	back[0].value[METRIC_LAT_COUNT] = 2;
	/* as many times, but of another trial */
	back[1].value[METRIC_SENT_MAX] = 9000;
	assert_int_equal(load(dir, f, back), 1);
	back[0].value[METRIC_LAT_COUNT] = 3;
	assert_int_equal(load(dir, f, back), 0);
	back[0].value[METRIC_LAT_COUNT] = 2;
	cell_name(name, sizeof(name), &f->items[PIPE_LAT]);
	snprintf(path, sizeof(path), "%s/hist/%s_sent.hlog", dir, name);
	assert_int_equal(truncate(path, 300), 0);
	assert_int_equal(load(dir, f, back), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(load(dir, f, back), 0);
	for (size_t i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < LAT_KINDS; k++) {
			free(back[i].hlog[k]);
			free(f->trials[i].hlog[k]);
		}
	}
	free(second[PIPE_LAT]);
	snprintf(path, sizeof(path), "rm -r %s", dir);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_back, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
