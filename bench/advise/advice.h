/* SPDX-License-Identifier: MIT */
/* What `ipcbench advise` answers: which mechanism meets the needs, or the decision tree. */
#ifndef IPCBENCH_ADVICE_H
#define IPCBENCH_ADVICE_H

#include "advise/tree.h"
#include "doc/document.h"
#include "text/phrase.h"
#include <jansson.h>

struct answer {
	const char *asked;   /* the needs as they were typed; NULL = the tree */
	const char *dir;     /* of the run; NULL = by traits alone */
	const char *run_id;  /* as the run says */
	const char *machine; /* that it ran on, in words */
	struct advice advice;
	struct tree tree;
};

/* As people read it: a fill_fn each. */
void advice_fill(struct document *d, const void *answer);
void tree_fill(struct document *d, const void *answer);

/* Everything that is known; docs/advise.md describes it. */
json_t *advice_json(const struct answer *answer);
json_t *tree_json(const struct answer *answer);

/* ---- parts ----------------------------------------------------------------------------------- */

/* Adds the table of those that qualify. */
void advice_grid(struct document *d, const struct advice *a);

/* Adds what the figures do not say: of how they were measured, and of what they mean. */
void advice_remarks(struct document *d, const struct advice *a);

/* "Figures: DIR, run ID (machine); " and what they are of. */
struct phrase advice_origin(
	const struct answer *answer, struct phrase scope, const struct glyphs *g);

#endif
