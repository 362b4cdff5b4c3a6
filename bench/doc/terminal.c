/* SPDX-License-Identifier: MIT */
/* A document on a terminal. Colour only repeats what words and marks say. */
#include "doc/layout.h"
#include "doc/writers.h"

#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NAME_MIN = 12 };

void layout_paint(const struct layout *l, const char *code)
{
	if (l->color)
		fputs(code, l->out);
}

static const char *grid_text(const struct grid *g, size_t row, size_t column)
{
	return g->text[row * g->column_count + column];
}

/* ---- widths ---------------------------------------------------------------------------------- */

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

/* Takes what is too much from the names, of which NAME_MIN stay. */
static void shrink_names(struct layout *l, const struct grid *g)
{
	size_t total = total_width(l, g), name = l->columns[0];

	if (l->width == 0 || total <= l->width || name <= NAME_MIN)
		return;
	size_t over = total - l->width;

	l->columns[0] = name > over + NAME_MIN ? name - over : NAME_MIN;
}

/*
 * Makes room: the least of the columns go first, then the longest names lose their ends. Names that
 * go on in a line of their own lose nothing, so they give way first.
 */
static void fit(struct layout *l, const struct grid *g)
{
	if (g->wraps)
		shrink_names(l, g);
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
	shrink_names(l, g);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The bytes of the first `width` characters. */
static size_t leading(const char *text, size_t width)
{
	size_t at = 0;

	for (size_t n = 0; n < width && text[at] != '\0'; n++)
		at += format_utf8_length(text + at) > 0 ? format_utf8_length(text + at) : 1;
	return at;
}

/* Where a line of a name ends: behind the last blank or punctuation mark if there is one. */
static size_t line_bytes(const char *text, size_t width)
{
	size_t most = leading(text, width);

	if (text[most] == '\0')
		return most;
	for (size_t at = most; at > 0; at--) {
		if (strchr(" ,:=-", text[at - 1]) != NULL || text[at] == ' ')
			return at;
	}
	return most;
}

/* Writes a field, cut or padded to its column. */
static void put_field(const struct layout *l, const char *text, size_t width, bool left, bool last)
{
	size_t w = format_width(text), pad = width > w ? width - w : 0;

	if (w > width) {
		fprintf(l->out, "%.*s%s", (int)leading(text, width - 1), text, l->glyphs->cut);
		return;
	}
	fprintf(l->out, "%*s%s%*s", left ? 0 : (int)pad, "", text, left && !last ? (int)pad : 0,
		"");
}

/* Writes as much of a name as a line holds; returns what is left of it. */
static const char *put_name(const struct layout *l, const char *text, bool last)
{
	size_t bytes = line_bytes(text, l->columns[0]);
	char *line = need_text("%.*s", (int)bytes, text);

	for (size_t n = bytes; n > 0 && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	put_field(l, line, l->columns[0], true, last);
	free(line);
	return text + bytes + strspn(text + bytes, " ");
}

static const char *tone_color(enum tone tone)
{
	static const char *const colors[] = {
		[TONE_PLAIN] = NULL,
		[TONE_GOOD] = PAINT_GOOD,
		[TONE_BAD] = PAINT_BAD,
		[TONE_DOUBT] = PAINT_DOUBT,
	};

	return colors[tone];
}

static const char *row_color(const struct grid *g, size_t row)
{
	if (row == SIZE_MAX)
		return PAINT_FAINT;
	return grid_is_best(g, row) ? PAINT_GOOD : tone_color(grid_tone(g, row));
}

/* Writes a field of a row; returns what is left of a name that goes on in the next line. */
static const char *put_column(const struct layout *l, const struct grid *g, size_t c,
	const char *text, bool last, const char *color)
{
	bool wanting = g->column[c].wants && text[0] == '+';
	const char *rest = "";

	fprintf(l->out, "%*s", c > 0 ? GAP : 0, "");
	if (wanting)
		layout_paint(l, PAINT_FAINT);
	if (c == 0 && g->wraps)
		rest = put_name(l, text, last);
	else
		put_field(l, text, l->columns[c], g->column[c].left, last);
	if (wanting)
		layout_paint(l, PAINT_END);
	if (wanting && color != NULL)
		layout_paint(l, color);
	return rest;
}

static void put_row(const struct layout *l, const struct grid *g, size_t row)
{
	const char *color = row_color(g, row), *rest = "";
	size_t last = 0;
	bool heading = row == SIZE_MAX;

	for (size_t c = 0; c < g->column_count; c++)
		last = l->columns[c] > 0 ? c : last;
	if (color != NULL)
		layout_paint(l, color);
	if (!g->flush)
		fputs(!heading && grid_is_best(g, row) ? "* " : "  ", l->out);
	for (size_t c = 0; c < g->column_count; c++) {
		const char *text = heading ? g->column[c].heading : grid_text(g, row, c), *more;

		/* An empty field at the end leaves no blanks behind. */
		if (l->columns[c] == 0 || (c == last && text[0] == '\0'))
			continue;
		more = put_column(l, g, c, text, c == last, color);
		rest = c == 0 ? more : rest;
	}
	while (rest[0] != '\0') {
		fprintf(l->out, "\n%*s", 2 * GAP, "");
		rest = put_name(l, rest, true);
	}
	if (color != NULL)
		layout_paint(l, PAINT_END);
	fputc('\n', l->out);
}

/* ---- grids ----------------------------------------------------------------------------------- */

void layout_text(const struct layout *l, const char *text, size_t indent)
{
	format_wrap(l->out, text, 0, indent, l->width);
}

void layout_grid(struct layout *l, const struct grid *g)
{
	measure(l, g);
	fit(l, g);
	if (g->title[0] != '\0') {
		fputc('\n', l->out);
		layout_paint(l, PAINT_STRONG);
		layout_text(l, g->title, 2);
		layout_paint(l, PAINT_END);
	}
	put_row(l, g, SIZE_MAX);
	for (size_t row = 0; row < g->row_count; row++) {
		const char *group = grid_group(g, row);

		if (group != NULL) {
			layout_paint(l, PAINT_FAINT);
			fputs(group, l->out);
			layout_paint(l, PAINT_END);
			fputc('\n', l->out);
		}
		put_row(l, g, row);
	}
}

/* The column of this heading; the number of columns if there is none. */
static size_t find_column(const struct grid *g, const char *heading)
{
	size_t c = 0;

	while (c < g->column_count && strcmp(g->column[c].heading, heading) != 0)
		c++;
	return c;
}

/* Whether a grid has a row of this name with this text under the same heading. */
static bool tells(const struct grid *g, const char *heading, const char *name, const char *text)
{
	size_t c = find_column(g, heading);

	for (size_t row = 0; c < g->column_count && row < g->row_count; row++)
		if (strcmp(grid_text(g, row, 0), name) == 0 &&
			strcmp(grid_text(g, row, c), text) == 0)
			return true;
	return false;
}

/* Whether a grid before block `at` tells what stands in a field of it. */
static bool told(const struct document *d, size_t at, size_t row, size_t column)
{
	const struct grid *own = d->blocks[at].grid;

	for (size_t i = 0; i < at; i++)
		if (d->blocks[i].grid != NULL &&
			tells(d->blocks[i].grid, own->column[column].heading,
				grid_text(own, row, 0), grid_text(own, row, column)))
			return true;
	return false;
}

/* The texts of a column that had no room, each by the name of its row, once for all grids. */
static void put_below(const struct layout *l, const struct document *d, size_t at, size_t c)
{
	const struct grid *g = d->blocks[at].grid;
	const char *before = "";
	bool begun = false;

	for (size_t row = 0; row < g->row_count; row++) {
		const char *name = grid_text(g, row, 0), *text = grid_text(g, row, c);

		/* rows of one name stand together */
		if (text[0] == '\0' || strcmp(name, before) == 0 || told(d, at, row, c))
			continue;
		if (!begun)
			fprintf(l->out, "\n  %s\n", g->column[c].heading);
		begun = true;
		before = name;
		size_t width = format_width(name);
		size_t pad = l->columns[0] > width ? l->columns[0] - width : 0;

		char *line = need_text("    %s%*s  %s", name, (int)pad, "", text);

		layout_text(l, line, 6 + l->columns[0]);
		free(line);
	}
}

/* ---- blocks ---------------------------------------------------------------------------------- */

void layout_notes(const struct layout *l, char *const *notes, size_t count)
{
	if (count > 0)
		fputc('\n', l->out);
	for (size_t i = 0; i < count; i++) {
		bool fail = strncmp(notes[i], "fail", 4) == 0;

		if (fail)
			layout_paint(l, PAINT_BAD);
		layout_text(l, notes[i], 5);
		if (fail)
			layout_paint(l, PAINT_END);
	}
}

/* Draws a grid; returns what of it wants explaining. */
static unsigned int put_grid(struct layout *l, const struct document *d, size_t at)
{
	const struct grid *g = d->blocks[at].grid;
	unsigned int marks = 0;

	layout_grid(l, g);
	for (size_t c = 0; c < g->column_count; c++) {
		if (l->columns[c] > 0)
			marks |= g->column[c].marks;
		else if (g->column[c].below)
			put_below(l, d, at, c);
	}
	return marks;
}

/* Goes to the column of a text behind a term, in a new line if there is no blank in between. */
static size_t begin_text(const struct layout *l, size_t at, size_t column)
{
	bool fits = at == 0 || at + 1 < column;

	fprintf(l->out, "%s%*s", fits ? "" : "\n", (int)(fits ? column - at : column), "");
	return column;
}

static void put_text(const struct layout *l, const struct block *b)
{
	bool strong = b->kind == BLOCK_TITLE || b->kind == BLOCK_SECTION;
	const char *color = tone_color(b->tone);
	size_t at = b->first;

	if (strong)
		layout_paint(l, PAINT_STRONG);
	if (color != NULL)
		layout_paint(l, color);
	fprintf(l->out, "%*s%s", (int)b->first, "", b->term != NULL ? b->term : "");
	if (b->term != NULL)
		at = begin_text(l, at + format_width(b->term), b->hanging);
	format_wrap(l->out, b->text, at, b->hanging, l->width);
	if (strong || color != NULL)
		layout_paint(l, PAINT_END);
}

void document_terminal(FILE *out, const struct document *d, unsigned int width, bool color)
{
	struct layout l = {.out = out, .glyphs = d->glyphs, .width = width, .color = color};
	unsigned int marks = 0;
	bool gap = false;

	for (size_t i = 0; i < d->count; i++) {
		struct block b = d->blocks[i];
		char *legend = b.kind == BLOCK_LEGEND ? legend_text(d, marks) : NULL;

		b.text = legend != NULL ? legend : b.text;
		/* what stands right below an empty legend takes over its distance */
		gap |= b.gap;
		if (b.kind == BLOCK_GRID) {
			marks |= put_grid(&l, d, i);
			gap = false;
		} else if (b.text[0] != '\0') {
			fputs(gap ? "\n" : "", out);
			put_text(&l, &b);
			gap = false;
		}
		free(legend);
	}
}
