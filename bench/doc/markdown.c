/* SPDX-License-Identifier: MIT */
/*
 * A document as GitHub shows it. A backslash stands before each character that Markdown, HTML or a
 * row of a table would take for its own.
 */
#include "doc/document.h"

#include <string.h>

/* Text in which Markdown and HTML find nothing of theirs. */
static void markdown_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_[]<>#|~&", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* A row that only says what the next ones are. */
static void put_group(FILE *out, const struct grid *g, const char *heading)
{
	fputs("| **", out);
	markdown_text(out, heading);
	fputs("** |", out);
	for (size_t c = 1; c < g->column_count; c++)
		fputs("  |", out);
	fputc('\n', out);
}

static void put_grid(FILE *out, const struct grid *g)
{
	fputs("\n### ", out);
	markdown_text(out, g->title);
	fputs("\n\n|", out);
	for (size_t c = 0; c < g->column_count; c++) {
		fputc(' ', out);
		markdown_text(out, g->column[c].heading);
		fputs(" |", out);
	}
	fputs("\n|", out);
	for (size_t c = 0; c < g->column_count; c++)
		fputs(g->column[c].left ? ":---|" : "---:|", out);
	fputc('\n', out);
	for (size_t row = 0; row < g->row_count; row++) {
		if (g->rows[row].group != NULL)
			put_group(out, g, g->rows[row].group);
		fputc('|', out);
		for (size_t c = 0; c < g->column_count; c++) {
			fputc(' ', out);
			markdown_text(out, g->text[row * g->column_count + c]);
			if (c == 0 && g->rows[row].mark != 0)
				fprintf(out, " \\%c", g->rows[row].mark);
			fputs(" |", out);
		}
		fputc('\n', out);
	}
}

static bool is_listed(const struct block *b)
{
	return b->kind == BLOCK_ITEM || b->kind == BLOCK_NOTE;
}

/* Text on lines of its own; items of a list follow each other directly. */
static void put_text(FILE *out, const struct block *b, const struct block *before)
{
	if (before != NULL && !(is_listed(b) && before->kind == b->kind))
		fputc('\n', out);
	if (is_listed(b))
		fprintf(out, "%*s- ", 2 * (int)b->level, "");
	else if (b->kind == BLOCK_TITLE || b->kind == BLOCK_SECTION)
		fputs(b->kind == BLOCK_TITLE ? "## " : "### ", out);
	if (b->term != NULL) {
		markdown_text(out, b->term);
		fputs(": ", out);
	}
	markdown_text(out, b->text);
	fputc('\n', out);
}

void document_markdown(FILE *out, const struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->blocks[i].kind == BLOCK_GRID)
			put_grid(out, d->blocks[i].grid);
		else
			put_text(out, &d->blocks[i], i > 0 ? &d->blocks[i - 1] : NULL);
	}
}
