/* SPDX-License-Identifier: MIT */
/* Cells of a stored run as the comparison tables see them: what they are of, and how they stand. */
#ifndef IPCBENCH_TABLES_CELLS_H
#define IPCBENCH_TABLES_CELLS_H

#include "results/measured.h"
#include "text/format.h"
#include <ipcbench/transport.h>

/* The mechanism that a spelling (NULL, with or without options) begins with; NULL = not known. */
const struct transport *cell_transport(const char *spelling);

/*
 * Whether a cell belongs into the tables: it ended ok, it is a closed loop without pauses (an open
 * loop and a pause set the pace themselves), and its mechanism moves or tells something (the null
 * transport does not).
 */
bool cell_counts(const struct measured_cell *c);

/* Sections: by placement as listed in measure/topology.h, then by idle policy. */
int cells_order_sections(const struct measured_cell *a, const struct measured_cell *b);

/*
 * Rows of a section: families and in them mechanisms in the order of the registry, those that are
 * not known here last; then by spelling and by what else makes a row: wait, copy, dispatch, memory.
 * 0 = of one row.
 */
int cells_order_rows(const struct measured_cell *a, const struct measured_cell *b);

/* Sections, then rows: two cells of one row of one section differ in mode, size and pace only. */
int cells_order(const struct measured_cell *a, const struct measured_cell *b);

/* What all rows of a section have in common: "same-cpu, idle default". */
struct phrase cell_place(const struct measured_cell *c);

/* What sets a row apart besides its mechanism: "block", "spin inplace indirect mem rx". */
struct phrase cell_manner(const struct measured_cell *c);

/* The families of rows are heads of groups: the name, or what the run called it. */
const char *cell_family(const struct measured_cell *c);

/* The cells that count, sorted by cells_order(), then by mode and size; to be freed. */
const struct measured_cell **cells_select(const struct measured *m, size_t *count);

/*
 * How many of `count` rows are alike by `order` from the first on. Rows are `stride` bytes apart
 * and begin with a pointer to their cell.
 */
typedef int cells_order_fn(const struct measured_cell *a, const struct measured_cell *b);
size_t cells_alike(const void *rows, size_t stride, size_t count, cells_order_fn *order);

#endif
