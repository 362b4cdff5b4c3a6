/* SPDX-License-Identifier: MIT */
/*
 * What people read, before it is laid out: headings, paragraphs, lists, grids and notes, one after
 * the other. A product fills a document for one format, and document_write() prints it there: on a
 * terminal, as Markdown, as LaTeX for \input{}, or as part of a page.
 *
 * Filling never fails: without memory the program ends (text/memory.h). Texts are copied.
 */
#ifndef IPCBENCH_DOCUMENT_H
#define IPCBENCH_DOCUMENT_H

#include "text/format.h"
#include <ipcbench/base.h>
#include <stdio.h>

enum doc_format { DOC_TERMINAL, DOC_MARKDOWN, DOC_LATEX, DOC_HTML };

/* What a line or a row is to be taken for; colour repeats it, words have to say it. */
enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DOUBT };

/* ---- grids ----------------------------------------------------------------------------------- */

enum { GRID_COLUMNS_MAX = 20 };

struct grid_column {
	char heading[40];
	bool left;	    /* aligned to the left */
	unsigned int drop;  /* 0 = always shown, else the lowest goes first when space is short */
	bool below;	    /* when it had to go, its texts are listed below the grid */
	bool wants;	    /* "+90" in it says how many samples are lacking: no figure, so faint */
	unsigned int marks; /* what of its fields wants explaining: bits of a document's legend */
};

/* The best of the rows like it, and what is statistically tied with the best. */
#define ROW_BEST '*'
#define ROW_TIED '='

struct grid_row {
	const char *family; /* for grid_families() */
	char *group;	    /* a heading above the row; NULL = none */
	char mark;	    /* ROW_BEST, ROW_TIED, or 0 */
	enum tone tone;
};

struct grid {
	char title[256];
	size_t column_count, row_count;
	struct grid_column column[GRID_COLUMNS_MAX];
	struct grid_row *rows;
	char **text;   /* row_count * column_count strings */
	size_t filled; /* fields that are set */
	bool flush;    /* rows begin at the margin, without room for a mark */
	bool wraps;    /* names that are too long go on in the next line, rather than be cut */
	const struct glyphs *glyphs;
};

/* Adds a column with a heading like printf()'s; the result is valid until the next one. */
struct grid_column *grid_column(struct grid *g, const char *format, ...) PRINTF_LIKE(2, 3);

void grid_title(struct grid *g, const char *format, ...) PRINTF_LIKE(2, 3);

/* Replaces the heading of a column. */
void grid_head(struct grid *g, size_t column, const char *format, ...) PRINTF_LIKE(3, 4);

/* Begins a row, whose fields are set from left to right; the result is valid until the next one. */
struct grid_row *grid_row(struct grid *g);

/* Sets the next field. */
void grid_field(struct grid *g, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets it to text of a user or of a file, see format_plain(). */
void grid_plain(struct grid *g, const char *text);

/* Sets it to a number in a unit of the column. */
void grid_number(struct grid *g, const struct scale *scale, double value);

/* Sets it to "lo–hi", "-" if one of them is NAN. */
void grid_span(struct grid *g, const struct scale *scale, double lo, double hi);

/*
 * Heads the rows of each family with its name, if that tells something: there are several families,
 * and one of them has several rows. Rows of a family stand together.
 */
void grid_families(struct grid *g);

/* ---- documents ------------------------------------------------------------------------------- */

enum block_kind {
	BLOCK_TITLE,   /* the verdict, or what the document is about */
	BLOCK_SECTION, /* a heading within */
	BLOCK_TEXT,    /* a paragraph */
	BLOCK_LINE,    /* a paragraph that on a terminal stands right below what is before it */
	BLOCK_ITEM,    /* of a list */
	BLOCK_NOTE,    /* what is missing or doubtful */
	BLOCK_GRID,
	BLOCK_LEGEND, /* what the marks in the grids above mean */
};

struct block {
	enum block_kind kind;
	enum tone tone;
	bool gap;	      /* on a terminal an empty line stands before it */
	unsigned int level;   /* of an item in a list of lists, from 0 */
	unsigned int first;   /* on a terminal: the indentation of its first line */
	unsigned int hanging; /* of its other lines */
	const char *class;    /* in HTML; NULL = that of its kind */
	char *term;	      /* of an item: what its text explains; NULL = nothing */
	char *text;	      /* NULL of a grid */
	size_t before, after; /* bytes of the text around the names of document_join() */
	struct grid *grid;    /* of a grid */
};

struct document {
	enum doc_format format;
	const struct glyphs *glyphs; /* those that the format has */
	const char *const *legend;   /* per bit of a mark what it means; NULL = no marks */
	const char *notes_title;     /* above the notes in Markdown and LaTeX; NULL = none */
	struct block *blocks;
	size_t count;
};

/* Begins an empty document; document_free() is due. */
struct document document_begin(enum doc_format format);
void document_free(struct document *d);

/*
 * Adds text like printf()'s. A caller may change how it is laid out until the next block is added.
 * A note that is there already is not added again; one that begins with "fail" is shown as bad.
 */
struct block *document_add(struct document *d, enum block_kind kind, const char *format, ...)
	PRINTF_LIKE(3, 4);

/*
 * Adds "BEFOREnameAFTER", or if the blocks of this kind right above have one with the same texts,
 * adds the name to it: "skip pipe, fifo: too large".
 */
void document_join(struct document *d, enum block_kind kind, const char *before, const char *name,
	const char *after);

/* Adds an item that explains a term; on a terminal its text begins in this column. */
struct block *document_term(struct document *d, unsigned int column, const char *term,
	const char *format, ...) PRINTF_LIKE(4, 5);

/* Adds a grid with these columns and without rows; its address stays. NULL, 0: they come later. */
struct grid *document_grid(struct document *d, const struct grid_column *columns, size_t count);

/* Adds what the marks of the columns above mean; on a terminal of those that are shown. */
void document_legend(struct document *d);

/*
 * Prints a document; `width` (in columns, 0 = unlimited) and `color` are for the terminal. 0, or
 * -errno as the stream said.
 */
int document_write(FILE *out, const struct document *d, unsigned int width, bool color);

/* The same of what `fill` makes of a product. */
typedef void fill_fn(struct document *d, const void *product);
int document_print(FILE *out, enum doc_format format, fill_fn *fill, const void *product,
	unsigned int width, bool color);

/* ---- writers --------------------------------------------------------------------------------- */

/* How a document is printed in each format. document_write() chooses among the first four. */

void document_terminal(FILE *out, const struct document *d, unsigned int width, bool color);
void document_markdown(FILE *out, const struct document *d);
void document_latex(FILE *out, const struct document *d);
void document_html(FILE *out, const struct document *d);

/* Text in which LaTeX finds nothing of its own; letters that it may lack become '?'. */
void latex_text(FILE *out, const char *text);

/*
 * A table of a page. Where the window is narrow its rows become cards, so every field names its
 * column. With `sortable` a script lets its rows be sorted, filtered and hidden.
 */
void html_grid(FILE *out, const struct grid *g, bool sortable);

/* Any other block; around items of a list a page has to have <ul>. */
void html_text_block(FILE *out, const struct block *b);

/* What these marks mean, in one line, "" if there are none. */
struct phrase legend_phrase(const struct document *d, unsigned int marks);

/* ---- text of a page -------------------------------------------------------------------------- */

/*
 * Text between tags or between double quotes of an attribute. Control characters become '?', what
 * is not UTF-8 becomes U+FFFD, and characters that turn the direction of writing become U+FFFD too,
 * so that no label can make others read as something else.
 */
void html_text(FILE *out, const char *text);

/*
 * printf() of markup: what stands in `markup` goes out as it is, the text of a "%s" through
 * html_text(). Besides it knows %.*s, %d, %zu and %%.
 */
void html_put(FILE *out, const char *markup, ...) PRINTF_LIKE(2, 3);

/*
 * Bytes as the end of a data: URI in an attribute between double quotes; nothing without `out`.
 * Returns how many bytes that takes.
 */
size_t html_uri(FILE *out, const char *bytes, size_t len);

/* An argument as a POSIX shell reads it, quoted where it has to be, through html_text(). */
void html_shell_word(FILE *out, const char *word);

#endif
