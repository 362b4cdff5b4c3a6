/* SPDX-License-Identifier: MIT */
/*
 * Writers for what `ipcbench advise` answers: which mechanism meets the needs, or the decision
 * tree. They return 0 or -errno (what the stream said, -ENOMEM). docs/advise.md describes the JSON.
 */
#ifndef IPCBENCH_OUTPUT_ADVICE_H
#define IPCBENCH_OUTPUT_ADVICE_H

#include "advise/tree.h"
#include <stdio.h>

/* What an answer is made of; all of it is borrowed. */
struct advice_source {
	const char *asked;   /* the needs as they were typed; NULL = the tree */
	const char *dir;     /* of the run; NULL = by traits alone */
	const char *run_id;  /* as the run says */
	const char *machine; /* that it ran on, in words */
};

/* `width` in columns, 0 = unlimited. */
int advice_write_text(FILE *out, const struct advice *a, const struct advice_source *s,
	unsigned int width, bool color);
int advice_write_markdown(FILE *out, const struct advice *a, const struct advice_source *s);
int advice_write_json(FILE *out, const struct advice *a, const struct advice_source *s);

int tree_write_text(FILE *out, const struct tree *t, const struct advice_source *s,
	unsigned int width, bool color);
int tree_write_markdown(FILE *out, const struct tree *t, const struct advice_source *s);
int tree_write_json(FILE *out, const struct tree *t, const struct advice_source *s);

#endif
