/* SPDX-License-Identifier: MIT */
/* The CSV reader: what RFC 4180 allows is read, what it does not is refused with the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "text/rows.h"
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct rows rows;
static struct reason why;

static int parse(const char *text)
{
	rows_free(&rows);
	why.text[0] = '\0';
	return rows_parse(&rows, strdup(text), strlen(text), "t.csv", &why);
}

static void test_fields_by_name(void **state)
{
	(void)state;
	assert_int_equal(parse("a,b,c\n1,,x y\n2.5,3,\n"), 0);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.columns, 3);
	assert_string_equal(rows_text(&rows, 0, "c"), "x y");
	assert_string_equal(rows_text(&rows, 1, "c"), "");
	assert_string_equal(rows_text(&rows, 1, "nothing"), "");
	assert_true(rows_number(&rows, 0, "a") == 1);
	assert_true(rows_number(&rows, 1, "a") == 2.5);
	assert_true(isnan(rows_number(&rows, 0, "b")));
	assert_true(isnan(rows_number(&rows, 0, "c")));
	assert_true(rows_has(&rows, "b"));
	assert_false(rows_has(&rows, "d"));
}

static void test_quotes_line_ends_and_no_last_newline(void **state)
{
	(void)state;
	assert_int_equal(parse("a,b\r\n\"x, \"\"y\"\"\nz\",\"\"\r\n1,2"), 0);
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows_text(&rows, 0, "a"), "x, \"y\"\nz");
	assert_string_equal(rows_text(&rows, 0, "b"), "");
	assert_string_equal(rows_text(&rows, 1, "b"), "2");
	assert_int_equal(parse("a,b\n1,"), 0);
	assert_string_equal(rows_text(&rows, 0, "b"), "");
	assert_int_equal(parse("a\n"), 0);
	assert_int_equal(rows.count, 0);
}

static void expect_refusal(const char *text, const char *words)
{
	assert_int_equal(parse(text), -22);
	assert_non_null(strstr(why.text, "t.csv"));
	if (strstr(why.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
}

static void test_refusals(void **state)
{
	(void)state;
	expect_refusal("", "empty");
	expect_refusal("a,b\n1\n", "line 2 has 1 fields where the header has 2");
	expect_refusal("a,b\n1,2\n1,2,3\n", "line 3 has 3");
	expect_refusal("a\n\"x\n", "line 2: a quoted field");
	expect_refusal("a\n\"x\"y\n", "line 2: a quoted field");
	rows_free(&rows);
	assert_int_equal(rows_parse(&rows, calloc(4, 1), 3, "t.csv", &why), -22);
	assert_non_null(strstr(why.text, "0 byte"));
}

static void test_files(void **state)
{
	(void)state;
	rows_free(&rows);
	assert_int_equal(rows_load(&rows, "/nonexistent/x.csv", &why), -2);
	assert_non_null(strstr(why.text, "/nonexistent/x.csv: No such file"));
	assert_int_equal(rows_load(&rows, "/tmp", &why), -21);
	assert_non_null(strstr(why.text, "/tmp: not a regular file but a directory"));
}

static int teardown(void **state)
{
	(void)state;
	rows_free(&rows);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_by_name),
		cmocka_unit_test(test_quotes_line_ends_and_no_last_newline),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
