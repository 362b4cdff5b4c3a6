/* SPDX-License-Identifier: MIT */
#include "advise/needs.h"

#include "cli/parse.h"
#include "plan/key.h"
#include "text/memory.h"
#include "text/phrase.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t\r\n,"

enum kind {
	SIZE,	 /* size_t, bytes */
	RATE,	 /* struct limit, per second */
	BYTES,	 /* the same, of bytes */
	CEILING, /* struct limit of a time; takes < and <=, not = */
	WORD,	 /* an enum in the order of the words */
	LASTING, /* enum persistence, with two words for the first */
	WAITS,	 /* bits; "any" sets all */
};

#define AT(member) offsetof(struct needs, member)
#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct {
	const char *name, *example;
	enum kind kind;
	size_t at;
	const char *const *words;
} known[NEED_COUNT] = {
	[NEED_SIZE] = {"size", "size=1K", SIZE, AT(size), NULL},
	[NEED_RATE] = {"rate", "rate=200k", RATE, AT(limit[NEED_RATE]), NULL},
	[NEED_BANDWIDTH] = {"bandwidth", "bandwidth=4GB/s", BYTES, AT(limit[NEED_BANDWIDTH]), NULL},
	[NEED_P50] = {"p50", "p50<10us", CEILING, AT(limit[NEED_P50]), NULL},
	[NEED_P99] = {"p99", "p99<20us", CEILING, AT(limit[NEED_P99]), NULL},
	[NEED_CPU] = {"cpu", "cpu<5us", CEILING, AT(limit[NEED_CPU]), NULL},
	[NEED_REACH] = {"reach", "reach=host", WORD, AT(reach), WORDS("kin", "host", "network")},
	[NEED_PERSISTENCE] = {"persistence", "persistence=no", LASTING, AT(persistence),
		WORDS("no", "process", "kernel", "file")},
	[NEED_SHAPE] = {"shape", "shape=message", WORD, AT(shape),
		WORDS("stream", "message", "memory", "notify")},
	[NEED_BOUNDARIES] = {"boundaries", "boundaries=yes", WORD, AT(boundaries),
		WORDS("no", "yes")},
	[NEED_API] = {"api", "api=posix", WORD, AT(api), WORDS("posix", "sysv", "bsd", "linux")},
	[NEED_LOSS] = {"loss", "loss=yes", WORD, AT(loss), WORDS("no", "yes")},
	[NEED_WAIT] = {"wait", "wait=block", WAITS, AT(waits), NULL},
	[NEED_PLACEMENT] = {"placement", "placement=same-cpu", WORD, AT(placement),
		placement_words},
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

static int read_ceiling(struct limit *limit, const char *what, const char *text, struct reason *why)
{
	double seconds = 0;
	int r;

	limit->strict = text[0] != '=';
	r = parse_duration(what, text + !limit->strict, 1e-9, 3600, &seconds, why);
	/* 5us are 5e-6 s only nearly, and 5000 ns exactly */
	limit->value = round(seconds * 1e12) / 1e3;
	return r;
}

static int read_word(unsigned int *value, enum need which, const char *what, const char *text,
	struct reason *why)
{
	enum kind kind = known[which].kind;
	const char *const *words = kind == WAITS ? axes[AXIS_WAIT].words : known[which].words;
	const char *names[PLACE_COUNT + 2] = {NULL};
	unsigned int count = 0;

	while (words[count] != NULL) {
		names[count] = words[count];
		count++;
	}
	if (kind == WAITS)
		names[count] = "any";
	int r = parse_choice(what, text, names, value, why);

	if (r == 0 && kind == WAITS)
		*value = *value < count ? WAIT_BIT(*value) : WAIT_BIT(count) - 1;
	if (kind == LASTING && *value > 0)
		--*value;
	return r;
}

static int read_value(struct needs *n, enum need which, char *text, struct reason *why)
{
	void *value = (char *)n + known[which].at;
	struct limit *limit = value;
	enum kind kind = known[which].kind;
	char what[32];
	uint64_t number = 0;
	int r;

	snprintf(what, sizeof(what), "need %s", known[which].name);
	if (kind == CEILING)
		return read_ceiling(limit, what, text, why);
	if (kind >= WORD)
		return read_word(value, which, what, text, why);
	if (kind == SIZE) {
		r = parse_size(what, text, 1, SIZE_LIMIT, &number, why);
		n->size = (size_t)number;
		return r;
	}
	drop_per_second(text);
	r = kind == RATE ? parse_count(what, text, 1, UINT64_C(1000000000000), &number, why)
			 : parse_size(what, text, 1, UINT64_C(1) << 50, &number, why);
	limit->value = (double)number;
	return r;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* The need that a word names; false with `why`. */
static bool find_need(const char *word, enum need *out, struct reason *why)
{
	const char *names[NEED_COUNT + 1] = {NULL};
	struct phrase list = {""};
	char hint[64];

	for (*out = 0; *out < NEED_COUNT; ++*out) {
		names[*out] = known[*out].name;
		phrase_add(&list, ", ", "%s", names[*out]);
		if (strcmp(word, names[*out]) == 0)
			return true;
	}
	parse_hint(hint, sizeof(hint), word, names);
	reason_set(why, EINVAL, "--need: \"%.40s\" is none of %s%s", word, list.text, hint);
	return false;
}

/* "size=1K"; cuts it up. */
static int read_item(struct needs *n, char *item, struct reason *why)
{
	size_t length = strcspn(item, "=<>");
	char op = item[length];
	enum need which;

	item[length] = '\0';
	if (!find_need(item, &which, why))
		return -EINVAL;
	if (op == '\0')
		return reason_set(why, EINVAL, "need %s: the value is missing; write %s", item,
			known[which].example);
	if (op != (need_is_ceiling(which) ? '<' : '='))
		return reason_set(why, EINVAL, "need %s: does not take \"%c\"; write %s", item, op,
			known[which].example);
	if (needs_given(n, which))
		return reason_set(why, EINVAL, "need %s: is given twice; give it once", item);
	n->given |= 1u << which;
	return read_value(n, which, item + length + 1, why);
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
