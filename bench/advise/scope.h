/* SPDX-License-Identifier: MIT */
/*
 * Which cells of a run are looked at: round trips and throughput, at one place, of one size, with
 * the wait that is asked for, everything else as it is by default. Others are not comparable.
 */
#ifndef IPCBENCH_SCOPE_H
#define IPCBENCH_SCOPE_H

#include "advise/needs.h"
#include "results/measured.h"

/* A size that was not measured is stood for by one at most so many times as large or as small. */
#define SCOPE_SIZE_FACTOR 4

/* The size when none is asked for: the nearest to this that was measured, however far. */
#define SCOPE_SIZE_USUAL 64

struct scope {
	const struct measured *measured; /* NULL = nothing is measured, go by traits alone */
	const char *placement;		 /* as the run spells it */
	size_t size;			 /* bytes per message; of notifications 0 counts instead */
	size_t left_out; /* cells with another idle policy, pause, dispatch or memory */
};

/*
 * Chooses place and size. -ENODATA with `why` when the run has nothing at the place, of about the
 * size or with the wait that is asked for. `m` may be NULL.
 */
int scope_choose(
	struct scope *out, const struct measured *m, const struct needs *n, struct reason *why);

/* The same place with the largest size that was measured there. */
struct scope scope_largest(const struct scope *s, const struct needs *n);

/* Whether a cell is looked at if place and size are right; *wait is how it waits. */
bool scope_usual(const struct measured_cell *c, const struct needs *n, enum wait *wait);

/*
 * The cell of one mechanism, way of waiting and copy ("" of notifications, whose size is 0); NULL
 * when it is not in the run.
 */
const struct measured_cell *scope_cell(const struct scope *s, const struct needs *n,
	const char *transport, enum wait wait, const char *copy, enum mode mode);

/* Whether a cell of a larger size, at the place and as usual, was skipped there: by its size. */
bool scope_refused(const struct scope *s, const struct needs *n, const struct measured_cell *c);

#endif
