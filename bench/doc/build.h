/* SPDX-License-Identifier: MIT */
/*
 * Grids and notes of products that do not fill a document (doc/document.h) yet. 0 or -ENOMEM
 * everywhere; report_free() cleans up in any case.
 */
#ifndef IPCBENCH_TABLES_BUILD_H
#define IPCBENCH_TABLES_BUILD_H

#include "doc/document.h"
#include "stats/summary.h"

struct report {
	struct grid *grids;
	size_t grid_count;
	char **notes; /* one per distinct reason: "skip fifo, pipe: ..." */
	size_t note_count;
	char heading[512];
	const struct glyphs *glyphs;
};

void report_free(struct report *rep);

/* Marks a row as the best of those like it. */
int grid_mark_best(struct grid *g, size_t row);

/* Adds a grid whose fields are all to be set; *out is valid until the next one is added. */
int build_grid(struct report *rep, struct grid **out, size_t rows,
	const struct grid_column *columns, size_t count);

/* Sets a field, which is set once. */
int build_text(struct grid *g, size_t row, size_t column, const char *text);

/* Sets all fields, each from what `fn` writes for it. */
typedef void field_fn(const void *ctx, size_t row, size_t column, char *buf, size_t len);
int build_fields(struct grid *g, field_fn *fn, const void *ctx);

/* "4.41-4.63", "-" where nothing was measured or there is one trial. Returns buf. */
char *build_spread(char *buf, size_t len, const struct estimate *e, bool interval,
	const struct scale *scale, const struct glyphs *g);

#endif
