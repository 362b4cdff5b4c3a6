/* SPDX-License-Identifier: MIT */
/*
 * What each mechanism is, from its traits, and what it did here: a row per mechanism, headed by
 * families. Textbooks grade how complex a mechanism is; here the grade is counted from what its
 * traits leave to the program that uses it.
 */
#ifndef IPCBENCH_TABLES_QUALITIES_H
#define IPCBENCH_TABLES_QUALITIES_H

#include "results/sections.h"
#include "tables/cells.h"
#include "tables/table-facts.h"

/* What speed is measured with. */
#define QUALITY_TRIP_BYTES   ((size_t)64)
#define QUALITY_STREAM_BYTES ((size_t)64 << 10)

/* What a mechanism did in one section, waiting in one way. */
struct quality_row {
	const struct measured_cell *cell; /* any of the row */
	size_t largest;		/* bytes of the largest message that was measured; 0 = none */
	const char *limit;	/* why the next larger one was refused; "" = none was */
	struct estimate trip;	/* ns, of 64 B or of a notification */
	struct estimate stream; /* B/s, in messages of 64 KiB */
};

struct quality_table {
	struct quality_row *rows; /* by section, family, mechanism */
	size_t count;
};

/* -ENOMEM. quality_table_free() is due in any case; the run is borrowed. */
int quality_table_read(struct quality_table *t, const struct measured *m);
void quality_table_free(struct quality_table *t);

/* Adds its grids and notes. -ENOMEM. */
int quality_table_report(struct report *rep, const struct quality_table *t, bool utf8);

/* The columns of a struct quality_table. */
table_visit_fn quality_table_visit;

/*
 * How a receiver comes to wait for the sender: "by blocking" in the call that receives; "needs
 * another" mechanism for it, as shared memory and files do; "is one", as notifications are.
 */
const char *quality_synchronisation(const struct transport *t);

/* Which processes can use it: "kin", those that inherited it, or "any". */
const char *quality_kinship(const struct transport *t);

/*
 * What it leaves to the program, comma separated, "nothing" where that is so: framing (a stream has
 * no boundaries), splitting (a message has a largest size), recovering (of lost messages), removing
 * (what outlives its processes), synchronising and layout (of memory and files).
 */
enum { QUALITY_LEFT_MAX = 80 };
const char *quality_left(const struct transport *t, char *buf, size_t len);

/* "simple" with at most one of these, "medium" with two, "complex" with more. */
const char *quality_complexity(const struct transport *t);

#endif
