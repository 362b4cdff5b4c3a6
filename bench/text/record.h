/* SPDX-License-Identifier: MIT */
/*
 * Tables that programs read, as CSV or as JSON. One function writes the fields of a row; it serves
 * both formats and also gives the line of names, so a field is named and filled in one place.
 *
 *     static void put_pair(struct record *rec, const void *results, size_t i) { ... }
 *     records_csv(out, put_pair, results, count);
 *     json_object_set_new(doc, "pairs", records_json(put_pair, results, count));
 *
 * A value that does not apply or was not measured is an empty field, or null.
 */
#ifndef IPCBENCH_RECORD_H
#define IPCBENCH_RECORD_H

#include <ipcbench/base.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* A row under construction: in a line of CSV or in a JSON object. */
struct record {
	FILE *csv;	/* NULL = JSON */
	json_t *object; /* NULL = CSV */
	bool names;	/* CSV: the line of names rather than values */
	bool begun;	/* CSV: the line has a field */
};

/* For fields of one format alone. */
static inline bool record_is_json(const struct record *rec)
{
	return rec->object != NULL;
}

/* Absent if NULL or empty. */
void record_text(struct record *rec, const char *name, const char *text);

/* A number with 9 significant digits; absent if it is not finite. */
void record_real(struct record *rec, const char *name, double value);

/* A counted number in full; halves, which medians of counts can be, keep their ".5". Absent if NAN.
 */
void record_count(struct record *rec, const char *name, double value);

/* A whole number, absent unless `there`. */
void record_whole(struct record *rec, const char *name, bool there, uint64_t value);

/* 1 and 0 in CSV, true and false in JSON. */
void record_bool(struct record *rec, const char *name, bool value);

/* The names of the bits that are set: joined by ";" in CSV, an array in JSON. */
void record_words(struct record *rec, const char *name, const char *const *names, size_t count,
	unsigned int bits);

/*
 * Writes the fields of row `i` of `table`. The line of names of a table without rows calls it for
 * row 0, whose values are ignored: it then takes them from a blank row.
 */
typedef void record_fn(struct record *rec, const void *table, size_t i);

/* RFC 4180, except that lines end in LF alone. 0, or -errno of the stream. */
int records_csv(FILE *out, record_fn *put_row, const void *table, size_t count);

/* An array of objects. */
json_t *records_json(record_fn *put_row, const void *table, size_t count);

/* One row as an object. */
json_t *record_json(record_fn *put_row, const void *table, size_t i);

/* ---- values of JSON -------------------------------------------------------------------------- */

/* Text; what is not UTF-8 becomes U+FFFD. null for NULL. */
json_t *json_text(const char *s);

/* 9 significant digits; null if not finite. */
json_t *json_rounded(double value);

/* A whole number, null unless `there`. */
json_t *json_whole(bool there, uint64_t value);

/* A number up to 2^63 - 1, else text, since JSON readers take no larger one. */
json_t *json_seed(uint64_t seed);

/* A document that is text already, such as env.json; null for NULL or what is not JSON. */
json_t *json_embedded(const char *text);

/* Writes the document, a newline behind it, and releases it. 0 or -errno; -ENOMEM for NULL. */
int json_put(FILE *out, json_t *doc);

#endif
