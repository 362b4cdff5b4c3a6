/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/html-text.h"
#include "gate/gate-report.h"
#include <string.h>

void part_subject(FILE *out, const struct page *p, size_t i)
{
	if (p->count > 1)
		html_put(out, "<h3>%s</h3>\n", p->subjects[i].name);
}

void part_beside(FILE *out, const struct page *p, void (*write)(FILE *out, const struct subject *s))
{
	const char *begin = p->count > 1 ? "<div>\n" : "", *end = p->count > 1 ? "</div>\n" : "";

	fputs(p->count > 1 ? "<div class=\"beside\">\n" : "", out);
	for (size_t i = 0; i < p->count; i++) {
		fputs(begin, out);
		part_subject(out, p, i);
		write(out, &p->subjects[i]);
		fputs(end, out);
	}
	fputs(end, out);
}

/* ---- the headline ---------------------------------------------------------------------------- */

void part_headline(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->pair_count; i++)
		compare_headline(out, p, i);
	for (size_t i = 0; i < p->count; i++) {
		const struct subject *s = &p->subjects[i];

		part_subject(out, p, i);
		if (s->kind == SUBJECT_GATE)
			document_print(
				out, DOC_HTML, gate_fill_verdict, &s->gate.results, 0, false);
		else
			document_print(out, DOC_HTML, headline_fill, s, 0, false);
	}
}

/* ---- figures --------------------------------------------------------------------------------- */

static const struct figure *find_figure(const struct figures *f, const char *stem)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i].stem, stem) == 0)
			return &f->list[i];
	return NULL;
}

/* A figure of run `first` and those of the same name of the runs behind it. */
static void write_row(FILE *out, const struct page *p, size_t first, const char *stem)
{
	fputs(p->count > 1 ? "<div class=\"beside\">\n" : "", out);
	for (size_t i = first; i < p->count; i++) {
		const struct figure *f = find_figure(&p->subjects[i].figures, stem);

		if (f != NULL)
			figure_write(out, f, p->count > 1 ? p->subjects[i].name : NULL);
	}
	fputs(p->count > 1 ? "</div>\n" : "", out);
}

static bool shown_before(const struct page *p, size_t first, const char *stem)
{
	for (size_t i = 0; i < first; i++)
		if (find_figure(&p->subjects[i].figures, stem) != NULL)
			return true;
	return false;
}

/* What could not be drawn: the lines that the script said, without "plot: ". */
static void write_said(FILE *out, const char *said)
{
	static const char own[] = "plot: ";

	fputs("<details><summary>What could not be drawn</summary>\n<ul>\n", out);
	for (size_t n; *said != '\0'; said += n + (said[n] == '\n')) {
		said += strncmp(said, own, strlen(own)) == 0 ? strlen(own) : 0;
		n = strcspn(said, "\n");
		html_put(out, "<li>%.*s</li>\n", (int)n, said);
	}
	fputs("</ul></details>\n", out);
}

static void write_missing(FILE *out, const struct page *p, size_t i)
{
	const struct figures *f = &p->subjects[i].figures;

	if (f->why.text[0] != '\0') {
		part_subject(out, p, i);
		html_put(out, "<p class=\"missing\">There are no figures: %s</p>\n", f->why.text);
	}
	if (f->said != NULL && f->said[0] != '\0') {
		part_subject(out, p, i);
		write_said(out, f->said);
	}
}

void part_figures(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct figures *f = &p->subjects[i].figures;

		for (size_t k = 0; k < f->count; k++)
			if (!shown_before(p, i, f->list[k].stem))
				write_row(out, p, i, f->list[k].stem);
	}
	for (size_t i = 0; i < p->count; i++)
		write_missing(out, p, i);
}
