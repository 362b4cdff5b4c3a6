/* SPDX-License-Identifier: MIT */
/* The offset between two CPUs' clocks: what must hold on any machine, however busy. */
#include "measure/clock.h"
#include "measure/topology.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool pair(int *a, int *b)
{
	struct reason why = {""};
	struct topology *topo = topology_load(&why);
	enum placement is;

	assert_non_null(topo);
	int r = topology_pick(topo, PLACE_CROSS_CPU, a, b, &is, &why);

	topology_free(topo);
	return r == 0;
}

static void test_same_cpu(void **state)
{
	struct clock clk;
	struct offset o = {1, 1, 1};
	struct reason why = {""};

	(void)state;
	clock_use_syscall(&clk);
	assert_int_equal(offset_measure(&clk, 0, 0, &o, &why), 0);
	assert_true(o.estimate_ns == 0 && o.bound_ns == 0);
}

/* One clock for all CPUs: the truth is 0, and the interval has to hold it. */
static void test_bound_holds_the_truth(void **state)
{
	struct clock clk;
	struct offset o;
	struct reason why = {""};
	int a, b;

	(void)state;
	if (!pair(&a, &b))
		skip();
	clock_use_syscall(&clk);
	int r = offset_measure(&clk, a, b, &o, &why);

	if (r == -ETIMEDOUT)
		skip();
	assert_string_equal(why.text, "");
	assert_int_equal(r, 0);
	assert_true(o.bound_ns > 0);
	assert_true(fabs(o.estimate_ns) <= o.bound_ns);
	assert_true(o.exchanges >= 256);
}

/* Seen from the other side the offset has the other sign, as far as the bounds tell. */
static void test_sides_agree(void **state)
{
	struct clock clk;
	struct offset o = {0}, back = {0};
	struct reason why = {""};
	int a, b;

	(void)state;
	clock_calibrate(&clk, 0, &why);
	if (!pair(&a, &b))
		skip();
	int r = offset_measure(&clk, a, b, &o, &why);

	if (r == 0)
		r = offset_measure(&clk, b, a, &back, &why);
	if (r == -ETIMEDOUT)
		skip();
	assert_int_equal(r, 0);
	assert_true(fabs(o.estimate_ns + back.estimate_ns) <= o.bound_ns + back.bound_ns);
}

static void test_cpu_that_is_not_there(void **state)
{
	struct clock clk;
	struct offset o;
	struct reason why = {""};

	(void)state;
	clock_use_syscall(&clk);
	assert_int_equal(offset_measure(&clk, 0, 1023, &o, &why), -EINVAL);
	assert_non_null(strstr(why.text, "CPU 1023"));
	assert_int_equal(offset_measure(&clk, -1, 0, &o, &why), -EINVAL);
	assert_non_null(strstr(why.text, "CPU -1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_cpu),
		cmocka_unit_test(test_bound_holds_the_truth),
		cmocka_unit_test(test_sides_agree),
		cmocka_unit_test(test_cpu_that_is_not_there),
	};

	return cmocka_run_group_tests_name("offset", tests, NULL, NULL);
}
