/* SPDX-License-Identifier: MIT */
/* Which mechanism meets the needs, on a terminal and as Markdown. */
#include "advise/advice.h"

#include "advise/advice-report.h"
#include "doc/layout.h"
#include "doc/writers.h"
#include <errno.h>

/* A heading with lines below it, and an empty line before; nothing if there are none. */
static void put_lines(const struct layout *l, const char *heading, const struct lines *lines)
{
	char text[2048];

	if (lines->count == 0)
		return;
	fputc('\n', l->out);
	if (heading != NULL)
		layout_text(l, heading, 0);
	for (size_t i = 0; i < lines->count; i++) {
		snprintf(text, sizeof(text), "%s%s", heading == NULL ? "" : "  ", lines->text[i]);
		layout_text(l, text, heading == NULL ? 2 : 4);
	}
}

int advice_write_text(FILE *out, const struct advice *a, const struct advice_source *s,
	unsigned int width, bool color)
{
	struct advice_report rep;
	int ret = advice_report_build(&rep, a, s, format_utf8());

	if (ret != 0)
		return ret;
	struct layout l = {.out = out, .glyphs = rep.body.glyphs, .width = width, .color = color};

	errno = 0;
	layout_paint(&l, PAINT_STRONG);
	layout_paint(&l, a->qualified > 0 ? PAINT_GOOD : PAINT_BAD);
	layout_text(&l, rep.body.heading, 2);
	layout_paint(&l, PAINT_END);
	for (size_t i = 0; i < rep.about.count; i++)
		layout_text(&l, rep.about.text[i], 2);
	for (size_t i = 0; i < rep.body.grid_count; i++)
		layout_grid(&l, &rep.body.grids[i]);
	put_lines(&l, "Excluded, each for the first reason that was found", &rep.excluded);
	put_lines(&l, NULL, &rep.remarks);
	fflush(out);
	ret = stream_status(out);
	advice_report_free(&rep);
	return ret;
}

static void put_list(FILE *out, const char *heading, const struct lines *lines)
{
	if (lines->count > 0)
		fprintf(out, "\n%s%s", heading, heading[0] == '\0' ? "" : "\n\n");
	for (size_t i = 0; i < lines->count; i++) {
		fputs("- ", out);
		markdown_text(out, lines->text[i]);
		fputc('\n', out);
	}
}

int advice_write_markdown(FILE *out, const struct advice *a, const struct advice_source *s)
{
	struct advice_report rep;
	int ret = advice_report_build(&rep, a, s, true);

	if (ret != 0)
		return ret;
	errno = 0;
	fputs("## ", out);
	markdown_text(out, rep.body.heading);
	fputc('\n', out);
	put_list(out, "", &rep.about);
	for (size_t i = 0; i < rep.body.grid_count; i++)
		markdown_grid(out, &rep.body.grids[i]);
	put_list(out, "### Excluded, each for the first reason that was found", &rep.excluded);
	put_list(out, "", &rep.remarks);
	fflush(out);
	ret = stream_status(out);
	advice_report_free(&rep);
	return ret;
}
