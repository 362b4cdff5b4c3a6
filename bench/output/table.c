/* SPDX-License-Identifier: MIT */
/* The terminal table. Colour only repeats what words and marks already say. */
#include "output/sections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NAME_MIN = 12 };

struct layout {
	FILE *out;
	const struct report *report;
	unsigned int width; /* 0 = unlimited */
	bool color;
	size_t columns[GRID_COLUMNS_MAX]; /* of the grid at hand; 0 = dropped */
	struct legend legend;		  /* of what was shown so far */
};

static void paint(const struct layout *l, const char *code)
{
	if (l->color)
		fputs(code, l->out);
}

static const char *grid_text(const struct grid *g, size_t row, size_t column)
{
	return g->text[row * g->column_count + column];
}

/* Mark and a blank, then the columns with gaps between. */
static size_t total_width(const struct layout *l, const struct grid *g)
{
	size_t sum = 0;

	for (size_t c = 0; c < g->column_count; c++)
		sum += l->columns[c] > 0 ? l->columns[c] + GAP : 0;
	return sum;
}

static void measure(struct layout *l, const struct grid *g)
{
	for (size_t c = 0; c < g->column_count; c++) {
		l->columns[c] = format_width(g->column[c].heading);
		for (size_t row = 0; row < g->row_count; row++) {
			size_t w = format_width(grid_text(g, row, c));

			l->columns[c] = w > l->columns[c] ? w : l->columns[c];
		}
	}
}

/* Makes room: the least of the columns go first, then the longest names lose their ends. */
static void fit(struct layout *l, const struct grid *g)
{
	while (l->width > 0 && total_width(l, g) > l->width) {
		size_t least = GRID_COLUMNS_MAX;

		for (size_t c = 0; c < g->column_count; c++) {
			if (l->columns[c] > 0 && g->column[c].drop > 0 &&
				(least == GRID_COLUMNS_MAX ||
					g->column[c].drop < g->column[least].drop))
				least = c;
		}
		if (least == GRID_COLUMNS_MAX)
			break;
		l->columns[least] = 0;
	}
	size_t total = total_width(l, g);

	if (l->width > 0 && total > l->width) {
		size_t over = total - l->width, name = l->columns[0];

		l->columns[0] = name > over + NAME_MIN ? name - over
				: name < NAME_MIN      ? name
						       : NAME_MIN;
	}
}

/* Writes a field, cut or padded to its column. */
static void put_field(const struct layout *l, const char *text, size_t width, bool left, bool last)
{
	size_t w = format_width(text), pad = width > w ? width - w : 0;

	if (w > width) {
		size_t at = 0;

		for (size_t n = 0; n < width - 1; n++)
			at += format_utf8_length(text + at);
		fprintf(l->out, "%.*s%s", (int)at, text, l->report->glyphs->cut);
		return;
	}
	fprintf(l->out, "%*s%s%*s", left ? 0 : (int)pad, "", text, left && !last ? (int)pad : 0,
		"");
}

static void put_row(const struct layout *l, const struct grid *g, size_t row)
{
	size_t last = 0;
	bool heading = row == SIZE_MAX, best = row == g->best && !heading;

	for (size_t c = 0; c < g->column_count; c++)
		last = l->columns[c] > 0 ? c : last;
	if (heading)
		paint(l, "\033[2m");
	else if (best)
		paint(l, "\033[32m");
	fputs(best ? "* " : "  ", l->out);
	for (size_t c = 0; c < g->column_count; c++) {
		const char *text = heading ? g->column[c].heading : grid_text(g, row, c);

		/* An empty field at the end leaves no blanks behind. */
		if (l->columns[c] == 0 || (c == last && text[0] == '\0'))
			continue;
		fprintf(l->out, "%*s", c > 0 ? GAP : 0, "");
		/* a percentile that is not there yet is no figure */
		bool wanting = !heading && text[0] == '+';

		if (wanting)
			paint(l, "\033[2m");
		put_field(l, text, l->columns[c], g->column[c].left, c == last);
		if (wanting)
			paint(l, best ? "\033[0m\033[32m" : "\033[0m");
	}
	if (heading || best)
		paint(l, "\033[0m");
	fputc('\n', l->out);
}

/* Breaks a long line at blanks; what follows is indented. */
static void put_wrapped(const struct layout *l, const char *text, size_t indent)
{
	size_t column = 0;

	while (*text != '\0') {
		/* Blanks in front of a word belong to it, except at the start of a line. */
		size_t blanks = strspn(text, " ");
		size_t bytes = blanks + strcspn(text + blanks, " ");
		char *word = strndup(text, bytes);
		size_t w = word != NULL ? format_width(word) : 0;

		if (l->width > 0 && column > indent && column + w > l->width) {
			fprintf(l->out, "\n%*s", (int)indent, "");
			column = indent;
			text += blanks;
			bytes -= blanks;
			w -= blanks;
		}
		fwrite(text, 1, bytes, l->out);
		column += w;
		text += bytes;
		free(word);
	}
	fputc('\n', l->out);
}

static void put_grid(struct layout *l, const struct grid *g)
{
	measure(l, g);
	fit(l, g);
	fputc('\n', l->out);
	paint(l, "\033[1m");
	put_wrapped(l, g->title, 2);
	paint(l, "\033[0m");
	for (size_t c = 0; c < g->column_count; c++)
		if (l->columns[c] > 0)
			legend_add(&l->legend, &g->column[c].marks);
	put_row(l, g, SIZE_MAX);
	for (size_t row = 0; row < g->row_count; row++)
		put_row(l, g, row);
}

static void put_legend(const struct layout *l)
{
	char buf[1024];

	if (l->report->grid_count == 0)
		return;
	fputc('\n', l->out);
	put_wrapped(l, legend_write(&l->legend, buf, sizeof(buf)), 0);
}

static void put_notes(const struct layout *l)
{
	const struct report *rep = l->report;

	if (rep->note_count > 0)
		fputc('\n', l->out);
	for (size_t i = 0; i < rep->note_count; i++) {
		bool fail = strncmp(rep->notes[i], "fail", 4) == 0;

		if (fail)
			paint(l, "\033[31m");
		put_wrapped(l, rep->notes[i], 5);
		if (fail)
			paint(l, "\033[0m");
	}
}

int table_write(FILE *out, const struct results *r, unsigned int width, bool color)
{
	struct report rep;
	int ret = report_build(&rep, r, format_utf8());

	if (ret != 0)
		return ret;
	struct layout l = {
		.out = out, .report = &rep, .width = width, .color = color, .legend = rep.legend};

	errno = 0;
	put_wrapped(&l, rep.heading, 2);
	for (size_t i = 0; i < rep.grid_count; i++)
		put_grid(&l, &rep.grids[i]);
	put_legend(&l);
	put_notes(&l);
	fflush(out);
	ret = stream_status(out);
	report_free(&rep);
	return ret;
}
