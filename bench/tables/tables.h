/* SPDX-License-Identifier: MIT */
/* The comparison tables of a stored run, in every format. */
#ifndef IPCBENCH_TABLES_H
#define IPCBENCH_TABLES_H

#include "cli/command.h"
#include "doc/document.h"
#include "results/measured.h"
#include "text/record.h"

/* ---- cells ----------------------------------------------------------------------------------- */

/* The mechanism that a spelling (NULL, with or without options) begins with; NULL = not known. */
const struct transport *cell_transport(const char *spelling);

/* Sections: by placement as listed in measure/topology.h, then by idle policy. */
int cells_order_sections(const struct measured_cell *a, const struct measured_cell *b);

/*
 * Rows of a section: by family and mechanism in the order of the registry, unknown mechanisms last;
 * then by spelling and by the remaining axes of a row: wait, copy, dispatch, memory. 0 = of one
 * row.
 */
int cells_order_rows(const struct measured_cell *a, const struct measured_cell *b);

/* Sections, then rows: two cells of one row of one section differ only in mode, size and pace. */
int cells_order(const struct measured_cell *a, const struct measured_cell *b);

/*
 * What all rows of a section have in common: "same-cpu, idle default", the batch if it has rates
 * (`mode`), and the footprint if it has messages of `size` bytes.
 */
struct phrase cell_place(const struct measured_cell *c, uint64_t size, enum mode mode);

/* What distinguishes a row besides its mechanism: "block", "spin inplace indirect mem rx". */
struct phrase cell_variant(const struct measured_cell *c);

/* The families of rows are heads of groups: the name, or what the run called it. */
const char *cell_family(const struct measured_cell *c);

/* The cells that count, sorted by cells_order(), then by mode and size; to be freed. */
const struct measured_cell **cells_select(const struct stored_run *run, size_t *count);

/*
 * How many of `count` rows, from the first on, are equal by `order`. Rows are `stride` bytes apart
 * and begin with a pointer to their cell.
 */
typedef int cells_order_fn(const struct measured_cell *a, const struct measured_cell *b);
size_t cells_alike(const void *rows, size_t stride, size_t count, cells_order_fn *order);

/* ---- kinds ----------------------------------------------------------------------------------- */

enum table_kind { TABLE_TIME, TABLE_QUALITIES, TABLE_APIS, TABLE_KINDS };
#define TABLES_ALL ((1u << TABLE_KINDS) - 1)

/* "time", "qualities", "apis" */
extern const char *const table_names[TABLE_KINDS + 1]; /* NULL ends them */

/* ---- time ------------------------------------------------------------------------------------ */

/*
 * How long it takes to move 1 MiB, and what that costs: a row per mechanism and way of waiting, a
 * section per placement.
 *
 * Times are those of a stream: 1 MiB divided by the throughput of the largest message of at most
 * 1 MiB that was measured. Where that is smaller, 1 MiB is as many of them as it takes, and the row
 * says of what size and how many.
 */
#define TIME_BYTES ((size_t)1 << 20)

struct time_row {
	const struct measured_cell *cell; /* the throughput */
	const char *obstacle;		  /* why it is not 1 MiB at once; "" = it is, or unknown */
	double messages;		  /* that make 1 MiB, rounded up */
	struct estimate time_ns;	  /* of 1 MiB; the ends are those of the throughput */
	struct estimate trip_ns; /* of one message and its reply; all NAN when not measured */
	double cpu_ns;		 /* of both sides, for 1 MiB */
	double pss_bytes;  /* of both workers, with the harness's buffers and shared segments */
	double held_bytes; /* kernel memory that a full channel holds, segments included */
	double lost;	   /* part of the messages that never arrived; NAN = none can be lost */
	enum standing standing; /* of its time, among rows of its section with the same wait mode */
};

/* ---- qualities ------------------------------------------------------------------------------- */

/*
 * What each mechanism is, from its traits, and what it did here: a row per mechanism, headed by
 * families. Textbooks grade how complex a mechanism is; here the grade is counted from what its
 * traits leave to the program that uses it.
 */

/* What a mechanism did in one section, waiting in one way. */
struct quality_row {
	const struct measured_cell *cell; /* any of the row */
	size_t largest;		/* bytes of the largest message that was measured; 0 = none */
	const char *limit;	/* why the next larger one was refused; "" = none was */
	struct estimate trip;	/* ns, of 64 B or of a notification */
	struct estimate stream; /* B/s, in messages of 64 KiB */
};

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
struct phrase quality_left(const struct transport *t);

/* "simple" with at most one of these, "medium" with two, "complex" with more. */
const char *quality_complexity(const struct transport *t);

/* ---- System V and POSIX ---------------------------------------------------------------------- */

/*
 * System V against POSIX: each pair of mechanisms that do the same, cell by cell.
 *
 * A pair is found by traits: one API is System V, the other POSIX, and family, shape and
 * persistence are the same. Two cells are compared that differ in the mechanism only.
 *
 * The trials of both are compared by their logarithms (stats/two-sample.h): the ratio is the
 * Hodges-Lehmann estimate with its 95 % interval, which takes four trials of each; with fewer it is
 * the ratio of the medians, and there is no interval. The trials of one run are interleaved in a
 * random order, so what the machine did in between falls on both alike.
 */
#define API_CONFIDENCE 0.95

/* What is compared in a mode. */
struct api_metric {
	enum mode mode;
	enum metric metric;
	enum quantity quantity;
	bool higher_is_better;
	const char *title, *unit; /* behind the scale's: "msg/s" behind "k " */
};

enum api_faster { API_NO_INTERVAL, API_UNCLEAR, API_SYSV_FASTER, API_POSIX_FASTER };

/* A pair of mechanisms of the registry. */
struct api_pair {
	const struct transport *sysv, *posix;
};

struct api_row {
	struct api_pair pair;
	const struct measured_cell *base, *new; /* of System V, of POSIX */
	const struct api_metric *metric;
	double base_value, new_value;
	size_t base_trials, new_trials;
	double ratio;	     /* POSIX / System V */
	double ci_lo, ci_hi; /* NAN without an interval */
	enum api_faster faster;
};

/* All pairs that there are, whatever was measured; to be freed. */
struct api_pair *api_pairs(size_t *count);

/* Trials of each that an interval takes. */
size_t api_trials_needed(void);

/* ---- all of them ----------------------------------------------------------------------------- */

struct table {
	/* of time and qualities by section, family, mechanism; of pairs by these and metric, then
	   as cells_order() and size */
	void *rows;
	size_t count;
};

struct tables {
	const struct stored_run *run; /* borrowed */
	char *machine;		      /* "AMD EPYC, 2 CPUs, Linux 6.1"; NULL = not known */
	unsigned int kinds;	      /* 1 << enum table_kind */
	struct table table[TABLE_KINDS];
};

/* Makes these of a run, which is borrowed. */
void tables_read(struct tables *t, const struct stored_run *run, unsigned int kinds);
void tables_free(struct tables *t);

/* Rows of all tables. */
size_t tables_rows(const struct tables *t);

/* Fills a document with them: `tables` is a struct tables. */
void tables_document(struct document *d, const void *tables);

/* 0 or -errno each. CSV holds one table: the first of those that were made. */
int tables_write_markdown(FILE *out, const void *tables);
int tables_write_latex(FILE *out, const void *tables);
int tables_write_csv(FILE *out, const void *tables);
int tables_write_json(FILE *out, const void *tables);

/* ---- table parts ----------------------------------------------------------------------------- */

/* The parts of which tables.c puts the comparison tables together, and what they share. */

/* What makes a table of its kind. */
struct table_maker {
	/* `cells` are those that cells_select() has of the run */
	void (*read)(struct table *t, const struct stored_run *run,
		const struct measured_cell *const *cells, size_t count);
	void (*add_grids)(struct document *d, const struct table *t);
	void (*add_notes)(struct document *d, const struct table *t);
	const char *explanation; /* of its columns */
	record_fn *put;		 /* its fields for programs; without rows those of a blank one */
};

extern const struct table_maker time_maker, quality_maker, api_maker;

/* ---- shared ---------------------------------------------------------------------------------- */

/* The keys of a cell: what a row begins with, and ends with, as columns are only appended. */
void put_cell(struct record *rec, const struct measured_cell *c);
void put_late_axes(struct record *rec, const struct measured_cell *c);
/* And those that stand behind everything else. */
void put_new_axes(struct record *rec, const struct measured_cell *c);

/* An estimate as NAME, NAME_ci_lo, NAME_ci_hi, NAME_min, NAME_max. */
void put_estimate(struct record *rec, const char *name, const struct estimate *e);

/* How the estimates of a column are shown: medians in one unit, and in the next column a spread. */
struct medians {
	struct scale scale;
	bool interval; /* where all medians have one; else from lowest to highest trial */
};

/* Chosen for `count` estimates that are `stride` bytes apart. */
struct medians figures_of(enum quantity q, const struct estimate *first, size_t stride,
	size_t count, const struct glyphs *g);

/* Heads a column "NAME UNIT", and the next one with what its spread is. */
void figures_head(struct grid *g, size_t column, const char *name, const struct medians *f);

/* Sets both fields of a row. */
void figures_put(struct grid *g, const struct medians *f, const struct estimate *e);

/* `ipcbench tables` */
extern const struct command tables_command;

#endif
