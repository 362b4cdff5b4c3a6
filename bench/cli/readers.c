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
		return o->read(&(struct option_value){o, what, text, why}, field);
	if (o->arg == NULL && o->ends == 0)
		*(bool *)field = true;
	return (int)o->ends;
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

int read_string(const struct option_value *v, void *field)
{
	*(const char **)field = v->text;
	return 0;
}

int read_text(const struct option_value *v, void *field)
{
	if (v->text[0] == '\0')
		return reason_set(
			v->why, EINVAL, "%s: the value is empty; give a %s", v->what, v->row->arg);
	for (const char *p = v->text; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return reason_set(v->why, EINVAL,
				"%s: the value holds a control character (code %d); give one "
				"line of text",
				v->what, *p);
	*(const char **)field = v->text;
	return 0;
}

int read_size(const struct option_value *v, void *field)
{
	uint64_t size = 0;
	int r = parse_size(v->what, v->text, v->row->min, v->row->max, &size, v->why);

	if (r == 0)
		*(size_t *)field = (size_t)size;
	return r;
}

int read_count(const struct option_value *v, void *field)
{
	return parse_count(v->what, v->text, v->row->min, v->row->max, field, v->why);
}

int read_number(const struct option_value *v, void *field)
{
	uint64_t number = 0;
	int r = parse_count(v->what, v->text, v->row->min,
		v->row->max < UINT_MAX ? v->row->max : UINT_MAX, &number, v->why);

	if (r == 0)
		*(unsigned int *)field = (unsigned int)number;
	return r;
}

int read_seed(const struct option_value *v, void *field)
{
	uint32_t seed;

	if (strcmp(v->text, "random") != 0)
		return parse_seed(v->what, v->text, field, v->why);
	/* short enough to be typed again */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return reason_set(v->why, EINVAL, "getrandom: %s; give --seed", strerror(errno));
	*(uint64_t *)field = seed;
	return 0;
}

int read_duration(const struct option_value *v, void *field)
{
	return parse_duration(v->what, v->text, (double)v->row->min / 1e9,
		(double)v->row->max / 1e9, field, v->why);
}

int read_percent(const struct option_value *v, void *field)
{
	double min = (double)v->row->min / 10, max = (double)v->row->max / 10;
	char *end = NULL;
	double percent = strtod(v->text, &end);

	if (!isdigit((unsigned char)v->text[0]) || percent < min || percent > max ||
		(strcmp(end, "%") != 0 && *end != '\0'))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a percentage; write %g%% to %g%%", v->what, v->text,
			min, max);
	*(double *)field = percent / 100;
	return 0;
}

int read_word(const struct option_value *v, void *field)
{
	return parse_choice(v->what, v->text, option_words(v->row), field, v->why);
}

int read_words(const struct option_value *v, void *field)
{
	unsigned int all = (unsigned int)v->row->max;

	for (size_t i = 0; v->row->max == 0 && option_words(v->row)[i] != NULL; i++)
		all |= 1u << i;
	return parse_choices(v->what, v->text, option_words(v->row), all, field, v->why);
}

int read_plugin(const struct option_value *v, void *field)
{
	(void)field;
	return registry_load_plugin(v->text, v->why) < 0 ? -EINVAL : 0;
}
