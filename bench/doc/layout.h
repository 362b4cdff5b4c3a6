/* SPDX-License-Identifier: MIT */
/* Draws grids and lines of text on a terminal. Colour only repeats what words and marks say. */
#ifndef IPCBENCH_LAYOUT_H
#define IPCBENCH_LAYOUT_H

#include "doc/document.h"

struct layout {
	FILE *out;
	const struct glyphs *glyphs;
	unsigned int width; /* 0 = unlimited */
	bool color;
	size_t columns[GRID_COLUMNS_MAX]; /* widths in the last grid drawn; 0 = dropped */
};

#define PAINT_BAD    "\033[31m"
#define PAINT_GOOD   "\033[32m"
#define PAINT_DOUBT  "\033[33m"
#define PAINT_STRONG "\033[1m"
#define PAINT_FAINT  "\033[2m"
#define PAINT_END    "\033[0m"

/* Writes an escape sequence, if the layout has colours. */
void layout_paint(const struct layout *l, const char *code);

/* Writes a line, broken at blanks; what follows is indented. */
void layout_text(const struct layout *l, const char *text, size_t indent);

/* An empty line, the title, the headings and the rows. */
void layout_grid(struct layout *l, const struct grid *g);

/* An empty line and the notes, failures in red; nothing if there are none. */
void layout_notes(const struct layout *l, char *const *notes, size_t count);

#endif
