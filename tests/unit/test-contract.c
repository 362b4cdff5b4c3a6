/* SPDX-License-Identifier: MIT */
/* Records that are wrong in one field each: refused with its name, the value and the limit. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A sound record, with options, everything of which can be changed. */
struct made {
	struct transport t;
	struct channel_ops ops;
	struct loops loops;
	struct option_spec options[80];
};

static void make(struct made *m)
{
	const struct transport *shm = registry_find("shm");

	memset(m, 0, sizeof(*m));
	m->t = *shm;
	m->ops = *shm->ops;
	m->loops = *shm->loops;
	m->t.ops = &m->ops;
	m->t.loops = &m->loops;
	m->t.options = m->options;
	m->t.config_size = 64;
	m->options[0] = (struct option_spec){
		.name = "size", .type = OPTION_SIZE, .offset = 0, .max = 9, .help = "a size"};
	m->options[1] = (struct option_spec){.name = "how",
		.type = OPTION_CHOICE,
		.offset = 8,
		.choices = "a|b",
		.initial = "a",
		.help = "a choice"};
	m->options[2] = (struct option_spec){
		.name = "dir", .type = OPTION_STRING, .offset = 16, .help = "a text"};
}

static void expect(const struct made *m, const char *said)
{
	struct reason why = {""};
	int r = record_check("plugin x.so", &m->t, &why);

	if (r >= 0 || strncmp(why.text, "plugin x.so: ", 13) != 0 || strstr(why.text, said) == NULL)
		fail_msg("%d instead of \"%s\": %s", r, said, why.text);
}

/* One thing is changed, and this is said of it. */
#define WRONG(said, change)                                                                        \
	do {                                                                                       \
		make(m);                                                                           \
		change;                                                                            \
		expect(m, said);                                                                   \
	} while (0)

static void test_sound(void **state)
{
	struct made *m = *state;
	struct reason why = {""};

	for (size_t i = 0; i < registry_count(); i++)
		if (record_check("built in", registry_at(i), &why) < 0)
			fail_msg("%s", why.text);
	make(m);
	assert_int_equal(record_check("x", &m->t, &why), 0);
	/* everything at its limit */
	m->t.state_size = (size_t)64 << 20;
	m->options[2].offset = m->t.config_size - sizeof(char *);
	m->t.summary = "\xc3\xbc, \xf0\x9f\x90\xa7";
	m->t.typical_use = NULL;
	assert_int_equal(record_check("x", &m->t, &why), 0);
}

static void test_texts(void **state)
{
	struct made *m = *state;
	static char endless[4096];

	memset(endless, 'x', sizeof(endless));
	WRONG("built for ABI 3, and this ipcbench has ABI", m->t.abi = 3);
	WRONG("name is missing", m->t.name = NULL);
	WRONG("name is missing", m->t.name = "");
	WRONG("name is \"Pipe\", which does not match", m->t.name = "Pipe");
	WRONG("name has a byte 0x1b at 1, which is a control character", m->t.name = "a\033[2J");
	WRONG("is longer than 32 bytes", m->t.name = endless);
	WRONG("family is missing", m->t.family = NULL);
	WRONG("family is \"a,b\"", m->t.family = "a,b");
	WRONG("summary has a byte 0xa at 3", m->t.summary = "two\nlines");
	WRONG("summary has a byte 0xff at 0, which is not UTF-8", m->t.summary = "\xff");
	/* a control character of two bytes, and a character cut short by the end of the text */
	WRONG("summary has a byte 0xc2 at 0, which is a control", m->t.summary = "\xc2\x9b");
	WRONG("summary has a byte 0xe2 at 1, which is not UTF-8", m->t.summary = "x\xe2\x82");
	WRONG("summary, \"xxxxxxxxxxxxxxxxxxxx...\", is longer", m->t.summary = endless);
	WRONG("is longer than 160 bytes", m->t.typical_use = endless);
}

static void test_numbers(void **state)
{
	struct made *m = *state;
	const unsigned char two = 2;

	WRONG("api is 5; the least is 0 and the most 4", m->t.api = (enum api)5);
	WRONG("reach is 3", m->t.reach = (enum reach)3);
	WRONG("shape is 4294967295", m->t.shape = (enum shape) - 1);
	WRONG("persistence is 77", m->t.persistence = (enum persistence)77);
	WRONG("waits is 0; the least is 1", m->t.waits = 0);
	WRONG("waits is 31; the least is 1 and the most 15", m->t.waits = 31);
	WRONG("customary is 0", m->t.customary = 0);
	WRONG("customary is 0x8, which has bits that waits, 0x1, lacks",
		(m->t.waits = WAIT_BIT_BLOCK, m->t.customary = WAIT_BIT_EPOLL));
	WRONG("state_size is 18446744073709551615", m->t.state_size = SIZE_MAX);
	WRONG("config_size is 65537", m->t.config_size = 65537);
	WRONG("one_namespace is 16", m->t.one_namespace = 16);
	WRONG("duplex is 2; a bool is 0 or 1", memcpy(&m->t.duplex, &two, 1));
	WRONG("spreads_inplace is 2", memcpy(&m->t.spreads_inplace, &two, 1));
	WRONG("self_reports is 2", memcpy(&m->t.self_reports, &two, 1));
}

static void fill_options(struct made *m)
{
	static char names[80][8];

	m->t.config_size = 65536;
	for (size_t i = 0; i < 80; i++) {
		snprintf(names[i], sizeof(names[i]), "o%zu", i);
		m->options[i] = (struct option_spec){
			.name = names[i], .type = OPTION_UINT, .offset = 4 * i, .help = "x"};
	}
}

static void test_options(void **state)
{
	struct made *m = *state;
	static char words[200];

	for (size_t i = 0; i + 1 < sizeof(words); i++)
		words[i] = i % 2 == 0 ? 'a' : '|';
	WRONG("the name of option 1 is \"a=b\"", m->options[1].name = "a=b");
	WRONG("option how: type is 4; the most is 3", m->options[1].type = (enum option_type)4);
	WRONG("option dir: its 8 bytes at offset 60 exceed config_size, 64",
		m->options[2].offset = 60);
	WRONG("at offset 18446744073709551608", m->options[2].offset = SIZE_MAX - 7);
	WRONG("option dir: offset 17 is not a multiple of its 8 bytes", m->options[2].offset = 17);
	WRONG("option how: its 4 bytes at offset 4 are also those of size",
		m->options[1].offset = 4);
	WRONG("option how occurs twice", m->options[2].name = "how");
	WRONG("option how: choices is missing", m->options[1].choices = NULL);
	WRONG("option how: choices: \"|b\" does not begin with a word",
		m->options[1].choices = "a||b");
	WRONG("\"b,c\" does not begin with a word", m->options[1].choices = "a|b,c");
	WRONG("option how: choices: 100 words; the most is 32", m->options[1].choices = words);
	WRONG("option dir: initial has a byte 0x7f", m->options[2].initial = "\x7f");
	WRONG("option dir: help is missing", m->options[2].help = NULL);
	WRONG("option size: min, 10, exceeds max, 9", m->options[0].min = 10);
	WRONG("config_size is 64, but there are no options", m->t.options = NULL);
	WRONG("options: no NULL name ends them; the most is 63", fill_options(m));
}

static void test_functions(void **state)
{
	struct made *m = *state;

	WRONG("open is NULL", m->t.open = NULL);
	WRONG("close is NULL", m->t.close = NULL);
	WRONG("ops is NULL", m->t.ops = NULL);
	WRONG("ops->send is NULL, but every mechanism needs it", m->ops.send = NULL);
	WRONG("ops->recv is NULL", m->ops.recv = NULL);
	WRONG("loops->rate_rx is NULL", m->loops.rate_rx = NULL);
	WRONG("ops->peek is NULL, but there are loops that work in place", m->ops.peek = NULL);
	WRONG("loops->pong_inplace is NULL, but loops->ping_inplace is there",
		m->loops.pong_inplace = NULL);
	WRONG("ops->recv_batch is NULL",
		(m->ops.recv_batch = NULL, m->ops.send_batch = (int (*)(struct channel *,
						   const void *, size_t, size_t))(uintptr_t)1));
}

/* The driver's own are used, which need the operations alone. */
static void test_without_loops(void **state)
{
	struct made *m = *state;
	struct reason why = {""};

	make(m);
	m->t.loops = NULL;
	assert_int_equal(record_check("plugin x.so", &m->t, &why), 0);
	assert_true(registry_in_place(&m->t));
	m->ops.reserve = NULL;
	assert_int_not_equal(record_check("plugin x.so", &m->t, &why), 0);
	m->ops.commit = NULL;
	m->ops.peek = NULL;
	m->ops.release = NULL;
	assert_int_equal(record_check("plugin x.so", &m->t, &why), 0);
	assert_false(registry_in_place(&m->t));
}

static void test_batch_loops(void **state)
{
	struct made *m = *state;
	const struct transport *udp = registry_find("udp");

	WRONG("loops->batch_rx is NULL, but there are operations for batches",
		(m->ops = *udp->ops, m->loops = *udp->loops, m->loops.batch_rx = NULL));
}

static int begin(void **state)
{
	*state = malloc(sizeof(struct made));
	return *state == NULL;
}

static int end(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_without_loops),
		cmocka_unit_test(test_batch_loops),
	};

	return cmocka_run_group_tests_name("contract", tests, begin, end);
}
