/* SPDX-License-Identifier: MIT */
/*
 * CSV as RFC 4180 has it, except that lines end in LF alone: gnuplot, awk, cut and the like take a
 * CR for a part of the last field.
 */
#include "text/csv-row.h"

#include "text/format.h"
#include "text/record.h"
#include <errno.h>
#include <math.h>
#include <string.h>

struct csv csv_begin(FILE *out)
{
	errno = 0;
	return (struct csv){.out = out, .names = true};
}

/* Begins a field; whether its value is wanted. */
static bool field(struct csv *csv, const char *name)
{
	if (csv->begun)
		fputc(',', csv->out);
	csv->begun = true;
	if (csv->names)
		csv_text(csv->out, name);
	return !csv->names;
}

int csv_put(void *ctx, const char *name, const struct value *v)
{
	struct csv *csv = ctx;
	char buf[352];

	if (!field(csv, name))
		return 0;
	switch (v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		csv_text(csv->out, v->text);
		break;
	case VALUE_FLAGS:
		csv_text(csv->out, flags_join(buf, sizeof(buf), v->flags));
		break;
	case VALUE_COUNT:
		fputs(format_count(buf, sizeof(buf), v->number), csv->out);
		break;
	case VALUE_REAL:
		fputs(format_real(buf, sizeof(buf), v->number), csv->out);
		break;
	}
	return 0;
}

void csv_put_text(struct csv *csv, const char *name, const char *text)
{
	if (field(csv, name) && text != NULL)
		csv_text(csv->out, text);
}

void csv_put_real(struct csv *csv, const char *name, double value)
{
	char buf[40];

	if (field(csv, name) && isfinite(value))
		fputs(format_real(buf, sizeof(buf), value), csv->out);
}

void csv_put_count(struct csv *csv, const char *name, bool there, unsigned long long value)
{
	if (field(csv, name) && there)
		fprintf(csv->out, "%llu", value);
}

int csv_end_row(struct csv *csv)
{
	csv->begun = false;
	csv->names = false;
	fputc('\n', csv->out);
	return stream_status(csv->out);
}

int csv_finish(struct csv *csv, int ret)
{
	if (ret == 0 && fflush(csv->out) != 0)
		ret = stream_status(csv->out);
	return ret;
}
