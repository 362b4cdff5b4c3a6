/* SPDX-License-Identifier: MIT */
/*
 * The sections of the terminal table as GitHub tables. A backslash stands before each character
 * that Markdown, HTML or a row of a table would take for its own.
 */
#include "output/sections.h"

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
		fputc('|', out);
		for (size_t c = 0; c < g->column_count; c++) {
			fputc(' ', out);
			markdown_text(out, g->text[row * g->column_count + c]);
			fputs(c == 0 && row == g->best ? " \\* |" : " |", out);
		}
		fputc('\n', out);
	}
}

int markdown_write(FILE *out, const struct results *r)
{
	struct report rep;
	char buf[1024];
	int ret = report_build(&rep, r, true);

	if (ret != 0)
		return ret;
	errno = 0;
	markdown_text(out, rep.heading);
	fputc('\n', out);
	for (size_t i = 0; i < rep.grid_count; i++) {
		markdown_grid(out, &rep.grids[i]);
		for (size_t c = 0; c < rep.grids[i].column_count; c++)
			legend_add(&rep.legend, &rep.grids[i].column[c].marks);
	}
	if (rep.grid_count > 0) {
		fputc('\n', out);
		markdown_text(out, legend_write(&rep.legend, buf, sizeof(buf)));
		fputc('\n', out);
	}
	for (size_t i = 0; i < rep.note_count; i++) {
		fputs(i == 0 ? "\nNot measured or failed:\n\n- " : "- ", out);
		markdown_text(out, rep.notes[i]);
		fputc('\n', out);
	}
	fflush(out);
	ret = stream_status(out);
	report_free(&rep);
	return ret;
}
