/* SPDX-License-Identifier: MIT */
/*
 * The sections of the terminal table as GitHub tables. A backslash stands before each character
 * that Markdown, HTML or a row of a table would take for its own.
 */
#include "results/sections.h"

#include <errno.h>
#include <string.h>

void markdown_text(FILE *out, const char *text)
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

void markdown_grid(FILE *out, const struct grid *g)
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
		if (g->groups != NULL && g->groups[row] != NULL)
			put_group(out, g, g->groups[row]);
		fputc('|', out);
		for (size_t c = 0; c < g->column_count; c++) {
			fputc(' ', out);
			markdown_text(out, g->text[row * g->column_count + c]);
			fputs(c == 0 && grid_is_best(g, row) ? " \\* |" : " |", out);
		}
		fputc('\n', out);
	}
}

static void put_paragraph(FILE *out, const char *text)
{
	fputc('\n', out);
	markdown_text(out, text);
	fputc('\n', out);
}

int report_markdown(FILE *out, const struct report *rep)
{
	struct legend legend = rep->legend;
	char buf[1024];

	errno = 0;
	markdown_text(out, rep->heading);
	fputc('\n', out);
	for (size_t i = 0; i < rep->grid_count; i++) {
		markdown_grid(out, &rep->grids[i]);
		for (size_t c = 0; c < rep->grids[i].column_count; c++)
			legend_add(&legend, &rep->grids[i].column[c].marks);
	}
	legend_write(&legend, buf, sizeof(buf));
	if (rep->grid_count > 0 && (buf[0] != '\0' || rep->explanation[0] == '\0'))
		put_paragraph(out, buf);
	if (rep->grid_count > 0 && rep->explanation[0] != '\0')
		put_paragraph(out, rep->explanation);
	for (size_t i = 0; i < rep->note_count; i++) {
		if (i == 0)
			fprintf(out, "\n%s:\n\n",
				rep->notes_title != NULL ? rep->notes_title : REPORT_NOTES_TITLE);
		fputs("- ", out);
		markdown_text(out, rep->notes[i]);
		fputc('\n', out);
	}
	fflush(out);
	return stream_status(out);
}

int markdown_write(FILE *out, const struct results *r)
{
	struct report rep;
	int ret = report_build(&rep, r, true);

	if (ret == 0)
		ret = report_markdown(out, &rep);
	report_free(&rep);
	return ret;
}
