/* SPDX-License-Identifier: MIT */
/* The sections of a page, each written for all of its subjects. 0 or -ENOMEM where they return. */
#ifndef IPCBENCH_HTML_PARTS_H
#define IPCBENCH_HTML_PARTS_H

#include "report/budget.h"
#include "report/page.h"

/* "<h3>A: results/today</h3>", where there are several. */
void part_subject(FILE *out, const struct page *p, size_t i);

/* The verdict, or what is best. */
int part_headline(FILE *out, const struct page *p);

/* What to keep in mind, and the machine. */
void part_doubts(FILE *out, const struct page *p);
void part_machine(FILE *out, const struct page *p);

/* All tables as far as there is room, and what their marks mean. The notes below go to `notes`. */
int part_tables(FILE *out, FILE *notes, const struct page *p, struct budget *b);

/* The figures that got a share. */
void part_figures(FILE *out, const struct page *p);

void part_downloads(FILE *out, const struct page *p);
void part_commands(FILE *out, const struct page *p);
int part_glossary(FILE *out, const struct page *p);

#endif
