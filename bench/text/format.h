/* SPDX-License-Identifier: MIT */
/* Numbers, units and names as people read them. Never depends on the locale's decimal point. */
#ifndef IPCBENCH_FORMAT_H
#define IPCBENCH_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Characters outside ASCII that tables use, each with its ASCII stand-in. */
struct glyphs {
	const char *micro; /* µ or u */
	const char *dash;  /* – or - : between the ends of a range */
	const char *cut;   /* … or ~ : a name that did not fit */
	const char *times; /* × or x */
	bool utf8;	   /* whether these are the ones outside ASCII */
};
const struct glyphs *glyphs(bool utf8);

/* Whether the locale's character set is UTF-8. */
bool format_utf8(void);

/* One number with `decimals` digits after the point, "-" for NAN. Returns buf. */
char *format_fixed(char *buf, size_t len, double value, int decimals);

/* A counted value in full; halves, which medians of counts can be, keep their ".5". */
char *format_count(char *buf, size_t len, double value);

/* A real value with 9 significant digits. */
char *format_real(char *buf, size_t len, double value);

/* "1h02m", "1m12s", "9s". */
char *format_seconds(char *buf, size_t len, double seconds);

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

/* A value in that unit. Returns buf. */
char *scale_format(char *buf, size_t len, const struct scale *s, double value);

/*
 * Prints words from column `at` on, in lines of `width` columns (0 = unlimited), and ends the last
 * line; lines after the first begin at column `indent`. Blanks between words stay as they are.
 */
void format_wrap(FILE *out, const char *text, size_t at, size_t indent, size_t width);

/* How many columns a string takes on a terminal. */
size_t format_width(const char *text);

/* How many bytes its first characters take, so many of them as `width` columns hold. */
size_t format_leading(const char *text, size_t width);

/*
 * Writes a string that a user gave: control characters and bytes that are not UTF-8 become '?'
 * (and with !utf8, everything outside ASCII), so that no label can move a terminal's cursor.
 * Returns buf, cut to len without splitting a character.
 */
char *format_plain(char *buf, size_t len, const char *text, bool utf8);

/* The length of the valid UTF-8 sequence at `s`, 0 if there is none. */
size_t format_utf8_length(const char *s);

/* 0, or what went wrong on the stream. Call it soon after the last write: it reads errno. */
int stream_status(FILE *out);

#endif
