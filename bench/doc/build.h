/* SPDX-License-Identifier: MIT */
/* Puts grids and notes together. 0 or -ENOMEM everywhere; report_free() cleans up in any case. */
#ifndef IPCBENCH_TABLES_BUILD_H
#define IPCBENCH_TABLES_BUILD_H

#include "results/sections.h"
#include "stats/summary.h"

/* Adds a grid whose fields are all to be set; *out is valid until the next one is added. */
int build_grid(struct report *rep, struct grid **out, size_t rows,
	const struct grid_column *columns, size_t count);

/* Sets a field, which is set once. */
int build_text(struct grid *g, size_t row, size_t column, const char *text);

/* Sets all fields, each from what `fn` writes for it. */
typedef void field_fn(const void *ctx, size_t row, size_t column, char *buf, size_t len);
int build_fields(struct grid *g, field_fn *fn, const void *ctx);

/* Adds sentences to what explains the columns. */
void build_explain(struct report *rep, const char *text);

/* Appends the unit to a column's heading: "round trip" and "us". */
void build_unit(struct grid *g, size_t column, const char *unit);

/* Adds a note, unless it is there already. */
int build_note(struct report *rep, const char *format, ...) PRINTF_LIKE(2, 3);

/* The unit for the medians of `count` estimates, `stride` bytes apart. Unitless without memory. */
struct scale build_scale(enum quantity q, const struct estimate *e, size_t stride, size_t count,
	const struct glyphs *g);

/*
 * How far medians of trials reach: the interval where all have one, else from the lowest to the
 * highest. The column is headed accordingly.
 */
bool build_has_intervals(const struct estimate *e, size_t stride, size_t count);

/* Heads a column of build_spread(). */
void build_spread_heading(struct grid *g, size_t column, bool interval);

/* "4.41-4.63", "-" where nothing was measured or there is one trial. Returns buf. */
char *build_spread(char *buf, size_t len, const struct estimate *e, bool interval,
	const struct scale *scale, const struct glyphs *g);

#endif
