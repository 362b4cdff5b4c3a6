/* SPDX-License-Identifier: MIT */
/* The grids of results/sections.h as tables of a page. */
#ifndef IPCBENCH_HTML_GRID_H
#define IPCBENCH_HTML_GRID_H

#include "results/sections.h"

/*
 * A table. Where the window is narrow its rows become cards, so every field names its column. With
 * `sortable` a script lets its rows be sorted, filtered and hidden.
 */
void html_grid(FILE *out, const struct grid *g, bool sortable);

#endif
