/* SPDX-License-Identifier: MIT */
#include "hist/log.h"

#include "hist/slots.h"
#include "text/format.h"
#include "text/memory.h"
#include <ctype.h>
#include <errno.h>
#include <ipcbench/host.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The widest histogram whose counts do not compress takes 75 MB. */
#define LINE_LIMIT ((size_t)128 << 20)

/* Seconds beyond this are no time of any clock, and would not print in full. */
#define TIME_LIMIT 1e11

#define YEAR_S (365 * 24 * 3600.0)

/* Interval_Max is in units of 10^6, with three decimals. */
#define MAX_STEP UINT64_C(1000)

/* ---- writing --------------------------------------------------------------------------------- */

/* Thousandths from a whole number: printf() would write the locale's decimal point. */
static void put_ms(FILE *out, long long ms)
{
	unsigned long long value = ms < 0 ? -(unsigned long long)ms : (unsigned long long)ms;

	fprintf(out, "%s%llu.%03llu", ms < 0 ? "-" : "", value / 1000, value % 1000);
}

static long long ms_of(double seconds)
{
	return llround(seconds * 1000);
}

double hlog_floor_ms(double seconds)
{
	return floor(seconds * 1000) / 1000;
}

int hlog_write_head(FILE *out, double start_s, const char *comment)
{
	time_t start = (time_t)floor(start_s);
	struct tm tm = {.tm_year = 70};
	char date[40] = "";

	if (gmtime_r(&start, &tm) != NULL)
		strftime(date, sizeof(date), ", %Y-%m-%dT%H:%M:%SZ", &tm);
	errno = 0;
	if (comment != NULL)
		fprintf(out, "#[%s]\n", comment);
	fputs("#[Histogram log format version 1.3]\n#[StartTime: ", out);
	put_ms(out, ms_of(start_s));
	fprintf(out, " (seconds since epoch)%s]\n#[BaseTime: ", date);
	put_ms(out, ms_of(start_s));
	fputs(" (seconds since epoch)]\n"
	      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
	      "\"Interval_Compressed_Histogram\"\n",
		out);
	return stream_status(out);
}

int hlog_write_interval(
	FILE *out, const char *tag, double start_s, double length_s, uint64_t max, const char *text)
{
	errno = 0;
	if (tag != NULL)
		fprintf(out, "Tag=%s,", tag);
	put_ms(out, ms_of(start_s));
	fputc(',', out);
	put_ms(out, ms_of(length_s));
	fputc(',', out);
	/* below 2^63 / 1000 */
	long long thousandths = (long long)(max / MAX_STEP);

	put_ms(out, thousandths + (max % MAX_STEP >= MAX_STEP / 2));
	fprintf(out, ",%s\n", text);
	return stream_status(out);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int complain(const struct hlog_reader *r, struct reason *why, const char *what)
{
	return reason_set(why, EINVAL, "%.80s:%lu: %s", r->name, r->line, what);
}

/* One line without its end: 1, or 0 at the end of the file. Not getline(), which has no limit. */
static int read_line(struct hlog_reader *r, struct reason *why)
{
	char most[32];
	size_t len = 0;
	int c;

	errno = 0;
	r->line++;
	r->text = need_room(r->text, 1, 1);
	while ((c = getc_unlocked(r->in)) != EOF && c != '\n') {
		if (c == '\0')
			return complain(r, why, "a zero byte, so this is not a histogram log");
		if (len >= LINE_LIMIT)
			return complain(r, why, "the line is longer than 128 MiB");
		r->text = need_room(r->text, len + 2, 1);
		r->text[len++] = (char)c;
	}
	if (c == EOF && ferror(r->in))
		return reason_set(why, errno != 0 ? errno : EIO, "%.80s: cannot read: %s", r->name,
			strerror(errno != 0 ? errno : EIO));
	r->taken += len + 1;
	if (r->limit != 0 && r->taken > r->limit)
		return reason_set(why, EFBIG,
			"%.80s: exceeds the limit of %s for a log; split it, or add up its intervals "
			"(hist merge --add)",
			r->name, ipcbench_bytes(most, sizeof(most), r->limit));
	if (c == EOF && len == 0)
		return 0;
	if (len > 0 && r->text[len - 1] == '\r')
		len--;
	r->text[len] = '\0';
	return 1;
}

/* A number, which is stepped over. */
static bool get_number(char **at, double *out)
{
	/* strtod() takes more than the format has: white space, hexadecimal, infinity */
	char *end = *at + strspn(*at, "0123456789+-.eE"), *after;

	*out = strtod(*at, &after);
	if (after == *at || after != end || !(fabs(*out) < TIME_LIMIT))
		return false;
	*at = end;
	return true;
}

/* "#[NAME: SECONDS (seconds since epoch)...": true if the line is of that name. */
static bool get_time(char *line, const char *name, double *out, bool *has)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0)
		return false;
	char *at = line + len + strspn(line + len, " ");

	*has |= get_number(&at, out);
	return true;
}

static int read_comment(struct hlog_reader *r, struct reason *why)
{
	static const char version[] = "#[Histogram log format version ";
	char *line = r->text;
	char what[96];

	if (get_time(line, "#[StartTime:", &r->start_s, &r->has_start) ||
		get_time(line, "#[BaseTime:", &r->base_s, &r->has_base))
		return 0;
	if (strncmp(line, version, strlen(version)) != 0)
		return 0;
	line += strlen(version);
	if (strncmp(line, "1.", 2) == 0)
		return 0;
	snprintf(what, sizeof(what), "log format version %.*s; only 1.0 to 1.3 are read",
		(int)(strcspn(line, "]") < 20 ? strcspn(line, "]") : 20), line);
	return complain(r, why, what);
}

/*
 * Without BaseTime, times far below StartTime count from it and others from the epoch, as the
 * reference implementation has it. Decided by the first interval.
 */
static void settle_times(struct hlog_reader *r, double stamp)
{
	if (!r->has_start)
		r->start_s = stamp;
	if (!r->has_base)
		r->base_s = stamp < r->start_s - YEAR_S ? r->start_s : 0;
	r->has_start = r->has_base = true;
}

/* Whether a tag can stand in a log: not empty, no comma, no white space, no control character. */
static bool tag_fits(const char *tag)
{
	for (const char *p = tag; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == ',' || isspace(c) || iscntrl(c))
			return false;
	}
	return tag[0] != '\0';
}

static int read_interval(struct hlog_reader *r, struct hlog_interval *out, struct reason *why)
{
	char *at = r->text;
	struct reason what = {""};
	double stamp, max;

	*out = (struct hlog_interval){.tag = NULL};
	if (strncmp(at, "Tag=", 4) == 0) {
		char *comma = strchr(at, ',');

		if (comma == NULL)
			return complain(r, why, "the line ends within its tag");
		*comma = '\0';
		if (!tag_fits(at + 4))
			return complain(r, why, "the tag is empty or holds white space");
		out->tag = at + 4;
		at = comma + 1;
	}
	if (!get_number(&at, &stamp) || *at++ != ',' || !get_number(&at, &out->length_s) ||
		*at++ != ',' || !get_number(&at, &max) || *at++ != ',' || out->length_s < 0)
		return complain(r, why,
			"not a line of a histogram log, which is [Tag=NAME,]start,length,max,histogram");
	settle_times(r, stamp);
	out->start_s = r->base_s + stamp;
	out->text = at;
	return hlog_decode(&out->hist, at, strlen(at), &what) < 0 ? complain(r, why, what.text) : 1;
}

int hlog_read(struct hlog_reader *r, struct hlog_interval *out, struct reason *why)
{
	int err;

	while ((err = read_line(r, why)) > 0) {
		if (r->text[0] != '#' && r->text[0] != '\0' && r->text[0] != '"')
			return read_interval(r, out, why);
		if (r->text[0] == '#' && (err = read_comment(r, why)) < 0)
			break;
	}
	return err;
}

void hlog_reader_end(struct hlog_reader *r)
{
	free(r->text);
	r->text = NULL;
}
