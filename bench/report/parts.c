/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "doc/html-grid.h"
#include "doc/html-text.h"
#include "gate/fingerprint.h"
#include "gate/gate-report.h"
#include "report/doubts.h"
#include "report/glossary.h"
#include "report/headline.h"
#include "report/machine-part.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void part_subject(FILE *out, const struct page *p, size_t i)
{
	char name[400];

	if (p->count < 2)
		return;
	subject_name(&p->subjects[i], name, sizeof(name));
	fputs("<h3>", out);
	html_text(out, name);
	fputs("</h3>\n", out);
}

static void put_paragraph(FILE *out, const char *class, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, "<p class=\"%s\">", class);
	html_text(out, text);
	fputs("</p>\n", out);
}

/* ---- the headline ---------------------------------------------------------------------------- */

static const char *outcome_class(enum gate_outcome is)
{
	static const char *const classes[] = {
		[GATE_PASSED] = "lead good",
		[GATE_REGRESSED] = "lead bad",
		[GATE_INCONCLUSIVE] = "lead doubt",
		[GATE_NOT_MEASURED] = "lead bad",
	};

	return classes[is];
}

static int gate_headline_part(FILE *out, const struct gate_results *results)
{
	struct gate_report rep;
	int r = gate_report_build(&rep, results, true);

	if (r < 0)
		return r;
	put_paragraph(out, outcome_class(rep.is), rep.body.heading);
	put_paragraph(out, "warning", rep.warning);
	put_paragraph(out, "subject", rep.subject);
	put_paragraph(out, "advice", rep.advice);
	gate_report_free(&rep);
	return 0;
}

static int best_part(FILE *out, const struct subject *s)
{
	struct report rep = {.glyphs = glyphs(true)};
	char lead[512];
	int r = s->kind == SUBJECT_RUN
			? headline_run(&rep, lead, sizeof(lead), &s->measured)
			: headline_matrix(&rep, lead, sizeof(lead), &s->matrix.matrix);

	if (r == 0) {
		put_paragraph(out, "lead", lead);
		for (size_t i = 0; i < rep.grid_count; i++)
			html_grid(out, &rep.grids[i], false);
	}
	report_free(&rep);
	return r;
}

/* What run i + 1 is against the first, and in what they differ beside the program. */
static int pair_part(FILE *out, const struct page *p, size_t i)
{
	const struct gate_results *r = &p->pairs[i].results;
	const struct compare_count count = compare_differences(r);

	fputs("<h3>", out);
	html_textf(out, "%s against %s", p->subjects[i + 1].letter, p->subjects[0].letter);
	fputs("</h3>\n", out);
	int err = gate_headline_part(out, r);

	fprintf(out,
		"<p>%zu of %zu figures differ, as their intervals tell: <b>%zu better</b>, <b>%zu "
		"worse</b>; they are marked in the tables.</p>\n",
		count.better + count.worse, count.rows, count.better, count.worse);
	if (r->note_count == 0)
		return err;
	fprintf(out, "<p>Here %s is base and %s is new:</p>\n<ul>\n", p->subjects[0].letter,
		p->subjects[i + 1].letter);
	for (size_t k = 0; k < r->note_count; k++) {
		fputs("<li>", out);
		html_text(out, r->notes[k]);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	return err;
}

int part_headline(FILE *out, const struct page *p)
{
	int r = 0;

	for (size_t i = 0; p->pairs != NULL && i + 1 < p->count && r == 0; i++)
		r = pair_part(out, p, i);
	for (size_t i = 0; i < p->count && r == 0; i++) {
		const struct subject *s = &p->subjects[i];

		part_subject(out, p, i);
		r = s->kind == SUBJECT_GATE ? gate_headline_part(out, &s->gate.results)
					    : best_part(out, s);
	}
	return r;
}

/* ---- the machine ----------------------------------------------------------------------------- */

/* What is written of each subject, beside each other where there is room. */
static void side_by_side(
	FILE *out, const struct page *p, void (*write)(FILE *out, const struct subject *s))
{
	if (p->count > 1)
		fputs("<div class=\"beside\">\n", out);
	for (size_t i = 0; i < p->count; i++) {
		if (p->count > 1)
			fputs("<div>\n", out);
		part_subject(out, p, i);
		write(out, &p->subjects[i]);
		if (p->count > 1)
			fputs("</div>\n", out);
	}
	if (p->count > 1)
		fputs("</div>\n", out);
}

static void write_doubts(FILE *out, const struct subject *s)
{
	doubts_write(out, s);
	machine_write_doctor(out, s);
}

void part_doubts(FILE *out, const struct page *p)
{
	side_by_side(out, p, write_doubts);
}

void part_machine(FILE *out, const struct page *p)
{
	side_by_side(out, p, machine_write);
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
	char name[400];

	if (p->count > 1)
		fputs("<div class=\"beside\">\n", out);
	for (size_t i = first; i < p->count; i++) {
		const struct figure *f = find_figure(&p->subjects[i].figures, stem);

		if (f == NULL)
			continue;
		subject_name(&p->subjects[i], name, sizeof(name));
		figure_write(out, f, p->count > 1 ? name : NULL);
	}
	if (p->count > 1)
		fputs("</div>\n", out);
}

static bool shown_before(const struct page *p, size_t first, const char *stem)
{
	for (size_t i = 0; i < first; i++)
		if (find_figure(&p->subjects[i].figures, stem) != NULL)
			return true;
	return false;
}

/* The lines that the script said, without "plot: ". */
static void write_said(FILE *out, const char *said)
{
	static const char own[] = "plot: ";

	for (size_t n; *said != '\0'; said += n + (said[n] == '\n')) {
		said += strncmp(said, own, strlen(own)) == 0 ? strlen(own) : 0;
		n = strcspn(said, "\n");
		fputs("<li>", out);
		html_textf(out, "%.*s", (int)n, said);
		fputs("</li>\n", out);
	}
}

static void write_missing(FILE *out, const struct page *p, size_t i)
{
	const struct figures *f = &p->subjects[i].figures;

	if (f->why.text[0] != '\0') {
		part_subject(out, p, i);
		fputs("<p class=\"missing\">There are no figures: ", out);
		html_text(out, f->why.text);
		fputs("</p>\n", out);
	}
	if (f->said == NULL || f->said[0] == '\0')
		return;
	part_subject(out, p, i);
	fputs("<details><summary>What could not be drawn</summary>\n<ul>\n", out);
	write_said(out, f->said);
	fputs("</ul></details>\n", out);
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

/* ---- the end --------------------------------------------------------------------------------- */

void part_downloads(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		part_subject(out, p, i);
		downloads_write(out, &p->subjects[i].downloads, p->subjects[i].letter);
	}
}

void part_commands(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		part_subject(out, p, i);
		machine_write_command(out, &p->subjects[i]);
	}
	fputs("<p>This page:</p>\n<pre><code>", out);
	for (size_t i = 0; p->command[i] != NULL; i++) {
		if (i > 0)
			fputc(' ', out);
		html_shell_word(out, p->command[i]);
	}
	fputs("</code></pre>\n", out);
}

int part_glossary(FILE *out, const struct page *p)
{
	enum subject_kind kind = p->subjects[0].kind;
	struct glossary g = {.measured = kind == SUBJECT_RUN,
		.gate = kind == SUBJECT_GATE || p->pairs != NULL,
		.matrix = kind == SUBJECT_MATRIX,
		.several = p->pairs != NULL};
	const char **kinds;
	size_t room = 1;

	for (size_t i = 0; i < p->count; i++)
		room += p->subjects[i].figures.count;
	kinds = calloc(room, sizeof(*kinds));
	if (kinds == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < p->count; i++)
		for (size_t k = 0; k < p->subjects[i].figures.count; k++)
			kinds[g.kind_count++] = p->subjects[i].figures.list[k].kind;
	g.kinds = kinds;
	glossary_write(out, &g);
	free(kinds);
	return 0;
}
