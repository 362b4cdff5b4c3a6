/* SPDX-License-Identifier: MIT */
/* A report on a terminal, and the table of a run. */
#include "doc/layout.h"

#include "results/results.h"
#include <errno.h>
#include <string.h>

/* The column of this heading; the number of columns if there is none. */
static size_t find_column(const struct grid *g, const char *heading)
{
	size_t c = 0;

	while (c < g->column_count && strcmp(g->column[c].heading, heading) != 0)
		c++;
	return c;
}

/* Whether a grid before this one has a row of this name with this text under the same heading. */
static bool told(const struct report *rep, size_t grid, size_t row, size_t column)
{
	const struct grid *own = &rep->grids[grid];
	char *const *wanted = &own->text[row * own->column_count];

	for (size_t i = 0; i < grid; i++) {
		const struct grid *g = &rep->grids[i];
		size_t c = find_column(g, own->column[column].heading);

		for (size_t k = 0; c < g->column_count && k < g->row_count; k++) {
			char *const *fields = &g->text[k * g->column_count];

			if (strcmp(fields[0], wanted[0]) == 0 &&
				strcmp(fields[c], wanted[column]) == 0)
				return true;
		}
	}
	return false;
}

/* The texts of a column that had no room, each by the name of its row, once for all grids. */
static void put_below(const struct layout *l, const struct report *rep, size_t grid, size_t c)
{
	const struct grid *g = &rep->grids[grid];
	const char *before = "";
	bool begun = false;

	for (size_t row = 0; row < g->row_count; row++) {
		const char *name = g->text[row * g->column_count];
		const char *text = g->text[row * g->column_count + c];
		char line[512];

		/* rows of one name stand together */
		if (text[0] == '\0' || strcmp(name, before) == 0 || told(rep, grid, row, c))
			continue;
		if (!begun)
			fprintf(l->out, "\n  %s\n", g->column[c].heading);
		begun = true;
		before = name;
		size_t width = format_width(name);
		size_t pad = l->columns[0] > width ? l->columns[0] - width : 0;

		snprintf(line, sizeof(line), "    %s%*s  %s", name, (int)pad, "", text);
		layout_text(l, line, 6 + l->columns[0]);
	}
}

/* Draws the grids; returns what their marks mean. */
static struct legend put_grids(struct layout *l, const struct report *rep)
{
	struct legend legend = rep->legend;

	for (size_t i = 0; i < rep->grid_count; i++) {
		const struct grid *g = &rep->grids[i];

		layout_grid(l, g);
		for (size_t c = 0; c < g->column_count; c++) {
			if (l->columns[c] > 0)
				legend_add(&legend, &g->column[c].marks);
			else if (g->column[c].below)
				put_below(l, rep, i, c);
		}
	}
	return legend;
}

int report_table(FILE *out, const struct report *rep, unsigned int width, bool color)
{
	struct layout l = {.out = out, .glyphs = rep->glyphs, .width = width, .color = color};
	char buf[1024];

	errno = 0;
	layout_text(&l, rep->heading, 2);
	struct legend legend = put_grids(&l, rep);

	if (rep->grid_count > 0) {
		fputc('\n', out);
		legend_write(&legend, buf, sizeof(buf));
		if (buf[0] != '\0' || rep->explanation[0] == '\0')
			layout_text(&l, buf, 0);
		if (rep->explanation[0] != '\0')
			layout_text(&l, rep->explanation, 0);
	}
	layout_notes(&l, rep->notes, rep->note_count);
	fflush(out);
	return stream_status(out);
}

int table_write(FILE *out, const struct results *r, unsigned int width, bool color)
{
	struct report rep;
	int ret = report_build(&rep, r, format_utf8());

	if (ret == 0)
		ret = report_table(out, &rep, width, color);
	report_free(&rep);
	return ret;
}
