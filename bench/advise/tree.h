/* SPDX-License-Identifier: MIT */
/*
 * The decision tree of the textbooks: questions about traits, and at each leaf the mechanisms that
 * are left, in the order of what was measured. No I/O.
 */
#ifndef IPCBENCH_TREE_H
#define IPCBENCH_TREE_H

#include "advise/judge.h"

enum { TREE_NODES = 11 };

/* A question, behind which the nodes for yes and then those for no follow, or a leaf. */
struct tree_node {
	const char *text;  /* of a leaf: what the textbooks say */
	const char *needs; /* what the answers on the way to a leaf ask for; NULL = a question */
	bool large;	   /* whether the messages are */
};

/* What is left when all is answered. */
struct tree_leaf {
	struct needs needs;
	struct advice advice; /* at its size */
	/* figures of the best in ns, NAN = not measured: p50 of the small size, time of the large
	 */
	double p50, time;
};

struct tree {
	const struct tree_node *nodes;	     /* the first is the root */
	struct tree_leaf leaves[TREE_NODES]; /* of those nodes that are leaves */
	/* all that carry data, whatever the answers: the best round trip, the best stream */
	struct needs needs;
	struct advice small, large;
};

/*
 * The same mechanisms for every leaf: measured ones, or by traits alone; needs, ranking and size of
 * `in` are not looked at. 0; -ENODATA with `why` when the run has nothing that the tree can show.
 * tree_free() is due in any case.
 */
int tree_build(struct tree *t, const struct judge_input *in, struct reason *why);
void tree_free(struct tree *t);

#endif
