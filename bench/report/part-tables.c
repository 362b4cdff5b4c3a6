/* SPDX-License-Identifier: MIT */
/* The tables of a page: those that the other outputs have, as far as there is room. */
#include "report/parts.h"

#include "doc/document.h"
#include "doc/html-text.h"
#include "gate/gate-report.h"
#include "results/sections.h"
#include "tables/tables.h"
#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

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
	tables_read(&tables, &s->measured, TABLES_ALL);
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
			"<p class=\"missing\">%zu more are left out for want of room.</p>\n",
			w.notes_left_out);
}
