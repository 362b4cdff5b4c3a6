/* SPDX-License-Identifier: MIT */
/* How figures and tables are read. */
#ifndef IPCBENCH_HTML_GLOSSARY_H
#define IPCBENCH_HTML_GLOSSARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The name that an explanation has in the page, for a kind of figure; that of any figure if the
 * kind is not known here. */
const char *glossary_anchor(const char *kind);

/* What a page has that wants explaining. */
struct glossary {
	const char *const *kinds; /* of its figures, in any order, also repeated */
	size_t kind_count;
	bool measured, gate, matrix; /* which tables it has */
	bool several;		     /* runs side by side */
};

/* A list of explanations, of what the page has. */
void glossary_write(FILE *out, const struct glossary *g);

#endif
