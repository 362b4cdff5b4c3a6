/* SPDX-License-Identifier: MIT */
/*
 * Several pairs of sides in one launch: who is waited for, who is named, what each may ask for, and
 * what comes of their reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/clock.h"
#include "measure/hist.h"
#include "run/sides.h"
#include "run/watch.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOBODY = -1 };

/* What one side does when all have met; the others end well. */
struct act {
	int side;
	void (*deed)(const struct control *c, unsigned int side);
	int error;
	const struct control *control;
	uint64_t topology; /* 0 = three pairs */
};

static int work(const void *arg, unsigned int side, struct reason *why)
{
	const struct act *act = arg;
	const struct control *c = act->control;

	control_wait_ready(c);
	for (int i = 0; i < 100; i++) {
		control_meet(c);
		if (sides_common(c->topology) == COMMON_NONE)
			lane_meet(&c->lane[side / 2]);
	}
	if ((int)side != act->side)
		return 0;
	if (act->deed != NULL)
		act->deed(c, side);
	return act->error == 0 ? 0 : reason_set(why, act->error, "it broke");
}

static int launch_pairs(struct act act, struct limit limit, struct reason *why)
{
	struct control c;

	*why = (struct reason){""};
	if (act.topology == 0)
		act.topology = sides_make(TOPOLOGY_PAIRS, 3, false);
	assert_int_equal(control_create(&c, act.topology, why), 0);
	act.control = &c;
	int r = watch_workers(&c, work, &act, limit, why);

	control_destroy(&c);
	return r;
}

static void expect(struct act act, struct limit limit, int error, const char *said)
{
	struct reason why;
	int r = launch_pairs(act, limit, &why);

	if (r != -error || strstr(why.text, said) == NULL)
		fail_msg("%d, \"%s\" instead of %d, \"%s\"", r, why.text, -error, said);
}

/* ---- deeds ----------------------------------------------------------------------------------- */

static void die(const struct control *c, unsigned int side)
{
	phase_enter(&c->report[side], PHASE_TIMED);
	raise(SIGKILL);
}

static void hang(const struct control *c, unsigned int side)
{
	phase_enter(&c->report[side], PHASE_WARMUP);
	for (;;)
		pause();
}

static void take_longer(const struct control *c, unsigned int side)
{
	atomic_store(&c->lane[side / 2].extension_ns, UINT64_C(60000000000));
	usleep(700000);
}

static void spoil_lane(const struct control *c, unsigned int side)
{
	atomic_store(&c->lane[side / 2].more, 7);
}

static void write_behind_report(const struct control *c, unsigned int side)
{
	c->report[side].behind.bytes[0] ^= 1;
}

static void write_behind_times(const struct control *c, unsigned int side)
{
	c->lane[side / 2].times[1].behind.bytes[9] ^= 1;
}

static void write_pid(const struct control *c, unsigned int side)
{
	c->report[side ^ 1u].pid = 1;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static const struct limit ample = {.timeout_s = 60};

static void all_end_well(void **state)
{
	(void)state;
	expect((struct act){.side = NOBODY}, ample, 0, "");
}

static void the_one_that_failed_is_named(void **state)
{
	(void)state;
	expect((struct act){.side = 4, .deed = die}, ample, EPIPE,
		"the sender of pair 3 was killed by signal 9");
	expect((struct act){.side = 5, .error = EIO}, ample, EIO,
		"receiver of pair 3, start phase: it broke");
	expect((struct act){.side = 3, .deed = hang}, (struct limit){.timeout_s = 0.5}, ETIMEDOUT,
		"timed out after 0.5 s: waited for the sender of pair 2 (start phase) and the "
		"receiver of pair 2 (warm-up phase)");
}

static void only_the_sides_of_a_topology_exist(void **state)
{
	const uint64_t in = sides_make(TOPOLOGY_FAN_IN, 3, false);
	const uint64_t out = sides_make(TOPOLOGY_FAN_OUT, 3, false);
	const uint64_t server = sides_make(TOPOLOGY_SERVER, 2, false);

	(void)state;
	assert_int_equal(sides_present(in), 4);
	expect((struct act){.topology = in, .side = NOBODY}, ample, 0, "");
	expect((struct act){.topology = in, .side = 4, .deed = die}, ample, EPIPE,
		"the sender 3 was killed by signal 9");
	expect((struct act){.topology = in, .side = 1, .error = EIO}, ample, EIO,
		"receiver, start phase: it broke");
	expect((struct act){.topology = in, .side = 2, .deed = hang},
		(struct limit){.timeout_s = 0.5}, ETIMEDOUT,
		"waited for the sender 2 (warm-up phase) and the receiver (start phase)");
	expect((struct act){.topology = out, .side = 0, .deed = write_behind_times}, ample, EPROTO,
		"beyond the end of the second histogram of receiver 1");
	expect((struct act){.topology = out, .side = 5, .deed = die}, ample, EPIPE,
		"the receiver 3 was killed by signal 9");
	expect((struct act){.topology = server, .side = 2, .deed = spoil_lane}, ample, EPROTO,
		"the control block of client 2: more is 7");
	expect((struct act){.topology = server, .side = 1, .deed = die}, ample, EPIPE,
		"the server was killed by signal 9");
}

static void the_longest_extension_counts(void **state)
{
	(void)state;
	expect((struct act){.side = 2, .deed = take_longer},
		(struct limit){.timeout_s = 0.5, .extension_s = 60}, 0, "");
	expect((struct act){.side = 4, .deed = take_longer},
		(struct limit){.timeout_s = 0.5, .extension_s = 59}, EPROTO,
		"the sender of pair 3's extension_ns is 60000000000, outside 0 to 59000000000");
}

static void what_was_written_over_is_named(void **state)
{
	(void)state;
	expect((struct act){.side = 4, .deed = spoil_lane}, ample, EPROTO,
		"the control block of pair 3: more is 7, outside 0 to 1");
	expect((struct act){.side = 5, .deed = write_behind_report}, ample, EPROTO,
		"beyond the end of the receiver of pair 3's report");
	expect((struct act){.side = 1, .deed = write_behind_times}, ample, EPROTO,
		"beyond the end of the second histogram of pair 1");
	expect((struct act){.side = 3, .deed = write_pid}, ample, EPROTO,
		"the sender of pair 2's pid is 1, outside");
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Two pairs as their reports tell them. */
struct world {
	struct control control;
	struct settings settings;
	struct transport transport;
	struct item item;
	struct job jobs[2];
	struct trial trial;
};

/* Side `side` of a pair moved messages evenly from one tick, a nanosecond, to another. */
static void tell(struct world *w, unsigned int side, uint64_t from, uint64_t to, uint64_t messages)
{
	struct report *r = &w->control.report[side];

	r->loop_tick = r->timed_first = from;
	r->timed_last = to;
	r->timed_first_count = 0;
	r->messages = messages;
	r->slice_count = 1;
	r->slices[0] = (struct slice){from + (to - from) / 2, messages / 2, 100};
	r->speed[0] = r->speed[1] = 1e9;
	r->account.used[USED_USER_S] = 1e-6;
	r->cpu = (int)side;
	for (int i = USED_USER_S + 1; i < USED_COUNT; i++)
		r->account.used[i] = i == USED_SYS_S ? 0 : NAN;
	for (int i = 0; i < COUNTER_COUNT; i++)
		r->account.counted[i] = NAN;
	r->account.counted_share = r->account.pss_bytes = NAN;
}

static void begin_world(struct world *w, enum mode mode, uint64_t sides)
{
	*w = (struct world){.settings = {.output_dir = "x"}, .transport = {.family = "pipes"}};
	w->item = (struct item){.transport = &w->transport,
		.key = {.transport = "pipe", .mode = mode, .size = 8, .sides = sides},
		.cell = {.senders = sides_kind(sides) == TOPOLOGY_FAN_IN ? 2 : 1,
			.receivers = sides_kind(sides) == TOPOLOGY_FAN_OUT ? 2 : 1},
		.oversubscribed = true};
	assert_int_equal(control_create(&w->control, w->item.key.sides, NULL), 0);
	for (unsigned int i = 0; i < 2; i++) {
		w->jobs[i] = (struct job){.item = &w->item,
			.settings = &w->settings,
			.control = &w->control,
			.lane = &w->control.lane[i],
			.report = &w->control.report[2 * i]};
		clock_use_syscall(&w->jobs[i].clock);
	}
	w->trial = trial_of(&w->item);
}

static void end_world(struct world *w)
{
	control_destroy(&w->control);
	free(w->trial.sides);
}

/* Pair 1 ran from 1 to 11 µs, pair 2 with three times the messages from 2 to 12 µs. */
static void fill_world(struct world *w, enum mode mode)
{
	begin_world(w, mode, sides_make(TOPOLOGY_PAIRS, 2, false));
	for (unsigned int side = 0; side < 4; side++)
		tell(w, side, side < 2 ? 1000 : 2000, side < 2 ? 11000 : 12000,
			side < 2 ? 100 : 300);
	hist_record_many(&w->control.lane[0].times[0].hist, 10, 100);
	hist_record_many(&w->control.lane[1].times[0].hist, 30, 300);
	sides_fill(&w->trial, w->jobs, 2, 0, 0);
}

static void rates_are_of_the_common_time(void **state)
{
	struct world w;
	const double *v = w.trial.value;

	(void)state;
	fill_world(&w, MODE_THROUGHPUT);
	assert_int_equal(w.trial.status, STATUS_OK);
	assert_float_equal(v[METRIC_DURATION_S], 9e-6, 1e-9);
	assert_float_equal(v[METRIC_MSGS_PER_S], 4e7, 1);
	assert_float_equal(v[METRIC_BYTES_PER_S], 32e7, 1);
	assert_float_equal(v[METRIC_SIDE_LEAST], 1e7, 1);
	assert_float_equal(v[METRIC_SIDE_MOST], 3e7, 1);
	assert_float_equal(v[METRIC_JAIN_MSGS], 0.8, 1e-9);
	assert_true(isnan(v[METRIC_JAIN_P99]));
	assert_float_equal(v[METRIC_MESSAGES], 400, 0);
	/* four sides, a microsecond each */
	assert_float_equal(v[METRIC_CPU_PER_MSG], 10, 1e-9);
	assert_int_equal(w.trial.flags & (FLAG_ALONE | FLAG_OVERSUBSCRIBED),
		FLAG_ALONE | FLAG_OVERSUBSCRIBED);
	assert_int_equal(w.trial.sides->count, 4);
	assert_float_equal(w.trial.sides->value[3][SIDE_MSGS_PER_S], 3e7, 1);
	assert_float_equal(w.trial.sides->value[3][SIDE_CPU], 3, 0);
	end_world(&w);
}

static void times_are_merged_and_kept_apart(void **state)
{
	struct world w;

	(void)state;
	fill_world(&w, MODE_LATENCY);
	assert_float_equal(w.trial.value[METRIC_MSGS_PER_S], 4e7, 1);
	assert_true(isnan(w.trial.value[METRIC_BYTES_PER_S]));
	assert_float_equal(w.trial.value[METRIC_LAT_COUNT], 400, 0);
	assert_float_equal(w.trial.value[METRIC_LAT_P50], 30, 0);
	assert_float_equal(w.trial.sides->value[0][SIDE_P50], 10, 0);
	assert_float_equal(w.trial.sides->value[2][SIDE_P50], 30, 0);
	/* the side that answers has no times */
	assert_true(isnan(w.trial.sides->value[1][SIDE_P50]));
	end_world(&w);
}

static void pairs_that_never_met_fail(void **state)
{
	struct world w;

	(void)state;
	begin_world(&w, MODE_THROUGHPUT, sides_make(TOPOLOGY_PAIRS, 2, false));
	for (unsigned int side = 0; side < 4; side++)
		tell(&w, side, side < 2 ? 1000 : 3000, side < 2 ? 2000 : 4000, 100);
	sides_fill(&w.trial, w.jobs, 2, 0, 0);
	assert_int_equal(w.trial.status, STATUS_FAIL);
	assert_non_null(strstr(w.trial.reason.text, "the 2 pairs were never all at work"));
	end_world(&w);
}

/* Clients as the pairs above, and the server of both. */
static void a_server_stands_in_the_account_once(void **state)
{
	struct world w;
	struct reason why;
	const double *v = w.trial.value;

	(void)state;
	begin_world(&w, MODE_LATENCY, sides_make(TOPOLOGY_SERVER, 2, false));
	tell(&w, 0, 1000, 11000, 100);
	tell(&w, 1, 1000, 12000, 400);
	tell(&w, 2, 2000, 12000, 300);
	assert_int_equal(server_counts(w.jobs, 2, &why), 0);
	sides_fill(&w.trial, w.jobs, 2, 0, 0);
	assert_int_equal(w.trial.status, STATUS_OK);
	assert_float_equal(v[METRIC_MSGS_PER_S], 4e7, 1);
	assert_float_equal(v[METRIC_MESSAGES], 400, 0);
	/* three sides, a microsecond each */
	assert_float_equal(v[METRIC_CPU_PER_MSG], 7.5, 1e-9);
	assert_float_equal(v[METRIC_RX_USER], 1e-6, 1e-12);
	assert_float_equal(w.trial.sides->value[1][SIDE_MSGS_PER_S], 4e7, 1);
	assert_float_equal(w.trial.sides->value[1][SIDE_MESSAGES], 400, 0);
	w.control.report[1].messages = 401;
	assert_int_equal(server_counts(w.jobs, 2, &why), -EILSEQ);
	assert_non_null(strstr(why.text, "401 messages answered by the server, 400 received"));
	end_world(&w);
}

/* Senders 1 and 2 as the pairs above, and the receiver of both. */
static void fill_fan_in(struct world *w)
{
	begin_world(w, MODE_THROUGHPUT, sides_make(TOPOLOGY_FAN_IN, 2, false));
	tell(w, 0, 1000, 11000, 100);
	tell(w, 1, 1000, 12000, 400);
	tell(w, 2, 2000, 12000, 300);
}

static void a_fan_in_has_the_rate_of_its_receiver(void **state)
{
	struct world w;
	const double *v = w.trial.value;

	(void)state;
	fill_fan_in(&w);
	fan_fill(&w.trial, w.jobs, 2, 0, 0);
	assert_int_equal(w.trial.status, STATUS_OK);
	assert_float_equal(v[METRIC_DURATION_S], 9e-6, 1e-9);
	assert_true(fabs(v[METRIC_MSGS_PER_S] - 400 / 11e-6) < 1);
	assert_float_equal(v[METRIC_SIDE_LEAST], 1e7, 1);
	assert_float_equal(v[METRIC_SIDE_MOST], 3e7, 1);
	assert_float_equal(v[METRIC_JAIN_MSGS], 0.8, 1e-9);
	assert_float_equal(v[METRIC_MESSAGES], 400, 0);
	/* three sides, a microsecond each */
	assert_float_equal(v[METRIC_CPU_PER_MSG], 7.5, 1e-9);
	assert_float_equal(v[METRIC_TX_USER], 2e-6, 1e-12);
	assert_true((w.trial.flags & FLAG_ALONE) != 0);
	assert_float_equal(w.trial.sides->value[2][SIDE_MSGS_PER_S], 3e7, 1);
	end_world(&w);
}

static void a_fan_out_to_every_has_the_rate_of_its_sender(void **state)
{
	struct world w;

	(void)state;
	begin_world(&w, MODE_THROUGHPUT, sides_make(TOPOLOGY_FAN_OUT, 2, false));
	w.transport.topologies = FAN_OUT_EVERY;
	tell(&w, 0, 1000, 11000, 100);
	tell(&w, 1, 1000, 11000, 100);
	tell(&w, 3, 1000, 11000, 100);
	assert_int_equal(fan_check(w.jobs, 2, NULL), 0);
	fan_fill(&w.trial, w.jobs, 2, 0, 0);
	assert_float_equal(w.trial.value[METRIC_MSGS_PER_S], 1e7, 1);
	assert_float_equal(w.trial.value[METRIC_MESSAGES], 100, 0);
	w.control.report[3].messages = 99;
	assert_int_equal(fan_check(w.jobs, 2, &w.trial.reason), -EILSEQ);
	assert_string_equal(
		w.trial.reason.text, "lost: 100 messages sent, 99 received by receiver 2");
	end_world(&w);
}

static void receivers_that_may_miss_messages_count_them(void **state)
{
	struct world w;
	const double *v = w.trial.value;

	(void)state;
	begin_world(&w, MODE_THROUGHPUT, sides_make(TOPOLOGY_FAN_OUT, 2, false));
	w.transport.topologies = FAN_OUT_EVERY;
	w.transport.may_drop = true;
	tell(&w, 0, 1000, 11000, 100);
	tell(&w, 1, 1000, 11000, 80);
	tell(&w, 3, 1000, 11000, 40);
	w.control.report[1].lost = 20;
	w.control.report[3].lost = 60;
	assert_int_equal(fan_check(w.jobs, 2, NULL), 0);
	fan_fill(&w.trial, w.jobs, 2, 0, 0);
	assert_float_equal(v[METRIC_MSGS_PER_S], 6e6, 1);
	assert_float_equal(v[METRIC_SIDE_LEAST], 4e6, 1);
	assert_float_equal(v[METRIC_MESSAGES], 60, 0);
	assert_float_equal(v[METRIC_LOST], 40, 0);
	w.control.report[3].lost = 61;
	assert_int_equal(fan_check(w.jobs, 2, &w.trial.reason), -EILSEQ);
	assert_string_equal(w.trial.reason.text,
		"miscounted: 100 messages sent, 101 received or missed by receiver 2");
	end_world(&w);
}

static void numbers_of_a_fan_add_up(void **state)
{
	struct reason *why;
	struct world w;

	(void)state;
	fill_fan_in(&w);
	why = &w.trial.reason;
	w.control.report[0].sum = UINT64_MAX;
	w.control.report[2].sum = 10;
	w.control.report[1].sum = 9;
	assert_int_equal(fan_check(w.jobs, 2, why), 0);
	w.control.report[1].sum = 8;
	assert_int_equal(fan_check(w.jobs, 2, why), -EILSEQ);
	assert_non_null(strstr(why->text, "add up to 8 instead of 9"));
	w.control.report[1].messages--;
	assert_int_equal(fan_check(w.jobs, 2, why), -EILSEQ);
	assert_string_equal(why->text, "lost: 400 messages sent by all, 399 received");
	w.transport.may_drop = true;
	assert_int_equal(fan_check(w.jobs, 2, why), 0);
	w.control.report[1].messages = 401;
	assert_int_equal(fan_check(w.jobs, 2, why), -EILSEQ);
	end_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_of_the_common_time),
		cmocka_unit_test(times_are_merged_and_kept_apart),
		cmocka_unit_test(pairs_that_never_met_fail),
		cmocka_unit_test(a_server_stands_in_the_account_once),
		cmocka_unit_test(a_fan_in_has_the_rate_of_its_receiver),
		cmocka_unit_test(a_fan_out_to_every_has_the_rate_of_its_sender),
		cmocka_unit_test(receivers_that_may_miss_messages_count_them),
		cmocka_unit_test(numbers_of_a_fan_add_up),
		cmocka_unit_test(all_end_well),
		cmocka_unit_test(the_one_that_failed_is_named),
		cmocka_unit_test(only_the_sides_of_a_topology_exist),
		cmocka_unit_test(the_longest_extension_counts),
		cmocka_unit_test(what_was_written_over_is_named),
	};

	catch_signals();
	return cmocka_run_group_tests_name("sides", tests, NULL, NULL);
}
