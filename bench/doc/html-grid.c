/* SPDX-License-Identifier: MIT */
#include "doc/html-grid.h"

#include "doc/html-text.h"
#include <string.h>

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
	if (g->groups == NULL || g->groups[row] == NULL)
		return;
	fprintf(out, "<tr class=\"group\"><th colspan=\"%zu\" scope=\"colgroup\">",
		g->column_count);
	html_text(out, g->groups[row]);
	fputs("</th></tr>\n", out);
}

/* Colour repeats what a word of the row says. */
static const char *row_class(const struct grid *g, size_t row)
{
	static const char *const tones[] = {
		[TONE_PLAIN] = "",
		[TONE_GOOD] = "good",
		[TONE_BAD] = "bad",
		[TONE_DOUBT] = "doubt",
	};

	return grid_is_best(g, row) ? "best" : g->tones != NULL ? tones[g->tones[row]] : "";
}

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
	const char *class = row_class(g, row);

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
