/* SPDX-License-Identifier: MIT */
/* What the comparison tables find in made-up trials. */
#include "made-up-run.h"

/* ---- time ------------------------------------------------------------------------------------ */

static void time_of_one_mebibyte(void **state)
{
	struct fixture *f = *state;

	stream(f, "pipe,pipes,block", MIB, "same-cpu", 1e9, "");
	stream(f, "pipe,pipes,block", MIB, "same-cpu", 2e9, "");
	stream(f, "pipe,pipes,block", MIB, "same-cpu", 4e9, "");
	stream(f, "pipe,pipes,block", 65536, "same-cpu", 9e9, "");
	trips(f, "pipe,pipes,block", "1048576", "same-cpu", 250000);
	trips(f, "pipe,pipes,block", "64", "same-cpu", 5000);
	make(f, 1u << TABLE_TIME);
	const struct time_row *r = f->tables.table[TABLE_TIME].rows;

	assert_int_equal(f->tables.table[TABLE_TIME].count, 1);
	assert_true(r->messages == 1);
	assert_true(near(r->time_ns.median, 524288));
	assert_true(near(r->time_ns.min, 262144) && near(r->time_ns.max, 1048576));
	assert_true(isnan(r->time_ns.ci_lo));
	assert_true(r->trip_ns.median == 250000);
	assert_true(near(r->cpu_ns, 524288));
	assert_true(r->pss_bytes == 25165824 && r->held_bytes == 65536);
	assert_true(isnan(r->lost));
	assert_string_equal(r->obstacle, "");
	/* alone it is no best */
	assert_int_equal(r->standing, STANDING_NONE);
}

static void time_scaled_from_smaller_messages(void **state)
{
	struct fixture *f = *state;

	stream(f, "sysv-mq,message-queues,block", 64, "same-cpu", 1e7, "");
	stream(f, "sysv-mq,message-queues,block", 4096, "same-cpu", 1048576e3, "");
	trips(f, "sysv-mq,message-queues,block", "4096", "same-cpu", 7000);
	refused(f, "sysv-mq,message-queues,block", 65536, "same-cpu", "too large for 64 KiB");
	refused(f, "sysv-mq,message-queues,block", MIB, "same-cpu", "too large for 1 MiB");
	/* as many messages as it takes: the last one need not be full */
	stream(f, "udp,sockets,block", 60000, "same-cpu", 1e9, "1000");
	make(f, 1u << TABLE_TIME);
	const struct time_row *udp = f->tables.table[TABLE_TIME].rows, *mq = udp + 1;

	assert_int_equal(f->tables.table[TABLE_TIME].count, 2);
	assert_int_equal(mq->cell->key.size, 4096);
	assert_true(mq->messages == 256);
	assert_true(near(mq->time_ns.median, 1e6));
	assert_true(mq->trip_ns.median == 7000);
	assert_string_equal(mq->obstacle, "too large for 1 MiB");
	/* one trial each gives no interval */
	assert_true(mq->standing == STANDING_NONE && udp->standing == STANDING_NONE);
	assert_true(udp->messages == 18);
	assert_true(near(udp->lost, 0.5));
	assert_true(isnan(udp->trip_ns.median));
	char *text = written(table_80, &f->tables);

	expect(text, "256 x 4 KiB");
	expect(text, "note sysv-mq: in messages of 4 KiB, because too large for 1 MiB\n");
	expect(text, "note udp: in messages of 60000 B, the largest measured size up to 1 MiB\n");
	expect(text, "note udp same-cpu: 50% of the messages were lost");
	free(text);
}

/* What paces itself, tells nothing, moves nothing or broke is not comparable. */
static void time_leaves_out(void **state)
{
	struct fixture *f = *state;

	trial(f, "pipe,pipes,block,copy,rate,1048576,same-cpu,default", "ok,",
		"1,,1,1e9,,,0.5,1,1,,10%,constant,direct,default");
	trial(f, "pipe,pipes,block,copy,throughput,2097152,same-cpu,default", "ok,",
		"1,,1,1e9,,,0.5,1,1,,,,direct,default");
	trial(f, "fifo,pipes,block,copy,throughput,1048576,same-cpu,default", "ok,",
		"1,,1,1e9,,,0.5,1,1,,,,direct,default");
	trial(f, "fifo,pipes,block,copy,throughput,1048576,same-cpu,default", "fail,broke",
		",,,,,,,,,,,,direct,default");
	trial(f, "eventfd,notifications,block,,throughput,,same-cpu,default", "ok,",
		"1,,1e6,,,,,1,1,,,,direct,default");
	trial(f, "null,harness,spin,copy,throughput,1048576,same-cpu,default", "ok,",
		"1,,1e9,,,,,1,1,,,,direct,default");
	make(f, 1u << TABLE_TIME);
	assert_int_equal(f->tables.table[TABLE_TIME].count, 0);
	assert_int_equal(tables_rows(&f->tables), 0);
	char *text = written(table_80, &f->tables);

	expect(text, "note time to move 1 MiB: the run holds no throughput");
	free(text);
}

static void time_sections_and_order(void **state)
{
	struct fixture *f = *state;

	for (int trial = 0; trial < 6; trial++) {
		stream(f, "zebra:x=1,farm,block", MIB, "same-cpu", 5e9 + 1e8 * trial, "");
		stream(f, "shm,shared-memory,spin", MIB, "same-llc", 4e9, "");
		stream(f, "shm,shared-memory,block", MIB, "same-llc", 3e9 + 1e9 * trial, "");
		stream(f, "mmap,shared-memory,block", MIB, "same-llc", 5e9, "");
		stream(f, "posix-shm,shared-memory,block", MIB, "same-llc", 2e9, "");
		stream(f, "tcp,sockets,block", MIB, "same-cpu", 1e9, "");
		stream(f, "fifo,pipes,block", MIB, "same-cpu", 2e9, "");
		stream(f, "pipe,pipes,block", MIB, "same-cpu", 1e9, "");
	}
	make(f, 1u << TABLE_TIME);
	static const struct {
		const char *transport, *wait;
		enum standing standing;
	} expected[] = {
		{"pipe", "block", STANDING_NONE},
		{"fifo", "block", STANDING_NONE},
		{"tcp", "block", STANDING_NONE},
		{"zebra:x=1", "block", STANDING_BEST},
		{"shm", "block", STANDING_TIED},
		{"shm", "spin", STANDING_NONE},
		{"posix-shm", "block", STANDING_NONE},
		{"mmap", "block", STANDING_TIED},
	};

	assert_int_equal(f->tables.table[TABLE_TIME].count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct time_row *r =
			(const struct time_row *)f->tables.table[TABLE_TIME].rows + i;

		assert_string_equal(r->cell->key.transport, expected[i].transport);
		assert_string_equal(axis_word(&r->cell->key, AXIS_WAIT), expected[i].wait);
		assert_int_equal(r->standing, expected[i].standing);
	}
	char *text = written(table_80, &f->tables);

	expect(text, "\nTime to move 1 MiB, same-cpu, idle default, batch 1, footprint hot\n");
	expect(text, "\nTime to move 1 MiB, same-llc, idle default, batch 1, footprint hot\n");
	expect(text, "\npipes\n  pipe ");
	expect(text, "\nfarm\n* zebra:x=1 ");
	expect(text, "  suited to\n    pipe       parent and child, shell pipelines\n");
	free(text);
}

/* ---- qualities ------------------------------------------------------------------------------- */

static void qualities_from_traits(void **state)
{
	static const struct {
		const char *name, *synchronisation, *kinship, *left, *complexity;
	} cases[] = {
		{"pipe", "by blocking", "kin", "framing", "simple"},
		{"fifo", "by blocking", "any", "framing, removing", "medium"},
		{"tcp", "by blocking", "any", "framing", "simple"},
		{"udp", "by blocking", "any", "splitting, recovering", "medium"},
		{"posix-mq", "by blocking", "any", "splitting, removing", "medium"},
		{"shm", "needs one", "kin", "synchronising, layout", "medium"},
		{"posix-shm", "needs one", "any", "removing, synchronising, layout", "complex"},
		{"file", "needs one", "any", "removing, synchronising, layout", "complex"},
		{"eventfd", "is one", "kin", "nothing", "simple"},
		{"posix-sem", "is one", "any", "removing", "simple"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct transport *t = cell_transport(cases[i].name);

		assert_non_null(t);
		assert_string_equal(quality_synchronisation(t), cases[i].synchronisation);
		assert_string_equal(quality_kinship(t), cases[i].kinship);
		assert_string_equal(quality_left(t).text, cases[i].left);
		assert_string_equal(quality_complexity(t), cases[i].complexity);
	}
	struct fixture *f = *state;

	make(f, 1u << TABLE_QUALITIES);
}

static void qualities_of_what_was_measured(void **state)
{
	struct fixture *f = *state;

	trips(f, "pipe,pipes,block", "64", "same-cpu", 5000);
	trips(f, "pipe,pipes,block", "4096", "same-cpu", 6000);
	stream(f, "pipe,pipes,block", 65536, "same-cpu", 4e9, "");
	stream(f, "pipe,pipes,block", MIB, "same-cpu", 5e9, "");
	trips(f, "sysv-mq,message-queues,block", "64", "same-cpu", 6000);
	stream(f, "sysv-mq,message-queues,block", 4096, "same-cpu", 1e9, "");
	refused(f, "sysv-mq,message-queues,block", MIB, "same-cpu", "far too large");
	refused(f, "sysv-mq,message-queues,block", 65536, "same-cpu", "too large");
	trips(f, "eventfd,notifications,block", "", "same-cpu", 4000);
	make(f, 1u << TABLE_QUALITIES);
	const struct quality_row *r = f->tables.table[TABLE_QUALITIES].rows;

	assert_int_equal(f->tables.table[TABLE_QUALITIES].count, 3);
	assert_int_equal(r[0].largest, MIB);
	assert_string_equal(r[0].limit, "");
	assert_true(r[0].trip.median == 5000 && r[0].stream.median == 4e9);
	assert_int_equal(r[1].largest, 4096);
	assert_string_equal(r[1].limit, "too large");
	assert_true(isnan(r[1].stream.median));
	assert_int_equal(r[2].largest, 0);
	assert_string_equal(r[2].limit, "");
	assert_true(r[2].trip.median == 4000);
	char *text = written(table_80, &f->tables);

	expect(text, "\nWhat each mechanism is\n"
		     "  transport  form          synchronises  users  remote  lasts    complexity\n"
		     "  pipe       stream        by blocking   kin    no      process  simple\n"
		     "  sysv-mq    message       by blocking   any    no      kernel   medium\n"
		     "  eventfd    notification  is one        kin    no      process  simple\n"
		     "\n"
		     "  left to you\n"
		     "    pipe       framing\n"
		     "    sysv-mq    splitting, removing\n"
		     "    eventfd    nothing\n"
		     "\n"
		     "  API\n"
		     "    pipe       POSIX\n"
		     "    sysv-mq    System V\n"
		     "    eventfd    Linux\n"
		     "\n"
		     "  suited to\n"
		     "    pipe       parent and child, shell pipelines\n"
		     "    sysv-mq    requests and replies through one queue\n"
		     "    eventfd    waking an event loop\n");
	expect(text, "limit 4 KiB");
	expect(text, "\nlimit sysv-mq: too large\n");
	free(text);
}

/* ---- System V against POSIX ------------------------------------------------------------------ */

static void pairs_follow_from_traits(void **state)
{
	struct fixture *f = *state;

	make(f, 1u << TABLE_APIS);
	size_t count;
	struct api_pair *pairs = api_pairs(&count);

	assert_int_equal(f->tables.table[TABLE_APIS].count, 0);
	assert_true(count >= 1);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(pairs[i].sysv->api, API_SYSV);
		assert_int_equal(pairs[i].posix->api, API_POSIX);
		assert_string_equal(pairs[i].sysv->family, pairs[i].posix->family);
		/* each mechanism has one counterpart */
		for (size_t k = 0; k < i; k++) {
			assert_ptr_not_equal(pairs[i].sysv, pairs[k].sysv);
			assert_ptr_not_equal(pairs[i].posix, pairs[k].posix);
		}
	}
	free(pairs);
	char *text = written(table_80, &f->tables);

	expect(text, "note posix-mq against sysv-mq: the run holds no cell of both\n");
	expect(text, "note posix-shm against sysv-shm: the run holds no cell of both\n");
	expect(text, "note posix-sem against sysv-sem: the run holds no cell of both\n");
	free(text);
}

static void ratios_with_intervals(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 6; i++) {
		trips(f, "sysv-mq,message-queues,block", "64", "same-cpu", 6000 + i);
		trips(f, "posix-mq,message-queues,block", "64", "same-cpu", 3000 + i);
		/* across CPUs they overlap */
		trips(f, "sysv-mq,message-queues,block", "64", "same-llc", 6000 + 100 * i);
		trips(f, "posix-mq,message-queues,block", "64", "same-llc", 6050 + 100 * i);
		stream(f, "sysv-mq,message-queues,block", 64, "same-cpu", 2e8 + i, "");
		stream(f, "posix-mq,message-queues,block", 64, "same-cpu", 1e8 + i, "");
	}
	/* of another way of waiting, so it has no counterpart */
	trips(f, "posix-mq,message-queues,spin", "64", "same-cpu", 3000);
	make(f, 1u << TABLE_APIS);
	const struct api_row *r = f->tables.table[TABLE_APIS].rows;

	assert_int_equal(f->tables.table[TABLE_APIS].count, 3);
	assert_int_equal(r[0].metric->mode, MODE_LATENCY);
	assert_true(fabs(r[0].ratio - 0.5) < 1e-3);
	assert_true(r[0].ci_lo <= r[0].ratio && r[0].ratio <= r[0].ci_hi);
	assert_true(r[0].ci_lo > 0.49 && r[0].ci_hi < 0.51);
	assert_int_equal(r[0].faster, API_POSIX_FASTER);
	assert_int_equal(r[0].base_trials, 6);
	assert_int_equal(r[1].faster, API_UNCLEAR);
	assert_true(r[1].ci_lo < 1 && r[1].ci_hi > 1);
	assert_int_equal(r[2].metric->mode, MODE_THROUGHPUT);
	assert_true(fabs(r[2].ratio - 0.5) < 1e-3);
	assert_int_equal(r[2].faster, API_SYSV_FASTER);
	char *text = written(table_80, &f->tables);

	expect(text,
		"\nmessage-queues: posix-mq against sysv-mq, median round trip in us, lower is");
	expect(text, "  64 B same-cpu block ");
	expect(text, "  0.50  0.50-0.50     6+6  posix-mq\n");
	expect(text, "unclear\n");
	assert_null(strstr(text, "have no interval"));
	free(text);
}

static void ratios_of_few_trials(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		trips(f, "sysv-sem,notifications,block", "", "same-cpu", 4000 + 10 * i);
		trips(f, "posix-sem,notifications,block", "", "same-cpu", 2005 + 5 * i);
	}
	make(f, 1u << TABLE_APIS);
	const struct api_row *r = f->tables.table[TABLE_APIS].rows;

	assert_int_equal(f->tables.table[TABLE_APIS].count, 1);
	assert_true(near(r->ratio, 2010.0 / 4010.0));
	assert_true(isnan(r->ci_lo) && isnan(r->ci_hi));
	assert_int_equal(r->faster, API_NO_INTERVAL);
	assert_int_equal(api_trials_needed(), 4);
	char *text = written(table_80, &f->tables);

	expect(text, "  same-cpu block ");
	expect(text,
		"note 1 of 1 ratios of System V and POSIX are of medians and have no interval: it\n"
		"     takes 4 trials of both (--trials 4)\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(time_of_one_mebibyte),
		TEST(time_scaled_from_smaller_messages),
		TEST(time_leaves_out),
		TEST(time_sections_and_order),
		TEST(qualities_from_traits),
		TEST(qualities_of_what_was_measured),
		TEST(pairs_follow_from_traits),
		TEST(ratios_with_intervals),
		TEST(ratios_of_few_trials),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
