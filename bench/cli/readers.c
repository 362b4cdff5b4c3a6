/* SPDX-License-Identifier: MIT */
/* From the value of an option to a field of a struct. */
#include "cli/measure-options.h"
#include "cli/option.h"
#include "measure/metric.h"
#include "plan/plan.h"
#include "text/format.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <limits.h>
#include <math.h>
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

void words_write(FILE *out, const char *const *words, const char *separator)
{
	for (const char *const *w = words; *w != NULL; w++)
		fprintf(out, "%s%s", w == words ? "" : separator, *w);
}

char *option_help(const struct option_row *o)
{
	static const char words[] = "{words}", initial[] = "{default}";
	char *text = NULL;
	size_t len;
	FILE *out = need_stream(&text, &len);

	for (const char *p = o->help; *p != '\0';) {
		if (strncmp(p, words, strlen(words)) == 0) {
			words_write(out, option_words(o), ", ");
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

/* ---- text ------------------------------------------------------------------------------------ */

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

int read_plugin(const struct option_value *v, void *field)
{
	size_t before = registry_count();

	(void)field;
	if (registry_load_plugin(v->text, v->why) < 0)
		return -EINVAL;
	/* defaults that its own options refuse */
	for (size_t i = before; i < registry_count(); i++) {
		const struct transport *t = registry_at(i);
		struct reason why = {""};
		void *config = NULL;

		if (config_new(t, &config, &why) < 0)
			return reason_set(v->why, EINVAL, "plugin %.80s: a default is wrong: %s",
				registry_plugin_of(t), why.text);
		config_free(t, config);
	}
	return 0;
}

/* ---- whole numbers --------------------------------------------------------------------------- */

struct unit {
	const char *suffix;
	uint64_t factor;
};

#define KIBI UINT64_C(1024)

/* A lone letter is binary in either case, as in dd and fio; KB could mean both and is refused. */
static const struct unit size_units[] = {
	{"", 1},
	{"B", 1},
	{"K", KIBI},
	{"k", KIBI},
	{"KiB", KIBI},
	{"kB", 1000},
	{"M", UINT64_C(1) << 20},
	{"m", UINT64_C(1) << 20},
	{"MiB", UINT64_C(1) << 20},
	{"MB", 1000000},
	{"G", UINT64_C(1) << 30},
	{"g", UINT64_C(1) << 30},
	{"GiB", UINT64_C(1) << 30},
	{"GB", 1000000000},
};

static const struct unit count_units[] = {
	{"", 1},
	{"k", 1000},
	{"M", 1000000},
	{"G", 1000000000},
};

static int out_of_range(
	const struct option_value *v, bool over, const char *least, const char *most)
{
	return reason_set(v->why, EINVAL, "%s: \"%.40s\" %s of %s", v->what, v->text,
		over ? "exceeds the limit" : "is below the minimum", over ? most : least);
}

/* Digits, then a unit. -EINVAL if it is something else, -ERANGE if too large, -EDOM if too small.
 */
static int scaled(
	const struct option_value *v, const struct unit *units, size_t count, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)v->text[0]))
		return -EINVAL;
	errno = 0;
	uint64_t number = strtoull(v->text, &end, 10);
	bool over = errno == ERANGE;

	for (size_t i = 0; i < count; i++)
		if (strcmp(end, units[i].suffix) == 0)
			return over || __builtin_mul_overflow(number, units[i].factor, out) ||
					       *out > v->row->max
				       ? -ERANGE
			       : *out < v->row->min ? -EDOM
						    : 0;
	return -EINVAL;
}

int read_size(const struct option_value *v, void *field)
{
	char low[24], high[24];
	uint64_t value = 0;
	int err = scaled(v, size_units, ARRAY_SIZE(size_units), &value);

	if (err == -EINVAL)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a size; write whole bytes, or K, M, G (= KiB, "
			"MiB, GiB, powers of 1024) or kB, MB, GB (powers of 1000)",
			v->what, v->text);
	if (err != 0)
		return out_of_range(v, err == -ERANGE,
			ipcbench_bytes(low, sizeof(low), v->row->min),
			ipcbench_bytes(high, sizeof(high), v->row->max));
	*(size_t *)field = (size_t)value;
	return 0;
}

int read_count(const struct option_value *v, void *field)
{
	uint64_t value = 0;
	int err = scaled(v, count_units, ARRAY_SIZE(count_units), &value);

	if (err == -EINVAL)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a count; write a whole number, or one with k, M or G "
			"(powers of 1000)",
			v->what, v->text);
	if (err != 0)
		return out_of_range(v, err == -ERANGE, phrase("%" PRIu64, v->row->min).text,
			phrase("%" PRIu64, v->row->max).text);
	*(uint64_t *)field = value;
	return 0;
}

int read_number(const struct option_value *v, void *field)
{
	struct option_row o = *v->row;
	uint64_t number = 0;

	o.max = o.max < UINT_MAX ? o.max : UINT_MAX;
	int r = read_count(&(struct option_value){&o, v->what, v->text, v->why}, &number);

	if (r == 0)
		*(unsigned int *)field = (unsigned int)number;
	return r;
}

int read_seed(const struct option_value *v, void *field)
{
	bool hex = v->text[0] == '0' && v->text[1] == 'x';
	char *end = NULL;
	uint32_t drawn;

	/* the default, which is not a value that can be typed; short enough to be typed again */
	if (v->row != NULL && v->text == v->row->initial) {
		if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
			return reason_set(
				v->why, EINVAL, "getrandom: %s; give --seed", strerror(errno));
		*(uint64_t *)field = drawn;
		return 0;
	}
	errno = 0;
	unsigned long long value = strtoull(v->text, &end, hex ? 16 : 10);

	if (!isxdigit((unsigned char)v->text[hex ? 2 : 0]) || *end != '\0' || errno != 0)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a seed; write a whole number up to 2^64 - 1, decimal "
			"or 0x...",
			v->what, v->text);
	*(uint64_t *)field = (uint64_t)value;
	return 0;
}

/* ---- times and parts ------------------------------------------------------------------------- */

/* For limits in messages: the largest unit that shows them as a plain number. */
static const char *seconds_spell(char *buf, size_t len, double s)
{
	if (s != 0 && s < 1e-6)
		snprintf(buf, len, "%g ns", s * 1e9);
	else if (s != 0 && s < 1e-3)
		snprintf(buf, len, "%g us", s * 1e6);
	else if (s != 0 && s < 1)
		snprintf(buf, len, "%g ms", s * 1e3);
	else if (s >= 3600)
		snprintf(buf, len, "%g h", s / 3600);
	else
		snprintf(buf, len, "%g s", s);
	return buf;
}

int read_duration(const struct option_value *v, void *field)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"m", 60},
		{"min", 60}, {"h", 3600}};
	double min = (double)v->row->min / 1e9, max = (double)v->row->max / 1e9, seconds;
	/* strtod() also reads hexadecimal, exponents, "inf" and "nan", which nobody means here */
	size_t digits = strspn(v->text, "0123456789."), u = 0;
	char *end, low[24], high[24];

	while (u < ARRAY_SIZE(units) && strcmp(v->text + digits, units[u].suffix) != 0)
		u++;
	seconds = strtod(v->text, &end);
	if (digits == 0 || end != v->text + digits || u == ARRAY_SIZE(units))
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a duration; write seconds, or a number with ns, us, "
			"ms, s, m or h, as in 250ms",
			v->what, v->text);
	seconds *= units[u].factor;
	if (!isfinite(seconds) || seconds < min || seconds > max)
		return out_of_range(v, !(seconds < min), seconds_spell(low, sizeof(low), min),
			seconds_spell(high, sizeof(high), max));
	*(double *)field = seconds;
	return 0;
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

int read_metric(const struct option_value *v, void *field)
{
	*(enum metric *)field = metric_find(v->text, strlen(v->text));
	if (strncmp(v->text, "lat2_", 5) == 0)
		return reason_set(v->why, EINVAL,
			"%s: \"%.40s\" is not a metric; write sent_%.30s (mode rate) or back_%.30s "
			"(mode oneway)",
			v->what, v->text, v->text + 5, v->text + 5);
	return *(enum metric *)field != METRIC_COUNT
		       ? 0
		       : reason_set(v->why, EINVAL,
				 "%s: \"%.40s\" is not a metric; write p50, p99, p99.9, mean, "
				 "msgs_per_s, cpu_ns_per_msg or another column of summary.csv",
				 v->what, v->text);
}

/* ---- words, and what a misspelt one was probably meant to be --------------------------------- */

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
