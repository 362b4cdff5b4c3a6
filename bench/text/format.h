/* SPDX-License-Identifier: MIT */
/* Numbers, units and names as people read them. Never depends on the locale's decimal point. */
#ifndef IPCBENCH_FORMAT_H
#define IPCBENCH_FORMAT_H

#include <ipcbench/base.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Characters outside ASCII that tables use, each with its ASCII stand-in. */
struct glyphs {
	const char *micro;   /* µ or u */
	const char *dash;    /* – or - : between the ends of a range */
	const char *cut;     /* … or ~ : a name that did not fit */
	const char *times;   /* × or x */
	const char *between; /* · or ; : between the parts of a line */
	bool utf8;	     /* whether these are the ones outside ASCII */
};
const struct glyphs *glyphs(bool utf8);

/* Whether the locale's character set is UTF-8. */
bool format_utf8(void);

/* vsnprintf() that cuts what is too long between two characters. */
void format_into(char *buf, size_t len, const char *format, va_list args);

/*
 * Short texts by value, for sentences that are put together from several of them:
 *
 *	document_add(d, BLOCK_LINE, "%s of %s", format_seconds(a).text, format_seconds(b).text);
 *
 * What is too long is cut.
 */

struct phrase {
	char text[1024];
};

struct phrase phrase(const char *format, ...) PRINTF_LIKE(1, 2);

/* Appends to a phrase, after `separator` if it is not empty. */
void phrase_add(struct phrase *p, const char *separator, const char *format, ...) PRINTF_LIKE(3, 4);

/* One number with `decimals` digits after the point, "-" for NAN. */
struct phrase format_fixed(double value, int decimals);

/* A counted value in full; halves, which medians of counts can be, keep their ".5". */
struct phrase format_count(double value);

/* A real value with 9 significant digits. */
struct phrase format_real(double value);

/* "1h02m", "1m12s", "9s". */
struct phrase format_seconds(double seconds);

/* The shortest exact spelling that options read back: "64", "4K", "1M", "65537". Returns buf. */
const char *size_spell(char *buf, size_t len, uint64_t bytes);

enum quantity { QUANTITY_TIME, QUANTITY_RATE, QUANTITY_BYTE_RATE };

/* The unit of one column: chosen from all its values, so that a column has one unit. */
struct scale {
	char unit[8]; /* "ns", "µs"; "k ", "M " for rates; "MB/s" */
	double factor;
	int decimals;
};

/* Picks a unit for n values (NAN is ignored, n = 0 allowed). `integral`: no fraction of a ns. */
struct scale scale_pick(
	enum quantity q, const double *values, size_t n, bool integral, const struct glyphs *g);

/* The same of `n` values that are `stride` bytes apart. */
struct scale scale_pick_of(
	enum quantity q, const double *first, size_t stride, size_t n, const struct glyphs *g);

/* A value in that unit. */
struct phrase scale_format(const struct scale *s, double value);

/*
 * Prints words from column `at` on, in lines of `width` columns (0 = unlimited), and ends the last
 * line; lines after the first begin at column `indent`. Blanks between words stay as they are.
 */
void format_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width);

/* How many columns a string takes on a terminal. */
size_t format_width(const char *text);

/* How many bytes its first characters take, as many of them as fit in `width` columns. */
size_t format_leading(const char *text, size_t width);

/*
 * Writes a string that a user gave: control characters and bytes that are not UTF-8 become '?'
 * (and with !utf8, everything outside ASCII), so that no label can move a terminal's cursor.
 * Returns buf, cut to len without splitting a character; it may be the string itself.
 */
char *format_plain(char *buf, size_t len, const char *text, bool utf8);

/* The same of a reason that foreign code gave, which may even lack its end. */
void reason_plain(struct reason *why);

/* The length of the valid UTF-8 sequence at `s`, 0 if there is none. */
size_t format_utf8_length(const char *s);

/* 0, or what went wrong on the stream. Call it soon after the last write: it reads errno. */
int stream_status(FILE *out);

/* ---- sorted ---------------------------------------------------------------------------------- */

/* Values in ascending order. */

/* Sorts values of which none is NAN; where much is in order already, in less time. */
void sort_ascending(double *values, size_t n);

/* For bsearch(), and what it compares. */
static inline int sorted_ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline bool all_finite(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

/* The median of n > 0 sorted values; halved before they are added, so that none overflows. */
static inline double sorted_median(const double *sorted, size_t n)
{
	return n % 2 != 0 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

#endif
