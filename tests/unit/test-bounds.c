/* SPDX-License-Identifier: MIT */
/* Shared memory as input: what the driver believes of it, and the guards around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/clock.h"
#include "measure/hist.h"
#include "run/fence.h"
#include "run/run.h"
#include "run/worker.h"
#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 100, SOUNDS = 2000 };
static const pid_t pids[2] = {101, 102};

struct launch_world {
	struct control control;
	struct settings settings;
	struct transport transport;
	struct item item;
	struct job job;
	uint64_t began;
};

/* A side of a launch that ended well. */
static void tell(struct report *r, uint64_t began)
{
	atomic_store(&r->phase, PHASE_CLOSE);
	atomic_store(&r->finished, 1);
	r->start_tick = r->first_tick = r->loop_tick = r->timed_first = began + 10;
	r->timed_last = began + 1000;
	r->timed_first_count = 1;
	r->messages = MESSAGES;
	r->slice_count = 2;
	r->slices[0] = (struct slice){began + 100, 10, 100};
	r->slices[1] = (struct slice){began + 200, 20, 200};
	r->speed[0] = r->speed[1] = 1e9;
	for (int i = 0; i < USED_COUNT; i++)
		r->account.used[i] = NAN;
	for (int i = 0; i < COUNTER_COUNT; i++)
		r->account.counted[i] = NAN;
	r->account.counted_share = r->account.pss_bytes = NAN;
}

static void begin(struct launch_world *w, enum mode mode)
{
	*w = (struct launch_world){.settings = {.messages = MESSAGES},
		.item = {.key = {.mode = mode, .channels = 1}, .cell = {.batch = 1}}};
	w->item.transport = &w->transport;
	w->job = (struct job){.item = &w->item, .settings = &w->settings, .period = 1000};
	clock_use_syscall(&w->job.clock);
	w->began = clock_now(&w->job.clock) - 1000000;
	struct control *c = &w->control;

	assert_int_equal(control_create(c, 0, NULL), 0);
	w->job.control = c;
	w->job.lane = c->lane;
	w->job.report = c->report;
	for (int side = SIDE_TX; side <= SIDE_RX; side++) {
		tell(&c->report[side], w->began);
		c->report[side].pid = pids[side];
	}
	atomic_store(&c->board->ready, 1);
	for (int i = 0; i < LAT_KINDS; i++)
		hist_record_many(&c->lane->times[i].hist, 10, MESSAGES);
}

static int verdict(const struct launch_world *w, struct reason *why)
{
	*why = (struct reason){""};
	int r = control_check(w->job.control, pids, 0, why);

	return r < 0 ? r : outcome_check(&w->job, w->began, why);
}

static void what_is_sound_is_believed(void **state)
{
	static const enum mode all[] = {
		MODE_LATENCY, MODE_THROUGHPUT, MODE_RATE, MODE_ONEWAY, MODE_SETUP};
	struct launch_world w;
	struct reason why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		begin(&w, all[i]);
		if (mode_of(&w.job.item->key)->once)
			w.job.report[0].messages = w.job.report[1].messages = 1;
		if (verdict(&w, &why) != 0)
			fail_msg("mode %d: %s", (int)all[i], why.text);
		control_destroy(&w.control);
	}
	begin(&w, MODE_LATENCY);
	w.transport.shape = SHAPE_NULL;
	w.job.report[SIDE_RX].messages = 5 * MESSAGES;
	assert_int_equal(verdict(&w, &why), 0);
	control_destroy(&w.control);
}

/* A reason is one line of plain text, whatever it is about. */
static void expect_line(const struct reason *why)
{
	const char *end = memchr(why->text, '\0', sizeof(why->text));

	assert_non_null(end);
	assert_true(end > why->text);
	for (const char *p = why->text; p < end; p++)
		assert_true(isprint((unsigned char)*p));
}

/* What follows from a launch that is believed: nothing that is out of the world. */
static void expect_sane(const struct launch_world *w)
{
	const struct control *c = w->job.control;
	const struct report *tx = &c->report[SIDE_TX];

	assert_true(tx->timed_last >= tx->loop_tick);
	assert_true(tx->timed_last - tx->loop_tick < UINT64_C(10000000000));
	assert_true(tx->slice_count <= SLICES);
	assert_true(tx->messages <= MESSAGES && c->report[SIDE_RX].messages <= MESSAGES);
	assert_true(c->lane->times[0].hist.total == tx->messages);
	for (int side = SIDE_TX; side <= SIDE_RX; side++) {
		const struct report *r = &c->report[side];

		assert_true(r->warmup_s >= 0 && r->warmup_s < 10);
		assert_true(r->speed[0] >= 0 && r->speed[0] <= 1e12);
		for (int i = 0; i < USED_COUNT; i++)
			assert_true(isnan(r->account.used[i]) ||
				    (r->account.used[i] >= 0 && r->account.used[i] < 1e15));
	}
}

static uint64_t draw(uint64_t *seed)
{
	return order_random(seed);
}

/* Bytes at a place of the control block: any, or those that arithmetic stumbles over. */
static void scribble(unsigned char *at, size_t room, uint64_t *seed)
{
	static const uint64_t nasty[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, INT64_MAX,
		UINT64_C(1) << 63, UINT64_C(0x7ff8000000000000), UINT64_C(0x7ff0000000000000),
		UINT64_C(0xfff0000000000000), UINT64_C(0x8000000080000000),
		UINT64_C(0x7fffffff7fffffff)};
	uint64_t value = draw(seed), kind = draw(seed) % 3;
	size_t len = kind == 0 ? 1 : 8;

	if (kind == 1)
		value = nasty[value % ARRAY_SIZE(nasty)];
	memcpy(at, &value, len < room ? len : room);
}

static void whatever_is_written_ends_in_a_line(void **state)
{
	uint64_t seed = 12, refused = 0, believed = 0;
	struct launch_world w;
	struct reason why;

	(void)state;
	begin(&w, MODE_LATENCY);
	unsigned char *bytes = (unsigned char *)w.control.board;
	/* the histograms are large, and one count is like another */
	const size_t front = (size_t)((unsigned char *)w.control.lane->times - bytes) + 4096;
	unsigned char *sound = malloc(front);

	assert_non_null(sound);
	memcpy(sound, bytes, front);
	for (int i = 0; i < SOUNDS; i++) {
		for (uint64_t n = 1 + draw(&seed) % 3; n > 0; n--) {
			size_t at = draw(&seed) % front;

			scribble(bytes + at, front - at, &seed);
		}
		if (verdict(&w, &why) == 0) {
			believed++;
			expect_sane(&w);
		} else {
			refused++;
			expect_line(&why);
		}
		memcpy(bytes, sound, front);
	}
	/* most of it is checked; an error of this test would refuse or believe all */
	assert_true(refused > SOUNDS / 2 && believed > SOUNDS / 100);
	for (int i = 0; i < 20; i++) {
		for (size_t at = 0; at < front + sizeof(struct times); at += 8) {
			uint64_t value = draw(&seed);

			memcpy(bytes + at, &value, 8);
		}
		assert_true(verdict(&w, &why) < 0);
		expect_line(&why);
	}
	free(sound);
	control_destroy(&w.control);
}

enum block { TX, RX, LANE };

/* Every word of the reports that a row is made from, over and under what it can be. */
static void a_line_names_side_field_and_value(void **state)
{
	static const struct {
		enum block block;
		size_t offset;
		uint64_t value;
		const char *said;
	} cases[] = {
		{TX, offsetof(struct report, messages), UINT64_MAX,
			"the sender's messages is 18446744073709551615, outside 0 to 100"},
		{RX, offsetof(struct report, slice_count), SLICES + 1,
			"the receiver's slice_count is 65, outside 0 to 64"},
		{RX, offsetof(struct report, finished), 7,
			"the receiver's finished is 7, outside 0 to 1"},
		{TX, offsetof(struct report, timed_last), 1, "the sender's timed_last is 1, "},
		{LANE, offsetof(struct lane, extension_ns), 5,
			"control.extension_ns is 5, outside 0 to 0"},
		{LANE, offsetof(struct lane, times[0].hist.total), 5,
			"the first histogram.total is 5, outside 100 to 100"},
		{LANE, offsetof(struct lane, times[0].hist.count[4]), 5,
			"the first histogram.count is 105, outside 100 to 100"},
		{LANE, offsetof(struct lane, times[0].hist.max), UINT64_C(1) << 62,
			"the first histogram.max is 4611686018427387904, "},
		{TX, offsetof(struct report, behind), 5,
			"something wrote beyond the end of the sender's report"},
		{LANE, offsetof(struct lane, times[1].behind), 5,
			"something wrote beyond the end of the second histogram"},
	};
	struct reason why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct launch_world w;

		begin(&w, MODE_LATENCY);
		char *const blocks[] = {[TX] = (char *)&w.job.report[SIDE_TX],
			[RX] = (char *)&w.job.report[SIDE_RX],
			[LANE] = (char *)w.job.lane};

		memcpy(blocks[cases[i].block] + cases[i].offset, &cases[i].value,
			cases[i].offset == offsetof(struct report, finished) ? 4 : 8);
		assert_true(verdict(&w, &why) < 0);
		if (strncmp(why.text, cases[i].said, strlen(cases[i].said)) != 0)
			fail_msg("%s: %s", cases[i].said, why.text);
		control_destroy(&w.control);
	}
}

/* ---- time-outs ------------------------------------------------------------------------------- */

static void extensions_are_bounded(void **state)
{
	const struct channel_ops ops = {0};
	const struct transport transport = {.ops = &ops};
	const struct item item = {.transport = &transport};
	struct settings s = {.messages = 10, .warmup_s = 1};

	(void)state;
	assert_true(launch_extension(&s, &item) == 30 * launch_limit(&s, &item));
	s.messages = UINT64_C(1) << 53;
	assert_true(launch_extension(&s, &item) == 86400);
	s.timeout_s = 2;
	assert_true(launch_extension(&s, &item) == 0);
	s = (struct settings){.duration_s = 1};
	assert_true(launch_extension(&s, &item) == 0);
}

/* ---- guards ---------------------------------------------------------------------------------- */

/* Where a mapping without guards would be. */
static const char *place_of(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	munmap(p, len);
	return p;
}

static void guards_leave_the_place_within_a_page(void **state)
{
	static const size_t lens[] = {1, 64, 4096, 5000, 3 << 20};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		const size_t len = lens[i], huge = 2 << 20;
		size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (len + page - 1) / page * page;
		const char *plain = place_of(pages), *again = place_of(pages);
		char *p = fence_map(len, MAP_PRIVATE, "it");

		assert_non_null(p);
		/* qemu-user puts a mapping above the one before, even if that is gone */
		assert_int_equal((uintptr_t)p % huge,
			((uintptr_t)again + (uintptr_t)(again - plain)) % huge);
		for (size_t k = 0; k < len; k++)
			assert_int_equal(p[k], 0);
		assert_false(fence_tail(p, len));
		if (len % page != 0) {
			p[len] ^= 0x7f;
			assert_true(fence_tail(p, len));
		}
		fence_unmap(p, len);
	}
	fence_unmap(NULL, 1);
}

static void touch(volatile char *at, struct reason *says)
{
	fence_watch(says);
	*at = 1;
	_exit(0);
}

static void who_touches_a_guard_dies_and_says_where(void **state)
{
	struct reason *says = fence_map(sizeof(*says), MAP_SHARED, "the words");
	char *p = fence_map(4096, MAP_PRIVATE, "the block");
	size_t pages = 3 * (size_t)sysconf(_SC_PAGESIZE);
	char *elsewhere = mmap(NULL, pages, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct {
		char *at;
		const char *said;
	} cases[] = {{p - 1, "before the start of the block"},
		{p + 4096, "beyond the end of the block"}, {elsewhere + pages / 2, ""}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status;

		memset(says, 0, sizeof(*says));
		pid_t pid = fork();

		if (pid == 0) {
			/* a sanitizer's handler would turn the death into an exit */
			signal(SIGSEGV, SIG_DFL);
			touch(cases[i].at, says);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
		assert_non_null(strstr(says->text, cases[i].said));
		assert_int_equal(says->text[0] != '\0', cases[i].said[0] != '\0');
	}
	munmap(elsewhere, pages);
	fence_unmap(p, 4096);
	fence_unmap(says, sizeof(*says));
}

/* Another process writes on and on; what the owner reads stays as it was. */
static void what_is_owned_stays_as_it_is(void **state)
{
	_Atomic uint64_t *p = fence_map(sizeof(*p), MAP_SHARED, "it");
	struct reason why;
	int told[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(told), 0);
	atomic_store(p, 1);
	pid_t pid = fork();

	if (pid == 0) {
		close(told[1]);
		_exit(read(told[0], &byte, 1) == 1 ? (atomic_store(p, 2), (int)atomic_load(p)) : 0);
	}
	assert_int_equal(fence_own((void *)p, sizeof(*p), &why), 0);
	assert_int_equal(write(told[1], "x", 1), 1);
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 2);
	assert_int_equal(atomic_load(p), 1);
	assert_false(fence_tail((void *)p, sizeof(*p)));
	fence_unmap((void *)p, sizeof(*p));
	close(told[0]);
	close(told[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sound_is_believed),
		cmocka_unit_test(whatever_is_written_ends_in_a_line),
		cmocka_unit_test(a_line_names_side_field_and_value),
		cmocka_unit_test(extensions_are_bounded),
		cmocka_unit_test(guards_leave_the_place_within_a_page),
		cmocka_unit_test(who_touches_a_guard_dies_and_says_where),
		cmocka_unit_test(what_is_owned_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
