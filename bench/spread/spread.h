/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench spread DIR...`: how much the value of a cell varies between launches, between layouts,
 * between runs and between builds, and which of them to repeat for a closer figure. After Kalibera
 * & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013.
 */
#ifndef IPCBENCH_SPREAD_H
#define IPCBENCH_SPREAD_H

#include "cli/command.h"
#include "results/measured.h"
#include "stats/variance.h"

/* What to repeat. */
enum spread_advice {
	SPREAD_RUNS_UNKNOWN, /* there is one run */
	SPREAD_LAUNCHES,
	SPREAD_LAYOUTS,
	SPREAD_RUNS,
	SPREAD_BUILDS,
};

/* A cell, whatever its layout. Variances are of the natural logarithm, so about relative. */
struct spread_row {
	const struct cell_key *key;
	enum metric metric;
	double figure; /* the median of what is split: the values above 0 of all trials */
	size_t builds, runs, launches;
	/* variances; NAN = cannot be told */
	double launch; /* with one layout, or if there is none such, with layouts in it */
	double layout; /* what random layouts add; needs launches with one layout too */
	double run;   /* what a run has in common; NAN with one, or one of each of several builds */
	double build; /* what the runs of a build have in common, functions that lie elsewhere */
	enum spread_advice advice;
	double enough; /* launches of a run after which more of them help little; NAN = not known */
};

struct spread {
	struct spread_row *rows;
	size_t count;
	size_t runs;
};

/* Of cells that have values of the metric, METRIC_COUNT: each that of its mode. The runs stay. */
void spread_read(struct spread *s, const struct stored_run *runs, size_t count, enum metric metric);
void spread_free(struct spread *s);

/* Fills a document; writes the rows as CSV: `spread` is a struct spread. */
void spread_document(struct document *d, const void *spread);
int spread_write_csv(FILE *out, const void *spread);

extern const struct command spread_command;

#endif
