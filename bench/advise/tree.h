/* SPDX-License-Identifier: MIT */
/*
 * The decision tree of the textbooks: questions about traits, and at each leaf the mechanisms that
 * are left, in the order of what was measured. No I/O.
 */
#ifndef IPCBENCH_TREE_H
#define IPCBENCH_TREE_H

#include "advise/judge.h"

enum { TREE_LEAVES = 6 };

/* A question with two answers, each another question or a leaf. */
struct tree_node {
	const char *question;
	int yes, no; /* the number of a node; -1 - N = leaf N */
};

/* What is left when all is answered. */
struct tree_leaf {
	const char *answer; /* what the textbooks say */
	struct needs needs;
	struct advice advice; /* at its size */
	/* figures of the best in ns, NAN = not measured: p50 of the small size, time of the large
	 */
	double p50, time;
};

struct tree {
	const struct tree_node *nodes; /* the first is the root */
	struct tree_leaf leaves[TREE_LEAVES];
	/* all that carry data, whatever the answers: the best round trip, the best stream */
	struct needs needs;
	struct advice small, large;
	size_t small_size, large_size; /* bytes; 0 without measurements */
};

/*
 * The same mechanisms for every leaf: measured ones, or by traits alone; needs, ranking and size of
 * `in` are not looked at. 0; -ENODATA with `why` when the run has nothing that the tree can show.
 * tree_free() is due in any case.
 */
int tree_build(struct tree *t, const struct judge_input *in, struct reason *why);
void tree_free(struct tree *t);

#endif
