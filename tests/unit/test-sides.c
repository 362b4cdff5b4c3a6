/* SPDX-License-Identifier: MIT */
/* Several pairs of sides in one launch: who is waited for, who is named, and what each may ask for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/control.h"
#include "run/watch.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { PAIRS = 3, NOBODY = -1 };

/* What one side does when all have met; the others end well. */
struct act {
	int side;
	void (*deed)(const struct control *c, unsigned int side);
	int error;
	const struct control *control;
};

static int work(const void *arg, unsigned int side, struct reason *why)
{
	const struct act *act = arg;
	const struct control *c = act->control;

	control_wait_ready(c);
	for (int i = 0; i < 100; i++) {
		control_meet(c);
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
	assert_int_equal(control_create(&c, PAIRS, why), 0);
	assert_int_equal(c.sides, 2 * PAIRS);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_end_well),
		cmocka_unit_test(the_one_that_failed_is_named),
		cmocka_unit_test(the_longest_extension_counts),
		cmocka_unit_test(what_was_written_over_is_named),
	};

	catch_signals();
	return cmocka_run_group_tests_name("sides", tests, NULL, NULL);
}
