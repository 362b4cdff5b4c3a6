/* SPDX-License-Identifier: MIT */
/* Words from a list, and what a misspelt one was probably meant to be. */
#include "cli/parse.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 32 };

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Letters to insert, drop, replace or swap with a neighbour until `a` is `b` (optimal string
 * alignment, after Damerau 1964). Words longer than WORD_MAX are infinitely far away.
 */
static size_t word_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= la; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		for (size_t j = 1; j <= lb; j++) {
			size_t differ = a[i - 1] != b[j - 1];

			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + differ);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[la][lb];
}

const char *parse_near(const char *text, const char *const *names, size_t count)
{
	/* A third of the letters may be wrong, two at most: "tpc" is tcp, "xy" is nothing. */
	size_t allowed = strlen(text) / 3 < 2 ? strlen(text) / 3 : 2;
	size_t best = allowed + 1;
	const char *near = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t distance = word_distance(text, names[i]);

		if (distance < best) {
			best = distance;
			near = names[i];
		}
	}
	return near;
}

const char *parse_hint(
	char *buf, size_t len, const char *text, const char *const *names, size_t count)
{
	const char *near = parse_near(text, names, count);

	buf[0] = '\0';
	if (near != NULL)
		snprintf(buf, len, "; did you mean %s?", near);
	return buf;
}

/* "a, b, c" as far as it fits. */
static void join(char *buf, size_t len, const char *const *names, size_t count)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < count && used < len; i++)
		used += (size_t)snprintf(
			buf + used, len - used, "%s%s", i == 0 ? "" : ", ", names[i]);
}

static int no_such_word(const char *what, const char *text, const char *const *names, size_t count,
	struct reason *why)
{
	char list[128], hint[64];

	join(list, sizeof(list), names, count);
	parse_hint(hint, sizeof(hint), text, names, count);
	return reason_set(why, EINVAL, "%s: \"%.40s\" is not one of %s%s", what, text, list, hint);
}

int parse_given(
	const char *what, const char *kind, const char *text, const char **out, struct reason *why)
{
	if (text[0] == '\0')
		return reason_set(why, EINVAL, "%s: the value is empty; give a %s", what, kind);
	*out = text;
	return 0;
}

int parse_choice(const char *what, const char *text, const char *const *names, size_t count,
	unsigned int *out, struct reason *why)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (unsigned int)i;
			return 0;
		}
	}
	return no_such_word(what, text, names, count, why);
}

int parse_choices(const char *what, const char *text, const char *const *names, size_t count,
	unsigned int all, unsigned int *bits, struct reason *why)
{
	char *copy = strdup(text), *rest = copy, *item;
	unsigned int found = 0;
	int err = 0;

	if (copy == NULL)
		return reason_set(why, ENOMEM, "%s: out of memory", what);
	while (err == 0 && (item = strsep(&rest, ",")) != NULL) {
		unsigned int index = 0;

		if (all != 0 && strcmp(item, "all") == 0) {
			found |= all;
			continue;
		}
		err = parse_choice(what, item, names, count, &index, why);
		found |= 1u << index;
	}
	free(copy);
	if (err == 0)
		*bits = found;
	return err;
}
