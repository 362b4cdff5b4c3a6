/* SPDX-License-Identifier: MIT */
/* The fingerprint: its keys, what must not be in it, and the taking apart of small files. */
#include "measure/clock.h"
#include "measure/machine.h"
#include "text/text-file.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tree.h"

#define CACHE "/sys/devices/system/cpu/cpu0/cache/index"

static json_t *fingerprint(int argc, char **argv)
{
	struct clock clk;
	struct reason why = {""};
	struct topology *topo = topology_load(&why);

	assert_non_null(topo);
	clock_use_syscall(&clk);
	char *text = environment_text(topo, &clk, argc, argv, NULL, NULL);

	topology_free(topo);
	assert_non_null(text);
	/* as a reader sees it */
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	free(text);
	assert_non_null(o);
	return o;
}

static json_t *at(json_t *o, const char *section, const char *key)
{
	return json_object_get(json_object_get(o, section), key);
}

/* Present, though perhaps null: a reader need not ask whether a key exists. */
static void test_every_key_is_there(void **state)
{
	static const struct {
		const char *section, *key;
	} keys[] = {{"ipcbench", "version"}, {"ipcbench", "cflags"}, {"ipcbench", "layout_seed"},
		{"cpu", "model"}, {"cpu", "isolated"}, {"cpu", "turbo"}, {"cpu", "caches"},
		{"cpu", "llc_bytes"}, {"cpu", "frequency_governor"}, {"cpu", "idle_driver"},
		{"kernel", "release"}, {"kernel", "os"}, {"kernel", "clocksource"},
		{"kernel", "thp"}, {"kernel", "aslr"}, {"virtual_machine", "vendor"},
		{"virtual_machine", "type"}, {"limits", "msgmax"}, {"limits", "mq_msg_max"},
		{"limits", "sem"}, {"limits", "cgroup_cpus"}, {"limits", "rlimit_msgqueue"},
		{"load", "cpu_pressure_some_avg10"}};
	char *argv[] = {"ipcbench", NULL};
	json_t *o = fingerprint(1, argv);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (at(o, keys[i].section, keys[i].key) == NULL)
			fail_msg("no %s.%s", keys[i].section, keys[i].key);
	assert_int_equal(json_integer_value(json_object_get(o, "schema_version")), 2);
	assert_int_equal(strlen(json_string_value(json_object_get(o, "started"))), 20);
	assert_non_null(json_object_get(o, "mitigations"));
	assert_true(json_integer_value(at(o, "cpu", "cpus")) >= 1);
	assert_true(json_integer_value(at(o, "memory", "total_bytes")) > 0);
	assert_string_equal(json_string_value(at(o, "clock", "name")), "clock_gettime");
	assert_int_equal(json_integer_value(at(o, "clock", "ticks_hz")), 1000000000);
	assert_true(json_number_value(at(o, "clock", "record_cost_ns")) > 0);
	json_decref(o);
}

static void test_command_line(void **state)
{
	char *argv[] = {"/home/someone/bin/ipcbench", "--output=/home/someone/r", "/home/someone",
		"/home/someone-else/r", "caf\xe9", "--label=na\xc3\xafve", NULL};
	static const char *const shown[] = {"~/bin/ipcbench", "--output=~/r", "~",
		"/home/someone-else/r", "caf\xef\xbf\xbd", "--label=na\xc3\xafve"};
	const char *set = getenv("HOME");
	char *home = set == NULL ? NULL : strdup(set);

	(void)state;
	setenv("HOME", "/home/someone/", 1);
	json_t *o = fingerprint((int)ARRAY_SIZE(argv) - 1, argv);

	if (home != NULL)
		setenv("HOME", home, 1);
	else
		unsetenv("HOME");
	free(home);
	json_t *command = json_object_get(o, "command");

	assert_int_equal(json_array_size(command), ARRAY_SIZE(shown));
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		assert_string_equal(json_string_value(json_array_get(command, i)), shown[i]);
	json_decref(o);
}

static void check_no_string_is(json_t *value, const char *secret)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(value))
		assert_string_not_equal(json_string_value(value), secret);
	json_object_foreach(value, key, member) check_no_string_is(member, secret);
	json_array_foreach(value, i, member) check_no_string_is(member, secret);
}

static void test_machine_is_not_named(void **state)
{
	char *argv[] = {"ipcbench", NULL}, host[256] = "";
	json_t *o = fingerprint(1, argv);

	(void)state;
	gethostname(host, sizeof(host) - 1);
	if (host[0] != '\0')
		check_no_string_is(o, host);
	json_decref(o);
}

/* ---- small files ---------------------------------------------------------------------------- */

static void test_read(void **state)
{
	char path[] = "/tmp/ipcbench-test-XXXXXX", buf[8] = "old";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(text_file_read(path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(write(fd, "ab c\n \n", 7), 7);
	assert_int_equal(text_file_read(path, buf, sizeof(buf)), 4);
	assert_string_equal(buf, "ab c");
	assert_int_equal(write(fd, "0123456789", 10), 10);
	/* white space goes also where the buffer cuts */
	assert_int_equal(text_file_read(path, buf, 4), 2);
	assert_string_equal(buf, "ab");
	close(fd);
	unlink(path);
	assert_int_equal(text_file_read(path, buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	assert_int_equal(text_file_read("/", buf, sizeof(buf)), -EISDIR);
	assert_string_equal(buf, "");
}

static void test_find(void **state)
{
	static const char text[] = "model\t\t: 2\nmodel name\t: AMD EPYC \nflags:\nlast=\"x\"";
	char buf[16];

	(void)state;
	assert_string_equal(text_find(text, "model", ':', buf, sizeof(buf)), "2");
	assert_string_equal(text_find(text, "model name", ':', buf, sizeof(buf)), "AMD EPYC");
	assert_string_equal(text_find(text, "flags", ':', buf, sizeof(buf)), "");
	assert_string_equal(text_find(text, "last", '=', buf, sizeof(buf)), "\"x\"");
	assert_null(text_find(text, "name", ':', buf, sizeof(buf)));
	assert_null(text_find(text, "last", ':', buf, sizeof(buf)));
	assert_null(text_find("", "x", ':', buf, sizeof(buf)));
	/* cut at the end of the buffer */
	assert_string_equal(text_find(text, "model name", ':', buf, 4), "AMD");
}

static void test_chosen(void **state)
{
	char one[] = "always [madvise] never", none[] = "always", open[] = "[x";

	(void)state;
	assert_string_equal(text_chosen(one), "madvise");
	assert_null(text_chosen(none));
	assert_null(text_chosen(open));
}

static void test_machine_facts_are_in_range(void **state)
{
	char vendor[32] = "x";
	int present = machine_hypervisor(vendor, sizeof(vendor));
	double quota = machine_cpu_quota(""), pressure = machine_cpu_pressure();

	(void)state;
	assert_true(present >= -1 && present <= 1);
	assert_true(present == 1 || vendor[0] == '\0');
	assert_true(machine_turbo("") >= -1 && machine_turbo("") <= 1);
	assert_true(isnan(quota) || quota > 0);
	assert_true(isnan(pressure) || (pressure >= 0 && pressure <= 100));
}

static char *caches_text(const char *root)
{
	json_t *caches = machine_caches(root);
	char *text = json_dumps(caches, JSON_COMPACT);

	json_decref(caches);
	return text;
}

/* Instruction caches hold no messages; what is odd is left out, and does not end the list. */
static void test_caches(void **state)
{
	static const struct tree_file files[] = {{CACHE "0/level", "1\n"},
		{CACHE "0/type", "Data\n"}, {CACHE "0/size", "48K\n"}, {CACHE "1/level", "1\n"},
		{CACHE "1/type", "Instruction\n"}, {CACHE "1/size", "32K\n"},
		{CACHE "2/level", "2\n"}, {CACHE "2/type", "Unified\n"}, {CACHE "2/size", "-1K\n"},
		{CACHE "3/level", "3\n"}, {CACHE "3/type", "Unified\n"},
		{CACHE "3/size", "32768K\n"}, {CACHE "5/level", "4\n"},
		{CACHE "5/type", "Unified\n"}, {CACHE "5/size", "1K\n"}, {NULL, NULL}};
	char root[] = "/tmp/ipcbench-caches-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(root));
	char *none = caches_text(root);

	assert_string_equal(none, "[]");
	free(none);
	tree_plant(root, files);
	char *some = caches_text(root);

	tree_remove(root);
	assert_string_equal(
		some, "[{\"name\":\"L1d\",\"bytes\":49152},{\"name\":\"L3\",\"bytes\":33554432}]");
	free(some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_is_there),
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_machine_is_not_named),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_machine_facts_are_in_range),
		cmocka_unit_test(test_caches),
	};

	return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
