/* SPDX-License-Identifier: MIT */
/* What `ipcbench advise` answers: which mechanism meets the needs, or the decision tree. */
#ifndef IPCBENCH_ADVICE_H
#define IPCBENCH_ADVICE_H

#include "advise/judge.h"
#include "cli/command.h"
#include "doc/document.h"
#include "text/format.h"
#include "text/record.h"

/* ---- tree ------------------------------------------------------------------------------------ */

/*
 * The decision tree of the textbooks: questions about traits, and at each leaf the remaining
 * mechanisms in the order of the measurements. No I/O.
 */

enum { TREE_NODES = 13 };

/* A question, followed by the nodes for yes and then those for no, or a leaf. */
struct tree_node {
	const char *text;  /* of a leaf: what the textbooks say */
	const char *needs; /* what the answers on the way to a leaf ask for; NULL = a question */
	bool large;	   /* whether the messages are */
};

/* The remaining mechanisms when every question is answered. */
struct tree_leaf {
	struct needs needs;
	struct advice advice; /* at its size */
	/* of the best, in ns, NAN = not measured: p50 of the small size, time of the large */
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

extern const struct command advise_command;

struct answer {
	const char *asked;	      /* the needs as they were typed; NULL = the tree */
	const struct stored_run *run; /* NULL = by traits alone */
	char *machine;		      /* that it ran on, in words */
	struct advice advice;
	struct tree tree;
};

/* As people read it: a fill_fn each. */
void advice_fill(struct document *d, const void *answer);
void tree_fill(struct document *d, const void *answer);

/* Everything that is known, as a single row; docs/advise.md describes it. */
record_fn advice_put, tree_put;

/* ---- parts ----------------------------------------------------------------------------------- */

/* Adds remarks on how the numbers were measured and what they mean. */
void advice_remarks(struct document *d, const struct advice *a);

/* "Data: DIR, run ID (machine); " and the scope of the numbers. */
struct phrase advice_origin(
	const struct answer *answer, struct phrase scope, const struct glyphs *g);

/* ---- figures and reasons in words ------------------------------------------------------------ */

/* "51.7 µs", "3.20 ns"; "-" for NAN. */
struct phrase advice_time(double ns, const struct glyphs *g);

/* The name of a measured need. */
enum quantity need_quantity(enum need which);

/* A value for such a need: "126 k msg/s", "4.00 GB/s", or a time. */
struct phrase advice_quantity(enum need which, double value, const struct glyphs *g);

/* Text of a run or of the user: plain, so that it cannot move the cursor. */
struct phrase advice_plain(const char *text, const struct glyphs *g);

/* "pipe", "shm:segment=sysv spin in place" */
struct phrase advice_label(const struct candidate *c, const struct glyphs *g);

/* Why an item is excluded, in the same words for all with the same reason. */
struct phrase advice_obstacle(
	const struct advice *a, const struct candidate *c, const struct glyphs *g);

/* Says that there are too few trials to rank, and which command measures enough. */
struct phrase advice_few(const struct advice *a, const struct needs *n);

/* Why the first is first, or why nothing is ranked, without a full stop; "" = nothing qualifies. */
struct phrase advice_reason(const struct advice *a, const struct glyphs *g);

/* "64 B (the nearest measured to 100 B); same-llc": the scope of the numbers. */
struct phrase advice_scope(const struct advice *a);

/* "1.9": rounded down, so that what falls short of a limit does not seem to meet it. */
struct phrase advice_headroom(const struct candidate *c);

/* The command that measures what the needs are about. */
struct phrase advice_measure_with(const struct needs *n);

#endif
