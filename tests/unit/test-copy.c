/* SPDX-License-Identifier: MIT */
/* Copies into and out of shared memory: nothing beyond n bytes is read or written. */
#include "support/copy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Every length around the steps of a copy, at any alignment. */
static void copy_all(bool wide, bool past_caches)
{
	_Alignas(16) unsigned char from[1200], to[1200];

	for (size_t n = 0; n <= 600; n++) {
		size_t at = n % 17;

		for (size_t i = 0; i < sizeof(from); i++)
			from[i] = (unsigned char)(n + i * 7);
		memset(to, 0xEE, sizeof(to));
		if (past_caches)
			copy_past_caches(to + 16 + at, from + at, n);
		else
			copy_bytes(to + 16 + at, from + at, n, wide);
		assert_memory_equal(to + 16 + at, from + at, n);
		for (size_t i = 0; i < 16 + at; i++)
			assert_int_equal(to[i], 0xEE);
		for (size_t i = 16 + at + n; i < sizeof(to); i++)
			assert_int_equal(to[i], 0xEE);
	}
}

static void test_narrow(void **state)
{
	(void)state;
	copy_all(false, false);
}

static void test_wide(void **state)
{
	(void)state;
	if (!copy_has_wide())
		skip();
	copy_all(true, false);
}

static void test_past_caches(void **state)
{
	(void)state;
	copy_all(false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_past_caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
