/* SPDX-License-Identifier: MIT */
/* Values as people type them, the spelling of transports, and the command line as a whole. */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "commands.h"
#include "plan/plan.h"
#include "text/format.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after what it needs */
#include <cmocka.h>

#define READ(reader, what, text, field, why, ...)                                                  \
	reader(&(struct option_value){&(struct option_row){__VA_ARGS__}, what, text, why}, field)

#define says(line, part) assert_non_null(strstr((line).text, (part)))

/* ---- sizes ---------------------------------------------------------------------------------- */

static void expect_sizes(const char *text, const size_t *want, size_t n)
{
	struct reason why = {""};
	struct settings s = {.size_count = 0};

	assert_int_equal(
		READ(read_sizes, "--size", text, &s, &why, .min = 1, .max = SIZE_LIMIT), 0);
	assert_int_equal(s.size_count, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s.sizes[i], want[i]);
	settings_free(&s);
}

#define EXPECT_SIZES(text, ...)                                                                    \
	do {                                                                                       \
		static const size_t want[] = {__VA_ARGS__};                                        \
		expect_sizes((text), want, ARRAY_SIZE(want));                                      \
	} while (0)

static void sizes_have_units(void **state)
{
	(void)state;
	EXPECT_SIZES("64", 64);
	EXPECT_SIZES("64,4K,64K,1M", 64, 4096, 65536, 1048576);
	EXPECT_SIZES("1KiB,1kB,1k,1MiB,1MB,1GiB,1GB,1B", 1024, 1000, 1048576, 1000000, 1073741824,
		1000000000, 1);
}

static void size_ranges_multiply(void **state)
{
	(void)state;
	EXPECT_SIZES("64..1K", 64, 128, 256, 512, 1024);
	EXPECT_SIZES("64..1M:x4", 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576);
	EXPECT_SIZES("100..500", 100, 200, 400);
	EXPECT_SIZES("512M..1G", 536870912, 1073741824);
	EXPECT_SIZES("7..7", 7);
}

static void sizes_come_once_in_order(void **state)
{
	(void)state;
	EXPECT_SIZES("4K,64,4096,64..256", 4096, 64, 128, 256);
}

static void bad_sizes_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"0", "below the minimum of 1 B"},
		{"2G", "exceeds the limit of 1 GiB"},
		{"18446744073709551616", "exceeds the limit of 1 GiB"},
		{"18014398509481984K", "exceeds the limit of 1 GiB"},
		{"-1", "not a size"},
		{"+1", "not a size"},
		{" 1", "not a size"},
		{"1.5K", "not a size"},
		{"1KB", "not a size"},
		{"", "not a size"},
		{"64,", "not a size"},
		{"64..", "not a size"},
		{"1M..64", "downwards"},
		{"64..1M:x1", "x2 to x1024"},
		{"64..1M:4", "x2 to x1024"},
		{"64..1M:x2K", "x2 to x1024"},
		{"lognormal:", "\"\" is not a parameter of lognormal"},
		{"lognormal:median=1K", "lacks p99="},
		{"lognormal:p99=1K,max=2K", "lacks median="},
		{"lognormal:median=1K,p99=4K,mean=1K", "\"mean=1K\" is not a parameter"},
		{"lognormal:median=7,p99=4K", "\"7\" is below the minimum of 8 B"},
		{"lognormal:median=4K,p99=4K", "a p99 that is not above its median"},
		{"lognormal:median=1K,p99=4K,max=3K", "a max below its p99"},
		{"lognormal:median=8,p99=1G", "the limit of 1 GiB; add max="},
		{"lognormal:median=1K,p99=4K,8,x", "\"x\" is not a size"},
		{"dist:", "\"dist:\" lacks the name of a file"},
		{"trace:", "\"trace:\" lacks the name of a file"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct reason why = {""};
		struct settings s = {.size_count = 0};

		assert_int_equal(READ(read_sizes, "--size", bad[i].text, &s, &why, .min = 1,
					 .max = SIZE_LIMIT),
			-EINVAL);
		says(why, "--size: ");
		says(why, bad[i].says);
		settings_free(&s);
	}
}

/* ---- distributions and traces of sizes ------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void expect_turn(const uint32_t *turn, const struct sizes *of)
{
	uint32_t *sorted = sizes_turn(of, 7);

	qsort(sorted, SIZES_TURN, sizeof(*sorted), ascending);
	assert_memory_equal(sorted, turn, SIZES_TURN * sizeof(*sorted));
	free(sorted);
}

/* What was asked for, exactly; the seed decides the order alone. */
static void lognormal_sizes_have_their_median_and_p99(void **state)
{
	struct reason why = {""};
	struct settings s = {.size_count = 0};
	uint32_t *a, *b;

	(void)state;
	assert_int_equal(READ(read_sizes, "--size",
				 "8,lognormal:p99=64K,median=1024,lognormal:median=1K,p99=65536,"
				 "lognormal:median=64,p99=256,max=300,16",
				 &s, &why, .min = 1, .max = SIZE_LIMIT),
		0);
	assert_int_equal(s.size_count, 2);
	assert_int_equal(s.mix_count, 2);
	const struct sizes *wide = &s.mixes[0], *cut = &s.mixes[1];

	assert_string_equal(wide->name, "lognormal:median=1K,p99=64K");
	assert_string_equal(cut->name, "lognormal:median=64,p99=256,max=300");
	assert_int_equal(wide->count, SIZES_TURN);
	a = sizes_turn(wide, 1);
	b = sizes_turn(wide, 2);
	assert_memory_not_equal(a, b, SIZES_TURN * sizeof(*a));
	qsort(a, SIZES_TURN, sizeof(*a), ascending);
	expect_turn(a, wide);
	assert_int_equal(a[0], SIZES_LEAST);
	assert_in_range(a[SIZES_TURN / 2], 1024, 1026);
	assert_in_range(a[SIZES_TURN * 99 / 100], 65536 * 0.99, 65536 * 1.01);
	/* exp(mu + sigma^2 / 2) is 5071; the middle of the last part cuts the tail */
	assert_in_range((long)(sizes_bytes(a, SIZES_TURN, 0, SIZES_TURN) / SIZES_TURN), 4700, 5071);
	assert_int_equal(a[SIZES_TURN - 1], wide->most);
	assert_int_equal(cut->most, 300);
	free(a);
	free(b);
	settings_free(&s);
}

static int read_mix(struct sizes *mix, const char *source, const char *text, struct reason *why)
{
	char *copy = strdup(text), *name = strdup(source);

	assert_true(copy != NULL && name != NULL);
	*mix = (struct sizes){.source = name};
	int r = sizes_read(mix, copy, strlen(copy), why);

	free(copy);
	return r;
}

static void files_of_sizes(void **state)
{
	static const uint32_t trace[] = {64, 4096, 64, 9};
	struct reason why = {""};
	struct sizes mix, again;
	size_t count[2] = {0};

	(void)state;
	assert_int_equal(
		read_mix(&mix, "trace:a/web-1.txt", "# sizes\n 64 \n\n4K # large\n64\r\n9", &why),
		0);
	assert_string_equal(mix.text, "64\n4096\n64\n9\n");
	assert_int_equal(mix.count, ARRAY_SIZE(trace));
	assert_int_equal(mix.most, 4096);
	uint32_t *turn = sizes_turn(&mix, 3);

	assert_memory_equal(turn, trace, sizeof(trace));
	assert_true(sizes_bytes(turn, 4, 6, 7) == 64 + 9 + 4233 + 64);
	assert_true(sizes_bytes(turn, 4, UINT64_MAX, 0) == 0);
	free(turn);
	assert_int_equal(read_mix(&again, "trace:web-1.txt", mix.text, &why), 0);
	assert_string_equal(again.name, mix.name);
	sizes_free(&again);
	sizes_free(&mix);
	assert_int_equal(read_mix(&mix, "dist:h", "4K 2.5\n64\t7.5\n", &why), 0);
	assert_string_equal(mix.text, "4096 2.5\n64 7.5\n");
	for (size_t i = 0; i < mix.count; i++)
		count[mix.turn[i] == 4096]++;
	assert_int_equal(count[0], 3072);
	assert_int_equal(count[1], 1024);
	sizes_free(&mix);
}

static void bad_files_of_sizes_are_refused(void **state)
{
	static const struct {
		const char *source, *text, *says;
	} bad[] = {
		{"trace:x", "", "--size trace:x: holds no size"},
		{"trace:x", "# 64\n", "holds no size"},
		{"trace:x", "64\n7\n", "line 2: size: \"7\" is below the minimum of 8 B"},
		{"trace:x", "2G", "exceeds the limit of 1 GiB"},
		{"trace:x", "64 1", "line 1: more than a size"},
		{"trace:x", "64x", "\"64x\" is not a size"},
		{"trace:a b", "64", "letters, digits and . _ - only"},
		{"trace:", "64", "letters, digits and . _ - only"},
		{"trace:12345678901234567890123456789012345678901", "64", "at most 40 characters"},
		{"dist:x", "64", "line 1: a weight is missing"},
		{"dist:x", "64 0", "\"0\" is not a weight"},
		{"dist:x", "64 -1", "\"-1\" is not a weight"},
		{"dist:x", "64 nan", "\"nan\" is not a weight"},
		{"dist:x", "64 1e16", "\"1e16\" is not a weight"},
		{"dist:x", "64 1 2", "\"1 2\" is not a weight"},
		{"dist:x", "64 1e6\n128 1", "size 128 has too little weight for one of 4096"},
	};
	struct reason why = {""};
	struct sizes mix;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_mix(&mix, bad[i].source, bad[i].text, &why), -EINVAL);
		says(why, bad[i].says);
		sizes_free(&mix);
	}
	char *many = calloc(SIZES_TRACE_MAX + 1, 3), nul[] = "64\0";

	assert_non_null(many);
	for (size_t i = 0; i < 2 * (SIZES_TRACE_MAX + 1); i += 2) {
		many[i] = '9';
		many[i + 1] = '\n';
	}
	assert_int_equal(read_mix(&mix, "trace:x", many, &why), -EINVAL);
	says(why, "line 65537: more than 65536 sizes");
	sizes_free(&mix);
	free(many);
	mix = (struct sizes){.source = strdup("trace:x")};
	assert_int_equal(sizes_read(&mix, nul, sizeof(nul), &why), -EINVAL);
	says(why, "holds a 0 byte");
	sizes_free(&mix);
}

static void spelt_sizes_read_back(void **state)
{
	static const uint64_t bytes[] = {1, 64, 1000, 1023, 1024, 1536, 65537, 1 << 20, 3 << 20,
		(1 << 20) + 1, 1 << 30, 1000000};
	char text[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		size_t back = 0;

		size_spell(text, sizeof(text), bytes[i]);
		assert_int_equal(
			READ(read_size, "--size", text, &back, NULL, .min = 1, .max = SIZE_LIMIT),
			0);
		assert_int_equal(back, bytes[i]);
	}
	assert_string_equal(size_spell(text, sizeof(text), 1 << 20), "1M");
	assert_string_equal(size_spell(text, sizeof(text), 1536), "1536");
	assert_string_equal(size_spell(text, sizeof(text), 0), "0");
}

/* ---- durations, counts, seeds, CPUs --------------------------------------------------------- */

static void durations_have_units(void **state)
{
	static const struct {
		const char *text;
		double seconds;
	} good[] = {{"2", 2}, {"0.05", 0.05}, {"2s", 2}, {"250ms", 0.25}, {"500us", 0.0005},
		{"20ns", 2e-8}, {"1m", 60}, {"1.5min", 90}, {"1h", 3600}, {"0", 0}};
	static const char *const bad[] = {
		"", "s", "-1", "1e3", "0x10", "inf", "nan", "1 s", "1d", "1.2.3", "2 h", "2h", "."};
	double out;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(READ(read_duration, "--duration", good[i].text, &out, NULL,
					 .max = OPTION_HOUR),
			0);
		assert_true(out > good[i].seconds * (1 - 1e-12) - 1e-15 &&
			    out < good[i].seconds * (1 + 1e-12) + 1e-15);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct reason why = {""};

		assert_int_equal(
			READ(read_duration, "--duration", bad[i], &out, &why, .max = OPTION_HOUR),
			-EINVAL);
		says(why, "--duration: ");
	}
}

static void counts_have_limits(void **state)
{
	struct reason why = {""};
	uint64_t n = 0;

	(void)state;
	assert_int_equal(
		READ(read_count, "--messages", "10k", &n, &why, .min = 1, .max = 1000000), 0);
	assert_int_equal(n, 10000);
	assert_int_equal(
		READ(read_count, "--messages", "1M", &n, &why, .min = 1, .max = 1000000), 0);
	assert_int_equal(n, 1000000);
	assert_int_equal(
		READ(read_count, "--messages", "2M", &n, &why, .min = 1, .max = 1000000), -EINVAL);
	says(why, "exceeds the limit of 1000000");
	assert_int_equal(
		READ(read_count, "--messages", "0", &n, &why, .min = 1, .max = 1000000), -EINVAL);
	assert_int_equal(
		READ(read_count, "--messages", "1K", &n, &why, .min = 1, .max = 1000000), -EINVAL);
	says(why, "not a count");
	assert_int_equal(READ(read_count, "--messages", "99999999999G", &n, &why, .min = 1,
				 .max = UINT64_MAX),
		-EINVAL);
	assert_int_equal(n, 1000000);
}

static void seeds_are_64_bits(void **state)
{
	static const char *const bad[] = {
		"", "-1", "0x", "0xg", "1a", " 1", "18446744073709551616"};
	uint64_t n = 0;

	(void)state;
	assert_int_equal(READ(read_seed, "--seed", "18446744073709551615", &n, NULL, .max = 0), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(READ(read_seed, "--seed", "0xff", &n, NULL, .max = 0), 0);
	assert_int_equal(n, 255);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(READ(read_seed, "--seed", bad[i], &n, NULL, .max = 0), -EINVAL);
}

static void cpus_are_a_pair(void **state)
{
	static const char *const bad[] = {
		"", "0", "0,", ",1", "-1,0", "a,b", "0, 1", "0,1024", "4294967296,0"};
	struct settings s = {.cpu_count = 0};

	(void)state;
	assert_int_equal(read_cpus(&(struct option_value){NULL, "--cpus", "3,0", NULL}, &s), 0);
	assert_int_equal(s.cpu_count, 2);
	assert_int_equal(s.cpus[0], 3);
	assert_int_equal(s.cpus[1], 0);
	assert_int_equal(read_cpus(&(struct option_value){NULL, "--cpus", "3,0,0,3", NULL}, &s), 0);
	assert_int_equal(s.cpu_count, 4);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(
			read_cpus(&(struct option_value){NULL, "--cpus", bad[i], NULL}, &s),
			-EINVAL);
	free(s.cpus);
}

/* What is read, as the CSV files spell it. */
static void check_topologies(const char *text, const char *want)
{
	struct settings s = {.topology_count = 0};
	struct cell_key key = {.transport = ""};
	char got[256] = "", one[40];

	assert_int_equal(
		read_topologies(&(struct option_value){NULL, "--topology", text, NULL}, &s), 0);
	for (size_t i = 0; i < s.topology_count; i++) {
		key.sides = s.topologies[i];
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i > 0 ? " " : "",
			axis_spell(one, sizeof(one), &key, AXIS_TOPOLOGY));
	}
	assert_string_equal(got, want);
	free(s.topologies);
}

static void topologies_are_counted(void **state)
{
	static const char *const bad[] = {"", "pairs", "pairs:", "pairs:0", "pairs:-1", "pairs:x",
		"pairs:513", "pairs:99999999999999999999", "pairs:4:", "pairs:4:far", "pairs:1..",
		"pairs:4..2", "pairs:1..513", "pair:2", "bidi:2", "server", "fan-in", "fan-in:513",
		"fan-in:2..", "fan-out:4..2", "pair..4", "pairs: 2"};
	struct settings s = {.topology_count = 0};

	(void)state;
	check_topologies("pair", "pair");
	check_topologies("pairs:1", "pair");
	check_topologies("pair,pairs:4,pairs:4", "pair pairs:4");
	check_topologies("pairs:1..8", "pair pairs:2 pairs:4 pairs:8");
	check_topologies("pairs:3..12,pair", "pairs:3 pairs:6 pairs:12 pair");
	check_topologies("pairs:2:scatter", "pairs:2:scatter");
	check_topologies("pairs:2..4:scatter", "pairs:2:scatter pairs:4:scatter");
	check_topologies("pairs:1..4:scatter", "pair pairs:2:scatter pairs:4:scatter");
	check_topologies("pairs:512", "pairs:512");
	check_topologies("fan-in:1..4:scatter,fan-out:3",
		"pair fan-in:2:scatter fan-in:4:scatter fan-out:3");
	check_topologies("server:1..4", "server:1 server:2 server:4");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(
			read_topologies(
				&(struct option_value){NULL, "--topology", bad[i], NULL}, &s),
			-EINVAL);
	free(s.topologies);
}

static void topologies_are_spelled_as_they_are_read(void **state)
{
	static const char *const words[] = {"pair", "pairs:2", "bidi", "server:1", "server:8",
		"fan-in:4", "fan-in:4:scatter", "fan-out:512"};
	struct cell_key key = {.transport = ""}, last = {.transport = ""};
	char text[40];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		assert_true(axis_read(&key, AXIS_TOPOLOGY, words[i]));
		assert_string_equal(axis_spell(text, sizeof(text), &key, AXIS_TOPOLOGY), words[i]);
		assert_true(i == 0 || axis_order(&last, &key, AXIS_TOPOLOGY) < 0);
		last = key;
	}
	assert_true(axis_read(&key, AXIS_TOPOLOGY, "fan-in:1"));
	assert_int_equal(key.sides, 0);
}

/* ---- words ---------------------------------------------------------------------------------- */

static void near_words_are_found(void **state)
{
	static const char *const names[] = {"latency", "throughput", "tcp", "udp", NULL};

	(void)state;
	assert_string_equal(parse_near("latnecy", names), "latency");
	assert_string_equal(parse_near("troughput", names), "throughput");
	assert_string_equal(parse_near("tpc", names), "tcp");
	assert_null(parse_near("xyz", names));
	assert_null(parse_near("", names));
	assert_null(parse_near("t", names));
	assert_null(parse_near("a-word-that-is-longer-than-any-name-can-be", names));
}

static void choices_become_bits(void **state)
{
	static const char *const names[] = {"block", "spin", "hybrid", NULL};
	struct reason why = {""};
	unsigned int bits = 0;

	(void)state;
	assert_int_equal(
		READ(read_words, "--wait", "hybrid,block", &bits, &why, .words = names, .max = 7),
		0);
	assert_int_equal(bits, 5);
	assert_int_equal(
		READ(read_words, "--wait", "all", &bits, &why, .words = names, .max = 3), 0);
	assert_int_equal(bits, 3);
	assert_int_equal(
		READ(read_words, "--wait", "spin,blok", &bits, &why, .words = names, .max = 7),
		-EINVAL);
	assert_string_equal(why.text,
		"--wait: \"blok\" is not one of block, spin, hybrid; did you mean block?");
}

/* ---- the command line ----------------------------------------------------------------------- */

/* Parses "WORD WORD ..." as the arguments of ipcbench. */
static int parse(struct settings *s, const char *line, struct reason *why)
{
	static char copy[1024]; /* the settings borrow from it */
	static char *argv[64];
	char *rest = copy, *word;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	argv[0] = (char[]){"ipcbench"};
	while ((word = strsep(&rest, " ")) != NULL && argc < 63)
		argv[argc++] = word;
	argv[argc] = NULL;
	why->text[0] = '\0';
	return command_parse(&measure_command, s, line[0] == '\0' ? 1 : argc, argv, why);
}

static void plain_is_a_tour(void **state)
{
	struct settings s;
	struct reason why;

	(void)state;
	assert_int_equal(parse(&s, "", &why), 0);
	assert_false(s.transport_given);
	assert_false(s.placement_given);
	assert_int_equal(s.size_count, 2);
	assert_int_equal(s.words[AXIS_MODE], 1u << MODE_LATENCY | 1u << MODE_THROUGHPUT);
	assert_int_equal(s.words[AXIS_WAIT], 0);
	assert_int_equal(s.words[AXIS_COPY], 1u << COPY_PRIVATE);
	assert_int_equal(s.words[AXIS_PLACEMENT], 1u << PLACE_SAME_CPU | 1u << PLACE_CROSS_CPU);
	assert_int_equal(s.words[AXIS_IDLE], 1u << IDLE_DEFAULT);
	assert_int_equal(s.words[AXIS_DISPATCH], 1u << DISPATCH_DIRECT);
	assert_int_equal(s.words[AXIS_MEM], 1u << MEM_DEFAULT);
	assert_true(s.timeout_s == 0);
	for (size_t i = 0; i < s.selection_count; i++)
		assert_true(s.selections[i].transport->common);
	settings_free(&s);
}

static void every_option_arrives(void **state)
{
	struct settings s;
	struct reason why;

	(void)state;
	assert_int_equal(
		parse(&s,
			"-t all -s 8 -m latency -w spin,epoll -c inplace --cpus 1,0 --idle awake,default --mem rx,tx "
			"-n 5k --warmup 0 -T 7 --seed 0x2a --timeout 3s --verify -o dir --csv a "
			"--json b --md - --label x --dry-run -q --color never --dispatch indirect",
			&why),
		0);
	/* all but the one that runs a program */
	assert_int_equal(s.selection_count, registry_count() - 2);
	assert_true(s.transport_given && s.placement_given);
	assert_int_equal(s.size_count, 1);
	assert_int_equal(s.sizes[0], 8);
	assert_int_equal(s.words[AXIS_MODE], 1u << MODE_LATENCY);
	assert_int_equal(s.words[AXIS_WAIT], WAIT_BIT_SPIN | WAIT_BIT_EPOLL);
	assert_int_equal(s.words[AXIS_COPY], 1u << COPY_INPLACE);
	assert_int_equal(s.words[AXIS_PLACEMENT], 0);
	assert_int_equal(s.cpus[0], 1);
	assert_int_equal(s.cpus[1], 0);
	assert_int_equal(s.words[AXIS_IDLE], 1u << IDLE_DEFAULT | 1u << IDLE_AWAKE);
	assert_int_equal(s.words[AXIS_DISPATCH], 1u << DISPATCH_INDIRECT);
	assert_int_equal(s.words[AXIS_MEM], 1u << MEM_TX | 1u << MEM_RX);
	assert_int_equal(s.messages, 5000);
	assert_true(s.warmup_s == 0 && s.timeout_s == 3);
	assert_int_equal(s.trials, 7);
	assert_int_equal(s.seed, 42);
	assert_true(s.verify && s.dry_run && s.quiet && !s.verbose);
	assert_string_equal(s.output_dir, "dir");
	assert_string_equal(s.csv, "a");
	assert_string_equal(s.json, "b");
	assert_string_equal(s.md, "-");
	assert_string_equal(s.label, "x");
	assert_int_equal(s.color, COLOR_NEVER);
	settings_free(&s);
}

/* ---- transports ----------------------------------------------------------------------------- */

static void spelling_is(const char *list, const char *want)
{
	struct settings s;
	struct reason why;
	char line[256], got[256] = "";

	snprintf(line, sizeof(line), "-t %s", list);
	if (parse(&s, line, &why) != 0)
		fail_msg("%s: %s", line, why.text);
	for (size_t i = 0; i < s.selection_count; i++) {
		strncat(got, i == 0 ? "" : " ", sizeof(got) - strlen(got) - 1);
		strncat(got, s.selections[i].spelling, sizeof(got) - strlen(got) - 1);
	}
	assert_string_equal(got, want);
	settings_free(&s);
}

static void spellings_are_canonical(void **state)
{
	(void)state;
	spelling_is("pipe", "pipe");
	spelling_is("pipe:size=1024K", "pipe:size=1M");
	spelling_is("pipe:size=65537", "pipe:size=65537");
	spelling_is("pipe:size=0", "pipe");
	spelling_is("pipe,null,pipe:size=0", "pipe null");
	spelling_is("pipe:size=4K,pipe", "pipe:size=4K pipe");
	spelling_is("pipe,size=4K", "pipe:size=4K");
	/* in the order of the table, whatever the order typed */
	spelling_is("shm:waiter=eventfd,segment=sysv,null", "shm:segment=sysv,waiter=eventfd null");
	spelling_is("pipe -t null -t pipe", "pipe null");
	/* a program alone, whatever its path contains but a comma; one with '=' needs the name */
	spelling_is("exec:./echo.py", "exec:program=./echo.py");
	spelling_is("exec:./echo.py,via=pipe,pipe", "exec:program=./echo.py,via=pipe pipe");
	spelling_is("exec:via=pipe,program=/a:b/c=d", "exec:program=/a:b/c=d,via=pipe");
	spelling_is("exec:/a:b/c", "exec:program=/a:b/c");
	spelling_is("exec,programs", "exec exec-pair");
	spelling_is("exec-pair:./pair.py,args=x", "exec-pair:program=./pair.py,args=x");
}

static void groups_are_expanded(void **state)
{
	struct settings s;
	struct reason why;

	(void)state;
	assert_int_equal(parse(&s, "-t sockets,common,all", &why), 0);
	assert_int_equal(s.selection_count, registry_count() - 2);
	assert_string_equal(s.selections[0].transport->family, "sockets");
	for (size_t i = 0; i < s.selection_count; i++)
		assert_string_not_equal(s.selections[i].transport->family, "programs");
	settings_free(&s);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void reasons_are_cut_and_may_overlap(void **state)
{
	struct reason why = {"inner"};
	char longer[512];

	(void)state;
	assert_int_equal(reason_set(&why, ENOENT, "outer: %s", why.text), -ENOENT);
	assert_string_equal(why.text, "outer: inner");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	reason_set(&why, 0, "%s", longer);
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
	assert_int_equal(reason_set(NULL, EPERM, "unheard"), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(size_ranges_multiply),
		cmocka_unit_test(sizes_come_once_in_order),
		cmocka_unit_test(bad_sizes_are_refused),
		cmocka_unit_test(lognormal_sizes_have_their_median_and_p99),
		cmocka_unit_test(files_of_sizes),
		cmocka_unit_test(bad_files_of_sizes_are_refused),
		cmocka_unit_test(spelt_sizes_read_back),
		cmocka_unit_test(durations_have_units),
		cmocka_unit_test(counts_have_limits),
		cmocka_unit_test(seeds_are_64_bits),
		cmocka_unit_test(cpus_are_a_pair),
		cmocka_unit_test(topologies_are_counted),
		cmocka_unit_test(topologies_are_spelled_as_they_are_read),
		cmocka_unit_test(near_words_are_found),
		cmocka_unit_test(choices_become_bits),
		cmocka_unit_test(plain_is_a_tour),
		cmocka_unit_test(every_option_arrives),
		cmocka_unit_test(spellings_are_canonical),
		cmocka_unit_test(groups_are_expanded),
		cmocka_unit_test(reasons_are_cut_and_may_overlap),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
