/* SPDX-License-Identifier: MIT */
/* Words from a list, and what a misspelt one was probably meant to be. */
#include "cli/option.h"
#include "text/format.h"
#include <errno.h>
#include <stdio.h>
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

const char *parse_near(const char *text, const char *const *words)
{
	/* A third of the letters may be wrong, two at most: "tpc" is tcp, "xy" is nothing. */
	size_t allowed = strlen(text) / 3 < 2 ? strlen(text) / 3 : 2;
	size_t best = allowed + 1;
	const char *near = NULL;

	for (const char *const *w = words; *w != NULL; w++) {
		size_t distance = word_distance(text, *w);

		if (distance < best) {
			best = distance;
			near = *w;
		}
	}
	return near;
}

const char *parse_hint(char *buf, size_t len, const char *text, const char *const *words)
{
	const char *near = parse_near(text, words);

	buf[0] = '\0';
	if (near != NULL)
		snprintf(buf, len, "; did you mean %s?", near);
	return buf;
}

int read_word(const struct option_value *v, void *field)
{
	const char *const *words = option_words(v->row);
	struct phrase list = {""};
	char hint[64];

	for (unsigned int i = 0; words[i] != NULL; i++) {
		if (strcmp(v->text, words[i]) == 0) {
			*(unsigned int *)field = i;
			return 0;
		}
		phrase_add(&list, ", ", "%s", words[i]);
	}
	return reason_set(v->why, EINVAL, "%s: \"%.40s\" is not one of %s%s", v->what, v->text,
		list.text, parse_hint(hint, sizeof(hint), v->text, words));
}

static int add_word(const struct option_value *v, void *field)
{
	bool all = strcmp(v->text, "all") == 0, listed = v->row->max != 0;
	unsigned int *bits = field, index = 0;
	int r = all ? 0 : read_word(v, &index);

	*bits |= all ? (unsigned int)v->row->max : 1u << index;
	for (; all && !listed && option_words(v->row)[index] != NULL; index++)
		*bits |= 1u << index;
	return r;
}

int read_words(const struct option_value *v, void *field)
{
	*(unsigned int *)field = 0;
	return read_items(v, add_word, field);
}

int read_items(const struct option_value *v, option_reader *add, void *field)
{
	char item[80];
	int r = 0;

	for (const char *rest = v->text; rest != NULL && r == 0;) {
		size_t len = strcspn(rest, ",");

		snprintf(item, sizeof(item), "%.*s",
			(int)(len < sizeof(item) ? len : sizeof(item) - 1), rest);
		rest = rest[len] == ',' ? rest + len + 1 : NULL;
		r = add(OPTION_TEXT(v, item), field);
	}
	return r;
}
