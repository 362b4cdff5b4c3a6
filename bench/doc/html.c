/* SPDX-License-Identifier: MIT */
/* A document as part of a page. */
#include "doc/html-text.h"
#include "doc/writers.h"

#include <stdlib.h>

static void put_head(FILE *out, const struct grid *g)
{
	fputs("<thead><tr>", out);
	for (size_t c = 0; c < g->column_count; c++) {
		fprintf(out, "<th scope=\"col\"%s>", g->column[c].left ? " class=\"l\"" : "");
		html_text(out, g->column[c].heading);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void put_group(FILE *out, const struct grid *g, size_t row)
{
	if (grid_group(g, row) == NULL)
		return;
	fprintf(out, "<tr class=\"group\"><th colspan=\"%zu\" scope=\"colgroup\">",
		g->column_count);
	html_text(out, grid_group(g, row));
	fputs("</th></tr>\n", out);
}

/* Colour repeats what words say. */
static const char *const tone_classes[] = {
	[TONE_PLAIN] = "",
	[TONE_GOOD] = "good",
	[TONE_BAD] = "bad",
	[TONE_DOUBT] = "doubt",
};

static void put_field(FILE *out, const struct grid *g, size_t row, size_t c)
{
	const char *text = g->text[row * g->column_count + c], *tag = c == 0 ? "th" : "td";

	fprintf(out, "<%s%s%s data-h=\"", tag, c == 0 ? " scope=\"row\"" : "",
		g->column[c].left ? " class=\"l\"" : "");
	html_text(out, g->column[c].heading);
	fputs("\">", out);
	html_text(out, text);
	if (c == 0 && grid_is_best(g, row))
		fputs("<span class=\"star\" title=\"best of its section, among those that wait alike\"> *</span>",
			out);
	fprintf(out, "</%s>", tag);
}

static void put_row(FILE *out, const struct grid *g, size_t row)
{
	const char *class = grid_is_best(g, row) ? "best" : tone_classes[grid_tone(g, row)];

	fputs("<tr", out);
	if (class[0] != '\0')
		fprintf(out, " class=\"%s\"", class);
	fputs(">", out);
	for (size_t c = 0; c < g->column_count; c++)
		put_field(out, g, row, c);
	fputs("</tr>\n", out);
}

void html_grid(FILE *out, const struct grid *g, bool sortable)
{
	fprintf(out, "<table%s>\n", sortable ? " data-sort" : "");
	if (g->title[0] != '\0') {
		fputs("<caption>", out);
		html_text(out, g->title);
		fputs("</caption>\n", out);
	}
	put_head(out, g);
	fputs("<tbody>\n", out);
	for (size_t row = 0; row < g->row_count; row++) {
		put_group(out, g, row);
		put_row(out, g, row);
	}
	fputs("</tbody></table>\n", out);
}

static const struct {
	const char *tag, *class;
} tags[] = {
	[BLOCK_TITLE] = {"p", "lead"},
	[BLOCK_SECTION] = {"h3", ""},
	[BLOCK_TEXT] = {"p", ""},
	[BLOCK_LINE] = {"p", ""},
	[BLOCK_ITEM] = {"li", ""},
	[BLOCK_NOTE] = {"p", "reason"},
	[BLOCK_GRID] = {"table", ""},
	[BLOCK_LEGEND] = {"p", "legend"},
};

static void put_text(FILE *out, const struct block *b, const char *text)
{
	const char *tag = tags[b->kind].tag, *tone = tone_classes[b->tone];
	const char *class = b->class != NULL ? b->class : tags[b->kind].class;

	if (text[0] == '\0')
		return;
	fprintf(out, "<%s", tag);
	if (class[0] != '\0')
		fprintf(out, " class=\"%s%s%s\"", class,
			b->kind == BLOCK_TITLE && tone[0] != '\0' ? " " : "",
			b->kind == BLOCK_TITLE ? tone : "");
	fputc('>', out);
	html_text(out, text);
	fprintf(out, "</%s>\n", tag);
}

void html_block(FILE *out, const struct document *d, const struct block *b, bool sortable)
{
	char *legend = b->kind == BLOCK_LEGEND ? legend_text(d, legend_marks(d)) : NULL;

	if (b->kind == BLOCK_GRID)
		html_grid(out, b->grid, sortable);
	else
		put_text(out, b, legend != NULL ? legend : b->text);
	free(legend);
}

void document_html(FILE *out, const struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct block *b = &d->blocks[i];
		bool item = b->kind == BLOCK_ITEM;

		if (item && (i == 0 || b[-1].kind != BLOCK_ITEM))
			fputs("<ul>\n", out);
		html_block(out, d, b, false);
		if (item && (i + 1 == d->count || b[1].kind != BLOCK_ITEM))
			fputs("</ul>\n", out);
	}
}
