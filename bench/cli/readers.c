/* SPDX-License-Identifier: MIT */
/* From the value of an option to a field of a struct. */
#include "cli/option.h"
#include "cli/parse.h"
#include "plan/registry.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

int option_read(const struct option_row *o, const char *text, void *settings, struct reason *why)
{
	void *field = (char *)settings + o->offset;
	char what[40];

	snprintf(what, sizeof(what), "--%s", o->name);
	if (o->read != NULL)
		return o->read(o, what, text, field, why);
	if (o->arg == NULL)
		*(bool *)field = true;
	return 0;
}

/* ---- the help text --------------------------------------------------------------------------- */

static void print_words(FILE *out, const struct option_row *o)
{
	for (const char *const *w = option_words(o); *w != NULL; w++)
		fprintf(out, "%s%s", w == option_words(o) ? "" : ", ", *w);
}

char *option_help(const struct option_row *o)
{
	static const char words[] = "{words}", initial[] = "{default}";
	char *text = NULL;
	size_t len;
	FILE *out = need_stream(&text, &len);

	for (const char *p = o->help; *p != '\0';) {
		if (strncmp(p, words, strlen(words)) == 0) {
			print_words(out, o);
			p += strlen(words);
		} else if (strncmp(p, initial, strlen(initial)) == 0) {
			fputs(option_initial(o), out);
			p += strlen(initial);
		} else {
			fputc(*p++, out);
		}
	}
	need_stream_end(out);
	return text;
}

/* ---- readers --------------------------------------------------------------------------------- */

int read_string(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	(void)o;
	(void)what;
	(void)why;
	*(const char **)field = text;
	return 0;
}

int read_text(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	if (text[0] == '\0')
		return reason_set(why, EINVAL, "%s: the value is empty; give a %s", what, o->arg);
	for (const char *p = text; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return reason_set(why, EINVAL,
				"%s: the value holds a control character (code %d); give one "
				"line of text",
				what, *p);
	*(const char **)field = text;
	return 0;
}

int read_size(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	uint64_t size = 0;
	int r = parse_size(what, text, o->min, o->max, &size, why);

	if (r == 0)
		*(size_t *)field = (size_t)size;
	return r;
}

int read_count(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	return parse_count(what, text, o->min, o->max, field, why);
}

int read_number(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	uint64_t number = 0;
	int r = parse_count(
		what, text, o->min, o->max < UINT_MAX ? o->max : UINT_MAX, &number, why);

	if (r == 0)
		*(unsigned int *)field = (unsigned int)number;
	return r;
}

int read_seed(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	uint32_t seed;

	(void)o;
	if (strcmp(text, "random") != 0)
		return parse_seed(what, text, field, why);
	/* short enough to be typed again */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return reason_set(why, EINVAL, "getrandom: %s; give --seed", strerror(errno));
	*(uint64_t *)field = seed;
	return 0;
}

int read_duration(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	return parse_duration(what, text, (double)o->min / 1e9, (double)o->max / 1e9, field, why);
}

int read_percent(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	double min = (double)o->min / 10, max = (double)o->max / 10;
	char *end = NULL;
	double percent = strtod(text, &end);

	if (!isdigit((unsigned char)text[0]) || percent < min || percent > max ||
		(strcmp(end, "%") != 0 && *end != '\0'))
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a percentage; write %g%% to %g%%", what, text, min,
			max);
	*(double *)field = percent / 100;
	return 0;
}

int read_word(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	return parse_choice(what, text, option_words(o), field, why);
}

int read_words(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	unsigned int all = (unsigned int)o->max;

	for (size_t i = 0; o->max == 0 && option_words(o)[i] != NULL; i++)
		all |= 1u << i;
	return parse_choices(what, text, option_words(o), all, field, why);
}

int read_plugin(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	(void)o;
	(void)what;
	(void)field;
	return registry_load_plugin(text, why) < 0 ? -EINVAL : 0;
}

int read_help(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	(void)o;
	(void)what;
	(void)text;
	(void)field;
	(void)why;
	return READ_HELP;
}

int read_version(const struct option_row *o, const char *what, const char *text, void *field,
	struct reason *why)
{
	(void)o;
	(void)what;
	(void)text;
	(void)field;
	(void)why;
	return READ_VERSION;
}
