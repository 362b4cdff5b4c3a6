/* SPDX-License-Identifier: MIT */
/* The tables of a page: those that the other outputs have, as far as there is room. */
#include "report/parts.h"

#include "doc/html-grid.h"
#include "doc/html-text.h"
#include "gate/gate-report.h"
#include "tables/tables.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the tables of a page go through. */
struct writing {
	FILE *out, *notes;
	const struct page *page;
	struct budget *budget;
	size_t left_out, notes_left_out;
};

static void put_paragraph(FILE *out, const char *text)
{
	if (text[0] == '\0')
		return;
	fputs("<p class=\"legend\">", out);
	html_text(out, text);
	fputs("</p>\n", out);
}

/* A grid, if there is room. */
static int write_grid(struct writing *w, const struct grid *g)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return -ENOMEM;
	html_grid(out, g, true);
	int r = ferror(out) ? -ENOMEM : 0;

	r = fclose(out) != 0 ? -ENOMEM : r;
	if (r == 0 && budget_take(w->budget, len))
		fwrite(text, 1, len, w->out);
	else
		w->left_out++;
	free(text);
	return r;
}

static int write_grids(struct writing *w, const struct report *rep)
{
	struct legend legend = rep->legend;
	char buf[1024];
	int r = 0;

	for (size_t i = 0; i < rep->grid_count && r == 0; i++) {
		r = write_grid(w, &rep->grids[i]);
		for (size_t c = 0; c < rep->grids[i].column_count; c++)
			legend_add(&legend, &rep->grids[i].column[c].marks);
	}
	put_paragraph(w->out, legend_write(&legend, buf, sizeof(buf)));
	put_paragraph(w->out, rep->explanation);
	return r;
}

/* A note, if there is room for it. */
static void write_note(struct writing *w, const char *text)
{
	/* at worst every character is an entity */
	if (!budget_take(w->budget, 6 * strlen(text) + 16)) {
		w->notes_left_out++;
		return;
	}
	fputs("<p class=\"reason\">", w->notes);
	html_text(w->notes, text);
	fputs("</p>\n", w->notes);
}

static void write_notes(struct writing *w, const struct report *rep)
{
	for (size_t i = 0; i < rep->note_count; i++)
		write_note(w, rep->notes[i]);
}

/* The tables of `ipcbench`, then those of `ipcbench tables`, folded away. */
static int write_run(struct writing *w, const struct subject *s)
{
	struct report own = {.glyphs = glyphs(true)}, other = {.glyphs = glyphs(true)};
	struct tables tables;
	int r = report_build(&own, &s->stored.results, true);

	write_notes(w, &own);
	if (r == 0)
		r = write_grids(w, &own);
	report_free(&own);
	if (r == 0)
		r = tables_read(&tables, &s->measured, TABLES_ALL);
	else
		tables = (struct tables){.run = NULL};
	if (r == 0)
		r = tables_report(&other, &tables, true);
	write_notes(w, &other);
	if (r == 0 && other.grid_count > 0) {
		fputs("<details><summary>Time to move 1 MiB, qualities, System V against "
		      "POSIX</summary>\n",
			w->out);
		r = write_grids(w, &other);
		fputs("</details>\n", w->out);
	}
	report_free(&other);
	tables_free(&tables);
	return r;
}

static int write_gate(struct writing *w, const struct gate_results *results)
{
	struct gate_report rep;
	int r = gate_report_build(&rep, results, true);

	if (r < 0)
		return r;
	write_notes(w, &rep.body);
	r = write_grids(w, &rep.body);
	put_paragraph(w->out, rep.legend);
	gate_report_free(&rep);
	return r;
}

/* The pairs that have no time. */
static void write_matrix_notes(struct writing *w, const struct matrix *m)
{
	for (size_t i = 0; i < m->done; i++) {
		const struct pair *p = &m->pairs[i];
		char text[sizeof(p->reason.text) + 64];

		if (p->status == STATUS_OK)
			continue;
		snprintf(text, sizeof(text), "%s CPUs %d and %d: %s",
			p->status == STATUS_FAIL ? "fail" : "skip", p->cpu_a, p->cpu_b,
			p->reason.text);
		write_note(w, text);
	}
}

static void write_cell(struct writing *w, const struct gate_cell *c)
{
	char text[768];

	if (c->status == STATUS_OK)
		return;
	snprintf(text, sizeof(text), "%s %.300s: %s", c->status == STATUS_FAIL ? "fail" : "skip",
		c->name, c->why.text);
	write_note(w, text);
}

/* Runs side by side; what could not be compared is noted. */
static int write_pairs(struct writing *w)
{
	const struct page *p = w->page;
	struct report rep = {.glyphs = glyphs(true)};
	int r = compare_report(&rep, p->pairs, p->count - 1);

	for (size_t i = 0; i + 1 < p->count; i++) {
		const struct gate_results *results = &p->pairs[i].results;

		for (size_t k = 0; k < results->cell_count; k++)
			write_cell(w, &results->cells[k]);
	}
	if (r == 0)
		r = write_grids(w, &rep);
	report_free(&rep);
	return r;
}

static int write_subject(struct writing *w, size_t i)
{
	const struct subject *s = &w->page->subjects[i];

	switch (s->kind) {
	case SUBJECT_RUN:
		return write_run(w, s);
	case SUBJECT_GATE:
		part_subject(w->out, w->page, i);
		return write_gate(w, &s->gate.results);
	case SUBJECT_MATRIX:
		write_matrix_notes(w, &s->matrix.matrix);
		break;
	}
	return 0;
}

int part_tables(FILE *out, FILE *notes, const struct page *p, struct budget *b)
{
	struct writing w = {.out = out, .notes = notes, .page = p, .budget = b};
	int r = p->pairs != NULL ? write_pairs(&w) : 0;

	for (size_t i = 0; p->pairs == NULL && i < p->count && r == 0; i++)
		r = write_subject(&w, i);
	if (w.left_out > 0)
		fprintf(out,
			"<p class=\"missing\">%zu tables are left out: with them the page would have "
			"more than %zu bytes. The raw data has all of it.</p>\n",
			w.left_out, b->most);
	if (w.notes_left_out > 0)
		fprintf(notes, "<p class=\"missing\">%zu more are left out for want of room.</p>\n",
			w.notes_left_out);
	return r;
}
