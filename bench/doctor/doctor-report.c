/* SPDX-License-Identifier: MIT */
/* A diagnosis for people and for programs. */
#include "doctor/doctor.h"

#include "doc/document.h"
#include "text/record.h"
#include <math.h>

enum { WIDTH = 80, WIDTH_MIN = 40, INDENT = 6 };

/* ---- values ---------------------------------------------------------------------------------- */

/* Three digits, or all of those before the point. */
static struct phrase number(double n)
{
	double size = fabs(n);

	if (n == floor(n) && size < 1e15)
		return phrase("%.0f", n);
	return phrase("%.*f", size >= 100 ? 0 : size >= 10 ? 1 : 2, n);
}

/* Figures without a unit are spoken by their state. */
struct phrase finding_headline(const struct finding *f)
{
	struct phrase line = phrase("%s", f->title);
	const char *state = f->state.text;

	if (isnan(f->figure) || f->unit[0] == '\0') {
		phrase_add(&line, state[0] != '\0' ? ": " : "", "%s", state);
		return line;
	}
	phrase_add(&line, ": ", "%s %s", number(f->figure).text, f->unit);
	if (state[0] != '\0')
		phrase_add(&line, " ", "(%s)", state);
	return line;
}

/* ---- text ------------------------------------------------------------------------------------ */

static void add_finding(struct document *doc, const struct finding *f, bool gap)
{
	const char *mark = f->grade == GRADE_NONE ? "-" : grade_name(f->grade);

	document_term(doc, INDENT, mark, "%s", finding_headline(f).text)->gap = gap;
	document_term(doc, INDENT, "", "%s", f->effect.text);
	if (f->remedy.text[0] != '\0')
		document_term(doc, INDENT, "", "-> %s", f->remedy.text);
}

static void fill(struct document *doc, const void *diagnosis)
{
	const struct diagnosis *d = diagnosis;

	document_add(doc, BLOCK_LINE, "grade: %s", grade_name(d->grade));
	for (int g = GRADE_BAD; g >= GRADE_NONE; g--) {
		bool first = true;

		for (size_t i = 0; i < CHECK_COUNT; i++) {
			if ((int)d->finding[i].grade != g)
				continue;
			add_finding(doc, &d->finding[i], first);
			first = false;
		}
	}
	document_add(doc, BLOCK_TEXT,
		"bad: results say more about this than about a mechanism; warn: they are worse, or "
		"spread wider, than they need to be; note: keep it in mind when you compare "
		"machines; -: not known")
		->hanging = INDENT;
}

int diagnosis_print(FILE *out, const struct diagnosis *d, unsigned int width)
{
	unsigned int columns = width == 0 ? WIDTH : width < WIDTH_MIN ? WIDTH_MIN : width;

	return document_print(out, DOC_TERMINAL, fill, d, columns, false);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_finding(struct record *rec, const void *findings, size_t i)
{
	const struct finding *f = (const struct finding *)findings + i;

	record_text(rec, "id", f->id);
	record_text(rec, "grade", f->grade == GRADE_NONE ? NULL : grade_name(f->grade));
	record_text(rec, "title", f->title);
	record_real(rec, "figure", f->figure);
	record_text(rec, "unit", f->unit);
	record_text(rec, "state", f->state.text);
	record_text(rec, "effect", f->effect.text);
	record_text(rec, "remedy", f->remedy.text);
}

static void put_gaps(struct record *rec, const void *gaps, size_t cpu)
{
	const struct gaps *g = (const struct gaps *)gaps + cpu;
	json_t *histogram = json_array();
	double from_us = 1;

	for (int i = 0; i < GAP_CLASSES; i++, from_us *= 10)
		json_array_append_new(histogram, json_pack("{s:f, s:I}", "from_us", from_us, "gaps",
							 (json_int_t)g->beyond[i]));
	record_whole(rec, "cpu", true, (uint64_t)g->cpu);
	record_real(rec, "seconds", g->seconds);
	record_real(rec, "threshold_ns", g->threshold_ns);
	record_whole(rec, "gaps", true, g->count);
	record_real(rec, "largest_ns", g->largest_ns);
	record_real(rec, "lost_share", g->seconds > 0 ? g->lost_ns / 1e9 / g->seconds : 0);
	json_object_set_new(rec->object, "histogram", histogram);
}

json_t *diagnosis_json(const struct diagnosis *d)
{
	static const char *const levels[] = {"none", "short", "full"};
	const struct probes *p = &d->facts.probes;

	return json_pack("{s:s, s:o, s:s, s:o, s:o}", "grade", grade_name(d->grade), "worst",
		json_text(d->grade == GRADE_NONE ? NULL : d->finding[d->worst].id), "probes",
		levels[p->level], "findings", records_json(put_finding, d->finding, CHECK_COUNT),
		"jitter", records_json(put_gaps, p->gaps, p->gap_count));
}
