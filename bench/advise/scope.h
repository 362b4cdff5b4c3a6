/* SPDX-License-Identifier: MIT */
/*
 * Which cells of a run are looked at: round trips and throughput, at one place, of one size, with
 * the wait that is asked for, everything else as it is by default. Others are not comparable.
 */
#ifndef IPCBENCH_SCOPE_H
#define IPCBENCH_SCOPE_H

#include "advise/needs.h"
#include "results/measured.h"

/* For a size that was not measured, the nearest measured size within this factor is used. */
#define SCOPE_SIZE_FACTOR 4

/* The size when none is asked for: the nearest to this that was measured, however far. */
#define SCOPE_SIZE_USUAL 64

struct scope {
	const struct measured *measured; /* NULL = nothing is measured, go by traits alone */
	const struct needs *needs;
	enum placement placement;
	size_t size;	 /* bytes per message; of notifications 0 counts instead */
	size_t left_out; /* cells with another idle policy, pause, dispatch or memory */
};

/*
 * Chooses place and size. -ENODATA with `why` when the run has nothing at the place, of about the
 * size or with the wait that is asked for. `m` may be NULL.
 */
int scope_choose(
	struct scope *out, const struct measured *m, const struct needs *n, struct reason *why);

/* The same place with the largest size that was measured there. */
struct scope scope_largest(const struct scope *s);

/* Whether a cell is looked at if place and size are right. */
bool scope_usual(const struct scope *s, const struct measured_cell *c);

/*
 * The cell in this mode of the mechanism, way of waiting and copy that `like` has; NULL when it is
 * not in the run.
 */
const struct measured_cell *scope_cell(
	const struct scope *s, const struct cell_key *like, enum mode mode);

/* Whether a cell of a larger size, at the place and as usual, was skipped there: by its size. */
bool scope_refused(const struct scope *s, const struct measured_cell *c);

#endif
