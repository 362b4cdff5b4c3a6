/* SPDX-License-Identifier: MIT */
#include "doc/document.h"

#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- grids ----------------------------------------------------------------------------------- */

struct grid_column *grid_column(struct grid *g, const char *format, ...)
{
	struct grid_column *c = &g->column[g->column_count++];
	va_list args;

	va_start(args, format);
	format_into(c->heading, sizeof(c->heading), format, args);
	va_end(args);
	return c;
}

void grid_title(struct grid *g, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_into(g->title, sizeof(g->title), format, args);
	va_end(args);
}

void grid_head(struct grid *g, size_t column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_into(g->column[column].heading, sizeof(g->column->heading), format, args);
	va_end(args);
}

struct grid_row *grid_row(struct grid *g)
{
	size_t rows = g->row_count + 1;

	g->rows = need_more(g->rows, rows, sizeof(*g->rows));
	g->text = need_more(g->text, rows * g->column_count, sizeof(*g->text));
	g->rows[g->row_count] = (struct grid_row){.family = ""};
	for (size_t i = g->filled; i < rows * g->column_count; i++)
		g->text[i] = NULL;
	g->row_count = rows;
	return &g->rows[rows - 1];
}

void grid_field(struct grid *g, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g->text[g->filled++] = need_vtext(format, args);
	va_end(args);
}

void grid_plain(struct grid *g, const char *text)
{
	char plain[320];

	grid_field(g, "%s", format_plain(plain, sizeof(plain), text, g->glyphs->utf8));
}

void grid_number(struct grid *g, const struct scale *scale, double value)
{
	grid_field(g, "%s", scale_format(scale, value).text);
}

void grid_span(struct grid *g, const struct scale *scale, double lo, double hi)
{
	if (isnan(lo) || isnan(hi))
		grid_field(g, "-");
	else
		grid_field(g, "%s%s%s", scale_format(scale, lo).text, g->glyphs->dash,
			scale_format(scale, hi).text);
}

static bool begins_family(const struct grid *g, size_t row)
{
	return row == 0 || strcmp(g->rows[row].family, g->rows[row - 1].family) != 0;
}

void grid_families(struct grid *g)
{
	size_t families = 0;
	char plain[80];

	for (size_t row = 0; row < g->row_count; row++)
		families += begins_family(g, row);
	for (size_t row = 0; row < g->row_count; row++)
		if (families > 1 && families < g->row_count && begins_family(g, row))
			g->rows[row].group = need_copy(
				format_plain(plain, sizeof(plain), g->rows[row].family, true));
}

static void free_grid(struct grid *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->filled; i++)
		free(g->text[i]);
	for (size_t row = 0; row < g->row_count; row++)
		free(g->rows[row].group);
	free(g->text);
	free(g->rows);
	free(g);
}

/* ---- documents ------------------------------------------------------------------------------- */

struct document document_begin(enum doc_format format)
{
	return (struct document){
		.format = format, .glyphs = glyphs(format != DOC_TERMINAL || format_utf8())};
}

void document_free(struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->blocks[i].term);
		free(d->blocks[i].text);
		free_grid(d->blocks[i].grid);
	}
	free(d->blocks);
	*d = (struct document){.blocks = NULL};
}

static struct block *append(struct document *d, const struct block *block)
{
	d->blocks = need_more(d->blocks, d->count + 1, sizeof(*d->blocks));
	d->blocks[d->count] = *block;
	return &d->blocks[d->count++];
}

static struct block *append_note(struct document *d, struct block *note)
{
	bool listed = d->format == DOC_MARKDOWN || d->format == DOC_LATEX, first = true;

	for (size_t i = 0; i < d->count; i++) {
		if (d->blocks[i].kind != BLOCK_NOTE)
			continue;
		first = false;
		if (strcmp(d->blocks[i].text, note->text) == 0) {
			free(note->text);
			return &d->blocks[i];
		}
	}
	if (first && listed && d->notes_title != NULL)
		document_add(d, BLOCK_TEXT, "%s%s", d->notes_title,
			d->format == DOC_MARKDOWN ? ":" : "");
	note->gap = first;
	note->tone = strncmp(note->text, "fail", 4) == 0 ? TONE_BAD : TONE_PLAIN;
	return append(d, note);
}

struct block *document_add(struct document *d, enum block_kind kind, const char *format, ...)
{
	static const struct block blocks[] = {
		[BLOCK_TITLE] = {.hanging = 2},
		[BLOCK_SECTION] = {.gap = true, .hanging = 2},
		[BLOCK_TEXT] = {.gap = true},
		[BLOCK_LINE] = {.hanging = 2},
		[BLOCK_ITEM] = {.first = 2, .hanging = 4},
		[BLOCK_NOTE] = {.hanging = 5},
	};
	struct block b = blocks[kind];
	va_list args;

	va_start(args, format);
	b.kind = kind;
	b.text = need_vtext(format, args);
	va_end(args);
	return kind == BLOCK_NOTE ? append_note(d, &b) : append(d, &b);
}

static bool joins(const struct block *b, const char *before, const char *after)
{
	return b->before + b->after > 0 && b->before == strlen(before) &&
	       b->after == strlen(after) && strncmp(b->text, before, b->before) == 0 &&
	       strcmp(b->text + strlen(b->text) - b->after, after) == 0;
}

void document_join(struct document *d, enum block_kind kind, const char *before, const char *name,
	const char *after)
{
	struct block *b;

	for (size_t i = d->count; i-- > 0 && d->blocks[i].kind == kind;) {
		b = &d->blocks[i];
		if (!joins(b, before, after))
			continue;
		char *longer = need_text(
			"%.*s, %s%s", (int)(strlen(b->text) - b->after), b->text, name, after);

		free(b->text);
		b->text = longer;
		return;
	}
	b = document_add(d, kind, "%s%s%s", before, name, after);
	b->before = strlen(before);
	b->after = strlen(after);
}

struct block *document_term(
	struct document *d, unsigned int column, const char *term, const char *format, ...)
{
	struct block b = {.kind = BLOCK_ITEM, .hanging = column, .term = need_copy(term)};
	va_list args;

	va_start(args, format);
	b.text = need_vtext(format, args);
	va_end(args);
	return append(d, &b);
}

struct grid *document_grid(struct document *d, const struct grid_column *columns, size_t count)
{
	struct grid *g = need_array(1, sizeof(*g));

	g->glyphs = d->glyphs;
	g->column_count = count;
	if (count > 0)
		memcpy(g->column, columns, count * sizeof(*columns));
	append(d, &(struct block){.kind = BLOCK_GRID, .gap = true, .grid = g});
	return g;
}

struct phrase legend_phrase(const struct document *d, unsigned int marks)
{
	struct phrase legend = {""};

	for (size_t i = 0; marks >> i != 0; i++)
		if (marks & 1u << i)
			phrase_add(&legend, "; ", "%s", d->legend[i]);
	return legend;
}

void document_legend(struct document *d)
{
	unsigned int marks = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct grid *g = d->blocks[i].grid;

		for (size_t c = 0; g != NULL && c < g->column_count; c++)
			marks |= g->column[c].marks;
	}
	if (marks != 0)
		append(d, &(struct block){.kind = BLOCK_LEGEND,
				  .gap = true,
				  .text = need_copy(legend_phrase(d, marks).text)});
}

/* ---- writing --------------------------------------------------------------------------------- */

int document_write(FILE *out, const struct document *d, unsigned int width, bool color)
{
	errno = 0;
	switch (d->format) {
	case DOC_TERMINAL:
		document_terminal(out, d, width, color);
		break;
	case DOC_MARKDOWN:
		document_markdown(out, d);
		break;
	case DOC_LATEX:
		document_latex(out, d);
		break;
	case DOC_HTML:
		document_html(out, d);
		break;
	}
	fflush(out);
	return stream_status(out);
}

int document_print(FILE *out, enum doc_format format, fill_fn *fill, const void *product,
	unsigned int width, bool color)
{
	struct document d = document_begin(format);

	fill(&d, product);
	int r = document_write(out, &d, width, color);

	document_free(&d);
	return r;
}
