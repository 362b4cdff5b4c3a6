/* SPDX-License-Identifier: MIT */
/* The terminal table, Markdown and the progress line. */
#include "results.h"

#include "text/format.h"

static int table_80(FILE *out, const void *r)
{
	return table_write(out, r, 80, false);
}

static int table_colored(FILE *out, const void *r)
{
	return table_write(out, r, 100, true);
}

static int table_narrow(FILE *out, const void *r)
{
	return table_write(out, r, 40, false);
}

static int table_unlimited(FILE *out, const void *r)
{
	return table_write(out, r, 0, false);
}

/* Debian, Fedora and musl all have it; where not, the tests that need it are skipped. */
static void need_utf8(void)
{
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
}

static const char golden_80[] =
	"Run 20261121T020000Z-00000007 \"base\": 2 trials x 0.25 s, seed 7; interrupted\n"
	"  after 13 of 14 launches\n"
	"\n"
	"Round trip, 64 B, same-cpu (CPU 1), idle default\n"
	"  transport         wait   copy     p50 us  p99 us  max us  CPU us/trip  flags\n"
	"  pipe              block  copy       2.15    3.50     300         2.10  S1\n"
	"  shm:segment=sysv  spin   inplace    0.35    +400     300         0.51\n"
	"  null              block  copy       0.08    0.06     300         0.04\n"
	"\n"
	"Throughput, 4 KiB, same-cpu (CPU 1), idle default, batch 1, payload copied\n"
	"  transport  wait   M msg/s   low-high  GB/s   lost  CPU us/msg  CPU ns/B  flags\n"
	"  pipe       block     1.50  1.00-2.00  6.14      -        0.80      0.20  !\n"
	"  udp        block     0.60  0.40-0.80  2.46  0.99%        2.50      0.61\n"
	"\n"
	"Notification round trip, same-cpu (CPU 1), idle default\n"
	"  transport  wait   p50 us   low-high  p99 us   low-high  max us  CPU us/trip\n"
	"  eventfd    block    1.95  1.90-2.00    3.00  3.00-3.00     300         1.90\n"
	"\n"
	"low-high: lowest and highest trial; CPU: user and system time of both sides; +N:\n"
	"the percentile needs N more samples in a trial; null: moves nothing, the floor\n"
	"of the harness itself; !: some trials failed, the figures are of the others; a\n"
	"number after a letter: in so many trials, not in all; S: steal (the hypervisor\n"
	"took time away)\n"
	"\n"
	"fail pipe block throughput 4 KiB same-cpu batch 1 (1 of 3 trials): the receiver\n"
	"     was killed by signal 9\n"
	"skip fifo, posix-mq: not here, \"never\"\n"
	"skip posix-mq: not measured, because the run was interrupted before it\n";

static void table_golden(void **state)
{
	struct fixture *f = *state;
	char *text = written(table_80, &f->results);

	assert_string_equal(text, golden_80);
	free(text);
}

static void table_utf8(void **state)
{
	struct fixture *f = *state;

	need_utf8();
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "2 trials × 0.25 s, seed 7"));
	assert_non_null(strstr(text,
		"\n  transport  wait   p50 µs   low-high  p99 µs   low-high  max µs  CPU µs/trip\n"
		"  eventfd    block    1.95  1.90–2.00    3.00  3.00–3.00     300         1.90\n"));
	free(text);
}

/* Lesser columns go, then the ends of names; what names a row, its time and its CPU cost stay. */
static void table_narrows(void **state)
{
	struct fixture *f = *state;

	f->items[SHM_LAT].key.transport = "shm:segment=sysv,waiter=posix-sem,size=1M,huge=yes";
	char *text = written(table_narrow, &f->results);

	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "  ", 2) == 0 || strncmp(line, "* ", 2) == 0)
			assert_in_range(strcspn(line, "\n"), 1, 58);
	}
	assert_non_null(strstr(text, "  shm:segment~  spin   inplace    0.35         0.51\n"));
	assert_non_null(strstr(text, "  eventfd    block    1.95         1.90\n"));
	free(text);
}

static void set_interval(struct fixture *f, int cell, double lo, double hi)
{
	struct estimate *e = &f->summaries[cell].metric[modes[f->items[cell].key.mode].figure];

	e->ci_lo = lo;
	e->ci_hi = hi;
}

/* The best is marked where intervals tell it, what is tied with it where they do not. */
static void table_marks_what_intervals_tell(void **state)
{
	struct fixture *f = *state;

	set_interval(f, PIPE_TP, 1.4e6, 1.6e6);
	set_interval(f, UDP_TP, 0.5e6, 0.7e6);
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "\n* pipe "));
	assert_non_null(strstr(text, "\n  udp "));
	assert_non_null(strstr(text, "* best of its section"));
	assert_null(strstr(text, "= statistically tied"));
	free(text);
	set_interval(f, UDP_TP, 0.5e6, 1.5e6);
	text = written(markdown_write, &f->results);
	assert_non_null(strstr(text, "\n| pipe \\= | block | 1.50 "));
	assert_non_null(strstr(text, "\n| udp \\= | block | 0.60 "));
	assert_non_null(strstr(text, "= statistically tied"));
	assert_null(strstr(text, "\\* best of its section"));
	free(text);
}

/* Without its escape sequences a coloured table is the plain one. */
static void table_color_adds_nothing(void **state)
{
	struct fixture *f = *state;

	set_interval(f, PIPE_TP, 1.4e6, 1.6e6);
	set_interval(f, UDP_TP, 0.5e6, 0.7e6);
	char *colored = written(table_colored, &f->results), *to = colored;

	assert_non_null(strstr(colored, "\033[32m* pipe"));
	for (const char *from = colored; *from != '\0';) {
		if (*from == '\033')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_null(strchr(colored, '\033'));
	assert_non_null(strstr(colored, "\n* pipe       block     1.50"));
	free(colored);
}

static void table_separates_unlike(void **state)
{
	struct fixture *f = *state;

	f->items[SHM_LAT].key.placement = PLACE_SAME_LLC;
	f->items[SHM_LAT].cell.cpu_rx = 0;
	f->items[NULL_LAT].key.idle = IDLE_AWAKE;
	f->items[PIPE_TP].key.mem = MEM_RX;
	char *text = written(table_80, &f->results);

	assert_non_null(strstr(
		text, "\nRound trip, 64 B, same-cpu (CPU 1), idle default, payload copied\n"));
	assert_non_null(
		strstr(text, "\nRound trip, 64 B, same-cpu (CPU 1), idle awake, payload copied\n"));
	assert_non_null(strstr(text,
		"\nRound trip, 64 B, same-llc (CPUs 1 and 0), idle default, payload in place\n"));
	assert_non_null(strstr(text,
		"\nThroughput, 4 KiB, same-cpu (CPU 1), idle default, memory of the receiver's\n"
		"  node, batch 1, payload copied\n"));
	assert_non_null(strstr(text,
		"\nThroughput, 4 KiB, same-cpu (CPU 1), idle default, batch 1, payload copied\n"));
	free(text);
	f->items[NULL_LAT].key.idle = IDLE_DEFAULT;
	f->items[NULL_LAT].key.think_ns = 1000000;
	text = written(table_80, &f->results);
	assert_non_null(strstr(
		text, "\nRound trip, 64 B, same-cpu (CPU 1), idle default, payload copied\n"));
	assert_non_null(strstr(text,
		"\nRound trip, 64 B, same-cpu (CPU 1), idle default, payload copied, each after"));
	free(text);
}

/* The reference moved on CPU 1 by 6 %: the table says so; by 4 % it does not. */
static void table_tells_of_speeds(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->results.trial_count; i++)
		f->trials[i].cpu_tx = f->trials[i].cpu_rx = 1;
	for (size_t i = 0; i < f->results.trial_count; i++)
		f->trials[i].value[METRIC_TX_SPEED] = f->trials[i].value[METRIC_RX_SPEED] = 1e9;
	f->trials[1].value[METRIC_RX_SPEED] = 0.96e9;
	char *out = written(table_unlimited, &f->results);

	assert_null(strstr(out, "The speed of CPU"));
	free(out);
	f->trials[1].value[METRIC_RX_SPEED] = 0.94e9;
	out = written(table_unlimited, &f->results);
	assert_non_null(strstr(
		out, "The speed of CPU 1 moved by 6% between trials (0.94 to 1.00 G steps/s): "));
	free(out);
}

static void table_of_nothing(void **state)
{
	struct fixture *f = *state;

	f->plan.item_count = f->results.trial_count = 0;
	f->results.interrupted = false;
	char *text = written(table_80, &f->results);

	assert_string_equal(
		text, "Run 20261121T020000Z-00000007 \"base\": 2 trials x 0.25 s, seed 7\n");
	free(text);
}

static void table_of_failures_only(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->results.trial_count; i++) {
		f->trials[i].status = STATUS_FAIL;
		strcpy(f->trials[i].reason.text, "broken");
	}
	char *text = written(table_80, &f->results);

	assert_null(strstr(text, "p50"));
	assert_non_null(
		strstr(text, "\nfail pipe block latency 64 B same-cpu and 7 more cells: broken\n"));
	free(text);
}

/* With six trials or more there is an interval, and it takes the place of the range. */
static void table_interval(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < CELLS; i++) {
		f->summaries[i].metric[METRIC_LAT_P50].ci_lo = 1234;
		f->summaries[i].metric[METRIC_LAT_P50].ci_hi = 5678;
	}
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "p50 us     95% CI"));
	assert_non_null(strstr(text, "1.95  1.23-5.68"));
	assert_non_null(strstr(text, "95% CI: of the median over the trials"));
	free(text);
	/* a row without a value has no interval to miss */
	f->summaries[SHM_LAT].metric[METRIC_LAT_P50] = (struct estimate){NAN, NAN, NAN, NAN, NAN};
	text = written(table_unlimited, &f->results);
	assert_true(strstr(text, "95% CI") < strstr(text, "\nThroughput"));
	free(text);
}

/* One of too few launches has no interval, and no range either. */
static void table_capacity(void **state)
{
	struct fixture *f = *state;

	f->items[PIPE_LAT].key.mode = MODE_RATE;
	f->items[PIPE_LAT].key.rate = (struct rate){RATE_PERCENT, 50};
	f->summaries[PIPE_LAT].metric[METRIC_CAPACITY] = (struct estimate){2e6, NAN, NAN, 2e6, 2e6};
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "  95% CI  "));
	assert_null(strstr(text, "2.00-2.00"));
	free(text);
}

static void table_hostile_label(void **state)
{
	struct fixture *f = *state;

	f->settings.label = "a\r\n\033[31mb\xff\xc2\x9b\xc3\xa4";
	char *text = written(table_80, &f->results);

	assert_non_null(strstr(text, "\"a???[31mb???\""));
	free(text);
	need_utf8();
	text = written(table_80, &f->results);
	assert_non_null(strstr(text, "\"a???[31mb??\xc3\xa4\""));
	free(text);
}

static void table_full_device(void **state)
{
	struct fixture *f = *state;
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		skip();
	assert_int_equal(table_write(full, &f->results, 80, false), -ENOSPC);
	fclose(full);
	full = fopen("/dev/full", "w");
	assert_int_equal(markdown_write(full, &f->results), -ENOSPC);
	fclose(full);
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void markdown_golden(void **state)
{
	struct fixture *f = *state;

	f->settings.label = "a|~b~";
	char *text = written(markdown_write, &f->results);

	assert_non_null(
		strstr(text, "Run 20261121T020000Z-00000007 \"a\\|\\~b\\~\": 2 trials × 0.25 s"));
	assert_non_null(strstr(text,
		"\n### Throughput, 4 KiB, same-cpu (CPU 1), idle default, batch 1, payload copied\n\n"
		"| transport | wait | M msg/s | low-high | GB/s | lost | CPU µs/msg | CPU ns/B | flags |\n"
		"|:---|:---|---:|---:|---:|---:|---:|---:|:---|\n"
		"| pipe | block | 1.50 | 1.00–2.00 | 6.14 | - | 0.80 | 0.20 | ! |\n"
		"| udp | block | 0.60 | 0.40–0.80 | 2.46 | 0.99% | 2.50 | 0.61 |  |\n"));
	assert_non_null(strstr(text, "\n- skip fifo, posix-mq: not here, \"never\"\n"));
	free(text);
}

/* ---- the progress line ----------------------------------------------------------------------- */

static void progress_golden(void **state)
{
	struct progress p = {.total = 340, .planned_s = 340};
	char line[200];

	(void)state;
	progress_line(line, sizeof(line), &p, "pipe block latency 64 B same-cpu", 0, 0, 79);
	assert_string_equal(line, "[  1/340] pipe block latency 64 B same-cpu  5m40s left");
	/* twice as slow as planned, so what is left takes about twice as long */
	progress_line(line, sizeof(line), &p, "shm spin latency", 170, 340, 79);
	assert_string_equal(line, "[171/340] shm spin latency  5m38s left");
	progress_line(line, sizeof(line), &p, "eventfd block", 339, 339, 12);
	assert_string_equal(line, "[340/340] ev");
}

static void progress_of_nothing(void **state)
{
	struct progress p = {.total = 0};
	char line[200];

	(void)state;
	progress_line(line, sizeof(line), &p, "pipe block latency 64 B same-cpu", 0, 1, 79);
	assert_string_equal(line, "[1/0] pipe block latency 64 B same-cpu  0s left");
}

static void seconds_read_well(void **state)
{
	(void)state;
	assert_string_equal(format_seconds(-1).text, "0s");
	assert_string_equal(format_seconds(59.4).text, "59s");
	assert_string_equal(format_seconds(72).text, "1m12s");
	assert_string_equal(format_seconds(3725).text, "1h02m");
	assert_string_equal(format_seconds(1e300).text, "277777h46m");
}

/* A column's unit suits its middle, and no value of it is rounded away. */
static void scales(void **state)
{
	static const struct {
		enum quantity q;
		double values[3];
		const char *unit, *first;
	} cases[] = {
		{QUANTITY_TIME, {2100, 3500, 78000}, "us", "2.10"},
		{QUANTITY_TIME, {30, 3500, 78000}, "us", "0.03"},
		{QUANTITY_TIME, {3, 3500, 78000}, "ns", "3.0"},
		{QUANTITY_TIME, {1.5e6, 3e6, NAN}, "ms", "1.50"},
		{QUANTITY_RATE, {3e5, 2e6, 3e8}, "M ", "0.30"},
		{QUANTITY_BYTE_RATE, {1.2e10, 1.9e10, 0}, "GB/s", "12.0"},
		{QUANTITY_TIME, {NAN, NAN, NAN}, "ns", "-"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scale s = scale_pick(cases[i].q, cases[i].values, 3, false, glyphs(false));

		assert_string_equal(s.unit, cases[i].unit);
		assert_string_equal(scale_format(&s, cases[i].values[0]).text, cases[i].first);
	}
}

static void utf8_is_checked(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} cases[] = {
		{"a", 1},
		{"\xc3\xa4", 2},
		{"\xe2\x82\xac", 3},
		{"\xf0\x9f\x98\x80", 4},
		{"\x80", 0},
		{"\xc3", 0},
		{"\xc0\xaf", 0},
		{"\xe0\x80\x80", 0},
		{"\xed\xa0\x80", 0},
		{"\xf4\x90\x80\x80", 0},
		{"\xff", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(format_utf8_length(cases[i].text), cases[i].length);
}

#define WITH_RUN(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(table_golden),
		WITH_RUN(table_utf8),
		WITH_RUN(table_narrows),
		WITH_RUN(table_marks_what_intervals_tell),
		WITH_RUN(table_color_adds_nothing),
		WITH_RUN(table_separates_unlike),
		WITH_RUN(table_tells_of_speeds),
		WITH_RUN(table_of_nothing),
		WITH_RUN(table_of_failures_only),
		WITH_RUN(table_interval),
		WITH_RUN(table_capacity),
		WITH_RUN(table_hostile_label),
		WITH_RUN(table_full_device),
		WITH_RUN(markdown_golden),
		WITH_RUN(progress_golden),
		WITH_RUN(progress_of_nothing),
		cmocka_unit_test(seconds_read_well),
		cmocka_unit_test(scales),
		cmocka_unit_test(utf8_is_checked),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
