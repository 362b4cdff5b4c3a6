/* SPDX-License-Identifier: MIT */
/* Histogram logs: shapes, round trips, adding, and what the reference implementation wrote. */
#include "hlog.h"

enum { ROUND_TRIPS = 1000 };

static struct hlog_shape shape_of(unsigned int digits, uint64_t lowest, uint64_t highest)
{
	struct hlog_shape s = {.digits = digits, .lowest = lowest, .highest = highest, .ratio = 1};

	assert_int_equal(hlog_shape_set(&s, NULL), 0);
	return s;
}

/* ---- shapes ---------------------------------------------------------------------------------- */

/* Counts of buckets and slots as the reference implementation has them. */
static void test_shapes(void **state)
{
	(void)state;
	struct hlog_shape s = shape_of(3, 1, HIST_MAX_NS);

	assert_int_equal(s.unit, hlog_own_shape.unit);
	assert_int_equal(s.half, hlog_own_shape.half);
	assert_int_equal(s.buckets, hlog_own_shape.buckets);
	assert_int_equal(s.slots, hlog_own_shape.slots);
	s = shape_of(2, 1000, 60000000);
	assert_int_equal(s.buckets, 10);
	assert_int_equal(2u << s.half, 256);
	assert_int_equal(s.unit, 9);
	s = shape_of(5, 1, UINT64_C(1) << 40);
	assert_int_equal(s.buckets, 24);
	assert_int_equal(2u << s.half, 262144);
	s = shape_of(0, 1, 1000000);
	assert_int_equal(s.buckets, 20);
	assert_int_equal(2u << s.half, 2);
	s = shape_of(3, 1, INT64_MAX);
	assert_int_equal(hlog_highest(&s, s.slots - 1), INT64_MAX);
}

/* Slots lie side by side, and every value finds the one that holds it. */
static void test_slots(void **state)
{
	(void)state;
	const struct hlog_shape shapes[] = {shape_of(0, 1, 1000), shape_of(1, 5, 100000),
		shape_of(2, 1000, 60000000), shape_of(3, 1, HIST_MAX_NS),
		shape_of(3, 1 << 20, INT64_MAX)};

	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct hlog_shape *s = &shapes[i];

		assert_int_equal(hlog_lowest(s, 0), 0);
		assert_true(hlog_highest(s, s->slots - 1) >= s->highest);
		for (uint32_t k = 0; k < s->slots; k++) {
			uint64_t low = hlog_lowest(s, k), high = hlog_highest(s, k);

			assert_int_equal(hlog_index(s, low), k);
			assert_int_equal(hlog_index(s, high), k);
			if (k + 1 < s->slots)
				assert_int_equal(hlog_lowest(s, k + 1), high + 1);
		}
	}
}

static void test_shapes_that_do_not_exist(void **state)
{
	(void)state;
	static const struct hlog_shape bad[] = {
		{.digits = 6, .lowest = 1, .highest = 1000},
		{.digits = 3, .lowest = 0, .highest = 1000},
		{.digits = 3, .lowest = 600, .highest = 1000},
		{.digits = 3, .lowest = 1, .highest = UINT64_C(1) << 63},
		{.digits = 5, .lowest = UINT64_C(1) << 60, .highest = INT64_MAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct hlog_shape s = bad[i];
		struct reason why = {""};

		assert_int_equal(hlog_shape_set(&s, &why), -EINVAL);
		assert_true(why.text[0] != '\0');
	}
}

/* ---- round trips ----------------------------------------------------------------------------- */

static void test_round_trip(void **state)
{
	struct histogram *h = malloc(sizeof(*h));

	(void)state;
	assert_non_null(h);
	for (uint64_t n = 0; n < ROUND_TRIPS; n++) {
		struct hlog_histogram sparse;
		uint64_t seed = n;

		record_random(h, &seed, (unsigned int)(n % 10));
		assert_int_equal(hlog_from(&sparse, h), 0);
		assert_int_equal(sparse.total, h->total);
		check_round_trip(&sparse);
		if (h->total > 0 && h->overflow == 0) {
			static const double quantiles[] = {0, 0.1, 0.5, 0.9, 0.99, 0.999};

			assert_int_equal(hlog_max(&sparse), hist_highest_equivalent(h->max));
			for (size_t i = 0; i < ARRAY_SIZE(quantiles); i++)
				assert_int_equal(
					hist_highest_equivalent(hist_quantile(h, quantiles[i])),
					hlog_quantile(&sparse, quantiles[i]));
		}
		hlog_free(&sparse);
	}
	free(h);
}

/* Any digits, any range, and counts up to the largest. */
static void test_round_trip_of_other_shapes(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < ROUND_TRIPS; n++) {
		uint64_t seed = ~n;
		uint64_t lowest = 1 + below(&seed, UINT64_C(1) << below(&seed, 30));
		struct hlog_shape s = shape_of((unsigned int)below(&seed, 6), lowest,
			2 * lowest + (order_random(&seed) >> (2 + below(&seed, 55))));
		struct hlog_histogram h;

		h = (struct hlog_histogram){.shape = s};
		for (uint64_t i = below(&seed, 100); i < s.slots && h.used < 200;
			i += 1 + (below(&seed, 3) == 0 ? below(&seed, s.slots) : 0))
			assert_int_equal(
				hlog_append(&h, (uint32_t)i,
					1 + (order_random(&seed) >> (9 + below(&seed, 55)))),
				0);
		check_round_trip(&h);
		hlog_free(&h);
	}
}

static void test_largest_count(void **state)
{
	(void)state;
	struct hlog_histogram h;

	h = (struct hlog_histogram){.shape = hlog_own_shape};
	assert_int_equal(hlog_append(&h, HIST_SLOTS - 1, INT64_MAX), 0);
	assert_int_equal(hlog_append(&h, HIST_SLOTS, 1), -EOVERFLOW);
	check_round_trip(&h);
	hlog_free(&h);
}

/* Values above one hour are in the slot of one hour, so that the maximum stays in range. */
static void test_overflow(void **state)
{
	struct histogram *h = malloc(sizeof(*h));
	struct hlog_histogram sparse;

	(void)state;
	assert_non_null(h);
	hist_reset(h);
	hist_record(h, 5);
	hist_record(h, 2 * HIST_MAX_NS);
	assert_int_equal(hlog_from(&sparse, h), 0);
	assert_int_equal(sparse.total, 2);
	assert_int_equal(hlog_max(&sparse), hist_highest_equivalent(HIST_MAX_NS));
	check_round_trip(&sparse);
	hlog_free(&sparse);
	free(h);
}

/* ---- adding ---------------------------------------------------------------------------------- */

static void test_add(void **state)
{
	(void)state;
	struct hlog_shape fine = shape_of(3, 1, HIST_MAX_NS), coarse = shape_of(1, 5, 100000);
	struct hlog_histogram a, b;

	a = (struct hlog_histogram){.shape = fine};
	b = (struct hlog_histogram){.shape = fine};
	hlog_append(&a, hlog_index(&fine, 1000), 3);
	hlog_append(&a, hlog_index(&fine, 123456), 1);
	hlog_append(&b, hlog_index(&fine, 10), 2);
	hlog_append(&b, hlog_index(&fine, 1000), 4);
	assert_int_equal(hlog_add(&a, &b), 0);
	assert_int_equal(a.used, 3);
	assert_int_equal(a.total, 10);
	assert_int_equal(a.slot[1].count, 7);
	assert_int_equal(hlog_quantile(&a, 0.5), 1000);
	hlog_free(&b);
	/* with a coarser one, what lay in several slots comes to lie in one */
	b = (struct hlog_histogram){.shape = coarse};
	hlog_append(&b, hlog_index(&coarse, 1000), 5);
	assert_int_equal(hlog_add(&a, &b), 0);
	assert_int_equal(a.shape.digits, 1);
	assert_int_equal(a.shape.lowest, 5);
	assert_int_equal(a.shape.highest, HIST_MAX_NS);
	assert_int_equal(a.total, 15);
	assert_int_equal(a.used, 3);
	assert_int_equal(a.slot[1].count, 12);
	hlog_free(&a);
	hlog_free(&b);
}

/* ---- what the reference implementation wrote ------------------------------------------------- */

/* What the same implementation said of them. */
static const struct {
	const char *tag;
	uint64_t total, max, min, p50, p90;
	double mean, deviation;
} reference[] = {
	{NULL, 50, 3401614098431, 52527104, 3426746367, 1221918195711, 5.3090757869568E11,
		9.639815092735792E11},
	{"b", 50, 58195967, 4096, 35839, 50593791, 1.246994432E7, 2.1087705348610085E7},
	{"c", 50, 881730781183, 83082240, 662249471, 757155758079, 1.4211544239616E11,
		2.7335268928025635E11},
	{"d", 50, 98303, 4, 67, 86015, 24623.04, 34829.46740044125},
	{"shift", 199, 7458815, 4210688, 5836799, 7147519, 5834752.0, 941189.1440087906},
	{"zero", 50, 1048575, 8, 1023, 1048575, 187115.76, 301345.2857107647},
};

static void check_close(double a, double b)
{
	assert_true(fabs(a - b) <= 1e-14 * fabs(b));
}

static void test_reference(void **state)
{
	(void)state;
	FILE *in = fmemopen((void *)(uintptr_t)reference_log, strlen(reference_log), "r");
	struct hlog_reader reader = {.in = in, .name = "ref"};
	struct hlog_interval it;
	struct reason why = {""};

	for (size_t i = 0; i < ARRAY_SIZE(reference); i++) {
		if (hlog_read(&reader, &it, &why) != 1)
			fail_msg("%s", why.text);
		if (reference[i].tag == NULL)
			assert_null(it.tag);
		else
			assert_string_equal(it.tag, reference[i].tag);
		check_close(it.start_s, 1700000000.0 + (double)i);
		check_close(it.length_s, 0.5);
		assert_int_equal(it.hist.total, reference[i].total);
		assert_int_equal(hlog_max(&it.hist), reference[i].max);
		assert_int_equal(hlog_min(&it.hist), reference[i].min);
		assert_int_equal(hlog_quantile(&it.hist, 0.5), reference[i].p50);
		assert_int_equal(hlog_quantile(&it.hist, 0.9), reference[i].p90);
		check_close(hlog_mean(&it.hist), reference[i].mean);
		check_close(hlog_deviation(&it.hist), reference[i].deviation);
		hlog_free(&it.hist);
	}
	assert_int_equal(hlog_read(&reader, &it, &why), 0);
	hlog_reader_end(&reader);
	fclose(in);
}

/* ---- writing a log --------------------------------------------------------------------------- */

static void test_limit(void **state)
{
	(void)state;
	FILE *in = fmemopen((void *)(uintptr_t)reference_log, strlen(reference_log), "r");
	struct hlog_reader reader = {.in = in, .name = "ref", .limit = 64};
	struct hlog_interval it;
	struct reason why = {""};

	assert_int_equal(hlog_read(&reader, &it, &why), -EFBIG);
	assert_non_null(strstr(why.text, "ref: exceeds the limit of 64 B for a log"));
	hlog_reader_end(&reader);
	fclose(in);
}

static void test_log(void **state)
{
	uint64_t seed = 3;
	char *text = random_text(&seed), *log = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&log, &len);

	(void)state;
	assert_int_equal(hlog_write_head(out, 1795250889.125, "made by a test"), 0);
	assert_int_equal(hlog_write_interval(out, "a", 0, 0.25, 1234567, text), 0);
	assert_int_equal(hlog_write_interval(out, NULL, 1.5, 0.02, 499, text), 0);
	fclose(out);
	const char *head =
		"#[made by a test]\n"
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: 1795250889.125 (seconds since epoch), 2026-11-21T08:48:09Z]\n"
		"#[BaseTime: 1795250889.125 (seconds since epoch)]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n";

	assert_memory_equal(log, head, strlen(head));
	const char *line = log + strlen(head);

	assert_memory_equal(line, "Tag=a,0.000,0.250,1.235,HISTF", 29);
	line = strchr(line, '\n') + 1;
	assert_memory_equal(line, "1.500,0.020,0.000,HISTF", 23);
	assert_int_equal(read_all((uint8_t *)log, len), 2);
	free(log);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_shapes_that_do_not_exist),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_round_trip_of_other_shapes),
		cmocka_unit_test(test_largest_count),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
