/* SPDX-License-Identifier: MIT */
/* How a document is printed in each format. document_write() chooses among the first four. */
#ifndef IPCBENCH_WRITERS_H
#define IPCBENCH_WRITERS_H

#include "doc/document.h"
#include "text/phrase.h"

void document_terminal(FILE *out, const struct document *d, unsigned int width, bool color);
void document_markdown(FILE *out, const struct document *d);
void document_latex(FILE *out, const struct document *d);
void document_html(FILE *out, const struct document *d);

/* Text in which Markdown and HTML find nothing of theirs. */
void markdown_text(FILE *out, const char *text);

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

#endif
