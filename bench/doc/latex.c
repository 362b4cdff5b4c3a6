/* SPDX-License-Identifier: MIT */
/*
 * A document as LaTeX: a table environment per grid, for \input{} into a document that loads
 * booktabs. Plain pdfLaTeX with its standard fonts compiles it, whatever stands in the fields.
 */
#include "doc/document.h"

#include <string.h>

/* Longer texts are broken into lines of a column of their own width. */
enum { BREAK_AT = 24 };

/* What stands for an ASCII character; NULL = it stands for itself. */
static const char *ascii_escape(char c)
{
	static const struct {
		char c;
		const char *escape;
	} escapes[] = {
		{'\\', "\\textbackslash{}"},
		{'~', "\\textasciitilde{}"},
		{'^', "\\textasciicircum{}"},
		{'<', "\\textless{}"},
		{'>', "\\textgreater{}"},
		{'|', "\\textbar{}"},
		{'{', "\\{"},
		{'}', "\\}"},
		{'&', "\\&"},
		{'%', "\\%"},
		{'$', "\\$"},
		{'#', "\\#"},
		{'_', "\\_"},
		/* behind \\ these two would be its arguments */
		{'*', "{*}"},
		{'[', "{[}"},
		/* these would join with their neighbours into another character */
		{'"', "{''}"},
		{'\'', "{'}"},
		{'`', "{}`{}"},
		{'-', "-{}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
		if (escapes[i].c == c)
			return escapes[i].escape;
	}
	return NULL;
}

/* What stands for the characters outside ASCII that tables use. */
static const char *glyph_escape(const char *text, size_t len)
{
	static const char *const escapes[][2] = {
		{"µ", "\\ensuremath{\\mu}"},
		{"μ", "\\ensuremath{\\mu}"},
		{"–", "--"},
		{"×", "\\ensuremath{\\times}"},
		{"…", "\\dots{}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
		if (strlen(escapes[i][0]) == len && memcmp(escapes[i][0], text, len) == 0)
			return escapes[i][1];
	}
	return "?";
}

void latex_text(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t n = format_utf8_length(text);
		const char *escape = n > 1 ? glyph_escape(text, n) : ascii_escape(*text);

		/* a lone hyphen needs no help */
		if (*text == '-' && text[1] != '-')
			escape = NULL;
		if (n == 0 || (unsigned char)*text < ' ' || *text == 0x7f)
			escape = "?";
		if (escape != NULL)
			fputs(escape, out);
		else
			fputc(*text, out);
		text += n > 0 ? n : 1;
	}
}

/* ---- a grid ---------------------------------------------------------------------------------- */

static bool is_broken(const struct grid *g, size_t c)
{
	for (size_t row = 0; g->column[c].left && row < g->row_count; row++) {
		if (format_width(g->text[row * g->column_count + c]) > BREAK_AT)
			return true;
	}
	return false;
}

static void put_columns(FILE *out, const struct grid *g)
{
	fputs("\\begin{tabular}{", out);
	for (size_t c = 0; c < g->column_count; c++) {
		const char *plain = g->column[c].left ? "l" : "r";

		fputs(is_broken(g, c) ? "p{0.25\\textwidth}" : plain, out);
	}
	fputs("}\n\\toprule\n", out);
	for (size_t c = 0; c < g->column_count; c++) {
		fputs(c > 0 ? " & " : "", out);
		latex_text(out, g->column[c].heading);
	}
	fputs(" \\\\\n\\midrule\n", out);
}

static void put_row(FILE *out, const struct grid *g, size_t row)
{
	if (g->rows[row].group != NULL) {
		fprintf(out, "%s\\multicolumn{%zu}{l}{\\emph{", row > 0 ? "\\addlinespace\n" : "",
			g->column_count);
		latex_text(out, g->rows[row].group);
		fputs("}} \\\\\n", out);
	}
	for (size_t c = 0; c < g->column_count; c++) {
		fputs(c > 0 ? " & " : "", out);
		latex_text(out, g->text[row * g->column_count + c]);
		if (c == 0 && g->rows[row].mark != 0)
			fprintf(out, " {%c}", g->rows[row].mark);
	}
	fputs(" \\\\\n", out);
}

static void put_grid(FILE *out, const struct grid *g)
{
	fputs("\n\\begin{table}[htbp]\n\\centering\n\\footnotesize\n\\setlength{\\tabcolsep}{4pt}\n"
	      "\\caption{",
		out);
	latex_text(out, g->title);
	fputs("}\n", out);
	put_columns(out, g);
	for (size_t row = 0; row < g->row_count; row++)
		put_row(out, g, row);
	fputs("\\bottomrule\n\\end{tabular}\n\\end{table}\n", out);
}

/* ---- a document ------------------------------------------------------------------------------ */

/* An item, and the ends of a list that are next to it. */
static void put_item(FILE *out, const struct document *d, size_t i)
{
	const struct block *b = &d->blocks[i];

	if (i == 0 || b[-1].kind != b->kind)
		fputs("\\begin{itemize}\n", out);
	fputs("\\item ", out);
	latex_text(out, b->text);
	fputc('\n', out);
	if (i + 1 == d->count || b[1].kind != b->kind)
		fputs("\\end{itemize}\n", out);
}

void document_latex(FILE *out, const struct document *d)
{
	fputs("% Made by ipcbench. Put \\usepackage{booktabs} into the preamble of the document, and\n"
	      "% \\input this file where the tables belong. pdfLaTeX needs nothing else.\n",
		out);
	for (size_t i = 0; i < d->count; i++) {
		const struct block *b = &d->blocks[i];

		if (b->kind == BLOCK_GRID) {
			put_grid(out, b->grid);
		} else if (b->kind == BLOCK_ITEM || b->kind == BLOCK_NOTE) {
			put_item(out, d, i);
		} else {
			fputs("\n\\noindent ", out);
			latex_text(out, b->text);
			fputs("\\par\n", out);
		}
	}
}
