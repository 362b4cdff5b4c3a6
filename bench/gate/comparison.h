/* SPDX-License-Identifier: MIT */
/* What the commands that compare have in common: gate, compare and claims. */
#ifndef IPCBENCH_COMPARISON_H
#define IPCBENCH_COMPARISON_H

#include "cli/command.h"
#include "gate/gate-plan.h"
#include "gate/gate.h"
#include "gate/stored.h"
#include "results/progress.h"
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

/* Says on standard error that the results are of no use, if they are interrupted. */
void gate_session_mourn(const struct gate_session *s, const struct gate_results *r);

/* ---- results --------------------------------------------------------------------------------- */

/* Before anything is measured: see outputs_check(). */
int comparison_check(const struct gate_files *files, struct reason *why);

/*
 * Saves and prints the results and says what is wrong with either. Returns the exit status;
 * *stdout_error is what a writer to standard output met, see main.c.
 */
int comparison_finish(const struct gate_results *r, const struct gate_files *files, bool quiet,
	enum color color, int *stdout_error);

/* The command line of `ipcbench compare`. */
struct compare_settings {
	const char *dirs[2]; /* base, new */
	struct stored_options what;
	struct gate_files files;
	bool quiet;
};

/* ---- gate options ---------------------------------------------------------------------------- */

/* The options of `ipcbench gate`. */

#define DEFAULT_METRICS "throughput,latency,cpu"

/* Which struct an option is for: struct gate_settings, struct settings or struct gate_group. */
enum gate_part { GATE_WHOLE, GATE_CELLS, GATE_GROUP };

extern const struct command gate_command, compare_command;
extern const struct option_row gate_options[];
int gate_run(void *settings, struct call *call);
void gate_settings_free(void *settings);

#endif
