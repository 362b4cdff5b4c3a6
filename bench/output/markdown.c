/* SPDX-License-Identifier: MIT */
/* The sections of the terminal table as GitHub tables. */
#include "output/sections.h"

#include <errno.h>
#include <string.h>

/* Characters that Markdown or a table row would take for its own. */
static void put_escaped(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_[]<>#|~&", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void put_grid(FILE *out, const struct grid *g)
{
	fputs("\n### ", out);
	put_escaped(out, g->title);
	fputs("\n\n|", out);
	for (size_t c = 0; c < g->column_count; c++) {
		fputc(' ', out);
		put_escaped(out, g->column[c].heading);
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
			put_escaped(out, g->text[row * g->column_count + c]);
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
	put_escaped(out, rep.heading);
	fputc('\n', out);
	for (size_t i = 0; i < rep.grid_count; i++) {
		put_grid(out, &rep.grids[i]);
		for (size_t c = 0; c < rep.grids[i].column_count; c++)
			legend_add(&rep.legend, &rep.grids[i].column[c].marks);
	}
	if (rep.grid_count > 0) {
		fputc('\n', out);
		put_escaped(out, legend_write(&rep.legend, buf, sizeof(buf)));
		fputc('\n', out);
	}
	for (size_t i = 0; i < rep.note_count; i++) {
		fputs(i == 0 ? "\nNot measured or failed:\n\n- " : "- ", out);
		put_escaped(out, rep.notes[i]);
		fputc('\n', out);
	}
	fflush(out);
	ret = stream_status(out);
	report_free(&rep);
	return ret;
}
