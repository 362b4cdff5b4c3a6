/* SPDX-License-Identifier: MIT */
/* Numbers with units; words from a list are in words.c. */
#include "cli/parse.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Digits, then a unit. -EINVAL if it is no such thing, -ERANGE if it exceeds 64 bits. */
static int scaled(const char *text, const struct unit *units, size_t count, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	uint64_t number = strtoull(text, &end, 10);
	bool over = errno == ERANGE;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		if (over || __builtin_mul_overflow(number, units[i].factor, out))
			return -ERANGE;
		return 0;
	}
	return -EINVAL;
}

const char *size_spell(char *buf, size_t len, uint64_t bytes)
{
	static const char suffix[] = {'\0', 'K', 'M', 'G'};
	size_t u = 0;

	while (bytes != 0 && bytes % KIBI == 0 && u + 1 < sizeof(suffix)) {
		bytes /= KIBI;
		u++;
	}
	snprintf(buf, len, "%" PRIu64 "%.1s", bytes, &suffix[u]);
	return buf;
}

int parse_size(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why)
{
	char low[24], high[24];
	uint64_t value = 0;
	int err = scaled(text, size_units, ARRAY_SIZE(size_units), &value);

	if (err == -EINVAL)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a size; write whole bytes, or K, M, G (= KiB, "
			"MiB, GiB, powers of 1024) or kB, MB, GB (powers of 1000)",
			what, text);
	if (err != 0 || value < min || value > max)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is out of range; the least is %s and the most %s", what,
			text, ipcbench_bytes(low, sizeof(low), min),
			ipcbench_bytes(high, sizeof(high), max));
	*out = value;
	return 0;
}

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

/* strtod() also reads hexadecimal, "inf" and "nan", which nobody means here. */
static int seconds(const char *text, double *out)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"m", 60},
		{"min", 60}, {"h", 3600}};
	size_t digits = strspn(text, "0123456789.");
	char *end;

	if (digits == 0 || text[digits] == 'e' || text[digits] == 'x')
		return -EINVAL;
	double number = strtod(text, &end);
	if (end != text + digits)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].suffix) == 0) {
			*out = number * units[i].factor;
			return 0;
		}
	}
	return -EINVAL;
}

int parse_duration(
	const char *what, const char *text, double min, double max, double *out, struct reason *why)
{
	char low[24], high[24];
	double value;

	if (seconds(text, &value) != 0)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a duration; write seconds, or a number with ns, us, "
			"ms, s, m or h, as in 250ms",
			what, text);
	if (!isfinite(value) || value < min || value > max)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is out of range; the least is %s and the most %s", what,
			text, seconds_spell(low, sizeof(low), min),
			seconds_spell(high, sizeof(high), max));
	*out = value;
	return 0;
}

int parse_count(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why)
{
	uint64_t value = 0;
	int err = scaled(text, count_units, ARRAY_SIZE(count_units), &value);

	if (err == -EINVAL)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a count; write a whole number, or one with k, M or G "
			"(powers of 1000)",
			what, text);
	if (err != 0 || value < min || value > max)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is out of range; the least is %" PRIu64
			" and the most %" PRIu64,
			what, text, min, max);
	*out = value;
	return 0;
}

int parse_seed(const char *what, const char *text, uint64_t *out, struct reason *why)
{
	char *end = NULL;
	bool hex = text[0] == '0' && text[1] == 'x';

	errno = 0;
	unsigned long long value = strtoull(text, &end, hex ? 16 : 10);
	if (!isxdigit((unsigned char)text[hex ? 2 : 0]) || *end != '\0' || errno != 0)
		return reason_set(why, EINVAL,
			"%s: \"%.40s\" is not a seed; write a whole number up to 2^64 - 1, decimal "
			"or 0x...",
			what, text);
	*out = (uint64_t)value;
	return 0;
}
