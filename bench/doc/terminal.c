/* SPDX-License-Identifier: MIT */
/* A document on a terminal. Colour only repeats what words and marks say. */
#include "doc/document.h"

#include "text/memory.h"
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NAME_MIN = 12 };

#define PAINT_BAD    "\033[31m"
#define PAINT_GOOD   "\033[32m"
#define PAINT_DOUBT  "\033[33m"
#define PAINT_STRONG "\033[1m"
#define PAINT_FAINT  "\033[2m"
#define PAINT_END    "\033[0m"

struct terminal {
	FILE *out;
	const struct glyphs *glyphs;
	unsigned int width; /* 0 = unlimited */
	bool color;
	size_t columns[GRID_COLUMNS_MAX]; /* widths in the last grid drawn; 0 = dropped */
};

/* Writes an escape sequence, if there are colours and one is wanted. */
static void paint(const struct terminal *t, const char *code)
{
	if (t->color && code != NULL)
		fputs(code, t->out);
}

static const char *grid_text(const struct grid *g, size_t row, size_t column)
{
	return g->text[row * g->column_count + column];
}

/* ---- widths ---------------------------------------------------------------------------------- */

/* Mark and a blank, then the columns with gaps between. */
static size_t total_width(const struct terminal *t, const struct grid *g)
{
	size_t sum = 0;

	for (size_t c = 0; c < g->column_count; c++)
		sum += t->columns[c] > 0 ? t->columns[c] + GAP : 0;
	return sum;
}

static void measure(struct terminal *t, const struct grid *g)
{
	for (size_t c = 0; c < g->column_count; c++) {
		t->columns[c] = format_width(g->column[c].heading);
		for (size_t row = 0; row < g->row_count; row++) {
			size_t w = format_width(grid_text(g, row, c));

			t->columns[c] = w > t->columns[c] ? w : t->columns[c];
		}
	}
}

/* Takes what is too much from the names, of which NAME_MIN stay. */
static void shrink_names(struct terminal *t, const struct grid *g)
{
	size_t total = total_width(t, g), name = t->columns[0];

	if (t->width == 0 || total <= t->width || name <= NAME_MIN)
		return;
	size_t over = total - t->width;

	t->columns[0] = name > over + NAME_MIN ? name - over : NAME_MIN;
}

/*
 * Makes room: the least of the columns go first, then the longest names lose their ends. Names that
 * go on in a line of their own lose nothing, so they give way first.
 */
static void fit(struct terminal *t, const struct grid *g)
{
	if (g->wraps)
		shrink_names(t, g);
	while (t->width > 0 && total_width(t, g) > t->width) {
		size_t least = GRID_COLUMNS_MAX;

		for (size_t c = 0; c < g->column_count; c++) {
			if (t->columns[c] > 0 && g->column[c].drop > 0 &&
				(least == GRID_COLUMNS_MAX ||
					g->column[c].drop < g->column[least].drop))
				least = c;
		}
		if (least == GRID_COLUMNS_MAX)
			break;
		t->columns[least] = 0;
	}
	shrink_names(t, g);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Where a line of a name ends: behind the last blank or punctuation mark if there is one. */
static size_t line_bytes(const char *text, size_t width)
{
	size_t most = format_leading(text, width);

	if (text[most] == '\0')
		return most;
	for (size_t at = most; at > 0; at--) {
		if (strchr(" ,:=-", text[at - 1]) != NULL || text[at] == ' ')
			return at;
	}
	return most;
}

/* Writes a field, cut or padded to its column. */
static void put_field(
	const struct terminal *t, const char *text, size_t width, bool left, bool last)
{
	size_t w = format_width(text), pad = width > w ? width - w : 0;

	if (w > width) {
		fprintf(t->out, "%.*s%s", (int)format_leading(text, width - 1), text,
			t->glyphs->cut);
		return;
	}
	fprintf(t->out, "%*s%s%*s", left ? 0 : (int)pad, "", text, left && !last ? (int)pad : 0,
		"");
}

/* Writes as much of a name as a line holds; returns what is left of it. */
static const char *put_name(const struct terminal *t, const char *text, bool last)
{
	size_t bytes = line_bytes(text, t->columns[0]);
	char *line = need_text("%.*s", (int)bytes, text);

	for (size_t n = bytes; n > 0 && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	put_field(t, line, t->columns[0], true, last);
	free(line);
	return text + bytes + strspn(text + bytes, " ");
}

static const char *const tone_colors[] = {
	[TONE_PLAIN] = NULL,
	[TONE_GOOD] = PAINT_GOOD,
	[TONE_BAD] = PAINT_BAD,
	[TONE_DOUBT] = PAINT_DOUBT,
};

static const char *row_color(const struct grid *g, size_t row)
{
	if (row == SIZE_MAX)
		return PAINT_FAINT;
	return g->rows[row].mark != 0 ? PAINT_GOOD : tone_colors[g->rows[row].tone];
}

/* Writes a field of a row; returns what is left of a name that goes on in the next line. */
static const char *put_column(const struct terminal *t, const struct grid *g, size_t c,
	const char *text, bool last, const char *color)
{
	bool wanting = g->column[c].wants && text[0] == '+';
	const char *rest = "";

	fprintf(t->out, "%*s", c > 0 ? GAP : 0, "");
	paint(t, wanting ? PAINT_FAINT : NULL);
	if (c == 0 && g->wraps)
		rest = put_name(t, text, last);
	else
		put_field(t, text, t->columns[c], g->column[c].left, last);
	paint(t, wanting ? PAINT_END : NULL);
	paint(t, wanting ? color : NULL);
	return rest;
}

static void put_row(const struct terminal *t, const struct grid *g, size_t row)
{
	const char *color = row_color(g, row), *rest = "";
	size_t last = 0;
	bool heading = row == SIZE_MAX;

	for (size_t c = 0; c < g->column_count; c++)
		last = t->columns[c] > 0 ? c : last;
	paint(t, color);
	if (!g->flush)
		fprintf(t->out, "%c ", heading || g->rows[row].mark == 0 ? ' ' : g->rows[row].mark);
	for (size_t c = 0; c < g->column_count; c++) {
		const char *text = heading ? g->column[c].heading : grid_text(g, row, c), *more;

		/* An empty field at the end leaves no blanks behind. */
		if (t->columns[c] == 0 || (c == last && text[0] == '\0'))
			continue;
		more = put_column(t, g, c, text, c == last, color);
		rest = c == 0 ? more : rest;
	}
	while (rest[0] != '\0') {
		fprintf(t->out, "\n%*s", 2 * GAP, "");
		rest = put_name(t, rest, true);
	}
	paint(t, color != NULL ? PAINT_END : NULL);
	fputc('\n', t->out);
}

/* ---- grids ----------------------------------------------------------------------------------- */

static void draw(struct terminal *t, const struct grid *g)
{
	measure(t, g);
	fit(t, g);
	if (g->title[0] != '\0') {
		fputc('\n', t->out);
		paint(t, PAINT_STRONG);
		format_wrap(t->out, g->title, 0, 2, t->width);
		paint(t, PAINT_END);
	}
	put_row(t, g, SIZE_MAX);
	for (size_t row = 0; row < g->row_count; row++) {
		const char *group = g->rows[row].group;

		if (group != NULL) {
			paint(t, PAINT_FAINT);
			fputs(group, t->out);
			paint(t, PAINT_END);
			fputc('\n', t->out);
		}
		put_row(t, g, row);
	}
}

/* Whether a grid before block `at` tells of a row of this name what this one does in a column. */
static bool told(const struct document *d, size_t at, const char *heading, const char *name,
	const char *text)
{
	for (size_t i = 0; i < at; i++) {
		const struct grid *g = d->blocks[i].grid;

		for (size_t k = 0; g != NULL && k < g->filled; k++) {
			size_t c = k % g->column_count;

			if (strcmp(g->column[c].heading, heading) == 0 &&
				strcmp(g->text[k], text) == 0 && strcmp(g->text[k - c], name) == 0)
				return true;
		}
	}
	return false;
}

/* The texts of a column that had no room, each by the name of its row, once for all grids. */
static void put_below(const struct terminal *t, const struct document *d, size_t at, size_t c)
{
	const struct grid *g = d->blocks[at].grid;
	const char *before = "";
	bool begun = false;

	for (size_t row = 0; row < g->row_count; row++) {
		const char *name = grid_text(g, row, 0), *text = grid_text(g, row, c);

		/* rows of one name stand together */
		if (text[0] == '\0' || strcmp(name, before) == 0 ||
			told(d, at, g->column[c].heading, name, text))
			continue;
		if (!begun)
			fprintf(t->out, "\n  %s\n", g->column[c].heading);
		begun = true;
		before = name;
		size_t width = format_width(name);
		size_t pad = t->columns[0] > width ? t->columns[0] - width : 0;

		char *line = need_text("    %s%*s  %s", name, (int)pad, "", text);

		format_wrap(t->out, line, 0, 6 + t->columns[0], t->width);
		free(line);
	}
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Draws a grid; returns what of it wants explaining. */
static unsigned int put_grid(struct terminal *t, const struct document *d, size_t at)
{
	const struct grid *g = d->blocks[at].grid;
	unsigned int marks = 0;

	draw(t, g);
	for (size_t c = 0; c < g->column_count; c++) {
		if (t->columns[c] > 0)
			marks |= g->column[c].marks;
		else if (g->column[c].below)
			put_below(t, d, at, c);
	}
	return marks;
}

/* Goes to the column of a text behind a term, in a new line if there is no blank in between. */
static size_t begin_text(const struct terminal *t, size_t at, size_t column)
{
	bool fits = at == 0 || at + 1 < column;

	fprintf(t->out, "%s%*s", fits ? "" : "\n", (int)(fits ? column - at : column), "");
	return column;
}

static void put_text(const struct terminal *t, const struct block *b)
{
	bool strong = b->kind == BLOCK_TITLE || b->kind == BLOCK_SECTION;
	const char *color = tone_colors[b->tone];
	size_t at = b->first;

	paint(t, strong ? PAINT_STRONG : NULL);
	paint(t, color);
	fprintf(t->out, "%*s%s", (int)b->first, "", b->term != NULL ? b->term : "");
	if (b->term != NULL)
		at = begin_text(t, at + format_width(b->term), b->hanging);
	format_wrap(t->out, b->text, at, b->hanging, t->width);
	paint(t, strong || color != NULL ? PAINT_END : NULL);
}

void document_terminal(FILE *out, const struct document *d, unsigned int width, bool color)
{
	struct terminal t = {.out = out, .glyphs = d->glyphs, .width = width, .color = color};
	unsigned int marks = 0;
	bool gap = false;

	for (size_t i = 0; i < d->count; i++) {
		struct block b = d->blocks[i];
		struct phrase legend = legend_phrase(d, marks);

		b.text = b.kind == BLOCK_LEGEND ? legend.text : b.text;
		/* what stands right below an empty legend takes over its distance */
		gap |= b.gap;
		if (b.kind == BLOCK_GRID) {
			marks |= put_grid(&t, d, i);
			gap = false;
		} else if (b.text[0] != '\0') {
			fputs(gap ? "\n" : "", out);
			put_text(&t, &b);
			gap = false;
		}
	}
}
