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
	"All tables: idle default; same-cpu is CPU 1\n"
	"\n"
	"Round trip, 64 B, same-cpu\n"
	"  transport         wait   copy     p50 us  p99 us  max us  CPU us/trip  flags\n"
	"  pipe              block  copy       2.15    3.50     300         2.10  S1\n"
	"  shm:segment=sysv  spin   inplace    0.35    +400     300         0.51\n"
	"  null              block  copy       0.08    0.06     300         0.04\n"
	"\n"
	"Throughput, 4 KiB, same-cpu, batch 1, payload copied\n"
	"  transport  wait   M msg/s   low-high  GB/s   lost  CPU us/msg  CPU ns/B  flags\n"
	"  pipe       block     1.50  1.00-2.00  6.14      -        0.80      0.20  !\n"
	"  udp        block     0.60  0.40-0.80  2.46  0.99%        2.50      0.61\n"
	"\n"
	"Notification round trip, same-cpu\n"
	"  transport  wait   p50 us   low-high  p99 us   low-high  max us  CPU us/trip\n"
	"  eventfd    block    1.95  1.90-2.00    3.00  3.00-3.00     300         1.90\n"
	"\n"
	"low-high: lowest and highest trial; CPU: user and system time of both sides; +N:\n"
	"the percentile needs N more samples in a trial; null: moves nothing, the floor\n"
	"of the harness itself; !: some trials failed; the values are those of the\n"
	"others; a number after a letter: trials that have the flag, if not all; S: steal\n"
	"(the hypervisor took time away)\n"
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
	struct estimate *e = &f->summaries[cell].metric[mode_of(&f->items[cell].key)->figure];

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

static void set_p999(struct fixture *f, int cell, double first, double second)
{
	for (size_t i = 0; i < f->results.trial_count; i++)
		if (f->trials[i].item == &f->items[cell])
			f->trials[i].value[METRIC_LAT_P999] =
				f->trials[i].number == 1 ? first : second;
	summarise_all(f);
}

/* A percentile of one trial of two, which lacks 9400 samples, is not shown; nor is one below p99.
 */
static void table_leaves_out_percentiles_of_few(void **state)
{
	struct fixture *f = *state;

	set_p999(f, PIPE_LAT, 5000, 6000);
	set_p999(f, NULL_LAT, 5000, NAN);
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "p99.9 us"));
	assert_non_null(strstr(text, "5.50"));
	assert_non_null(strstr(text, "+9400"));
	free(text);
	set_p999(f, PIPE_LAT, 3000, 3100);
	text = written(table_unlimited, &f->results);
	assert_null(strstr(text, "p99.9 us"));
	free(text);
}

static int closing_80(FILE *out, const void *r)
{
	return closing_write(out, r, 80, false);
}

static int closing_56(FILE *out, const void *r)
{
	return closing_write(out, r, 56, false);
}

static int closing_5000(FILE *out, const void *r)
{
	return closing_write(out, r, 5000, false);
}

static int closing_40(FILE *out, const void *r)
{
	return closing_write(out, r, 40, false);
}

/* Behind the empty one at the beginning. */
static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (const char *at = text + 1; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	return lines;
}

/* Where a text begins in another one that has it. GCC 12 takes it for dangling if it is inlined. */
__attribute__((noinline)) static size_t place_of(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	assert_non_null(at);
	return (size_t)(at - text);
}

static void expect_remedy(struct fixture *f, const char *remedy)
{
	char *text = written(closing_80, &f->results);

	place_of(text, remedy);
	free(text);
}

/* What the tables come to, the fastest first; the floor of the harness is none of them. */
static void closing_golden(void **state)
{
	struct fixture *f = *state;
	char *text = written(closing_80, &f->results);

	assert_string_equal(text,
		"\nIn short, fastest first; Nx: N times the first value\n"
		"  64 B round trip, one CPU: pipe 2.15 us\n"
		"  64 B round trip, one CPU, spinning: shm:segment=sysv inplace 350 ns\n"
		"  4 KiB throughput, one CPU: pipe 6.14 GB/s; udp 0.40x\n"
		"  notification round trip, one CPU: eventfd 1.95 us\n"
		"2 trials per cell cannot tell what is tied: the run was interrupted\n"
		"Nothing was saved; add -o DIR to keep a run for figures and reports\n");
	free(text);
	/* the remedy is one that this run takes */
	f->results.interrupted = false;
	expect_remedy(f, "what is tied; use -T 6 or more\n");
	f->settings.automatic = true;
	expect_remedy(f, "what is tied; use a longer --max-time\n");
	f->settings.automatic = false;
	f->settings.replay = "before";
	expect_remedy(f, "what is tied; the stored run has no more\n");
	/* saved, with intervals, and nothing that tells two classes of CPUs apart */
	f->settings.csv = "rows.csv";
	f->items[EVENTFD].key.placement = PLACE_SAME_LLC;
	f->summaries[PIPE_TP].metric[METRIC_BYTES_PER_S].ci_lo = 5e9;
	f->summaries[PIPE_TP].metric[METRIC_BYTES_PER_S].ci_hi = 7e9;
	f->summaries[UDP_TP].metric[METRIC_BYTES_PER_S].ci_lo = 2e9;
	f->summaries[UDP_TP].metric[METRIC_BYTES_PER_S].ci_hi = 5e9;
	text = written(closing_80, &f->results);
	assert_non_null(strstr(text,
		"\nIn short, fastest first; Nx: N times the first value; tied: 95% CIs overlap\n"));
	assert_non_null(strstr(text, ": pipe 6.14 GB/s; udp 0.40x (tied)\n"));
	assert_non_null(strstr(text, "\n  notification round trip, two CPUs: eventfd 1.95 us\n"));
	assert_null(strstr(text, "saved"));
	assert_null(strstr(text, "cannot tell"));
	free(text);
	/* a third one without an interval may be tied as well */
	f->items[NULL_LAT].key = f->items[PIPE_TP].key;
	f->items[NULL_LAT].transport = &t_pipe;
	f->summaries[NULL_LAT] = f->summaries[PIPE_TP];
	set_interval(f, NULL_LAT, NAN, NAN);
	f->summaries[NULL_LAT].metric[METRIC_BYTES_PER_S].ci_lo = NAN;
	expect_remedy(f, "cannot tell what is tied");
}

/* An open loop has no fastest row, and is lost like any other run if nothing keeps it. */
static void closing_without_ranks(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->plan.item_count; i++)
		f->items[i].key.mode = MODE_RATE;
	char *text = written(closing_80, &f->results);

	assert_string_equal(
		text, "\nNothing was saved; add -o DIR to keep a run for figures and reports\n");
	free(text);
	f->settings.csv = "rows.csv";
	text = written(closing_80, &f->results);
	assert_string_equal(text, "");
	free(text);
}

/* However many there are, and in however many sections: ten lines, and what was cut is counted. */
static void closing_is_short(void **state)
{
	struct fixture *f = *state;
	struct item *items = calloc(20, sizeof(*items));
	struct summary *summaries = calloc(20, sizeof(*summaries));
	struct trial *trials = calloc(20, sizeof(*trials));
	static const char *const names[] = {"pipe", "alpha", "beta", "gamma", "delta", "epsilon"};
	char long_name[168] = "";

	for (size_t i = 0; i < 20; i++) {
		items[i] = make_item(&t_pipe, MODE_LATENCY, i < 12 ? 64 : 32u << i);
		items[i].key.transport = names[i % 6];
		items[i].key.idle = i < 6 ? IDLE_DEFAULT : IDLE_AWAKE;
		trials[i] = trial_of(&items[i]);
		trials[i].number = 1;
		trials[i].value[METRIC_LAT_P50] = 1000 + 500 * (double)(i % 6);
		summarise(&summaries[i], &(const double *){trials[i].value}, 1);
	}
	f->plan.items = items;
	f->plan.item_count = f->results.trial_count = 20;
	f->results.trials = trials;
	f->results.summaries = summaries;
	char *text = written(closing_56, &f->results);

	/* one trial proves nothing slower */
	assert_non_null(strstr(text, "\n  64 B round trip, one CPU: pipe 1.00 us and 5 more\n"));
	assert_non_null(strstr(text, "\n  and 7 more in the tables above\n"));
	assert_non_null(strstr(text, "\n1 trial per cell cannot tell"));
	assert_int_equal(lines_of(text), 10);
	free(text);
	/* a narrow terminal has room for fewer */
	text = written(closing_40, &f->results);
	assert_in_range(lines_of(text), 5, 10);
	assert_non_null(strstr(text, "\n  64 B round trip, one CPU: pipe"));
	free(text);
	text = written(closing_80, &f->results);
	assert_non_null(strstr(text,
		"\n  64 B round trip, one CPU: pipe 1.00 us; alpha 1.50x; beta 2.0x and 3 more\n"));
	assert_int_equal(lines_of(text), 10);
	free(text);
	/* few comparisons leave two lines to each */
	f->plan.item_count = f->results.trial_count = 6;
	text = written(closing_56, &f->results);
	assert_non_null(strstr(text, "\n  64 B round trip, one CPU: pipe 1.00 us; alpha 1.50x;\n"
				     "    beta 2.0x; gamma 2.5x; delta 3.0x; epsilon 3.5x\n"));
	free(text);
	f->plan.item_count = f->results.trial_count = 20;
	/* nor does a wide one lose what is too long for a line */
	memset(long_name, 'x', sizeof(long_name) - 1);
	for (size_t i = 0; i < 6; i++)
		items[i].key.transport = long_name;
	text = written(closing_5000, &f->results);
	assert_non_null(strstr(text, "x 2.5x and 2 more\n"));
	free(text);
	free(trials);
	free(summaries);
	free(items);
}

static void first_and_last(
	struct fixture *f, enum sorting sort, const char *first, const char *last)
{
	f->settings.sort = sort;
	char *text = written(table_unlimited, &f->results);

	assert_true(place_of(text, first) < place_of(text, last));
	assert_true(place_of(text, last) < place_of(text, "\nThroughput"));
	free(text);
}

/* Rows by speed, by CPU time and by name; the higher rate is the faster. */
static void table_sorts(void **state)
{
	struct fixture *f = *state;

	first_and_last(f, SORT_SPEED, "null", "pipe");
	first_and_last(f, SORT_CPU, "null", "pipe");
	first_and_last(f, SORT_NAME, "null", "shm:");
	f->settings.sort = SORT_SPEED;
	char *text = written(table_unlimited, &f->results);

	assert_true(place_of(text, "\n  pipe       block     1.50") < place_of(text, "\n  udp "));
	free(text);
}

/* Ratios to the baseline of the same section; of two trials without an interval. */
static void table_baseline(void **state)
{
	struct fixture *f = *state;

	f->settings.baseline = "udp";
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "CPU ns/B  ratio  flags\n  pipe "));
	assert_non_null(strstr(text, "      0.20   2.50  !\n"));
	assert_non_null(strstr(text, "      0.61   1.00\n"));
	assert_non_null(
		strstr(text, "\nNo ratios to udp, which was not measured there: \"Round trip, "));
	free(text);
	/* null moves nothing: a small ratio is no 0.0000 */
	f->settings.baseline = "pipe";
	for (size_t i = 0; i < f->results.trial_count; i++)
		if (f->results.trials[i].item == &f->items[NULL_LAT])
			f->results.trials[i].value[METRIC_LAT_P50] = 0.1;
	text = written(table_unlimited, &f->results);
	assert_non_null(strstr(text, " 0.000047"));
	/* nor is a row of another wait mode compared */
	assert_non_null(strstr(text, "0.51         -\n"));
	free(text);
	f->settings.baseline = "udp";
	struct reason why = {""};

	assert_int_equal(baseline_check(&f->plan, &why), 0);
	f->settings.baseline = "shm";
	assert_int_equal(baseline_check(&f->plan, &why), 0);
	f->settings.baseline = "tcp";
	assert_int_equal(baseline_check(&f->plan, &why), -EINVAL);
	assert_string_equal(why.text,
		"--baseline: \"tcp\" is not measured in this run; name one of pipe, shm:segment=sysv, "
		"null, udp, eventfd, fifo, posix-mq, or add it to --transport");
	f->settings.baseline = NULL;
	assert_int_equal(baseline_check(&f->plan, &why), 0);
	/* a variant is compared with what the name alone spells, and none of several is guessed */
	f->settings.baseline = "udp";
	f->items[PIPE_TP].transport = f->items[UDP_TP].transport;
	f->items[PIPE_TP].key.transport = "udp:large=yes";
	text = written(table_unlimited, &f->results);
	assert_non_null(strstr(text, "      0.20   2.50  !\n"));
	free(text);
	f->items[UDP_TP].key.transport = "udp:large=no";
	assert_int_equal(baseline_check(&f->plan, &why), -EINVAL);
	assert_string_equal(why.text, "--baseline: \"udp\" is measured in 2 variants; name one of "
				      "udp:large=yes, udp:large=no");
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

	assert_non_null(
		strstr(text, "\nAll tables: batch 1; same-cpu is CPU 1, same-llc CPUs 1 and 0\n"));
	assert_non_null(
		strstr(text, "\nRound trip, 64 B, same-cpu, idle default, payload copied\n"));
	assert_non_null(strstr(text, "\nRound trip, 64 B, same-cpu, idle awake, payload copied\n"));
	assert_non_null(
		strstr(text, "\nRound trip, 64 B, same-llc, idle default, payload in place\n"));
	assert_non_null(strstr(text,
		"\nThroughput, 4 KiB, same-cpu, idle default, memory of the receiver's node,\n"
		"  payload copied\n"));
	assert_non_null(
		strstr(text, "\nThroughput, 4 KiB, same-cpu, idle default, payload copied\n"));
	free(text);
	/* CPUs of their own within a placement; a pause */
	f->items[NULL_LAT].key.idle = IDLE_DEFAULT;
	f->items[NULL_LAT].key.think_ns = 1000000;
	f->items[EVENTFD].cell.cpu_tx = f->items[EVENTFD].cell.cpu_rx = 0;
	text = written(table_80, &f->results);
	assert_non_null(strstr(text, "\nAll tables: idle default, batch 1\n"));
	assert_non_null(strstr(text, "\nRound trip, 64 B, same-cpu (CPU 1), payload copied\n"));
	assert_non_null(strstr(
		text, "\nRound trip, 64 B, same-cpu (CPU 1), payload copied, each after a pause"));
	assert_non_null(strstr(text, "\nNotification round trip, same-cpu (CPU 0)\n"));
	free(text);
	/* what only some have is not said of all */
	f->items[PIPE_LAT].key.layout = f->items[NULL_LAT].key.layout = LAYOUT_RANDOM;
	text = written(table_80, &f->results);
	assert_non_null(strstr(text, "\nAll tables: idle default, batch 1\n"));
	assert_non_null(strstr(
		text, "\nRound trip, 64 B, same-cpu (CPU 1), layout random, payload copied"));
	f->items[PIPE_LAT].key.layout = f->items[NULL_LAT].key.layout = LAYOUT_FIXED;
	free(text);
	/* a caption says all of it, for it may stand on another page */
	text = written(latex_write, &f->results);
	assert_null(strstr(text, "All tables"));
	assert_non_null(strstr(text,
		"{Throughput, 4 KiB, same-cpu (CPU 1), idle default, batch 1, payload copied}"));
	free(text);
}

/* Milliseconds beside microseconds: each row has the unit that suits it. */
static void table_units_by_row(void **state)
{
	struct fixture *f = *state;

	for (enum metric m = METRIC_LAT_P50; m <= METRIC_LAT_P99; m++)
		f->summaries[SHM_LAT].metric[m] = (struct estimate){4.1e6, NAN, NAN, 4e6, 4.2e6};
	f->summaries[UDP_TP].metric[METRIC_MSGS_PER_S] = (struct estimate){415, NAN, NAN, 400, 430};
	char *text = written(table_unlimited, &f->results);

	assert_non_null(strstr(text, "      p50 "));
	assert_non_null(strstr(text, "  pipe              block  copy     2.15 us "));
	assert_non_null(strstr(text, "  shm:segment=sysv  spin   inplace  4.10 ms "));
	assert_non_null(strstr(text, "  null              block  copy       80 ns "));
	assert_non_null(strstr(text, "  transport  wait    msg/s     low-high "));
	assert_non_null(strstr(text, "  pipe       block  1.50 M  1.00-2.00 M "));
	assert_non_null(strstr(text, "  udp        block   415      400-430   "));
	/* one unit suits notifications, and stands in the heading */
	assert_non_null(strstr(text, "\n  transport  wait   p50 us   low-high "));
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
		"\n### Throughput, 4 KiB, same-cpu, batch 1, payload copied\n\n"
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
	assert_string_equal(line, "[  1/340] 5m40s left, pipe block latency 64 B same-cpu");
	/* twice as slow as planned, so what is left takes about twice as long */
	progress_line(line, sizeof(line), &p, "shm spin latency", 170, 340, 79);
	assert_string_equal(line, "[171/340] 5m38s left, shm spin latency");
	progress_line(line, sizeof(line), &p, "eventfd block", 339, 339, 22);
	assert_string_equal(line, "[340/340] 1s left, eve");
}

static void progress_of_nothing(void **state)
{
	struct progress p = {.total = 0};
	char line[200];

	(void)state;
	progress_line(line, sizeof(line), &p, "pipe block latency 64 B same-cpu", 0, 1, 79);
	assert_string_equal(line, "[1/0] <1s left, pipe block latency 64 B same-cpu");
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
		WITH_RUN(table_leaves_out_percentiles_of_few),
		WITH_RUN(table_sorts),
		WITH_RUN(table_baseline),
		WITH_RUN(closing_golden),
		WITH_RUN(closing_without_ranks),
		WITH_RUN(closing_is_short),
		WITH_RUN(table_color_adds_nothing),
		WITH_RUN(table_separates_unlike),
		WITH_RUN(table_units_by_row),
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
