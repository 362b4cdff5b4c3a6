/* SPDX-License-Identifier: MIT */
/* The parts of which tables.c puts the comparison tables together, and what they share. */
#ifndef IPCBENCH_TABLE_PARTS_H
#define IPCBENCH_TABLE_PARTS_H

#include "tables/tables.h"

/* What makes a table of its kind. */
struct table_maker {
	void (*read)(struct table *t, const struct measured *m);
	void (*add_grids)(struct document *d, const struct table *t);
	void (*add_notes)(struct document *d, const struct table *t);
	const char *explanation; /* of what stands in its columns */
	record_fn *put;		 /* its fields for programs; without rows those of a blank one */
};

extern const struct table_maker time_maker, quality_maker, api_maker;

void time_read(struct table *t, const struct measured *m);
void quality_read(struct table *t, const struct measured *m);
void api_read(struct table *t, const struct measured *m);
record_fn time_put, quality_put, api_put;

/* ---- shared ---------------------------------------------------------------------------------- */

/* The keys of a cell from `transport` to `mem`. */
void put_cell(struct record *rec, const struct measured_cell *c);

/* An estimate as NAME, NAME_ci_lo, NAME_ci_hi, NAME_min, NAME_max. */
void put_estimate(struct record *rec, const char *name, const struct estimate *e);

/* How the estimates of a column are shown: medians in one unit, and in the next column a spread. */
struct figures {
	struct scale scale;
	bool interval; /* where all medians have one; else from lowest to highest trial */
};

/* Chosen for `count` estimates that are `stride` bytes apart. */
struct figures figures_of(enum quantity q, const struct estimate *first, size_t stride,
	size_t count, const struct glyphs *g);

/* Heads a column "NAME UNIT", and the next one with what its spread is. */
void figures_head(struct grid *g, size_t column, const char *name, const struct figures *f);

/* Sets both fields of a row. */
void figures_put(struct grid *g, const struct figures *f, const struct estimate *e);

#endif
