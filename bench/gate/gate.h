/* SPDX-License-Identifier: MIT */
/*
 * The measurements and findings of a comparison of two versions: filled by protocol.c (interleaved
 * blocks) and stored.c (stored runs), read by the writers of every format.
 */
#ifndef IPCBENCH_GATE_H
#define IPCBENCH_GATE_H

#include "cli/option.h"
#include "doc/document.h"
#include "measure/metric.h"
#include "plan/key.h"
#include "plan/settings.h"
#include "run/trial.h"
#include "stats/gate-rule.h"
#include "text/outputs.h"
#include "text/rows.h"
#include <ipcbench/base.h>
#include <jansson.h>
#include <stdint.h>

/* ---- what is compared ------------------------------------------------------------------------ */

enum gate_metric {
	GATE_THROUGHPUT, /* messages per second */
	GATE_LATENCY,	 /* median round-trip time */
	GATE_MEAN,	 /* all time over all messages: round trips, or messages of a stream */
	GATE_P99,	 /* 99th percentile of the round-trip time */
	GATE_CPU,	 /* CPU time of both sides per message */
	GATE_METRIC_COUNT,
};

struct gate_metric_info {
	const char *title;  /* in tables: "throughput", "median latency" */
	const char *unit;   /* of the values: "msg/s", "ns" */
	enum metric metric; /* the column of trials.csv */
	bool higher_is_better;
	bool of_means; /* judged by the totals of the blocks (stats/paired-means.h), not by ranks */
};

extern const struct gate_metric_info gate_metrics[GATE_METRIC_COUNT];

/* Of --metrics and of the CSV files; NULL ends them. */
extern const char *const gate_metric_words[GATE_METRIC_COUNT + 1];

/* One thing that both versions do, in the same way. */
struct gate_cell {
	char *name;	  /* "pipe block latency 64 B same-cpu": no other cell has it */
	char *base, *new; /* spellings of the transport, equal unless two transports are compared */
	char *sizes;	  /* of a distribution of sizes its name, which the key borrows */
	struct cell_key key; /* of the base; its spelling is `base` */
	enum status status;  /* SKIP or FAIL: `why` says so, and it has no rows */
	struct reason why;
};

/* ---- what was measured ----------------------------------------------------------------------- */

/* One launch of one version. */
struct gate_slice {
	double value[GATE_METRIC_COUNT]; /* NAN = not measured */
	double messages;		 /* in its window; 0 = it does not say */
	unsigned int flags;		 /* of its trial: bits of enum trial_flag */
	double wall_s;			 /* from the start of its process to its end */
	double steal_s;			 /* that the hypervisor took from any CPU meanwhile */
	double foreign_s;		 /* CPU time of other processes on any CPU meanwhile */
	double stall_s;			 /* memory and I/O pressure of the machine meanwhile */
};

#define GATE_SLICES 4

/* Four consecutive slices: base new new base, or the reverse. */
struct gate_block {
	size_t cell;
	unsigned int number; /* from 1, of its cell */
	double at_s;	     /* since the gate began */
	bool reversed;	     /* new base base new */
	int cpu_tx, cpu_rx;
	unsigned char build[2];		       /* which builds of base and new it is of, from 0 */
	struct gate_slice slices[GATE_SLICES]; /* in the order of time */
	double disturbance; /* steal, foreign CPU time and stalls, as a part of its wall-clock time
			     */
	bool dropped;	    /* too disturbed; its values are used nowhere */
};

/* A slice with fewer messages in its window is not judged. */
#define GATE_MESSAGES 100

/* The fewest messages of its slices, and whether that is too few. */
double gate_block_messages(const struct gate_block *b);
bool gate_block_is_short(const struct gate_block *b);

/* All flags of its slices. */
unsigned int gate_block_flags(const struct gate_block *b);

/* Whether slice `i` of a block was of the new version. */
static inline bool gate_slice_is_new(const struct gate_block *b, size_t i)
{
	return (i == 1 || i == 2) != b->reversed;
}

/*
 * ln(new / base) of one metric, from the means of the logarithms, or for a test on means from the
 * totals; NAN if a slice lacks it.
 */
double gate_block_difference(const struct gate_block *b, enum gate_metric m);

/* The sum of the slices of one version; NAN if a slice lacks the metric. */
double gate_block_total(const struct gate_block *b, enum gate_metric m, bool of_new);

/* Builds of one version, which differ in where their functions lie. */
#define GATE_BUILDS 16
struct gate_builds {
	const char *program[GATE_BUILDS];
	size_t count;
};

/* ---- what was found -------------------------------------------------------------------------- */

/* One metric of one cell: a row of compare.csv. */
struct gate_row {
	size_t cell;
	enum gate_metric metric;
	unsigned int blocks,
		dropped;  /* used, and left out; of stored runs: trials of the new one */
	double base, new; /* medians over slices (of stored runs: over trials), or means of them */
	struct gate_finding found;    /* ratio new / base with its interval, p, MDE and verdict */
	double tolerance, min_effect; /* as parts: 0.05 */
	double layout_error;	      /* of ln(ratio), with builds drawn at random; 0 = one each */
	double of_layout;	      /* the part of its square that is for builds */
	size_t layout_df;	      /* its degrees of freedom */
	unsigned int look;	      /* at which it was decided, from 1; 0 = not at all */
	/*
	 * Judged if possible. If inconclusive, it does not decide a gate, and does not prolong it
	 * unless it seems to be worse.
	 */
	bool optional;
	struct reason why; /* why it is inconclusive; "" = too little precision */
	/*
	 * During a gate: ln(new / base) of these blocks, the totals of base and new in the same
	 * memory, and whether it needs no more of them.
	 */
	double *d, *total[2];
	bool decided;
};

/* How much worse a row is: ln of the ratio, with its sign turned if higher is better; or NAN. */
double gate_worsening(const struct gate_row *row);

struct gate_results {
	const char *command;	      /* "gate" or "compare" */
	const char *base, *new;	      /* what was compared, as the user named it */
	struct gate_builds builds[2]; /* of base and new; none where they are not programs */
	const char *run_id;	      /* of this comparison */
	uint64_t seed;
	struct gate_rule rule; /* that judged the rows; all 0 = not known */
	double elapsed_s;
	const char *machine;  /* "AMD EPYC ..., 2 CPUs, Linux 6.18": one line */
	const char *env_json; /* the machine as in env.json; NULL = unknown */
	struct gate_cell *cells;
	size_t cell_count;
	struct gate_block *blocks; /* in the order of time; NULL for stored runs */
	size_t block_count;
	struct gate_row *rows; /* by cell, then metric */
	size_t row_count;
	bool advisory; /* stored runs that differ in more than their versions: no verdict fails */
	char **notes;  /* one line each, printed below the table */
	size_t note_count;
	bool interrupted;
};

/* Where the results go: a file, "-" for standard output, or NULL. */
struct gate_files {
	const char *csv, *json, *md, *junit, *action_bigger, *action_smaller, *bmf;
	const char *output_dir; /* a directory of its own */
};

/* The worst finding: regression, then failed, then inconclusive, then pass. */
enum gate_outcome {
	GATE_PASSED,
	GATE_REGRESSED,
	GATE_INCONCLUSIVE,
	GATE_NOT_MEASURED, /* a cell failed, or nothing could be measured */
};
enum gate_outcome gate_outcome(const struct gate_results *r);
const char *gate_outcome_name(
	enum gate_outcome o); /* "PASS" "REGRESSION" "INCONCLUSIVE" "NOT MEASURED" */

/* The flags of the blocks of a cell together, and how many slices have each: "steal in 3 of 80". */
unsigned int gate_cell_flags(const struct gate_results *r, size_t cell, struct phrase *out);

/* Adds a note. Text from files cannot move a terminal's cursor. */
void gate_note(struct gate_results *r, const char *format, ...) PRINTF_LIKE(2, 3);

/* Release what the pointers that are not const point to. */
void gate_cells_free(struct gate_cell *cells, size_t count);
void gate_results_free(struct gate_results *r);

/* ---- for people ------------------------------------------------------------------------------ */

/* The verdict and what it is about, in one line. */
struct phrase gate_headline(const struct gate_results *r, bool utf8);

/*
 * Each fills a document from a struct gate_results: all of it, or one of the two parts that a page
 * shows separately.
 */
fill_fn gate_fill, gate_fill_verdict, gate_fill_tables;

/* Adds a grid for each metric and kind of cell. */
void gate_put_grids(struct document *d, const struct gate_results *r);

/* A ratio as a signed change in percent: "+7.2%", "0.0%", "-" where it is not finite. */
struct phrase gate_change(double ratio);

/* A part in percent, without a sign: "5%", "3.1%"; "-" where it is not finite. */
struct phrase gate_percent(double part);

/* "is 7.2 % slower (5.9 % to 8.4 %)": what a row's cell does, as the end of a sentence. */
struct phrase gate_phrase(const struct gate_row *row);

/* Whether these are stored runs, whose trials were not measured together. */
bool gate_is_stored(const struct gate_results *r);

/* ---- for programs ---------------------------------------------------------------------------- */

/* The files of a comparison, of a struct gate_results. results/README.md describes them. */

/* GitHub tables, to be pasted into a pull request. */
output_writer gate_markdown_write;

/* Everything, blocks included. */
output_writer gate_json_write;

/* One row per metric of a cell; cells that were skipped or failed have one row each. */
output_writer gate_compare_csv_write;

/* One row per block and metric of its cell. */
output_writer gate_blocks_csv_write;

/* The machine. */
output_writer gate_env_write;

/* JUnit XML: one test case per row of compare.csv. */
output_writer gate_junit_write;

/*
 * The new version's values for github-action-benchmark, whose files hold metrics of one direction:
 * customBiggerIsBetter or customSmallerIsBetter.
 */
output_writer gate_action_bigger_write, gate_action_smaller_write;

/* The new version's values in Bencher Metric Format. */
output_writer gate_bmf_write;

/* ---- read back ------------------------------------------------------------------------------- */

/* What `ipcbench gate --output` and `ipcbench compare --output` have written. */
struct stored_gate {
	struct gate_results results; /* without blocks; points into the rest */
	struct rows compare;	     /* compare.csv */
	json_t *document;	     /* gate.json; NULL = there is none */
	json_t *env;		     /* its environment, borrowed; NULL = unknown */
};

/*
 * -errno with `why` when a file is missing, damaged or of another version. stored_gate_free() is
 * due in any case.
 */
int stored_gate_load(struct stored_gate *gate, const char *dir, struct reason *why);
void stored_gate_free(struct stored_gate *gate);

/* ---- gate settings --------------------------------------------------------------------------- */

/* What the user asked of `ipcbench gate`: filled by gate/gate-options.c, turned into cells by
 * gate/gate-plan.c.
 */

/* Cells that are chosen together, with their limits. */
struct gate_group {
	const char *name; /* of its section of the option file; NULL = from the command line */
	struct arguments asked; /* which cells, read by gate/gate-plan.c */
	char *sizes;		/* a text in there that had to be made, or NULL */
	unsigned int metrics;	/* bit 1 << enum gate_metric */
	double tolerance, min_effect;
	/*
	 * The transports of only this group, base and new, if the settings compare mechanisms; both
	 * or none. A notification is compared with any size of the other mechanism.
	 */
	const char *side[2];
};

/* Whether a row, with the findings of the present look, needs no more blocks. */
typedef bool gate_settled(void *arg, const struct gate_row *row);

/* The looks of a gate. */
#define GATE_LOOKS 2

struct gate_settings {
	struct gate_builds builds[2]; /* as given; one each unless they are programs */
	const char *base, *new;	      /* programs, or transports of this program; the first build */
	bool programs;
	struct gate_group *groups;
	size_t group_count;
	size_t blocks[GATE_LOOKS]; /* of a cell at each look; 0 = as many as the hypotheses need ...
				    */
	size_t least[GATE_LOOKS];  /* ... but no fewer than this; 0 = than a mean needs */
	struct gate_rule rule;	   /* at most GATE_LOOKS looks */
	gate_settled *settled;	   /* NULL = what has a final verdict */
	void *settled_arg;
	double duration_s, warmup_s, timeout_s; /* of a slice */
	double max_time_s;			/* of the gate; 0 = no limit */
	uint64_t seed;

	bool selftest;
	unsigned int gates; /* of the self-test */
	double inject;	    /* part; 0 = nothing, and the programs are the same */

	struct gate_files files;
	const char *config; /* the option file, or NULL */
	bool dry_run, quiet, verbose;
	enum color color;
};

#endif
