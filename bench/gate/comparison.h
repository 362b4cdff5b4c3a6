/* SPDX-License-Identifier: MIT */
/* What the commands that compare have in common: gate, compare and claims. */
#ifndef IPCBENCH_COMPARISON_H
#define IPCBENCH_COMPARISON_H

#include "cli/command.h"
#include "gate/gate-plan.h"
#include "results/measured.h"
#include "results/results.h"

/* ---- a command that measures ----------------------------------------------------------------- */

struct gate_session {
	struct topology *topology;
	struct clock clock;
	struct progress progress;
	char run_id[RUN_ID_LEN];
	char *machine, *env_json;
	bool quiet, verbose;
};

/*
 * Describes the machine; `argv` is the whole command line. -errno with `why`. gate_session_close()
 * is due in any case.
 */
int gate_session_open(
	struct gate_session *s, uint64_t seed, int argc, char **argv, struct reason *why);
void gate_session_close(struct gate_session *s);

/* As gate_measure(), and shows how far it is; the results borrow what the session knows. */
void gate_session_measure(struct gate_session *s, struct gate_results *out,
	const struct gate_settings *settings, struct gate_plan *plan);

/* Before each block: its cell, how many blocks are done, and how many there will be at most. */
void gate_session_show(
	struct gate_session *s, const struct gate_cell *cell, size_t done, size_t most);

/*
 * Says on standard error that an interrupted comparison reached no verdict, or with `quiet`, which
 * leaves out the table, what failed.
 */
void gate_mourn(const struct gate_results *r, bool quiet);

/* ---- results --------------------------------------------------------------------------------- */

/* Where they go, to be checked before anything is measured. */
struct outputs comparison_outputs(const struct gate_files *files);

/*
 * Saves and prints the results and says what is wrong with either. Returns the exit status;
 * *stdout_error is what a writer to standard output met, see main.c.
 */
int comparison_finish(const struct gate_results *r, const struct gate_files *files, bool quiet,
	enum color color, int *stdout_error);

/* ---- stored runs ----------------------------------------------------------------------------- */

/*
 * Compares two stored runs: what `ipcbench compare` finds.
 *
 * Cells are brought together by their keys (plan/key.h), their trials judged by the rule of
 * stats/stored-rule.c. Unless the machines and builds are the same as far as env.json tells
 * (stored-notes.c), and both runs were measured in the same way, the comparison is advisory: it
 * fails nobody. It is in any case weaker than `ipcbench gate`: the runs were not interleaved.
 */

struct stored_options {
	unsigned int metrics; /* bits 1 << enum gate_metric */
	double threshold;     /* part, > 0 and < 1: 0.1 */
};

struct stored {
	struct gate_results results;	  /* points into the rest */
	const struct stored_run *runs[2]; /* base, new: borrowed */
	size_t differences; /* of machines and builds: as many notes behind the first */
	char *machine, *env_json;
};

/*
 * Fills everything in `out` but results.run_id and elapsed_s. In a row `blocks` and `dropped` are
 * the trials of base and of new that have a value, and both limits are the threshold. stored_free()
 * is due.
 */
void stored_compare(struct stored *out, const struct stored_run *base, const struct stored_run *new,
	const struct stored_options *options);
void stored_free(struct stored *s);

/*
 * stored-notes.c: decides whether the comparison is advisory, and adds what has to be known about
 * the runs before their figures are believed, the most important first. `pairs` are the cells; the
 * rows have been judged.
 */
void stored_notes(struct stored *s, const struct measured_pair *pairs);

/*
 * Notes every difference of machine, state and build in two env.json: "CPU model: A in base, B in
 * new". What is unknown in both counts as equal; what is unknown in one differs. NULL is an
 * env.json that does not exist, which is one difference.
 *
 * Left out: what every run changes (date, load, findings of the doctor, cost of the clock), limits
 * that only decide whether a cell runs at all, and the version of ipcbench, which may be what is
 * compared; the compiler and its flags count.
 */
void stored_machines(struct gate_results *r, const json_t *base, const json_t *new);

/* The command line of `ipcbench compare`. */
struct compare_settings {
	const char *dirs[2]; /* base, new */
	struct stored_options what;
	struct gate_files files;
	bool quiet;
};

/* ---- gate options ---------------------------------------------------------------------------- */

/* The options of `ipcbench gate`. */

#define DEFAULT_METRICS	 "throughput,latency,mean,p99,cpu"
#define COMPARED_METRICS "throughput,latency,cpu"

/* Which struct an option is for: struct gate_settings, struct settings or struct gate_group. */
enum gate_part { GATE_WHOLE, GATE_CELLS, GATE_GROUP };

extern const struct command gate_command, compare_command;
extern const struct option_row gate_options[];
int gate_run(void *settings, struct call *call);
void gate_settings_free(void *settings);

#endif
