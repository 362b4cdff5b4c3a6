/* SPDX-License-Identifier: MIT */
/* A document as part of a page. */
#include "doc/document.h"
#include "doc/html-text.h"

/* Colour repeats what words say. */
static const char *const tones[] = {
	[TONE_PLAIN] = "",
	[TONE_GOOD] = "good",
	[TONE_BAD] = "bad",
	[TONE_DOUBT] = "doubt",
};

static void put_head(FILE *out, const struct grid *g)
{
	fputs("<thead><tr>", out);
	for (size_t c = 0; c < g->column_count; c++)
		html_put(out,
			g->column[c].left ? "<th scope=\"col\" class=\"l\">%s</th>"
					  : "<th scope=\"col\">%s</th>",
			g->column[c].heading);
	fputs("</tr></thead>\n", out);
}

static void put_field(FILE *out, const struct grid *g, size_t row, size_t c)
{
	const char *tag = c == 0 ? "th" : "td";

	fprintf(out, "<%s%s%s", tag, c == 0 ? " scope=\"row\"" : "",
		g->column[c].left ? " class=\"l\"" : "");
	html_put(
		out, " data-h=\"%s\">%s", g->column[c].heading, g->text[row * g->column_count + c]);
	if (c == 0 && g->rows[row].best)
		fputs("<span class=\"star\" title=\"best of its section, among those that wait alike\"> *</span>",
			out);
	fprintf(out, "</%s>", tag);
}

static void put_row(FILE *out, const struct grid *g, size_t row)
{
	const struct grid_row *r = &g->rows[row];
	const char *class = r->best ? "best" : tones[r->tone];

	if (r->group != NULL)
		html_put(out,
			"<tr class=\"group\"><th colspan=\"%zu\" scope=\"colgroup\">%s</th></tr>\n",
			g->column_count, r->group);
	html_put(out, class[0] != '\0' ? "<tr class=\"%s\">" : "<tr>", class);
	for (size_t c = 0; c < g->column_count; c++)
		put_field(out, g, row, c);
	fputs("</tr>\n", out);
}

void html_grid(FILE *out, const struct grid *g, bool sortable)
{
	fprintf(out, "<table%s>\n", sortable ? " data-sort" : "");
	if (g->title[0] != '\0')
		html_put(out, "<caption>%s</caption>\n", g->title);
	put_head(out, g);
	fputs("<tbody>\n", out);
	for (size_t row = 0; row < g->row_count; row++)
		put_row(out, g, row);
	fputs("</tbody></table>\n", out);
}

void html_text_block(FILE *out, const struct block *b)
{
	static const char *const forms[] = {
		[BLOCK_TITLE] = "<p class=\"lead\">%s</p>\n",
		[BLOCK_SECTION] = "<h3>%s</h3>\n",
		[BLOCK_TEXT] = "<p>%s</p>\n",
		[BLOCK_LINE] = "<p>%s</p>\n",
		[BLOCK_ITEM] = "<li>%s</li>\n",
		[BLOCK_NOTE] = "<p class=\"reason\">%s</p>\n",
		[BLOCK_LEGEND] = "<p class=\"legend\">%s</p>\n",
	};

	if (b->class != NULL)
		html_put(out, "<p class=\"%s\">%s</p>\n", b->class, b->text);
	else if (b->tone != TONE_PLAIN && b->kind == BLOCK_TITLE)
		html_put(out, "<p class=\"lead %s\">%s</p>\n", tones[b->tone], b->text);
	else
		html_put(out, forms[b->kind], b->text);
}

void document_html(FILE *out, const struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct block *b = &d->blocks[i];
		bool item = b->kind == BLOCK_ITEM;

		fputs(item && (i == 0 || b[-1].kind != b->kind) ? "<ul>\n" : "", out);
		if (b->kind == BLOCK_GRID)
			html_grid(out, b->grid, false);
		else
			html_text_block(out, b);
		fputs(item && (i + 1 == d->count || b[1].kind != b->kind) ? "</ul>\n" : "", out);
	}
}
