/* SPDX-License-Identifier: MIT */
/* What of a command line makes the plan of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "replay/replay.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The options as `plan` of env.json has them. */
static void expect_options(const struct saved_options *r, const char *expected)
{
	const struct settings none = {.trials = 0};
	json_t *o = saved_options_json(r, &none), *list = json_object_get(o, "options");
	char joined[1024] = "";
	size_t len = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		len += (size_t)snprintf(joined + len, sizeof(joined) - len, "%s%s",
			i == 0 ? "" : " ", json_string_value(json_array_get(list, i)));
	assert_string_equal(joined, expected);
	json_decref(o);
}

static void expect_saved(const char *const *words, size_t n, const char *expected)
{
	struct saved_options r;
	struct reason why = {""};

	if (saved_options_read(&r, words, n, &why) != 0)
		fail_msg("%s", why.text);
	expect_options(&r, expected);
	saved_options_free(&r);
}
#define EXPECT_SAVED(expected, ...)                                                                \
	do {                                                                                       \
		static const char *const words[] = {__VA_ARGS__};                                  \
		expect_saved(words, ARRAY_SIZE(words), expected);                                  \
	} while (0)

static void expect_refusal(const char *const *words, size_t n, const char *because)
{
	struct saved_options r;
	struct reason why = {""};

	assert_int_equal(saved_options_read(&r, words, n, &why), -EINVAL);
	if (strstr(why.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, because);
	saved_options_free(&r);
}
#define EXPECT_REFUSAL(because, ...)                                                               \
	do {                                                                                       \
		static const char *const words[] = {__VA_ARGS__};                                  \
		expect_refusal(words, ARRAY_SIZE(words), because);                                 \
	} while (0)

static void test_options_of_the_plan_are_kept(void **state)
{
	(void)state;
	EXPECT_SAVED("", "ipcbench");
	EXPECT_SAVED("--transport=pipe,shm:segment=sysv --size=64 --duration=0.5 "
		     "--trials=3 --verify --slowdown=1000",
		"build/bench/ipcbench", "-t", "pipe,shm:segment=sysv", "-s64", "--dur", "0.5",
		"-T3", "--verify", "--slowdown=1000");
	EXPECT_SAVED("--idle=awake --think=1ms --dispatch=indirect --mem=rx", "ipcbench", "--idle",
		"awake", "--think=1ms", "--dispatch=indirect", "--mem", "rx");
	EXPECT_SAVED("--transport=a --transport=b --counters --trials=2", "ipcbench",
		"--transport=a", "--transport", "b", "--counters", "-qT", "2");
}

static void test_options_of_the_results_are_left_out(void **state)
{
	(void)state;
	EXPECT_SAVED("--size=64", "ipcbench", "-o", "results/x", "--csv=-", "--json", "a.json",
		"--md=b", "--label", "a b", "-qs", "64", "-v", "--color=never");
}

/* Whatever stands in a file is text. */
static void test_words_are_not_acted_upon(void **state)
{
	static const char *const words[] = {"$(touch here)", "--plugin", "/nowhere/evil.so",
		"--plugin=./evil.so", "-t", "$(touch here);`touch here`", "--label=--help"};
	struct saved_options r;
	struct reason why = {""};

	(void)state;
	assert_int_equal(saved_options_read(&r, words, ARRAY_SIZE(words), &why), 0);
	assert_int_equal(r.plugins, 2);
	expect_options(&r, "--transport=$(touch here);`touch here`");
	saved_options_free(&r);
}

static void test_other_commands_are_refused(void **state)
{
	struct saved_options r;
	struct reason why = {""};

	(void)state;
	EXPECT_REFUSAL("\"topology\" is not an option", "ipcbench", "topology", "-o", "x");
	EXPECT_REFUSAL("--help", "ipcbench", "--help");
	EXPECT_REFUSAL("--version", "ipcbench", "-V");
	EXPECT_REFUSAL("--dry-run", "ipcbench", "--dry");
	EXPECT_REFUSAL("--slice", "ipcbench", "--slice=0");
	EXPECT_REFUSAL("--replay", "ipcbench", "--replay", "x");
	EXPECT_REFUSAL("unknown option --nonsense", "ipcbench", "--nonsense");
	EXPECT_REFUSAL("short for more than one", "ipcbench", "--t=1");
	EXPECT_REFUSAL("needs a value", "ipcbench", "-t");
	assert_int_equal(saved_options_read(&r, NULL, 0, &why), -EINVAL);
	saved_options_free(&r);
}

static void test_what_env_json_keeps(void **state)
{
	static const char *const words[] = {"ipcbench", "-t", "pipe", "-o", "x", "-n", "500"};
	const struct settings by_count = {.messages = 500, .warmup_s = 0.05, .seed = UINT64_MAX};
	const struct settings by_time = {.duration_s = 0.25, .seed = 42};
	struct saved_options r;
	struct reason why = {""};

	(void)state;
	assert_int_equal(saved_options_read(&r, words, ARRAY_SIZE(words), &why), 0);
	assert_true(r.has_length && !r.has_seed && !r.has_warmup);
	json_t *o = saved_options_json(&r, &by_count);
	json_t *options = json_object_get(o, "options");

	assert_int_equal(json_array_size(options), 2);
	assert_string_equal(json_string_value(json_array_get(options, 1)), "--messages=500");
	assert_string_equal(json_string_value(json_object_get(o, "seed")), "18446744073709551615");
	assert_true(json_is_null(json_object_get(o, "duration_s")));
	assert_int_equal(json_integer_value(json_object_get(o, "messages")), 500);
	json_decref(o);
	o = saved_options_json(&r, &by_time);
	assert_int_equal(json_integer_value(json_object_get(o, "seed")), 42);
	assert_true(fabs(json_real_value(json_object_get(o, "duration_s")) - 0.25) < 1e-12);
	assert_true(json_is_null(json_object_get(o, "messages")));
	json_decref(o);
	saved_options_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_of_the_plan_are_kept),
		cmocka_unit_test(test_options_of_the_results_are_left_out),
		cmocka_unit_test(test_words_are_not_acted_upon),
		cmocka_unit_test(test_other_commands_are_refused),
		cmocka_unit_test(test_what_env_json_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
