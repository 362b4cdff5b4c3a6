/* SPDX-License-Identifier: MIT */
#include "text/format.h"

#include "text/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct glyphs *glyphs(bool utf8)
{
	static const struct glyphs unicode = {"µ", "–", "…", "×", " · ", true};
	static const struct glyphs ascii = {"u", "-", "~", "x", "; ", false};

	return utf8 ? &unicode : &ascii;
}

bool format_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* printf() writes the locale's decimal point; files and tables are read by programs too. */
static struct phrase pointed(struct phrase p)
{
	const char *radix = localeconv()->decimal_point;
	char *at = strcmp(radix, ".") == 0 ? NULL : strstr(p.text, radix);

	if (at != NULL) {
		size_t n = strlen(radix);

		*at = '.';
		memmove(at + 1, at + n, strlen(at + n) + 1);
	}
	return p;
}

struct phrase format_fixed(double value, int decimals)
{
	return isnan(value) ? phrase("-") : pointed(phrase("%.*f", decimals, value));
}

struct phrase format_count(double value)
{
	return format_fixed(value, value == floor(value) ? 0 : 1);
}

struct phrase format_real(double value)
{
	return pointed(phrase("%.9g", value));
}

struct phrase format_seconds(double seconds)
{
	/* A plan of years is a typing error; it must not become one of the printer. */
	unsigned long s = seconds > 0 ? (unsigned long)fmin(seconds + 0.5, 1e9) : 0;

	if (s >= 3600)
		return phrase("%luh%02lum", s / 3600, s % 3600 / 60);
	return s >= 60 ? phrase("%lum%02lus", s / 60, s % 60) : phrase("%lus", s);
}

const char *size_spell(char *buf, size_t len, uint64_t bytes)
{
	static const char suffix[] = {'\0', 'K', 'M', 'G'};
	size_t u = 0;

	while (bytes != 0 && bytes % 1024 == 0 && u + 1 < sizeof(suffix)) {
		bytes /= 1024;
		u++;
	}
	snprintf(buf, len, "%" PRIu64 "%.1s", bytes, &suffix[u]);
	return buf;
}

struct unit {
	const char *name;
	double factor;
};

/* The middle and the smallest positive of the values; false if there is none. */
static bool middle(const double *values, size_t n, double *mid, double *low)
{
	double *sorted = need_array(n, sizeof(*sorted));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (values[i] > 0)
			sorted[kept++] = values[i];
	}
	sort_ascending(sorted, kept);
	if (kept > 0) {
		*mid = sorted[kept / 2];
		*low = sorted[0];
	}
	free(sorted);
	return kept > 0;
}

struct scale scale_pick(
	enum quantity q, const double *values, size_t n, bool integral, const struct glyphs *g)
{
	static const struct unit units[][4] = {
		[QUANTITY_TIME] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}},
		[QUANTITY_RATE] = {{"", 1}, {"k ", 1e3}, {"M ", 1e6}, {"G ", 1e9}},
		[QUANTITY_BYTE_RATE] = {{"B/s", 1}, {"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}},
	};
	double mid = 1, low = 1;
	bool any = middle(values, n, &mid, &low);
	size_t i = 3;

	/* The typical value decides, unless the smallest would be rounded away. */
	while (i > 0 && (mid < units[q][i].factor || low / units[q][i].factor < 0.02))
		i--;
	struct scale s = {.factor = units[q][i].factor};
	double least = low / s.factor;

	s.decimals = !any || least >= 100 ? 0 : least >= 10 || mid / s.factor >= 100 ? 1 : 2;
	/* Tenths of a nanosecond mean something only where there are few. */
	if (q == QUANTITY_TIME && i == 0 && (integral || least >= 10))
		s.decimals = 0;
	if (q == QUANTITY_TIME && i == 1)
		snprintf(s.unit, sizeof(s.unit), "%ss", g->micro);
	else
		snprintf(s.unit, sizeof(s.unit), "%s", units[q][i].name);
	return s;
}

struct scale scale_pick_of(
	enum quantity q, const double *first, size_t stride, size_t n, const struct glyphs *g)
{
	double *values = need_array(n, sizeof(*values));

	for (size_t i = 0; i < n; i++)
		memcpy(&values[i], (const char *)first + i * stride, sizeof(*values));
	struct scale scale = scale_pick(q, values, n, false, g);

	free(values);
	return scale;
}

struct phrase scale_format(const struct scale *s, double value)
{
	return format_fixed(value / s->factor, s->decimals);
}

/* How many columns the first bytes of a text take. */
static size_t columns(const char *text, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

size_t format_width(const char *text)
{
	return columns(text, strlen(text));
}

size_t format_leading(const char *text, size_t width)
{
	size_t at = 0;

	for (size_t n = 0; n < width && text[at] != '\0'; n++)
		at += format_utf8_length(text + at) > 0 ? format_utf8_length(text + at) : 1;
	return at;
}

size_t format_utf8_length(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
	uint32_t code = n == 1 ? *p : *p & (0x7fu >> n);
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	/* Overlong forms and halves of surrogate pairs are not characters. */
	if (n == 0 || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n;
}

char *format_plain(char *buf, size_t len, const char *text, bool utf8)
{
	size_t at = 0;

	while (*text != '\0') {
		unsigned char c = (unsigned char)*text;
		size_t n = format_utf8_length(text);
		/* U+0080..U+009F are control characters too, and some terminals obey them. */
		bool control = c < 0x20 || c == 0x7f ||
			       (c == 0xc2 && n == 2 && (unsigned char)text[1] < 0xa0);
		bool odd = n == 0 || control || (n > 1 && !utf8);
		size_t put = odd ? 1 : n;

		if (at + put >= len)
			break;
		memmove(buf + at, odd ? "?" : text, put);
		at += put;
		text += n == 0 ? 1 : n;
	}
	if (len > 0)
		buf[at] = '\0';
	return buf;
}

void reason_plain(struct reason *why)
{
	why->text[sizeof(why->text) - 1] = '\0';
	format_plain(why->text, sizeof(why->text), why->text, true);
}

void format_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width)
{
	while (*text != '\0') {
		/* blanks in front of a word belong to it, except at the start of a line */
		size_t blanks = strspn(text, " ");
		size_t bytes = blanks + strcspn(text + blanks, " ");

		if (width > 0 && at > indent && at + columns(text, bytes) > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
			text += blanks;
			bytes -= blanks;
		}
		fwrite(text, 1, bytes, out);
		at += columns(text, bytes);
		text += bytes;
	}
	fputc('\n', out);
}

int stream_status(FILE *out)
{
	if (!ferror(out))
		return 0;
	return errno != 0 ? -errno : -EIO;
}

/* ---- phrases --------------------------------------------------------------------------------- */

void format_into(char *buf, size_t len, const char *format, va_list args)
{
	size_t end = len - 1;

	if (vsnprintf(buf, len, format, args) < (int)len)
		return;
	/* of the last character the first byte is missed by its others */
	while (end > 0 && ((unsigned char)buf[end - 1] & 0xc0) == 0x80)
		end--;
	if (end > 0 && format_utf8_length(buf + end - 1) == 0)
		buf[end - 1] = '\0';
}

struct phrase phrase(const char *format, ...)
{
	struct phrase p;
	va_list args;

	va_start(args, format);
	format_into(p.text, sizeof(p.text), format, args);
	va_end(args);
	return p;
}

void phrase_add(struct phrase *p, const char *separator, const char *format, ...)
{
	size_t used = strlen(p->text);
	va_list args;

	if (used > 0)
		snprintf(p->text + used, sizeof(p->text) - used, "%s", separator);
	used = strlen(p->text);
	va_start(args, format);
	format_into(p->text + used, sizeof(p->text) - used, format, args);
	va_end(args);
}

/* ---- sorted ---------------------------------------------------------------------------------- */

/* Shorter runs are made this long by insertion. */
#define RUN 8

static void insert(double *values, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double value = values[i];
		size_t at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

/* Writes where each ascending run ends; returns how many there are. */
static size_t find_runs(double *values, size_t n, size_t *end)
{
	size_t runs = 0;

	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && values[to - 1] <= values[to];)
			to++;
		if (to - from < RUN) {
			to = n - from < RUN ? n : from + RUN;
			insert(values + from, to - from);
		}
		end[runs++] = to;
	}
	return runs;
}

/* Two runs, the second from `middle` to `end`. No branch depends on a value, which could not be
 * predicted. */
static void merge(double *restrict to, const double *restrict from, size_t middle, size_t end)
{
	const double *a = from, *b = from + middle;

	while (a < from + middle && b < from + end) {
		bool second = *b < *a;

		*to++ = *(second ? b : a);
		b += second;
		a += !second;
	}
	while (a < from + middle)
		*to++ = *a++;
	while (b < from + end)
		*to++ = *b++;
}

void sort_ascending(double *values, size_t n)
{
	double *room = need_array(n, sizeof(*room)), *from = values, *to = room;
	size_t *end = need_array(n / RUN + 1, sizeof(*end)), runs = find_runs(values, n, end);

	for (; runs > 1; runs = (runs + 1) / 2) {
		double *last = from;

		for (size_t i = 0, at = 0; i < runs; i += 2) {
			size_t stop = end[i + 1 < runs ? i + 1 : i];

			merge(to + at, from + at, end[i] - at, stop - at);
			end[i / 2] = at = stop;
		}
		from = to;
		to = last;
	}
	if (from != values)
		memcpy(values, from, n * sizeof(*values));
	free(end);
	free(room);
}
