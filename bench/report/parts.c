/* SPDX-License-Identifier: MIT */
#include "report/parts.h"

#include "results/sections.h"
#include "tables/tables.h"
#include "text/memory.h"
#include <stdlib.h>
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

void figure_write(FILE *out, const struct figure *f, const char *whose)
{
	fputs(f->screen ? "<figure class=\"screen\"" : "<figure", out);
	html_put(out, " data-kind=\"%s\" data-figure=\"%s\">", f->kind, f->stem);
	if (f->svg != NULL) {
		fprintf(out, "<div class=\"drawing\">%s</div>", f->svg);
	} else {
		html_put(out, "<p class=\"missing\">%s</p>", f->why.text);
	}
	fputs("<figcaption>", out);
	if (whose != NULL)
		html_put(out, "<span class=\"whose\">%s</span> ", whose);
	/* a drawing has its title in it */
	if (f->svg == NULL)
		html_put(out, "<b>%s</b><br>%s ", f->title, f->subtitle);
	html_put(out, "<a href=\"#how-%s\">How to read it</a></figcaption></figure>\n",
		glossary_anchor(f->kind));
}

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
	bool aside = false;

	fputs(p->count > 1 ? "" : "<div class=\"figures\">\n", out);
	for (size_t i = 0; i < p->count; i++) {
		const struct figures *f = &p->subjects[i].figures;

		for (size_t k = 0; k < f->count; k++) {
			aside |= f->list[k].screen;
			if (!shown_before(p, i, f->list[k].stem))
				write_row(out, p, i, f->list[k].stem);
		}
	}
	fputs(p->count > 1 ? "" : "</div>\n", out);
	if (aside)
		fputs("<p class=\"paper\">Left out on paper: single trials, ratios, and cold caches "
		      "where there is a figure of hot ones.</p>\n",
			out);
	for (size_t i = 0; i < p->count; i++)
		write_missing(out, p, i);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* What the tables of a page go through. */
struct writing {
	FILE *out, *notes;
	struct budget *budget;
	size_t left_out, notes_left_out;
};

/* A grid, if there is room. */
static void write_grid(struct writing *w, const struct grid *g)
{
	char *text;
	size_t len;
	FILE *out = need_stream(&text, &len);

	html_grid(out, g, true);
	need_stream_end(out);
	if (budget_take(w->budget, len))
		fwrite(text, 1, len, w->out);
	else
		w->left_out++;
	free(text);
}

/* A note, if there is room for it. */
static void write_note(struct writing *w, const char *text)
{
	/* at worst every character is an entity */
	if (budget_take(w->budget, 6 * strlen(text) + 16))
		html_put(w->notes, "<p class=\"reason\">%s</p>\n", text);
	else
		w->notes_left_out++;
}

/*
 * What is filled in from block `from` on: its grids, what their marks mean and what else is said of
 * them; its notes apart.
 */
static void write_document(struct writing *w, fill_fn *fill, const void *product, size_t from)
{
	struct document d = document_begin(DOC_HTML);

	fill(&d, product);
	for (size_t i = from; i < d.count; i++) {
		struct block *b = &d.blocks[i];

		if (b->kind == BLOCK_NOTE) {
			write_note(w, b->text);
		} else if (b->kind == BLOCK_GRID) {
			write_grid(w, b->grid);
		} else {
			b->class = "legend";
			html_text_block(w->out, b);
		}
	}
	document_free(&d);
}

/* The tables of `ipcbench`, then those of `ipcbench tables`, folded away. */
static void write_run(struct writing *w, const struct subject *s)
{
	struct tables tables;

	write_document(w, results_document, &s->stored.results, 1);
	tables_read(&tables, &s->run, TABLES_ALL);
	bool any = tables_rows(&tables) > 0;

	fputs(any ? "<details><summary>Time to move 1 MiB, qualities, System V against "
		    "POSIX</summary>\n"
		  : "",
		w->out);
	write_document(w, tables_document, &tables, 1);
	fputs(any ? "</details>\n" : "", w->out);
	tables_free(&tables);
}

/* The pairs of CPUs that have no time. */
static void fill_matrix(struct document *d, const void *matrix)
{
	const struct matrix *m = matrix;

	for (const struct pair *p = m->pairs; p < m->pairs + m->done; p++)
		if (p->status != STATUS_OK)
			document_add(d, BLOCK_NOTE, "%s CPUs %d and %d: %s", status_name(p->status),
				p->cpu_a, p->cpu_b, p->reason.text);
}

static void write_subject(struct writing *w, const struct page *p, size_t i)
{
	const struct subject *s = &p->subjects[i];

	switch (s->kind) {
	case SUBJECT_RUN:
		write_run(w, s);
		break;
	case SUBJECT_GATE:
		part_subject(w->out, p, i);
		write_document(w, gate_fill_tables, &s->gate.results, 0);
		break;
	case SUBJECT_MATRIX:
		write_document(w, fill_matrix, &s->matrix, 0);
		break;
	}
}

void part_tables(FILE *out, FILE *notes, const struct page *p, struct budget *b)
{
	struct writing w = {.out = out, .notes = notes, .budget = b};

	if (p->pair_count > 0)
		write_document(&w, compare_fill, p, 0);
	for (size_t i = 0; p->pair_count == 0 && i < p->count; i++)
		write_subject(&w, p, i);
	if (w.left_out > 0)
		html_put(out,
			"<p class=\"missing\">%zu tables are left out: with them the page would have "
			"more than %zu bytes. The raw data has all of it.</p>\n",
			w.left_out, b->most);
	if (w.notes_left_out > 0)
		html_put(notes,
			"<p class=\"missing\">%zu more are left out for lack of room.</p>\n",
			w.notes_left_out);
}

/* ---- files, byte for byte -------------------------------------------------------------------- */

static void write_file(FILE *out, const struct subject *s, const struct download *f)
{
	bool json = strstr(f->name, ".json") != NULL, large = f->len >= 10000;
	size_t size = large ? (f->len + 500) / 1000 : f->len;
	const char *unit = large ? "kB" : "bytes";

	if (f->embedded) {
		html_put(out, "<li><a download=\"%s%s%s\" href=\"data:%s;charset=utf-8,", s->letter,
			s->letter[0] != '\0' ? "-" : "", f->name,
			json ? "application/json" : "text/csv");
		html_uri(out, f->bytes, f->len);
		html_put(out, "\">%s</a> (%zu %s)</li>\n", f->name, size, unit);
	} else {
		html_put(out,
			"<li><span class=\"missing\">%s (%zu %s): left out, because with it the page "
			"would have more than %zu bytes; it lies in <code>%s</code></span></li>\n",
			f->name, size, unit, REPORT_BYTES_MAX, s->dir);
	}
}

void part_downloads(FILE *out, const struct page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct subject *s = &p->subjects[i];

		part_subject(out, p, i);
		fputs("<ul class=\"files\">\n", out);
		for (size_t k = 0; k < DOWNLOADS_MAX; k++)
			if (s->downloads[k].bytes != NULL)
				write_file(out, s, &s->downloads[k]);
		fputs("</ul>\n", out);
	}
}
