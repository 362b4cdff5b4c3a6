/* SPDX-License-Identifier: MIT */
#include "doc/layout.h"

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
	char *line = strndup(text, bytes);

	if (line != NULL) {
		while (bytes > 0 && line[bytes - 1] == ' ')
			line[--bytes] = '\0';
		put_field(l, line, l->columns[0], true, last);
	}
	free(line);
	text += line_bytes(text, l->columns[0]);
	return text + strspn(text, " ");
}

static const char *row_color(const struct grid *g, size_t row)
{
	if (row == SIZE_MAX)
		return PAINT_FAINT;
	if (grid_is_best(g, row))
		return PAINT_GOOD;
	switch (g->tones != NULL ? g->tones[row] : TONE_PLAIN) {
	case TONE_GOOD:
		return PAINT_GOOD;
	case TONE_BAD:
		return PAINT_BAD;
	case TONE_DOUBT:
		return PAINT_DOUBT;
	default:
		return NULL;
	}
}

/* Writes a field of a row; returns what is left of a name that goes on in the next line. */
static const char *put_column(const struct layout *l, const struct grid *g, size_t c,
	const char *text, bool last, const char *color)
{
	/* a percentile that is not there yet is no figure */
	bool wanting = g->column[c].marks.missing && text[0] == '+';
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

/* ---- lines ----------------------------------------------------------------------------------- */

void layout_text(const struct layout *l, const char *text, size_t indent)
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

void layout_grid(struct layout *l, const struct grid *g)
{
	measure(l, g);
	fit(l, g);
	fputc('\n', l->out);
	layout_paint(l, PAINT_STRONG);
	layout_text(l, g->title, 2);
	layout_paint(l, PAINT_END);
	put_row(l, g, SIZE_MAX);
	for (size_t row = 0; row < g->row_count; row++) {
		if (g->groups != NULL && g->groups[row] != NULL) {
			layout_paint(l, PAINT_FAINT);
			fputs(g->groups[row], l->out);
			layout_paint(l, PAINT_END);
			fputc('\n', l->out);
		}
		put_row(l, g, row);
	}
}

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
