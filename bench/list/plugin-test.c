/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench selftest`: measures the transports of plugins in every way to wait and to copy, in
 * every mode and in batches, every byte checked, and says in the words of the contract what went
 * wrong.
 */
#include "list/list.h"

#include "cli/measure-options.h"
#include "plan/guard.h"
#include "run/helpers.h"
#include "run/objects.h"
#include "run/run.h"
#include "run/watch.h"
#include "text/format.h"
#include "text/memory.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Around what mechanisms do in whole words, cache lines and pages, and above what many hold. */
#define SIZES	  "1,7,8,57,64,4095,4K,65537,1M"
#define DIFFERENT "lognormal:median=100,p99=4K,max=64K"

static const struct part {
	const char *mode, *title;
} parts[] = {
	[MODE_LATENCY] = {"latency", "round trips"},
	[MODE_THROUGHPUT] = {"throughput", "streams"},
	[MODE_RATE] = {"rate", "open loop"},
	[MODE_ONEWAY] = {"oneway", "one way"},
	[MODE_SETUP] = {"setup", "first message"},
};
_Static_assert(ARRAY_SIZE(parts) == MODE_COUNT, "each mode is a part");

/* The test of one transport. */
struct test {
	const struct transport *transport;
	const struct topology *topology;
	struct clock clock;
	struct run run;		      /* of the part under way */
	size_t ok, failed, forgotten; /* cells; objects and descriptors that close() left */
	bool hopeless; /* no cell of a part could be measured: others are not tried */
};

/* ---- settings -------------------------------------------------------------------------------- */

static void ask(struct arguments *a, const char *option, const char *value)
{
	arguments_add(a, option_find(measure_options, option, strlen(option), false, NULL), value);
}

/* The words of --wait that are in a set. */
static struct phrase waits_of(unsigned int set)
{
	struct phrase list = phrase("%s", "");

	for (unsigned int w = 0; w < WAIT_COUNT; w++)
		if ((set & WAIT_BIT(w)) != 0)
			phrase_add(&list, ",", "%s", wait_name((enum wait)w));
	return list;
}

static int read_settings(
	struct settings *s, const struct transport *t, enum mode mode, struct reason *why)
{
	const struct phrase waits = waits_of(t->waits);
	struct arguments asked = {.count = 0};

	ask(&asked, "transport", t->name);
	ask(&asked, "size",
		mode == MODE_LATENCY || mode == MODE_THROUGHPUT ? SIZES "," DIFFERENT : SIZES);
	ask(&asked, "wait", waits.text);
	ask(&asked, "copy", registry_in_place(t) ? "copy,inplace" : "copy");
	ask(&asked, "mode", parts[mode].mode);
	if (mode == MODE_RATE)
		ask(&asked, "rate", "10k");
	if (mode == MODE_THROUGHPUT)
		ask(&asked, "batch", t->batches ? "1,8" : "1");
	ask(&asked, "placement", "same-cpu,cross-cpu");
	ask(&asked, "messages", "100");
	ask(&asked, "warmup", "1ms");
	ask(&asked, "trials", "1");
	ask(&asked, "seed", "1");
	ask(&asked, "timeout", "20s");
	ask(&asked, "verify", NULL);
	int r = settings_read(s, &asked, 0, why);

	arguments_free(&asked);
	return r;
}

/* ---- what is printed of a part --------------------------------------------------------------- */

static size_t count(const struct run *run, enum status status)
{
	size_t n = 0;

	for (size_t i = 0; i < run->trial_count; i++)
		n += run->trials[i].status == status;
	return n;
}

/* Each reason once, with the first cell that has it. */
static void print_reasons(const struct run *run, enum status status)
{
	for (size_t i = 0; i < run->trial_count; i++) {
		const struct trial *t = &run->trials[i];
		bool told = t->status != status;
		char name[192];

		for (size_t k = 0; k < i && !told; k++)
			told = run->trials[k].status == status &&
			       strcmp(run->trials[k].reason.text, t->reason.text) == 0;
		if (!told)
			printf("    %s: %s: %s\n", status == STATUS_FAIL ? "failed" : "skipped",
				key_name(name, sizeof(name), &t->key,
					AXIS_ALL & ~AXIS_BIT(AXIS_TRANSPORT)),
				t->reason.text);
	}
}

static void print_part(struct test *test, const struct part *p)
{
	const struct run *run = &test->run;
	size_t ok = count(run, STATUS_OK), failed = count(run, STATUS_FAIL);
	size_t skipped = count(run, STATUS_SKIP);

	size_t all = run->plan->item_count - skipped;

	printf("  %-14s %zu of %zu cell%s passed", p->title, ok, all, all == 1 ? "" : "s");
	if (skipped > 0)
		printf(", %zu skipped", skipped);
	printf("\n");
	print_reasons(run, STATUS_FAIL);
	print_reasons(run, STATUS_SKIP);
	test->ok += ok;
	test->failed += failed;
	test->hopeless = failed > 0 && ok == 0;
}

/* ---- what rows do not show ------------------------------------------------------------------- */

static size_t open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Opens a channel of the first cell that can run, and closes it twice. */
static void close_twice(const struct test *test, const struct plan *plan)
{
	const struct item *item = plan->items;
	struct channel ch = {.state = NULL};
	struct reason why;

	while (item < plan->items + plan->item_count && item->skip != 0)
		item++;
	if (item == plan->items + plan->item_count)
		return;
	double limit_s = launch_limit(plan->settings, item);

	helpers_hurry(limit_s);
	guard_enter(item->transport, "open()", limit_s);
	/* a failure to open is in the rows */
	if (guard_leave(channel_open(&ch, item, &test->clock, &why), &why) == 0) {
		guard_enter(item->transport, "close()", limit_s);
		item->transport->close(&ch);
		guard_leave(0, NULL);
	}
	channel_close(&ch, item, limit_s);
}

static void tell_forgotten(struct test *test, size_t n, const char *what)
{
	if (n > 0)
		printf("    failed: close() left %zu %s behind\n", n, what);
	test->forgotten += n;
}

/* ---- running --------------------------------------------------------------------------------- */

static void no_step(void *arg, const struct run *run, size_t index, bool finished)
{
	(void)arg;
	(void)run;
	(void)index;
	(void)finished;
}

/* A callback has ended the driver; this child prints what there is. */
static bool save(void *arg, const struct reason *why, int signal)
{
	struct test *test = arg;

	interrupted = signal;
	run_cut(&test->run, signal == 0 ? why : NULL);
	print_part(test, &parts[test->run.plan->items->key.mode]);
	printf("%s: failed\n", test->transport->name);
	return fflush(stdout) == 0;
}

static void run_part(struct test *test, const struct settings *s, const struct part *p)
{
	struct plan plan;

	plan_build(&plan, s, test->topology);
	/* what the driver itself opens once is open after this */
	close_twice(test, &plan);
	size_t before = open_descriptors();

	test->run = (struct run){.plan = &plan};
	guard_set_save(save, objects_finish, test);
	run_plan(&test->run, &plan, &test->clock, NULL, no_step, NULL);
	close_twice(test, &plan);
	guard_set_save(NULL, objects_finish, NULL);
	size_t after = open_descriptors();

	print_part(test, p);
	tell_forgotten(test, after > before ? after - before : 0, "descriptors");
	tell_forgotten(test, objects_tracked(), "objects in the ledger");
	fflush(stdout);
	run_free(&test->run);
	plan_free(&plan);
}

/* The last line; whether it passed. */
static bool conclude(const struct test *test)
{
	const char *name = test->transport->name;
	bool passed = false;

	if (interrupted)
		printf("%s: interrupted\n", name);
	else if (test->failed > 0)
		printf("%s: failed, %zu of %zu cell%s\n", name, test->failed,
			test->ok + test->failed, test->ok + test->failed == 1 ? "" : "s");
	else if (test->forgotten > 0)
		printf("%s: failed, close() is not complete\n", name);
	else if (test->ok == 0)
		printf("%s: failed, no cell could be measured\n", name);
	else
		passed = printf("%s: passed, %zu cell%s\n", name, test->ok,
				 test->ok == 1 ? "" : "s") > 0;
	return passed;
}

static bool run_test(const struct transport *t, const struct topology *topo, struct reason *why)
{
	struct test test = {.transport = t, .topology = topo};
	char path[512];

	clock_calibrate(&test.clock, 0, NULL);
	printf("%s, from %s\n", t->name,
		format_plain(path, sizeof(path), registry_plugin_of(t), format_utf8()));
	fflush(stdout);
	for (enum mode mode = 0; mode < MODE_COUNT && !test.hopeless && !interrupted; mode++) {
		struct settings s;
		int r = read_settings(&s, t, mode, why);

		if (r == 0)
			run_part(&test, &s, &parts[mode]);
		settings_free(&s);
		if (r < 0)
			return false;
	}
	return conclude(&test);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int selftest(void *settings, struct call *call)
{
	struct reason why = {""};
	struct topology *topo = objects_check(&why) == 0 ? topology_load(&why) : NULL;
	bool passed = true;

	(void)settings;
	(void)call;
	if (topo == NULL)
		return complain(&why, EXIT_FAILED);
	catch_signals();
	why.text[0] = '\0';
	for (size_t i = 0; i < registry_count() && !interrupted; i++)
		if (registry_plugin_of(registry_at(i)) != NULL)
			passed = run_test(registry_at(i), topo, &why) && passed;
	topology_free(topo);
	if (why.text[0] != '\0')
		complain(&why, 0);
	if (interrupted)
		return EXIT_SIGNAL + interrupted;
	return passed ? EXIT_MEASURED : EXIT_FAILED;
}

static const struct option_row selftest_options[] = {
	OPTION("plugin", 0, "FILE", read_plugin, 0,
		"the shared object, or a directory of them. May be repeated"),
	OPTION_ROWS_END,
};

static int check_plugins(void *settings, const struct arguments *given, struct reason *why)
{
	(void)settings;
	return arguments_given(given, "plugin") != NULL
		       ? 0
		       : reason_set(why, EINVAL,
				 "nothing to test; name a shared object with --plugin FILE");
}

const struct command selftest_command = {
	.name = "selftest",
	.summary = "check that the transports of a plugin keep the contract",
	.options = selftest_options,
	.doc = "Measures the transports of plugins with their default options: every way to wait "
	       "and to copy, every mode, batches, sizes around words, cache lines and pages, and "
	       "messages of different sizes. "
	       "Every byte is checked. Prints what failed, what close() left behind, and what was "
	       "skipped with the reason.",
	.exit_status =
		"0 every transport passed; 1 a transport failed; 2 wrong usage; 130 interrupted",
	.check = check_plugins,
	.run = selftest,
};
