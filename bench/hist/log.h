/* SPDX-License-Identifier: MIT */
/*
 * Histogram logs, format version 1.3: text lines, each a histogram of one interval of time.
 *
 *	#[Histogram log format version 1.3]
 *	#[StartTime: 1795250889.125 (seconds since epoch), 2026-11-21T08:48:09Z]
 *	#[BaseTime: 1795250889.125 (seconds since epoch)]
 *	"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
 *	Tag=NAME,0.000,1.000,0.053,HISTFAAAA...
 *
 * Times are seconds, the first one since BaseTime; Interval_Max is the maximum divided by 10^6.
 */
#ifndef IPCBENCH_HIST_LOG_H
#define IPCBENCH_HIST_LOG_H

#include "hist/slots.h"
#include <stdio.h>

/* ---- writing: 0, or -errno of the stream ----------------------------------------------------- */

/* All lines before the first interval. `start_s` since the epoch; `comment` is one line or NULL. */
int hlog_write_head(FILE *out, double start_s, const char *comment);

/* One interval. `start_s` counts from that of the head; `tag` (NULL = none) without a comma, white
 * space and control characters. */
int hlog_write_interval(FILE *out, const char *tag, double start_s, double length_s, uint64_t max,
	const char *text);

/* A start time as the log can show it: the millisecond that it lies in. */
double hlog_floor_ms(double seconds);

/* ---- reading --------------------------------------------------------------------------------- */

struct hlog_interval {
	const char *tag; /* NULL = none */
	double start_s;	 /* since the epoch, or since whatever the log's times count from */
	double length_s;
	const char *text; /* the histogram as it stands in the log */
	struct hlog_histogram hist;
};

struct hlog_reader {
	FILE *in;	  /* borrowed */
	const char *name; /* of the file, for error lines; borrowed */
	uint64_t limit;	  /* of the log, in bytes; 0 = none */
	uint64_t taken;
	unsigned long line;
	double start_s, base_s;
	bool has_start, has_base;
	char *text; /* the line */
};

/*
 * Reads the next interval: 1, 0 at the end of the file, -EINVAL (or another -errno) with a `why`
 * that begins with file and line. tag and text are valid until the next call; the histogram is the
 * caller's, for hlog_free(). A reader begins as {.in = file, .name = name}.
 */
int hlog_read(struct hlog_reader *reader, struct hlog_interval *out, struct reason *why);
void hlog_reader_end(struct hlog_reader *reader);

#endif
