/* SPDX-License-Identifier: MIT */
/* The sections of a page, each written for all of its subjects. */
#ifndef IPCBENCH_HTML_PARTS_H
#define IPCBENCH_HTML_PARTS_H

#include "doc/document.h"
#include "report/page.h"

/* Bytes of a report: 3 MB. Mail and bug trackers take that. */
#define REPORT_BYTES_MAX ((size_t)3000000)

/* What matters most is served first; what then does not fit is left out, and the page says so. */
struct budget {
	size_t most, used;
};

/* Takes so many bytes, or none if there are not so many left. */
static inline bool budget_take(struct budget *b, size_t bytes)
{
	if (bytes > b->most - b->used)
		return false;
	b->used += bytes;
	return true;
}

/* The verdict, or what is best. */
void part_headline(FILE *out, const struct page *p);

/* What speaks against the figures, and the machine. */
void part_doubts(FILE *out, const struct page *p);
void part_machine(FILE *out, const struct page *p);

/* All tables as far as there is room, and what their marks mean. The notes below go to `notes`. */
void part_tables(FILE *out, FILE *notes, const struct page *p, struct budget *b);

/* The figures and files that got a share. */
void part_figures(FILE *out, const struct page *p);
void part_downloads(FILE *out, const struct page *p);

/* The commands that measure it again. */
void part_commands(FILE *out, const struct page *p);

/* How figures and tables of the page are read. */
void part_glossary(FILE *out, const struct page *p);

/* ---- shared by them -------------------------------------------------------------------------- */

/* "<h3>A: results/today</h3>", where there are several. */
void part_subject(FILE *out, const struct page *p, size_t i);

/* What is written of each subject, beside each other where there is room. */
void part_beside(
	FILE *out, const struct page *p, void (*write)(FILE *out, const struct subject *s));

/* What is best in a run, or how far CPUs are from each other in a matrix: of a struct subject. */
fill_fn headline_fill;

/*
 * Runs side by side, of a struct page: a row per cell, a column per run, a grid per metric, mode,
 * size and placement, and notes of what could not be compared.
 */
fill_fn compare_fill;

/* What run i + 1 is against the first, and in what they differ beside the program. */
void compare_headline(FILE *out, const struct page *p, size_t i);

/* The name that an explanation has in the page, for a kind of figure; that of any figure if the
 * kind is not known here. */
const char *glossary_anchor(const char *kind);

#endif
