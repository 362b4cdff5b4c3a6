/* SPDX-License-Identifier: MIT */
/*
 * The cells of a gate. Settings of the driver are built for each group of cells and planned like
 * any run, and every item becomes a cell with the two command lines that measure it.
 */
#ifndef IPCBENCH_GATE_PLAN_H
#define IPCBENCH_GATE_PLAN_H

#include "gate/gate.h"
#include "measure/topology.h"
#include <ipcbench/clock.h>
#include <sys/types.h>

/* ---- slice ----------------------------------------------------------------------------------- */

/* One slice of a gate: a program is started afresh, measures one cell once, and ends. */

struct slice_result {
	enum status status; /* of the row that the program wrote */
	struct reason why;  /* skip and fail */
};

/*
 * Runs argv[0] with `argv`, which must make it write one row of trials.csv to standard output, and
 * fills slice->value. 0 with `out` telling what the row says; -EINTR when a signal asked the
 * command to end; other -errno with out->why when there was no row: the program could not be
 * started, said what is wrong (its last line is quoted), wrote something else, measured with a
 * batch or footprint that is not of the cell `asked`, or took more than `timeout_s` and was killed.
 * No process is left in any case.
 */
int slice_run(struct gate_slice *slice, struct slice_result *out, char *const *argv,
	const struct cell_key *asked, double timeout_s);

/* What the program of a slice wrote to its two outputs, and the status of wait(2). */
struct slice_said {
	char *out, *err;
	int status;
};

/* What slice_run() makes of it; the texts may be changed. */
int slice_understand(struct gate_slice *slice, struct slice_result *out,
	const struct slice_said *said, const char *program, const struct cell_key *asked);

/* The commands of one version for one cell. */
struct gate_version {
	char **argv; /* ends with NULL */
	size_t argc;
	size_t cpus_at;	    /* index of the value of --cpus; 0 = not pinned */
	size_t slowdown_at; /* likewise of --slowdown; 0 = none */
	size_t duration_at; /* likewise of --duration */
	size_t timeout_at;  /* likewise of --timeout; 0 = none */
};

struct gate_task {
	const struct gate_group *group;
	struct gate_version version[2]; /* base, new */
	char *cpus[2]; /* "2,3", of several pairs "2,3,4,5", and the roles exchanged */
	int cpu_tx[2], cpu_rx[2];
	double duration_s; /* of a slice: as requested, or long enough for enough messages */
	double start_s;	   /* of a slice: time to create its buffers, beyond that of every launch */
};

struct gate_plan {
	struct gate_cell *cells;
	struct gate_task *tasks; /* one per cell; unused where the cell cannot run */
	size_t count;
	struct gate_row *rows; /* the metrics of the cells that can run, not judged yet */
	size_t row_count;
};

/*
 * 0; -EINVAL with a reason for what cannot be asked. `clock` is what the slices will measure with.
 * gate_plan_free() is due in any case; cells and rows may be taken out before.
 */
int gate_plan_build(struct gate_plan *plan, const struct gate_settings *s,
	const struct topology *topo, const struct clock *clock, struct reason *why);
void gate_plan_free(struct gate_plan *plan);

/* ---- protocol -------------------------------------------------------------------------------- */

/*
 * The measurement of a gate: blocks of four slices, base new new base or the reverse, as a coin
 * decides. Cells take turns, and their blocks are judged twice.
 *
 * The coin makes the test exact (stats/signed-rank.h): if the versions do not differ, exchanging
 * their names in a block changes only the sign of its difference, whatever the machine did
 * meanwhile and even if neighbouring blocks resemble each other.
 */

/*
 * Measures and judges. Takes the cells out of `plan`; fills cells, blocks, rows, elapsed_s, seed
 * and interrupted of *out, which is zeroed before. A slice that fails ends its cell, with the
 * reason in it. `session`, or NULL, shows how far it is.
 */
struct gate_session;
void gate_measure(struct gate_results *out, const struct gate_settings *s, struct gate_plan *plan,
	struct gate_session *session);

/* The most seconds that it takes, before anything is known about the slices. */
double gate_seconds(const struct gate_settings *s, const struct gate_plan *plan);

/* Seconds that the program of a slice allows itself. */
double gate_slice_limit(const struct gate_settings *s, const struct gate_task *task);

/* Whether a row of a cell is undecided; an optional row counts only if its estimate is worse. */
bool gate_wants_more(const struct gate_results *r, size_t cell);

/* Whether block `number` of a cell is new base base new. */
bool gate_coin(uint64_t seed, size_t cell, unsigned int number);

/*
 * The builds of both versions for block `number`, counted from 0. All pairs take turns, so that
 * every build is in about equally many blocks. Without builds both stay unchanged.
 */
void gate_choose_builds(unsigned char build[2], const size_t count[2], unsigned int number);

/* ---- looks ----------------------------------------------------------------------------------- */

/* How a gate judges its blocks. */

/*
 * Blocks of a cell at the first and at the last look, unless more are needed. Fewer launches than
 * those of 20 blocks miss a slow mode of one in five too often (tests/gate/simulate.c).
 */
#define GATE_FIRST_LOOK 20
#define GATE_LAST_LOOK	60
/* A block is dropped for more than this disturbance ... */
#define GATE_DISTURBED	0.2
/* ... but at most one in this many. */
#define GATE_DROP_SHARE 4
/* Fewer blocks say nothing about a 99th percentile, which varies most. */
#define GATE_P99_BLOCKS 20
/*
 * Blocks of every cell by the end of each look: the usual number, or more if many hypotheses or
 * builds need them to show anything, even if a quarter is dropped.
 */
void gate_plan_looks(const struct gate_settings *s, size_t count, size_t looks[GATE_LOOKS]);

/* Judges undecided rows by the first `last` blocks of every cell; `look` counts from 1. */
void gate_look(
	struct gate_results *out, const struct gate_settings *set, unsigned int look, size_t last);

/*
 * Judges the blocks in `r` again as at that time: rows get new findings. Tests change the blocks
 * before, to see what the rule does with them.
 */
void gate_judge_again(struct gate_results *r, const struct gate_settings *s);

/* Marks which of the first `last` blocks of a cell are left out, only by their disturbance. */
void gate_drop(struct gate_block *blocks, size_t count, size_t cell, size_t last);

/* ---- selftest -------------------------------------------------------------------------------- */

/*
 * Tests the gate on this machine: many gates of one program against itself, which must find
 * nothing, or against itself slowed down by a known fraction, which must be found.
 */

/* The results of one metric of one cell over all gates. */
struct selftest_row {
	char *cell;
	enum gate_metric metric;
	size_t gates;				   /* in which it was judged */
	size_t verdicts[VERDICT_INCONCLUSIVE + 1]; /* by enum gate_verdict */
	size_t truthful;   /* inconclusive, with an MDE above the injected slowdown */
	size_t mirrored;   /* gates in which exchanging the labels mirrored ratio, interval and
			      verdict */
	struct reason why; /* of the last one that was inconclusive for more than its spread */
	/*
	 * Without a slowdown, the verdicts of a fixed order on the same slices, the first half as
	 * one version and the second half as the other: worse by a rank-sum test at the same 1 %,
	 * and worse by the tolerance, as a plain comparison of two numbers would say.
	 */
	double tolerance;
	size_t fixed; /* gates whose slices are few enough for the test */
	size_t fixed_significant, fixed_threshold;
	double *d; /* ln(new / base) over all blocks of all gates */
	size_t d_count;
	double *mdes; /* one per gate */
};

/* Told after each gate; its results are valid during the call. */
typedef void selftest_step(void *arg, const struct gate_results *r, size_t done);

struct selftest {
	const struct gate_settings *settings;
	const struct topology *topology;
	const struct clock *clock;
	selftest_step *step;
	void *arg;
	struct reason *why; /* takes that of an error */

	/* found by selftest_run() */
	struct selftest_row *rows;
	size_t row_count;
	size_t gates;	       /* finished */
	size_t regressed;      /* of these, any row */
	double *seconds;       /* that each took */
	double *dose_s;	       /* per cell: what each side spends on a message */
	double step_ns;	       /* time of a step of it: the same for all launches */
	struct reason failure; /* why a cell could not be measured; "" = all were */
	bool interrupted;
};

/*
 * Runs the gates of the settings, each with the next seed. -errno with t->why. selftest_free() is
 * due in any case.
 */
int selftest_run(struct selftest *t);
void selftest_free(struct selftest *t);

enum selftest_proof {
	SELFTEST_PROVEN, /* the gate keeps its promises */
	SELFTEST_OPEN,	 /* nothing contradicts it, but there were too few gates to prove it */
	SELFTEST_BROKEN, /* it does not keep them */
};

/*
 * Whether there are more false alarms than alpha, or fewer detections than the intended power, each
 * at 95 % confidence. A label that did not mirror also breaks it.
 */
enum selftest_proof selftest_proof(const struct selftest *t);

/* Why the command fails, in one line; NULL if it does not. */
const char *selftest_failure(const struct selftest *t);

/* What it found, as people read it; sorts values. 0 or -errno of the stream. */
int selftest_write(FILE *out, const struct selftest *t, const char *machine);

#endif
