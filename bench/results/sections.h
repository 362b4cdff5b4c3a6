/* SPDX-License-Identifier: MIT */
/*
 * The results of a run as a document: grouped so that a section compares like with like (one mode,
 * size, placement, pair of CPUs, idle and memory policy; notifications apart), each section a grid.
 */
#ifndef IPCBENCH_SECTIONS_H
#define IPCBENCH_SECTIONS_H

#include "doc/document.h"
#include "results/columns.h"

/* Marks in grids, in the order in which a legend explains them. */
enum mark {
	MARK_BEST,
	MARK_RANGE,
	MARK_INTERVAL,
	MARK_CPU,
	MARK_SETUP,
	MARK_MISSING,
	MARK_DUE,
	MARK_KNEE,
	MARK_FLOOR,
	MARK_PARTIAL,
	MARK_FLAGS, /* the first flag; the others follow as in enum trial_flag */
	MARK_COUNT = MARK_FLAGS + TRIAL_FLAG_COUNT
};

#define MARK(name) (1u << MARK_##name)

/* What they mean: the legend of a document. */
extern const char *const legend_texts[MARK_COUNT];

/* How a flag of a trial is marked, and what it means. */
char legend_flag_letter(size_t flag);
const char *legend_flag_meaning(size_t flag);

/* Rows under construction. */
struct section {
	const struct results *results;
	const struct outcome *outcomes;
	const struct item *like; /* its first row: what defines a section is the same in all */
	const struct item **rows;
	size_t count;
	struct grid *grid;
};

/* Fills a document with all of a run: `results` is a struct results. */
void results_document(struct document *d, const void *results);

/* Whether its rows carry no payload. */
bool section_notifies(const struct section *s);

/* A metric of one row over its trials. */
const struct estimate *section_metric(const struct section *s, size_t row, enum metric m);

/* Whether some rows copy and some are in place. */
bool section_copies_differ(const struct section *s);

/* Brings the rows of a family together; families keep the order of their first rows. */
void section_join_families(struct section *s);

/* grid-heading.c: sets the title of s->grid and marks its best rows. */
void grid_heading(struct section *s);

/* grid.c: fills s->grid. */
void grid_fill(struct section *s);

/* notes.c: skips and failures, equal reasons joined. */
void notes_add(struct document *d, const struct results *r, const struct outcome *o);

#endif
