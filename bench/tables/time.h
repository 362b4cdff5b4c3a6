/* SPDX-License-Identifier: MIT */
/*
 * How long it takes to move 1 MiB, and what that costs: a row per mechanism and way of waiting, a
 * section per placement.
 *
 * Times are those of a stream: 1 MiB divided by the throughput of the largest message of at most
 * 1 MiB that was measured. Where that is smaller, 1 MiB is as many of them as it takes, and the row
 * says of what size and how many.
 */
#ifndef IPCBENCH_TABLES_TIME_H
#define IPCBENCH_TABLES_TIME_H

#include "results/sections.h"
#include "tables/cells.h"
#include "tables/table-facts.h"

#define TIME_BYTES ((size_t)1 << 20)

struct time_row {
	const struct measured_cell *cell; /* the throughput */
	const struct measured_cell *trip; /* round trips of such a message; NULL = not measured */
	const char *obstacle;		  /* why it is not 1 MiB at once; "" = it is, or unknown */
	double messages;		  /* that make 1 MiB, rounded up */
	struct estimate time_ns;	  /* of 1 MiB; the ends are those of the throughput */
	struct estimate trip_ns;	  /* of one message and its reply; all NAN without `trip` */
	double cpu_ns;			  /* of both sides, for 1 MiB */
	double pss_bytes;  /* of both workers, with the harness's buffers and shared segments */
	double held_bytes; /* kernel memory that a full channel holds, segments included */
	double lost;	   /* part of the messages that never arrived; NAN = none can be lost */
	bool best; /* the shortest of those that wait alike, in a section with several rows */
};

struct time_table {
	struct time_row *rows; /* by section, family, mechanism */
	size_t count;
};

/* -ENOMEM. time_table_free() is due in any case; the run is borrowed. */
int time_table_read(struct time_table *t, const struct measured *m);
void time_table_free(struct time_table *t);

/* Adds its grids and notes. -ENOMEM. */
int time_table_report(struct report *rep, const struct time_table *t, bool utf8);

/* The columns of a struct time_table. */
table_visit_fn time_table_visit;

#endif
