/* SPDX-License-Identifier: MIT */
#include "text/record.h"

#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- JSON values ----------------------------------------------------------------------------- */

json_t *json_text(const char *s)
{
	json_t *j;
	char *fixed;
	size_t len;

	if (s == NULL)
		return json_null();
	j = json_string(s);
	if (j != NULL)
		return j;
	FILE *out = need_stream(&fixed, &len);

	while (*s != '\0') {
		size_t n = format_utf8_length(s);

		fprintf(out, "%.*s", n > 0 ? (int)n : 3, n > 0 ? s : "\xef\xbf\xbd");
		s += n > 0 ? n : 1;
	}
	need_stream_end(out);
	j = json_string(fixed);
	free(fixed);
	return j;
}

json_t *json_rounded(double value)
{
	char buf[40];

	if (!isfinite(value))
		return json_null();
	snprintf(buf, sizeof(buf), "%.9g", value);
	return json_real(strtod(buf, NULL));
}

json_t *json_whole(bool there, uint64_t value)
{
	return there ? json_integer((json_int_t)value) : json_null();
}

json_t *json_seed(uint64_t seed)
{
	char buf[24];

	if (seed <= INT64_MAX)
		return json_integer((json_int_t)seed);
	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)seed);
	return json_string(buf);
}

json_t *json_embedded(const char *text)
{
	json_t *doc = text == NULL ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	return doc == NULL ? json_null() : doc;
}

int json_put(FILE *out, json_t *doc)
{
	int ret = 0;

	if (doc == NULL)
		return -ENOMEM;
	errno = 0;
	/* 15 digits print every value that was rounded to 9 as it is meant. */
	if (json_dumpf(doc, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) != 0)
		ret = stream_status(out) != 0 ? stream_status(out) : -EIO;
	json_decref(doc);
	if (ret == 0 && (fputc('\n', out) == EOF || fflush(out) != 0))
		ret = stream_status(out);
	return ret;
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* One field of CSV, quoted if it has to be. */
static void csv_text(FILE *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* Writes a field: `text` in CSV, `value` in JSON, which it takes over. */
static void put(struct record *rec, const char *name, const char *text, json_t *value)
{
	if (rec->object != NULL) {
		if (json_object_set_new(rec->object, name, value) == 0)
			return;
		/* a value that could not be made is one for which there was no memory */
		needed(NULL);
	}
	if (rec->begun)
		fputc(',', rec->csv);
	rec->begun = true;
	csv_text(rec->csv, rec->names ? name : text);
}

void record_text(struct record *rec, const char *name, const char *text)
{
	bool none = text == NULL || text[0] == '\0';

	put(rec, name, none ? "" : text,
		record_is_json(rec) ? json_text(none ? NULL : text) : NULL);
}

void record_real(struct record *rec, const char *name, double value)
{
	put(rec, name, isfinite(value) ? format_real(value).text : "",
		record_is_json(rec) ? json_rounded(value) : NULL);
}

void record_count(struct record *rec, const char *name, double value)
{
	put(rec, name, isnan(value) ? "" : format_count(value).text,
		!record_is_json(rec)				? NULL
		: isnan(value)					? json_null()
		: value == floor(value) && fabs(value) < 0x1p63 ? json_integer((json_int_t)value)
								: json_real(value));
}

void record_whole(struct record *rec, const char *name, bool there, uint64_t value)
{
	char buf[24] = "";

	if (there)
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
	put(rec, name, buf, record_is_json(rec) ? json_whole(there, value) : NULL);
}

void record_bool(struct record *rec, const char *name, bool value)
{
	put(rec, name, value ? "1" : "0", record_is_json(rec) ? json_boolean(value) : NULL);
}

void record_words(struct record *rec, const char *name, const char *const *names, size_t count,
	unsigned int bits)
{
	json_t *list = record_is_json(rec) ? json_array() : NULL;
	char *joined;
	size_t len;
	FILE *out = need_stream(&joined, &len);

	for (size_t i = 0; i < count; i++) {
		if ((bits & 1u << i) == 0)
			continue;
		fprintf(out, "%s%s", ftell(out) > 0 ? ";" : "", names[i]);
		if (list != NULL)
			json_array_append_new(list, json_string(names[i]));
	}
	need_stream_end(out);
	put(rec, name, joined, list);
	free(joined);
}

/* ---- tables ---------------------------------------------------------------------------------- */

int records_csv(FILE *out, record_fn *put_row, const void *table, size_t count)
{
	struct record rec = {.csv = out, .names = true};
	int r;

	/* so that a failure later on is this stream's */
	errno = 0;
	put_row(&rec, table, 0);
	fputc('\n', out);
	for (size_t i = 0; (r = stream_status(out)) == 0 && i < count; i++) {
		rec = (struct record){.csv = out};
		put_row(&rec, table, i);
		fputc('\n', out);
	}
	return r == 0 && fflush(out) != 0 ? stream_status(out) : r;
}

json_t *record_json(record_fn *put_row, const void *table, size_t i)
{
	struct record rec = {.object = json_object()};

	put_row(&rec, table, i);
	return rec.object;
}

json_t *records_json(record_fn *put_row, const void *table, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, record_json(put_row, table, i));
	return list;
}
