/* SPDX-License-Identifier: MIT */
/* Open loops without a kernel: when messages are due, where a curve bends, what holds a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/hist.h"
#include "plan/plan.h"
#include "run/run.h"
#include "run/worker.h"
#include <errno.h>
#include <ipcbench/loops.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void constant_arrivals_do_not_drift(void **state)
{
	const struct worker w = {.period = 1.0 / 3};
	struct arrivals a = arrivals_begin(&w);

	(void)state;
	assert_true(a.due == 0);
	for (int i = 0; i < 3000000; i++)
		arrivals_next(&a);
	assert_true(fabs(a.due - 1000000) < 1e-6);
}

/* Steps of a Poisson process are exponential: mean, deviation and the share above the mean. */
static void poisson_arrivals(void **state)
{
	enum { N = 200000 };
	const struct worker w = {.period = 1000, .poisson = true, .arrivals_seed = 7};
	struct arrivals a = arrivals_begin(&w);
	double sum = 0, squares = 0;
	int above = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		double before = a.due;

		arrivals_next(&a);
		double step = a.due - before;

		assert_true(step >= 0);
		sum += step;
		squares += step * step;
		above += step > 1000;
	}
	double mean = sum / N, deviation = sqrt(squares / N - mean * mean);

	/* five standard errors */
	assert_true(fabs(mean - 1000) < 5 * 1000 / sqrt(N));
	assert_true(fabs(deviation - 1000) < 0.03 * 1000);
	assert_true(fabs((double)above / N - exp(-1)) < 0.006);
}

static void both_sides_have_one_schedule(void **state)
{
	const struct worker tx = {.period = 77, .poisson = true, .arrivals_seed = 3};
	const struct worker rx = tx;
	struct arrivals a = arrivals_begin(&tx), b = arrivals_begin(&rx);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		arrivals_next(&a);
		arrivals_next(&b);
		assert_memory_equal(&a.due, &b.due, sizeof(a.due));
	}
}

static void layout_shifts(void **state)
{
	const struct cell_key fixed = {.layout = LAYOUT_FIXED}, random = {.layout = LAYOUT_RANDOM};
	size_t stack = 0, buffers = 0, mappings = 0, page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		const struct layout_shift a = layout_shift(&random, seed << 32, SIDE_TX),
					  b = layout_shift(&random, seed << 32, SIDE_TX),
					  none = layout_shift(&fixed, seed << 32, SIDE_TX);

		assert_memory_equal(&a, &b, sizeof(a));
		assert_true(none.stack == 0 && none.buffers == 0 && none.mappings == 0);
		assert_true(a.stack < 4096 && a.stack % 16 == 0);
		assert_true(a.buffers < 4096 && a.buffers % CACHE_LINE == 0);
		assert_true(a.mappings >= 256 * page && a.mappings < 512 * page &&
			    a.mappings % page == 0);
		stack += a.stack;
		buffers += a.buffers;
		mappings += a.mappings;
	}
	/* uniform: the means are within five standard errors of the middle */
	assert_true(stack / 1000 > 1850 && stack / 1000 < 2230);
	assert_true(buffers / 1000 > 1820 && buffers / 1000 < 2210);
	assert_true(mappings / page / 1000 > 371 && mappings / page / 1000 < 396);
}

static size_t knee(const struct load_point *p, size_t n)
{
	return curve_below(p, n, knee_limit(p, n));
}

static void the_knee(void **state)
{
	struct load_point p[] = {
		{.offered = 50, .time = 90, .samples = 5e4},
		{.offered = 10, .time = 10, .samples = 1e4},
		{.offered = 90, .time = 5000, .samples = 9e4},
		{.offered = 70, .time = 99, .samples = 7e4},
		{.offered = 80, .time = 100, .samples = 8e4},
	};

	(void)state;
	curve_sort(p, ARRAY_SIZE(p));
	assert_true(p[0].offered < 11 && p[4].offered > 89);
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 2); /* 100 is not under 10 x 10 */
	/* what comes after a load that was not borne does not count */
	p[1].missed = true;
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 0);
	p[0].missed = true;
	assert_true(knee(p, ARRAY_SIZE(p)) == KNEE_NONE);
	p[0].missed = p[1].missed = false;
	/* a load with too few samples is no reference: the next one is, at 90 */
	p[0].time = NAN;
	p[3].time = 899;
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 3);
	p[0] = (struct load_point){.offered = 10, .time = 1, .samples = KNEE_SAMPLES - 1};
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 3);
	p[0].samples = KNEE_SAMPLES;
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		p[i].samples = KNEE_SAMPLES - 1;
	assert_true(knee(p, ARRAY_SIZE(p)) == KNEE_NONE);
	assert_true(knee(p, 0) == KNEE_NONE);
}

/* One disturbed load among the low ones moves no knee, whether it is the lowest or not. */
static void a_disturbed_reference(void **state)
{
	struct load_point p[] = {
		{.offered = 5, .time = 10, .samples = 5e3},
		{.offered = 10, .time = 11, .samples = 1e4},
		{.offered = 20, .time = 12, .samples = 2e4},
		{.offered = 50, .time = 40, .samples = 5e4},
		{.offered = 70, .time = 300, .samples = 7e4},
		{.offered = 100, .time = 5000, .samples = 1e5},
	};

	(void)state;
	assert_true(fabs(knee_limit(p, ARRAY_SIZE(p)) - 110) < 1e-9);
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 3);
	/* by the lowest load alone the knee would lie at 70 */
	p[0].time = 90;
	assert_true(fabs(knee_limit(p, ARRAY_SIZE(p)) - 120) < 1e-9);
	assert_int_equal(knee(p, ARRAY_SIZE(p)), 3);
	/* loads above a quarter of the highest do not count, however quiet they are */
	p[3].time = 1;
	assert_true(fabs(knee_limit(p, ARRAY_SIZE(p)) - 120) < 1e-9);
}

/* The curve of trial `number`, or with 0 of all trials. */
static size_t curve_of(struct load_point *p, const struct trial *trials, unsigned int number)
{
	const struct trial *of[12];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of); i++)
		if (number == 0 || trials[i].number == number)
			of[n++] = &trials[i];
	return load_curve(p, of, n, METRIC_LAT_P99);
}

/* Three trials of four loads; a stall in one trial of the lowest load, a missed one of another. */
static void curves_over_trials(void **state)
{
	static const double p99[3][4] = {{10, 11, 30, 900}, {9000, 12, 40, 800}, {12, 13, 50, 700}};
	struct item items[4];
	struct trial trials[12];
	struct load_point p[12];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = (struct item){.load_group = 0,
			.key = {.mode = MODE_RATE, .rate = {RATE_PERCENT, 10 * (double)(i + 1)}}};
	for (size_t i = 0; i < ARRAY_SIZE(trials); i++) {
		struct trial *t = &trials[i];

		*t = (struct trial){.item = &items[i % 4], .number = (unsigned int)i / 4 + 1};
		t->value[METRIC_OFFERED] = 1000 * (double)(i % 4 + 1);
		t->value[METRIC_LAT_COUNT] = 2000;
		t->value[METRIC_LAT_P99] = p99[i / 4][i % 4];
		t->value[METRIC_MESSAGES] = 1e6;
		t->value[METRIC_DURATION_S] = 1;
		/* a message unsent at the end flags a row, and does not end a curve */
		t->value[METRIC_UNSENT] = 1;
		t->flags = FLAG_RATE_MISSED;
	}
	/* load 3 in trial 2: one of three is not the cell */
	trials[6].value[METRIC_UNSENT] = 10102;
	assert_int_equal(curve_of(p, trials, 0), 4);
	assert_true(fabs(p[0].time - 12) < 1e-9 && fabs(p[0].samples - 6000) < 1e-9);
	assert_false(p[2].missed);
	assert_int_equal(knee(p, 4), 2);
	assert_int_equal(curve_of(p, trials, 2), 4);
	assert_true(p[0].time > 8999 && p[2].missed);
	/* the next one of three: two of three are */
	trials[10].value[METRIC_LATE] = 0.0101;
	curve_of(p, trials, 0);
	assert_true(p[2].missed);
	assert_int_equal(knee(p, 4), 1);
	/* rows of earlier versions have the flag alone */
	trials[5].value[METRIC_LATE] = trials[9].value[METRIC_LATE] = NAN;
	curve_of(p, trials, 0);
	assert_int_equal(knee(p, 4), 0);
}

/*
 * Poisson arrivals at 90 % of what a server of constant speed bears, 100 windows of 20,000
 * messages: at the end of most one is unsent, but the load is sustained. At 102 % it is not.
 */
static void a_backlog_is_no_overload(void **state)
{
	size_t flagged = 0, overloaded[2] = {0, 0};

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		const double load = i % 2 == 0 ? 0.9 : 1.02, end = 20000 / load;
		const struct worker w = {.period = 1 / load, .poisson = true, .arrivals_seed = i};
		struct arrivals a = arrivals_begin(&w);
		struct trial t = {.flags = 0};
		double done = 0, sent = 0, due = 0;

		for (; a.due < end; arrivals_next(&a), due++) {
			done = fmax(done, a.due) + 1;
			sent += done - 1 < end;
		}
		t.value[METRIC_UNSENT] = due - sent;
		t.value[METRIC_MESSAGES] = sent;
		t.value[METRIC_DURATION_S] = end;
		flagged += i % 2 == 0 && due > sent;
		overloaded[i % 2] += load_overloads(&t);
	}
	assert_true(flagged >= 50);
	assert_int_equal(overloaded[0], 0);
	assert_true(overloaded[1] >= 90);
	/* what is lost was not borne either */
	struct trial t = {
		.value = {[METRIC_MESSAGES] = 990, [METRIC_UNSENT] = 6, [METRIC_LOST] = 4}};

	assert_false(load_overloads(&t));
	t.value[METRIC_LOST] = 5;
	assert_true(load_overloads(&t));
}

/* Two CPUs; in trial 3 the sender's was slow, in trial 4 so was the receiver's, in trial 5 nearly.
 */
static void slow_trials_are_flagged(void **state)
{
	struct trial t[7];
	size_t cpus;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		t[i] = (struct trial){.cpu_tx = 2, .cpu_rx = 5};
		t[i].value[METRIC_TX_SPEED] = 1000 + (double)i;
		t[i].value[METRIC_RX_SPEED] = 2000;
	}
	t[2].value[METRIC_TX_SPEED] = 953;
	t[3].value[METRIC_RX_SPEED] = 1899;
	t[4].value[METRIC_TX_SPEED] = 954;
	t[5].value[METRIC_TX_SPEED] = NAN; /* of an earlier version */
	t[6].cpu_tx = -1;
	t[6].value[METRIC_TX_SPEED] = 1;
	struct cpu_speed *speeds = cpu_speeds(t, ARRAY_SIZE(t), &cpus);

	assert_int_equal(cpus, 2);
	assert_true(speeds[0].cpu == 2 && speeds[1].cpu == 5);
	assert_true(fabs(speeds[0].least - 953) < 1e-9 && fabs(speeds[0].most - 1003) < 1e-9);
	assert_true(fabs(speeds[0].median - 1000) < 1e-9);
	t[2].value[METRIC_TX_SPEED] = 949;
	trials_flag_slow(t, ARRAY_SIZE(t));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_int_equal(t[i].flags, i == 2 || i == 3 ? FLAG_THROTTLED : 0);
	free(speeds);
	free(cpu_speeds(t, 0, &cpus));
	assert_int_equal(cpus, 0);
}

static bool is_at(double found, double wanted)
{
	return isnan(wanted) ? isnan(found) : found >= wanted && found <= wanted;
}

static void assert_cut(
	const struct load_point *p, size_t n, double limit, double held, double failed)
{
	const struct curve_cut cut = curve_cut(p, n, limit);

	assert_true(is_at(cut.held, held));
	assert_true(is_at(cut.failed, failed));
}

static void where_a_limit_is_held(void **state)
{
	struct load_point p[] = {
		{.offered = 10, .time = 5},
		{.offered = 20, .time = 6},
		{.offered = 30, .time = 7},
		{.offered = 40, .time = 50},
		{.offered = 50, .missed = true, .time = 8},
	};

	(void)state;
	assert_cut(p, 5, 10, 30, 40);
	assert_cut(p, 5, 100, 40, 50); /* what was missed holds nothing */
	assert_cut(p, 4, 100, 40, INFINITY);
	assert_cut(p, 5, 5, 0, 10); /* not below it */
	assert_cut(p, 0, 5, NAN, NAN);
	/* a disturbed low load does not end the curve, nor does a lucky high one carry it on */
	p[0].time = 1000;
	assert_cut(p, 5, 10, 30, 40);
	p[4].missed = false;
	assert_cut(p, 5, 10, 30, 40);
	/* nothing is known of a load without enough samples */
	p[3].time = NAN;
	p[4].time = 500;
	assert_cut(p, 5, 10, 30, 50);
	assert_int_equal(curve_below(p, 5, 10), KNEE_NONE);
	assert_int_equal(curve_below(p + 1, 4, 10), 1);

	/* the lowest that can tell does not hold it: nothing is known of those below */
	for (size_t i = 0; i < 5; i++)
		p[i] = (struct load_point){
			.offered = 10 * (double)(i + 1), .time = i < 2 ? NAN : 50};
	assert_cut(p, 5, 10, -INFINITY, 30);
	assert_cut(p, 5, 100, 50, INFINITY);
	assert_cut(p, 2, 10, NAN, NAN);
	assert_int_equal(curve_beyond(p, 5, 10), 2);
	assert_int_equal(curve_below(p, 5, 10), KNEE_NONE);
	assert_int_equal(curve_beyond(p, 5, 100), 5);
	p[0].time = 5;
	assert_int_equal(curve_below(p, 5, 10), 0);
}

static void the_highest_over_trials(void **state)
{
	struct curve_cut cuts[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		cuts[i] = (struct curve_cut){100 + (double)i, 110 + (double)i};
	struct estimate e = curve_highest(cuts, 6);

	assert_true(fabs(e.median - 102.5) < 1e-9 && fabs(e.ci_lo - 100) < 1e-9 &&
		    fabs(e.ci_hi - 115) < 1e-9);
	cuts[3].failed = INFINITY;
	e = curve_highest(cuts, 6);
	assert_true(isnan(e.ci_hi) && isnan(e.max) && fabs(e.min - 100) < 1e-9);
	e = curve_highest(cuts, 3);
	assert_true(isnan(e.ci_lo) && fabs(e.median - 101) < 1e-9 && fabs(e.max - 112) < 1e-9);
	/* one trial knows nothing below 110; half of them do; all know nothing at all */
	cuts[0] = (struct curve_cut){-INFINITY, 110};
	e = curve_highest(cuts, 3);
	assert_true(isnan(e.min) && is_at(e.median, 101) && is_at(e.max, 112));
	cuts[0] = cuts[1] = (struct curve_cut){-INFINITY, 110};
	e = curve_highest(cuts, 3);
	assert_true(isnan(e.median) && isnan(e.min) && is_at(e.max, 112));
	cuts[0] = cuts[1] = (struct curve_cut){NAN, NAN};
	e = curve_highest(cuts, 2);
	assert_true(isnan(e.median) && isnan(e.max));
}

/* A window of half a second has the 1000 samples of a p99 from 2000 messages/s on. */
static void steps_go_where_loads_can_tell(void **state)
{
	static const struct {
		double p99[3]; /* at 500, 4000 and 9000 messages/s */
		double step;
	} known[] = {
		{{NAN, 90, 90}, 3000}, /* not 250, nor between 500 and 4000 */
		{{NAN, 10, 90}, 6500},
		{{10, NAN, 90}, 6500}, /* not between 500 and 4000 again */
		{{10, 90, 90}, 3000},
		{{90, 90, 90}, NAN}, /* below 500 none would tell */
		{{NAN, 10, 10}, NAN},
		{{NAN, NAN, NAN}, NAN},
	};

	static const struct transport pipe = {.name = "pipe"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct settings settings = {
			.duration_s = 0.5, .slo = {"p99<50ns", METRIC_LAT_P99, 50}};
		struct item items[4];
		struct trial trials[3], t = {.item = &items[3]};
		const struct plan plan = {&settings, .items = items, .item_count = 4};
		double steps[4] = {0};
		struct estimate capacity = {.median = 0};
		struct run run = {.plan = &plan,
			.trials = trials,
			.trial_count = 3,
			.load = {.steps = steps, .capacity = &capacity}};

		for (size_t k = 0; k < 4; k++)
			items[k] = (struct item){.transport = &pipe,
				.key = {.mode = MODE_RATE, .rate = {RATE_ABSOLUTE, 1}}};
		items[3].key.rate = (struct rate){RATE_SLO, 1};
		for (size_t k = 0; k < 3; k++) {
			static const double offered[] = {500, 4000, 9000};

			trials[k] = trial_of(&items[k]);
			trials[k].value[METRIC_OFFERED] = offered[k];
			trials[k].value[METRIC_LAT_P99] = known[i].p99[k];
		}
		assert_int_equal(load_resolve(&run, &t), isnan(known[i].step) ? 1 : 0);
		assert_true(is_at(t.rate, known[i].step));
	}
}

/* Of the CPUs of both sides, before and after the window; the linker sends speed_measure() through
 * here. */
static double speeds[2];
double faked_speed(const struct clock *clk) __asm__("__wrap_speed_measure");
double faked_speed(const struct clock *clk)
{
	static size_t calls;

	(void)clk;
	return speeds[calls++ > 0];
}

static void on_child(int sig)
{
	(void)sig;
}

/* Whether a launch is flagged as throttled when its CPUs have these speeds. */
static bool is_throttled(double before, double after)
{
	struct histogram *const unwanted[LAT_KINDS] = {NULL, NULL};
	const struct settings settings = {.messages = 500, .timeout_s = 60};
	struct item item = {.transport = registry_find("pipe")};
	struct trial trial = {.item = &item};
	struct clock clock;

	item.config = calloc(1, item.transport->config_size);
	item.key = (struct cell_key){
		.transport = "pipe", .mode = MODE_THROUGHPUT, .size = 64, .batch = 1};
	item.cell = item_cell(&item.key, -1, -1);
	clock_use_syscall(&clock);
	speeds[0] = before;
	speeds[1] = after;
	assert_int_equal(launch(&trial, &settings, &clock, NULL, unwanted), 0);
	if (trial.status != STATUS_OK)
		fail_msg("%s", trial.reason.text);
	free((void *)(uintptr_t)item.config);
	return (trial.flags & FLAG_THROTTLED) != 0;
}

static void a_cpu_that_slows_down_is_flagged(void **state)
{
	sigset_t child;

	(void)state;
	signal(SIGCHLD, on_child);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	assert_true(is_throttled(1000, 940));
	assert_false(is_throttled(1000, 960));
	assert_false(is_throttled(940, 1000));
}

static void spellings(void **state)
{
	char buf[64];
	struct cell_key key = {.mode = MODE_LATENCY};

	(void)state;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "-");
	key.think_ns = 1500;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "1500ns");
	key.think_ns = 20000;
	assert_string_equal(key_load(buf, sizeof(buf), &key), "20us");
	key = (struct cell_key){
		.mode = MODE_RATE, .rate = {RATE_PERCENT, 12.5}, .arrivals = ARRIVAL_POISSON};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "12.5%/poisson");
	key = (struct cell_key){.mode = MODE_RATE, .rate = {RATE_ABSOLUTE, 1e6}};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "1000000");
	key.rate = (struct rate){RATE_REFINE, 2};
	assert_string_equal(key_load(buf, sizeof(buf), &key), "knee-2");
	assert_true(axis_read(&key, AXIS_RATE, "slo-3") && key.rate.kind == RATE_SLO);
	assert_string_equal(key_load(buf, sizeof(buf), &key), "slo-3");
	assert_true(axis_read(&key, AXIS_RATE, "12.5%") && key.rate.kind == RATE_PERCENT);
	assert_false(axis_read(&key, AXIS_RATE, "slo-3%"));
	assert_false(axis_read(&key, AXIS_RATE, "knee-"));
}

/* A channel that gives every message back at once; sending number `fails` does not work. */
struct echo {
	unsigned char message[64];
	uint64_t sent, fails;
};

static int echo_send(struct channel *ch, const void *buf, size_t n)
{
	struct echo *e = ch->state;

	memcpy(e->message, buf, n);
	return ++e->sent == e->fails ? -EIO : 0;
}

static int echo_recv(struct channel *ch, void *buf, size_t n)
{
	memcpy(buf, ((struct echo *)ch->state)->message, n);
	return 0;
}

static const struct channel_ops echo_ops = {.send = echo_send, .recv = echo_recv};

struct closed_loop {
	struct worker w;
	struct slice slices[SLICES];
	int result;
	uint64_t sum, elapsed;
};

/* So many round trips, or until sending number `fails`. */
static void run_closed(struct closed_loop *l, uint64_t count, uint64_t think, uint64_t fails)
{
	static unsigned char tx[64], rx[64];
	static struct histogram hist;
	struct echo echo = {.fails = fails};
	struct channel ch = {.state = &echo};

	*l = (struct closed_loop){
		.w = {.out = &ch,
			.in = &ch,
			.size = sizeof(tx),
			.max_messages = count,
			.deadline = UINT64_MAX,
			.slice_ticks = 1000,
			.think_ticks = think,
			.clock = {.kind = CLOCK_KIND_SYSCALL, .mult = UINT64_C(1) << 32},
			.hist = &hist,
			.tx = tx,
			.rx = rx,
			.slices = l->slices}};
	hist_reset(&hist);
	uint64_t began = clock_now(&l->w.clock);

	l->result = loop_ping(&l->w, &echo_ops, false);
	l->elapsed = clock_now(&l->w.clock) - began;
	l->sum = hist.sum;
	assert_int_equal(hist.total, l->w.messages);
	for (size_t i = 1; i < l->w.slice_count; i++)
		assert_true(l->slices[i].messages > l->slices[i - 1].messages &&
			    l->slices[i].ns >= l->slices[i - 1].ns &&
			    l->slices[i].tick > l->slices[i - 1].tick);
}

/* Round trips are recorded many at once; none is lost where that ends. */
static void every_round_trip_is_recorded(void **state)
{
	static const uint64_t counts[] = {1, 2, TRIPS - 1, TRIPS, TRIPS + 1, 10 * TRIPS + 7};
	struct closed_loop l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		run_closed(&l, counts[i], 0, 0);
		assert_int_equal(l.result, 0);
		assert_int_equal(l.w.messages, counts[i]);
		assert_true(l.sum <= l.elapsed && l.w.first_ns <= l.sum && l.w.first_tick != 0);
	}
	run_closed(&l, 100000, 0, 0);
	assert_in_range(l.w.slice_count, SLICES / 2, SLICES);
	run_closed(&l, 1000, 0, 101);
	assert_int_equal(l.result, -EIO);
	assert_int_equal(l.w.messages, 100);
}

static void pauses_lie_outside_round_trips(void **state)
{
	const uint64_t pause = 100000;
	struct closed_loop l;

	(void)state;
	run_closed(&l, 200, pause, 0);
	assert_int_equal(l.w.messages, 200);
	assert_true(l.elapsed - l.sum >= 200 * pause);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_arrivals_do_not_drift),
		cmocka_unit_test(poisson_arrivals),
		cmocka_unit_test(both_sides_have_one_schedule),
		cmocka_unit_test(layout_shifts),
		cmocka_unit_test(the_knee),
		cmocka_unit_test(a_disturbed_reference),
		cmocka_unit_test(curves_over_trials),
		cmocka_unit_test(a_backlog_is_no_overload),
		cmocka_unit_test(where_a_limit_is_held),
		cmocka_unit_test(the_highest_over_trials),
		cmocka_unit_test(steps_go_where_loads_can_tell),
		cmocka_unit_test(slow_trials_are_flagged),
		cmocka_unit_test(a_cpu_that_slows_down_is_flagged),
		cmocka_unit_test(spellings),
		cmocka_unit_test(every_round_trip_is_recorded),
		cmocka_unit_test(pauses_lie_outside_round_trips),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
