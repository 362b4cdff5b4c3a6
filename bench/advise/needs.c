/* SPDX-License-Identifier: MIT */
#include "advise/needs.h"

#include "cli/parse.h"
#include "plan/plan.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t\r\n,"

static const struct {
	const char *name;
	bool ceiling; /* takes < and <=, not = */
	const char *example;
} known[NEED_COUNT] = {
	[NEED_SIZE] = {"size", false, "size=1K"},
	[NEED_RATE] = {"rate", false, "rate=200k"},
	[NEED_BANDWIDTH] = {"bandwidth", false, "bandwidth=4GB/s"},
	[NEED_P50] = {"p50", true, "p50<10us"},
	[NEED_P99] = {"p99", true, "p99<20us"},
	[NEED_CPU] = {"cpu", true, "cpu<5us"},
	[NEED_REACH] = {"reach", false, "reach=host"},
	[NEED_PERSISTENCE] = {"persistence", false, "persistence=no"},
	[NEED_SHAPE] = {"shape", false, "shape=message"},
	[NEED_BOUNDARIES] = {"boundaries", false, "boundaries=yes"},
	[NEED_API] = {"api", false, "api=posix"},
	[NEED_LOSS] = {"loss", false, "loss=yes"},
	[NEED_WAIT] = {"wait", false, "wait=block"},
	[NEED_PLACEMENT] = {"placement", false, "placement=same-cpu"},
};

const char *need_name(enum need which)
{
	return known[which].name;
}

void needs_init(struct needs *n)
{
	*n = (struct needs){
		.reach = REACH_KIN,
		.api = API_LINUX,
		.waits = WAIT_BIT_BLOCK,
		.placement = PLACE_CROSS_CPU,
	};
}

/* ---- values ---------------------------------------------------------------------------------- */

/* "4GB/s" is "4GB"; cuts the text. */
static void drop_per_second(char *text)
{
	size_t n = strlen(text);

	if (n > 2 && strcmp(text + n - 2, "/s") == 0)
		text[n - 2] = '\0';
}

static int read_ceiling(
	struct ceiling *c, const char *what, const char *text, bool inclusive, struct reason *why)
{
	double seconds;
	int r = parse_duration(what, text, 1e-9, 3600, &seconds, why);

	/* 5us are 5e-6 s only nearly, and 5000 ns exactly */
	if (r == 0)
		*c = (struct ceiling){.ns = round(seconds * 1e12) / 1e3, .inclusive = inclusive};
	return r;
}

static int read_waits(struct needs *n, const char *what, const char *text, struct reason *why)
{
	const char *names[WAIT_COUNT + 1];
	unsigned int which;

	for (int w = 0; w < WAIT_COUNT; w++)
		names[w] = wait_name((enum wait)w);
	names[WAIT_COUNT] = "any";
	int r = parse_choice(what, text, names, WAIT_COUNT + 1, &which, why);

	if (r == 0)
		n->waits = which < WAIT_COUNT ? WAIT_BIT(which) : WAIT_BIT(WAIT_COUNT) - 1;
	return r;
}

static int read_placement(struct needs *n, const char *what, const char *text, struct reason *why)
{
	const char *names[PLACE_COUNT];
	unsigned int which;

	for (int p = 0; p < PLACE_COUNT; p++)
		names[p] = placement_name((enum placement)p);
	int r = parse_choice(what, text, names, PLACE_COUNT, &which, why);

	if (r == 0)
		n->placement = (enum placement)which;
	return r;
}

/* A need that is one of a few words. */
static int read_word(
	struct needs *n, enum need which, const char *what, const char *text, struct reason *why)
{
	static const char *const words[NEED_COUNT][5] = {
		[NEED_REACH] = {"kin", "host", "network"},
		[NEED_PERSISTENCE] = {"no", "process", "kernel", "file"},
		[NEED_SHAPE] = {"stream", "message", "memory", "notify"},
		[NEED_BOUNDARIES] = {"no", "yes"},
		[NEED_API] = {"posix", "sysv", "bsd", "linux"},
		[NEED_LOSS] = {"no", "yes"},
	};
	size_t count = 0;
	unsigned int i = 0;

	while (words[which][count] != NULL)
		count++;
	int r = parse_choice(what, text, words[which], count, &i, why);

	if (r != 0)
		return r;
	if (which == NEED_REACH)
		n->reach = (enum reach)i;
	else if (which == NEED_PERSISTENCE)
		n->persistence = i == 0 ? PERSIST_PROCESS : (enum persistence)(i - 1);
	else if (which == NEED_SHAPE)
		n->shape = (enum shape)i;
	else if (which == NEED_BOUNDARIES)
		n->boundaries = i == 1;
	else if (which == NEED_API)
		n->api = (enum api)i;
	else
		n->loss = i == 1;
	return 0;
}

static int read_value(
	struct needs *n, enum need which, char *text, bool inclusive, struct reason *why)
{
	char what[32];
	uint64_t number = 0;
	int r;

	snprintf(what, sizeof(what), "need %s", known[which].name);
	switch (which) {
	case NEED_SIZE:
		r = parse_size(what, text, 1, SIZE_LIMIT, &number, why);
		n->size = (size_t)number;
		return r;
	case NEED_RATE:
		drop_per_second(text);
		r = parse_count(what, text, 1, UINT64_C(1000000000000), &number, why);
		n->rate = (double)number;
		return r;
	case NEED_BANDWIDTH:
		drop_per_second(text);
		r = parse_size(what, text, 1, UINT64_C(1) << 50, &number, why);
		n->bandwidth = (double)number;
		return r;
	case NEED_P50:
		return read_ceiling(&n->p50, what, text, inclusive, why);
	case NEED_P99:
		return read_ceiling(&n->p99, what, text, inclusive, why);
	case NEED_CPU:
		return read_ceiling(&n->cpu, what, text, inclusive, why);
	case NEED_WAIT:
		return read_waits(n, what, text, why);
	case NEED_PLACEMENT:
		return read_placement(n, what, text, why);
	default:
		return read_word(n, which, what, text, why);
	}
}

/* ---- the list -------------------------------------------------------------------------------- */

static int no_such_need(const char *word, struct reason *why)
{
	const char *names[NEED_COUNT];
	char list[160] = "", hint[64];
	size_t used = 0;

	for (size_t i = 0; i < NEED_COUNT; i++) {
		names[i] = known[i].name;
		used += (size_t)snprintf(
			list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", names[i]);
	}
	parse_hint(hint, sizeof(hint), word, names, NEED_COUNT);
	return reason_set(why, EINVAL, "--need: \"%.40s\" is none of %s%s", word, list, hint);
}

/* The need that a word names; false with `why`. */
static bool find_need(const char *word, enum need *out, struct reason *why)
{
	for (size_t i = 0; i < NEED_COUNT; i++) {
		if (strcmp(word, known[i].name) == 0) {
			*out = (enum need)i;
			return true;
		}
	}
	no_such_need(word, why);
	return false;
}

/* "size=1K"; cuts it up. */
static int read_item(struct needs *n, char *item, struct reason *why)
{
	size_t length = strcspn(item, "=<>");
	char op = item[length], *value = item + length + (op != '\0');
	bool inclusive = op == '<' && value[0] == '=';
	enum need which;

	item[length] = '\0';
	if (!find_need(item, &which, why))
		return -EINVAL;
	if (op == '\0')
		return reason_set(why, EINVAL, "need %s: the value is missing; write %s", item,
			known[which].example);
	if (op != (known[which].ceiling ? '<' : '='))
		return reason_set(why, EINVAL, "need %s: does not take \"%c\"; write %s", item, op,
			known[which].example);
	if (needs_given(n, which))
		return reason_set(why, EINVAL, "need %s: is given twice; give it once", item);
	n->given |= 1u << which;
	return read_value(n, which, value + inclusive, inclusive, why);
}

static int check_whole(const struct needs *n, struct reason *why)
{
	static const enum need of_data[] = {NEED_SIZE, NEED_BANDWIDTH, NEED_BOUNDARIES};

	if (n->given == 0)
		return reason_set(why, EINVAL,
			"--need: the value is empty; write needs such as size=1K rate=200k "
			"p99<20us reach=host");
	if (!needs_given(n, NEED_SHAPE) || n->shape != SHAPE_NOTIFY)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(of_data); i++)
		if (needs_given(n, of_data[i]))
			return reason_set(why, EINVAL,
				"need shape: notify carries no data, so it has no %s; leave one of "
				"the two out",
				known[of_data[i]].name);
	return 0;
}

int needs_parse(struct needs *n, const char *text, struct reason *why)
{
	char *copy = strdup(text), *save = NULL;
	int r = 0;

	needs_init(n);
	if (copy == NULL)
		return reason_set(why, ENOMEM, "--need: out of memory");
	for (char *item = strtok_r(copy, SEPARATORS, &save); item != NULL && r == 0;
		item = strtok_r(NULL, SEPARATORS, &save))
		r = read_item(n, item, why);
	free(copy);
	return r == 0 ? check_whole(n, why) : r;
}
