/* SPDX-License-Identifier: MIT */
/*
 * The results of a run as a document: grouped so that a section compares like with like (one mode,
 * size, placement, pair of CPUs, idle and memory policy; notifications apart), each section a grid.
 */
#ifndef IPCBENCH_SECTIONS_H
#define IPCBENCH_SECTIONS_H

#include "doc/document.h"
#include "results/results.h"
#include "stats/two-sample.h"

/* Marks in grids, in the order in which a legend explains them. */
enum mark {
	MARK_BEST,
	MARK_TIED,
	MARK_RANGE,
	MARK_INTERVAL,
	MARK_CPU,
	MARK_HELPERS,
	MARK_CHANNELS,
	MARK_SETUP,
	MARK_RATIO,
	MARK_MISSING,
	MARK_DUE,
	MARK_KNEE,
	MARK_CAPACITY,
	MARK_FLOOR,
	MARK_PARTIAL,
	MARK_SOME,
	MARK_FLAGS, /* the first flag; the others follow as in enum trial_flag */
	MARK_COUNT = MARK_FLAGS + TRIAL_FLAG_COUNT
};

#define MARK(name) (1u << MARK_##name)

/* What they mean: the legend of a document. */
extern const char *const legend_texts[MARK_COUNT];

/* What a flag of a trial means. */
const char *legend_flag_meaning(size_t flag);

/* Rows under construction. */
struct section {
	const struct results *results;
	const struct outcome *outcomes;
	const struct item *like; /* its first row: what defines a section is the same in all */
	const struct item **rows;
	size_t count;
	struct grid *grid;
	unsigned int shared;  /* facts that all sections share, which are told above */
	struct ratio *ratios; /* of the rows to --baseline; NULL = none */
};

/* The cells that were measured, those of a section together. To be freed. */
const struct item **sections_rows(
	const struct results *r, const struct outcome *outcomes, size_t *count);

/* The sections of these rows, which they point to. To be freed. */
struct section *sections_of(const struct results *r, const struct outcome *outcomes,
	const struct item **rows, size_t row_count, size_t *count);

/* titles.c: says what all sections share, and that section_title() need not; names a section. */
void sections_share(struct document *d, struct section *sections, size_t count);
void section_title(struct section *s);

/* Fills a document with all of a run: `results` is a struct results. */
void results_document(struct document *d, const void *results);

/* Says of each CPU whose speed moved by more than SPEED_SHARE over the trials that it did. */
void results_tell_speeds(struct document *d, const struct trial *trials, size_t count);

/* Brings the rows of a family together; families keep the order of their first rows. */
void section_join_families(struct section *s);

/* baseline.c: brings the rows into the order of --sort, which is not the default. */
void section_sort(struct section *s);

/*
 * Finds the ratios to --baseline, to be freed. False if it is requested but was not measured here.
 */
bool section_ratios(struct section *s);

/* The ratio of the values of two cells: what the column and the closing lines show. */
struct ratio item_ratio(
	const struct results *r, const struct item *base, const struct item *it, enum metric m);

/* Marks the best rows of each wait mode, and what is tied with them. */
void section_mark(struct section *s);

/* Marks a row, and says in the legend what the mark means. */
void grid_mark(struct grid *g, size_t row, enum standing standing);

/* grid.c: fills s->grid, title and marks included. */
void grid_fill(struct section *s);

#endif
