/* SPDX-License-Identifier: MIT */
/* Needs as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* these come first: cmocka.h does not include them */
#include "advise/needs.h"
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct needs read_good(const char *text)
{
	struct reason why = {""};
	struct needs n;

	if (needs_parse(&n, text, &why) != 0)
		fail_msg("%s: %s", text, why.text);
	return n;
}

static void expect_bad(const char *text, const char *words)
{
	struct reason why = {""};
	struct needs n;

	if (needs_parse(&n, text, &why) != -EINVAL)
		fail_msg("\"%s\" was accepted", text);
	if (strstr(why.text, words) == NULL)
		fail_msg("\"%s\": \"%s\" is missing in: %s", text, words, why.text);
	assert_null(strchr(why.text, '\n'));
}

static void near(double value, double wanted)
{
	assert_true(fabs(value - wanted) <= wanted * 1e-9);
}

static void test_nothing_said(void **state)
{
	struct needs n;

	(void)state;
	needs_init(&n);
	assert_int_equal(n.given, 0);
	assert_int_equal(n.waits, WAIT_BIT_BLOCK);
	assert_int_equal(n.placement, PLACE_CROSS_CPU);
	assert_int_equal(n.reach, REACH_KIN);
	assert_int_equal(n.api, API_LINUX);
	assert_false(n.loss);
	assert_false(n.boundaries);
}

static void test_every_need(void **state)
{
	struct needs n = read_good(
		"size=1K rate=200k/s bandwidth=4GB/s p50<9.5us p99<=20us,cpu<500ns"
		" reach=host persistence=kernel shape=message family=sockets boundaries=yes"
		" api=posix\tloss=yes wait=spin,placement=same-cpu");

	(void)state;
	assert_int_equal(n.given, (1u << NEED_PRODUCERS) - 1);
	assert_int_equal(n.size, 1024);
	near(n.limit[NEED_RATE].value, 200000);
	near(n.limit[NEED_BANDWIDTH].value, 4e9);
	near(n.limit[NEED_P50].value, 9500);
	assert_true(n.limit[NEED_P50].strict);
	near(n.limit[NEED_P99].value, 20000);
	assert_false(n.limit[NEED_P99].strict);
	near(n.limit[NEED_CPU].value, 500);
	assert_int_equal(n.reach, REACH_HOST);
	assert_int_equal(n.persistence, PERSIST_KERNEL);
	assert_int_equal(n.shape, SHAPE_MESSAGE);
	assert_string_equal(need_families[n.family], "sockets");
	assert_true(n.boundaries);
	assert_int_equal(n.api, API_POSIX);
	assert_true(n.loss);
	assert_int_equal(n.waits, WAIT_BIT_SPIN);
	assert_int_equal(n.placement, PLACE_SAME_CPU);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(read_good("persistence=no").persistence, PERSIST_PROCESS);
	assert_int_equal(read_good("persistence=process").persistence, PERSIST_PROCESS);
	assert_int_equal(read_good("persistence=file").persistence, PERSIST_FILE);
	assert_int_equal(read_good("shape=notify").shape, SHAPE_NOTIFY);
	assert_int_equal(read_good("shape=stream").shape, SHAPE_STREAM);
	assert_int_equal(read_good("shape=memory").shape, SHAPE_MEMORY);
	assert_int_equal(read_good("reach=network").reach, REACH_NETWORK);
	assert_int_equal(read_good("api=sysv").api, API_SYSV);
	assert_int_equal(read_good("api=bsd").api, API_BSD);
	assert_int_equal(read_good("api=linux").api, API_LINUX);
	assert_int_equal(read_good("wait=any").waits, WAIT_BIT(WAIT_COUNT) - 1);
	assert_int_equal(read_good("wait=epoll").waits, WAIT_BIT_EPOLL);
	assert_int_equal(read_good(",, size=64 ,\n").size, 64);
}

static void test_misspelt(void **state)
{
	(void)state;
	expect_bad("sise=1K", "did you mean size?");
	expect_bad("reech=host", "did you mean reach?");
	expect_bad("latency<5us", "\"latency\" is not one of size, rate");
	expect_bad("xyzzy=1", "placement");
	expect_bad("reach=hots", "did you mean host?");
	expect_bad("placement=same-lcc", "did you mean same-llc?");
	expect_bad("shape=notification", "stream, message, memory, notify");
	expect_bad("=5", "\"\" is not one of");
	expect_bad("SIZE=64", "is not one of");
}

static void test_operators(void **state)
{
	(void)state;
	expect_bad("p99=20us", "need p99: does not take \"=\"; write p99<20us");
	expect_bad("p99>20us", "need p99: does not take \">\"");
	expect_bad("size<1K", "need size: does not take \"<\"; write size=1K");
	expect_bad("rate>=1k", "need rate: does not take \">\"");
	expect_bad("p99", "need p99: the value is missing");
	expect_bad("p99 < 20us", "the value is missing; write p99<20us");
	expect_bad("size", "write size=1K");
}

static void test_values(void **state)
{
	(void)state;
	expect_bad("size=0", "need size: ");
	expect_bad("size=", "need size: ");
	expect_bad("size=-1", "need size: ");
	expect_bad("size=2G", "limit of 1 GiB");
	expect_bad("size=99999999999999999999", "exceeds the limit of");
	expect_bad("size==64", "need size: ");
	expect_bad("rate=0", "need rate: ");
	expect_bad("rate=1.5k", "need rate: ");
	expect_bad("rate=/s", "need rate: ");
	expect_bad("bandwidth=fast", "need bandwidth: ");
	expect_bad("p99<", "need p99: ");
	expect_bad("p99<<1us", "need p99: ");
	expect_bad("p99<nan", "need p99: ");
	expect_bad("p99<inf", "need p99: ");
	expect_bad("p99<0", "is below the minimum of 1 ns");
	expect_bad("p50<0x10us", "need p50: ");
	expect_bad("p50<2h", "exceeds the limit of");
	expect_bad("cpu<-5us", "need cpu: ");
	expect_bad("boundaries=maybe", "no, yes");
	expect_bad("wait=", "block, spin");
}

static void test_several_sides(void **state)
{
	struct needs n = read_good("rate=1k producers=4");

	(void)state;
	assert_int_equal(needs_topology(&n), sides_make(TOPOLOGY_FAN_IN, 4, false));
	n = read_good("subscribers=3");
	assert_int_equal(needs_topology(&n), sides_make(TOPOLOGY_FAN_OUT, 3, false));
	n = read_good("clients=8 p99<1ms");
	assert_int_equal(needs_topology(&n), sides_make(TOPOLOGY_SERVER, 8, false));
	n = read_good("size=64");
	assert_int_equal(needs_topology(&n), 0);
}

static void test_contradictions(void **state)
{
	(void)state;
	expect_bad("size=64 rate=1 size=64", "need size: is given twice");
	expect_bad("producers=2 clients=2", "needs producers and clients");
	expect_bad("clients=1", "below the minimum of 2");
	expect_bad("clients=2 bandwidth=1M", "give rate instead");
	expect_bad("producers=2 p99<1ms", "there are no round trips");
	expect_bad("", "the value is empty");
	expect_bad(" , \t,", "the value is empty");
	expect_bad("shape=notify size=64", "no size");
	expect_bad("shape=notify,boundaries=yes", "no boundaries");
	expect_bad("bandwidth=1MB shape=notify", "no bandwidth");
	assert_int_equal(read_good("shape=notify rate=1k p99<1ms").shape, SHAPE_NOTIFY);
}

/* Whatever is typed, the answer is one line that ends. */
static void test_hostile(void **state)
{
	static const size_t lengths[] = {100, 5000, 100000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		char *text = malloc(lengths[i] + 1);

		assert_non_null(text);
		memset(text, 'p', lengths[i]);
		text[lengths[i]] = '\0';
		expect_bad(text, "is not one of");
		memcpy(text, "size=", 5);
		memset(text + 5, '9', lengths[i] - 5);
		expect_bad(text, "need size: ");
		memcpy(text, "reach=", 6);
		expect_bad(text, "need reach: ");
		memset(text, '=', lengths[i]);
		expect_bad(text, "is not one of");
		free(text);
	}
	expect_bad("%s%n=1", "is not one of");
	expect_bad("size=%s%n", "need size: ");
	expect_bad("\xff\xfe=1", "is not one of");
	expect_bad("p99<1us<2us", "need p99: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_said),
		cmocka_unit_test(test_every_need),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_misspelt),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_several_sides),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
