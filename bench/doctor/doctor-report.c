/* SPDX-License-Identifier: MIT */
/* A diagnosis for people and for programs. */
#include "doctor/doctor.h"

#include "text/format.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, WIDTH_MIN = 40, INDENT = 6 };

/* ---- values --------------------------------------------------------------------------------- */

/* Three digits, or all of those before the point. */
static void number_text(char *buf, size_t size, double n)
{
	double size_of = fabs(n);

	if (n == floor(n) && size_of < 1e15)
		snprintf(buf, size, "%.0f", n);
	else
		snprintf(buf, size, "%.*f", size_of >= 100 ? 0 : size_of >= 10 ? 1 : 2, n);
}

/* "55.2 us (p99 300 us)", "on", "": figures without a unit are spoken by their state. */
static void value_text(char *buf, size_t size, const struct finding *f)
{
	char number[32];
	bool figure = !isnan(f->figure) && f->unit[0] != '\0';

	buf[0] = '\0';
	number_text(number, sizeof(number), figure ? f->figure : 0);
	if (figure && f->state[0] != '\0')
		snprintf(buf, size, "%s %s (%s)", number, f->unit, f->state);
	else if (figure)
		snprintf(buf, size, "%s %s", number, f->unit);
	else
		snprintf(buf, size, "%s", f->state);
}

const char *finding_headline(const struct finding *f, char *buf, size_t size)
{
	char value[160];

	value_text(value, sizeof(value), f);
	snprintf(buf, size, "%s%s%s", f->title, value[0] != '\0' ? ": " : "", value);
	return buf;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void print_finding(FILE *out, const struct finding *f, size_t width)
{
	char line[512];
	const char *mark = f->grade == GRADE_NONE ? "-" : grade_name(f->grade);

	finding_headline(f, line, sizeof(line));
	fprintf(out, "%-*s", INDENT, mark);
	format_wrap(out, line, INDENT, INDENT, width);
	fprintf(out, "%*s", INDENT, "");
	format_wrap(out, f->effect, INDENT, INDENT, width);
	if (f->remedy[0] == '\0')
		return;
	snprintf(line, sizeof(line), "-> %s", f->remedy);
	fprintf(out, "%*s", INDENT, "");
	format_wrap(out, line, INDENT, INDENT, width);
}

static const char legend[] =
	"bad: figures say more about this than about a mechanism; warn: they are worse or wider than "
	"need be; note: know it when you compare machines; -: not known";

int diagnosis_print(FILE *out, const struct diagnosis *d, unsigned int width)
{
	size_t columns = width == 0 ? WIDTH : width < WIDTH_MIN ? WIDTH_MIN : width;

	fprintf(out, "grade: %s\n", grade_name(d->grade));
	for (int g = GRADE_BAD; g >= GRADE_NONE; g--) {
		bool first = true;

		for (size_t i = 0; i < d->count; i++) {
			if ((int)d->finding[i].grade != g)
				continue;
			if (first)
				fputc('\n', out);
			first = false;
			print_finding(out, &d->finding[i], columns);
		}
	}
	fputc('\n', out);
	format_wrap(out, legend, 0, INDENT, columns);
	return ferror(out) ? -EIO : 0;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* NAN and infinity are null. */
static json_t *real_or_null(double value)
{
	json_t *real = json_real(value);

	return real != NULL ? real : json_null();
}

static json_t *text_or_null(const char *text)
{
	json_t *value = text[0] == '\0' ? NULL : json_string(text);

	return value != NULL ? value : json_null();
}

static json_t *finding_json(const struct finding *f)
{
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id", f->id, "grade",
		f->grade == GRADE_NONE ? json_null() : json_string(grade_name(f->grade)), "title",
		f->title, "figure", real_or_null(f->figure), "unit", text_or_null(f->unit), "state",
		text_or_null(f->state), "effect", text_or_null(f->effect), "remedy",
		text_or_null(f->remedy));
}

static json_t *gaps_json(const struct gaps *g)
{
	json_t *histogram = json_array();
	double from_us = 1;

	for (int i = 0; i < GAP_CLASSES; i++, from_us *= 10)
		json_array_append_new(histogram, json_pack("{s:f, s:I}", "from_us", from_us, "gaps",
							 (json_int_t)g->beyond[i]));
	return json_pack("{s:i, s:o, s:o, s:I, s:o, s:o, s:o}", "cpu", g->cpu, "seconds",
		real_or_null(g->seconds), "threshold_ns", real_or_null(g->threshold_ns), "gaps",
		(json_int_t)g->count, "largest_ns", real_or_null(g->largest_ns), "lost_share",
		real_or_null(g->seconds > 0 ? g->lost_ns / 1e9 / g->seconds : 0), "histogram",
		histogram);
}

json_t *diagnosis_json(const struct diagnosis *d)
{
	const struct finding *worst = diagnosis_worst(d);
	const struct probes *p = &d->facts.probes;
	json_t *findings = json_array(), *jitter = json_array();

	for (size_t i = 0; i < d->count; i++)
		json_array_append_new(findings, finding_json(&d->finding[i]));
	for (size_t i = 0; i < p->gap_count; i++)
		json_array_append_new(jitter, gaps_json(&p->gaps[i]));
	return json_pack("{s:s, s:o, s:s, s:o, s:o}", "grade", grade_name(d->grade), "worst",
		worst == NULL ? json_null() : json_string(worst->id), "probes",
		probe_level_name(p->level), "findings", findings, "jitter", jitter);
}
