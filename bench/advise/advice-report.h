/* SPDX-License-Identifier: MIT */
/* An answer of `ipcbench advise` in lines and a table, before it is laid out. */
#ifndef IPCBENCH_ADVICE_REPORT_H
#define IPCBENCH_ADVICE_REPORT_H

#include "advise/advice-words.h"
#include "results/sections.h"

struct advice_report {
	struct report body;    /* heading: the recommendation; the table of those that qualify */
	struct lines about;    /* why, what was asked, and of which figures */
	struct lines excluded; /* "too slow: p99, need under 20 µs: pipe (61 µs), fifo (70 µs)" */
	struct lines remarks;  /* what the figures do not say */
};

/* 0 or -ENOMEM. */
int advice_report_build(struct advice_report *rep, const struct advice *a,
	const struct advice_source *s, bool utf8);
void advice_report_free(struct advice_report *rep);

/* advice-grid.c: those that qualify. report_free() frees the texts, also of one that failed. */
int advice_grid(struct grid *g, const struct advice *a, const struct glyphs *gl, bool utf8);

/* The mechanisms that are out, a line for each reason. */
void advice_excluded(struct lines *out, const struct advice *a, const struct glyphs *g, bool utf8);

/* What the figures do not say: of the ways in which they were measured, and of what they mean. */
void advice_remarks(struct lines *out, const struct advice *a);

/* "Figures: DIR, run ID (machine); " and what they are of. */
void advice_origin(struct lines *out, const struct advice_source *s, const char *scope, bool utf8);

#endif
