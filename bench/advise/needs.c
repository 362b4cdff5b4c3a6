/* SPDX-License-Identifier: MIT */
#include "advise/needs.h"

#include "cli/option.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t\r\n,"

/* ---- values ---------------------------------------------------------------------------------- */

static int read_rate(const struct option_value *v, void *field)
{
	uint64_t number = 0;
	int r = read_count(v, &number);

	((struct limit *)field)->value = (double)number;
	return r;
}

static int read_bandwidth(const struct option_value *v, void *field)
{
	size_t number = 0;
	int r = read_size(v, &number);

	((struct limit *)field)->value = (double)number;
	return r;
}

/* A time behind "<", or behind "<=". */
static int read_ceiling(const struct option_value *v, void *field)
{
	struct limit *limit = field;
	double seconds = 0;

	limit->strict = v->text[0] != '=';
	int r = read_duration(OPTION_TEXT(v, v->text + !limit->strict), &seconds);

	/* 5us are 5e-6 s only nearly, and 5000 ns exactly */
	limit->value = round(seconds * 1e12) / 1e3;
	return r;
}

/* "no" means the same as "process". */
static int read_lasting(const struct option_value *v, void *field)
{
	unsigned int which = 0;
	int r = read_word(v, &which);

	*(enum persistence *)field = which == 0 ? PERSIST_PROCESS : (enum persistence)(which - 1);
	return r;
}

static int read_waits(const struct option_value *v, void *field)
{
	const char *names[WAIT_COUNT + 2] = {NULL};
	const struct option_row row = {.words = names};
	unsigned int which = 0;

	for (enum wait w = 0; w < WAIT_COUNT; w++)
		names[w] = wait_name(w);
	names[WAIT_COUNT] = "any";
	int r = read_word(&(struct option_value){&row, v->what, v->text, v->why}, &which);

	*(unsigned int *)field = which < WAIT_COUNT ? WAIT_BIT(which) : WAIT_BIT(WAIT_COUNT) - 1;
	return r;
}

const char *const need_families[] = {
	"pipes", "sockets", "message-queues", "files", "shared-memory", "notifications", NULL};

/* ---- the needs ------------------------------------------------------------------------------- */

#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}
/* `example` is how error lines say it is written. */
#define NEED(name, example, read, member, ...)                                                     \
	OPTION(name, 0, example, read, offsetof(struct needs, member), NULL, __VA_ARGS__)
#define CEILING(name, example, which)                                                              \
	NEED(name, example, read_ceiling, limit[which], .min = 1, .max = OPTION_HOUR)

#define SIDES(name) NEED(name, name "=4", read_number, lanes, .min = 2, .max = LANES_MAX)

static const struct option_row known[NEED_COUNT] = {
	[NEED_SIZE] = NEED("size", "size=1K", read_size, size, .min = 1, .max = SIZE_LIMIT),
	[NEED_RATE] = NEED("rate", "rate=200k", read_rate, limit[NEED_RATE], .min = 1,
		.max = UINT64_C(1000000000000)),
	[NEED_BANDWIDTH] = NEED("bandwidth", "bandwidth=4GB/s", read_bandwidth,
		limit[NEED_BANDWIDTH], .min = 1, .max = UINT64_C(1) << 50),
	[NEED_P50] = CEILING("p50", "p50<10us", NEED_P50),
	[NEED_P99] = CEILING("p99", "p99<20us", NEED_P99),
	[NEED_CPU] = CEILING("cpu", "cpu<5us", NEED_CPU),
	[NEED_REACH] = NEED(
		"reach", "reach=host", read_word, reach, .words = WORDS("kin", "host", "network")),
	[NEED_PERSISTENCE] = NEED("persistence", "persistence=no", read_lasting, persistence,
		.words = WORDS("no", "process", "kernel", "file")),
	[NEED_SHAPE] = NEED("shape", "shape=message", read_word, shape,
		.words = WORDS("stream", "message", "memory", "notify")),
	[NEED_FAMILY] = NEED("family", "family=sockets", read_word, family, .words = need_families),
	[NEED_BOUNDARIES] = NEED(
		"boundaries", "boundaries=yes", read_word, boundaries, .words = WORDS("no", "yes")),
	[NEED_API] = NEED("api", "api=posix", read_word, api,
		.words = WORDS("posix", "sysv", "bsd", "linux")),
	[NEED_LOSS] = NEED("loss", "loss=yes", read_word, loss, .words = WORDS("no", "yes")),
	[NEED_WAIT] = NEED("wait", "wait=block", read_waits, waits, .words = NULL),
	[NEED_PLACEMENT] = NEED(
		"placement", "placement=same-cpu", read_word, placement, .words = placement_words),
	[NEED_PRODUCERS] = SIDES("producers"),
	[NEED_CONSUMERS] = SIDES("consumers"),
	[NEED_SUBSCRIBERS] = SIDES("subscribers"),
	[NEED_CLIENTS] = SIDES("clients"),
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

/* The need that a word names. */
static int find_need(const char *word, unsigned int *out, struct reason *why)
{
	const char *names[NEED_COUNT + 1] = {NULL};
	const struct option_row row = {.words = names};

	for (enum need i = 0; i < NEED_COUNT; i++)
		names[i] = known[i].name;
	return read_word(&(struct option_value){&row, "--need", word, why}, out);
}

/* "size=1K"; cuts it up. */
static int read_item(struct needs *n, char *item, struct reason *why)
{
	size_t length = strcspn(item, "=<>"), end = strlen(item);
	char op = item[length], what[32];
	unsigned int which;

	item[length] = '\0';
	if (find_need(item, &which, why) < 0)
		return -EINVAL;
	/* "4GB/s" is "4GB" */
	if ((which == NEED_RATE || which == NEED_BANDWIDTH) && end > length + 3 &&
		strcmp(item + end - 2, "/s") == 0)
		item[end - 2] = '\0';
	const struct option_row *o = &known[which];

	if (op == '\0')
		return reason_set(
			why, EINVAL, "need %s: the value is missing; write %s", item, o->arg);
	if (op != (need_is_ceiling(which) ? '<' : '='))
		return reason_set(
			why, EINVAL, "need %s: does not take \"%c\"; write %s", item, op, o->arg);
	if (needs_given(n, which))
		return reason_set(why, EINVAL, "need %s: is given twice; give it once", item);
	n->given |= 1u << which;
	snprintf(what, sizeof(what), "need %s", item);
	return o->read(
		&(struct option_value){o, what, item + length + 1, why}, (char *)n + o->offset);
}

enum need needs_sides(const struct needs *n)
{
	enum need which = NEED_PRODUCERS;

	while (which < NEED_COUNT && !needs_given(n, which))
		which++;
	return which;
}

uint64_t needs_topology(const struct needs *n)
{
	static const enum topology_kind kinds[] = {
		TOPOLOGY_FAN_IN, TOPOLOGY_FAN_OUT, TOPOLOGY_FAN_OUT, TOPOLOGY_SERVER};
	enum need which = needs_sides(n);

	return which == NEED_COUNT ? 0 : sides_make(kinds[which - NEED_PRODUCERS], n->lanes, false);
}

static int check_whole(const struct needs *n, struct reason *why)
{
	static const enum need of_data[] = {NEED_SIZE, NEED_BANDWIDTH, NEED_BOUNDARIES};

	if (n->given == 0)
		return reason_set(why, EINVAL,
			"--need: the value is empty; write needs such as size=1K rate=200k "
			"p99<20us reach=host");
	for (size_t i = 0; needs_notify(n) && i < ARRAY_SIZE(of_data); i++)
		if (needs_given(n, of_data[i]))
			return reason_set(why, EINVAL,
				"need shape: notify carries no data, so it has no %s; leave one of "
				"the two out",
				known[of_data[i]].name);
	enum need sides = needs_sides(n);
	bool trips = needs_given(n, NEED_P50) || needs_given(n, NEED_P99);

	if (sides == NEED_CLIENTS && needs_given(n, NEED_BANDWIDTH))
		return reason_set(why, EINVAL,
			"needs clients and bandwidth: a server is measured in round trips; give rate instead");
	if (sides != NEED_COUNT && sides != NEED_CLIENTS && trips)
		return reason_set(why, EINVAL,
			"needs %s and %s: their messages have no replies, so there are no round trips; leave one of the two out",
			known[sides].name,
			known[needs_given(n, NEED_P50) ? NEED_P50 : NEED_P99].name);
	for (enum need i = NEED_PRODUCERS; i < NEED_COUNT; i++)
		if (needs_given(n, i) && i != sides)
			return reason_set(why, EINVAL,
				"needs %s and %s: a run measures one or the other; leave one of the two out",
				known[sides].name, known[i].name);
	return 0;
}

int needs_parse(struct needs *n, const char *text, struct reason *why)
{
	char *copy = need_copy(text), *save = NULL;
	int r = 0;

	needs_init(n);
	for (char *item = strtok_r(copy, SEPARATORS, &save); item != NULL && r == 0;
		item = strtok_r(NULL, SEPARATORS, &save))
		r = read_item(n, item, why);
	free(copy);
	return r == 0 ? check_whole(n, why) : r;
}
