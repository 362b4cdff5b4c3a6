/* SPDX-License-Identifier: MIT */
/* The terminal table of a run. */
#include "output/layout.h"

#include <errno.h>

/* Draws the sections; returns what their marks mean. */
static struct legend put_grids(struct layout *l, const struct report *rep)
{
	struct legend legend = rep->legend;

	for (size_t i = 0; i < rep->grid_count; i++) {
		const struct grid *g = &rep->grids[i];

		layout_grid(l, g);
		for (size_t c = 0; c < g->column_count; c++) {
			if (l->columns[c] > 0)
				legend_add(&legend, &g->column[c].marks);
		}
	}
	return legend;
}

int table_write(FILE *out, const struct results *r, unsigned int width, bool color)
{
	struct report rep;
	char buf[1024];
	int ret = report_build(&rep, r, format_utf8());

	if (ret != 0)
		return ret;
	struct layout l = {.out = out, .glyphs = rep.glyphs, .width = width, .color = color};

	errno = 0;
	layout_text(&l, rep.heading, 2);
	struct legend legend = put_grids(&l, &rep);

	if (rep.grid_count > 0) {
		fputc('\n', out);
		layout_text(&l, legend_write(&legend, buf, sizeof(buf)), 0);
	}
	layout_notes(&l, rep.notes, rep.note_count);
	fflush(out);
	ret = stream_status(out);
	report_free(&rep);
	return ret;
}
