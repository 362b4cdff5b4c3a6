/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench --replay DIR`: the plan of a stored run, made again.
 *
 * What is measured comes from the options in env.json; which of these cells, in which
 * order, how often and on which CPUs comes from trials.csv. So a cell more or less, because the
 * machine or the version is another, does not shuffle the rest. Whatever of it cannot be the same
 * is a deviation, which is told.
 */
#ifndef IPCBENCH_REPLAY_H
#define IPCBENCH_REPLAY_H

#include "gate/comparison.h"
#include "plan/settings.h"
#include <jansson.h>

/*
 * What of a command line makes the plan: the options that say what is measured and for how long,
 * without the output options. The words may come from a file that anybody
 * wrote: nothing is loaded, opened, run or printed for them.
 */
struct saved_options {
	struct arguments options; /* borrowed texts */
	unsigned int plugins;	  /* how often --plugin was there, which is left out */
	/* which of these are told rather than left to their defaults */
	bool has_seed, has_length, has_warmup;
};

/* In what the plan differs from that of the stored run. */
struct deviation {
	char *text;
	char *cell;   /* the first cell that it is true of; NULL = of the run */
	size_t cells; /* of how many */
};

struct replay {
	const char *option; /* what error lines call it: "--replay" */
	struct stored_run base;
	struct saved_options saved;
	struct settings settings;   /* of the plan, with what the command says of its results */
	const struct trial **steps; /* of base: what was launched, in the order of execution */
	size_t step_count;
	struct deviation *deviations;
	size_t deviation_count;
};

/*
 * Reads the stored run given->replay and its plan. `given` is borrowed, and so are its strings.
 * Files are data: none makes this process load a plugin, so a run that had one needs it from
 * `given`. -errno with `why`. replay_close() is due in any case.
 */
int replay_open(struct replay *r, const struct settings *given, struct reason *why);
void replay_close(struct replay *r);

/*
 * What replay_open() and resume_open() have in common: reads the stored run and its saved options,
 * to which more may be added, then the settings that these are, without those of the results.
 */
int replay_begin(struct replay *r, const char *option, const char *dir, struct reason *why);
int replay_read(struct replay *r, const struct settings *given, struct reason *why);

/* Puts what the command says of the results ahead of what the stored run said of them. */
void replay_take(struct settings *s, const struct settings *given);

/*
 * Makes `plan`, built from r->settings, the plan of the stored run: drops the cells that were not
 * planned there, skips those that were not measured, and launches the rest in the stored order.
 */
void replay_fit(struct replay *r, struct plan *plan, const struct topology *topo);

/* Notes a deviation; those of one text are counted. `cell` NULL = it is one of the run. */
void replay_tell(struct replay *r, const char *cell, const char *format, ...) PRINTF_LIKE(3, 4);

/* Prints the deviations below a line that says how many there are. */
void replay_print_deviations(FILE *out, const struct replay *r, unsigned int width);

/*
 * Prints what differs between the stored run and its replay: the machines and builds, the plans,
 * then the figures as `ipcbench compare` does. 0, or -errno: with `why` set unless it is the
 * stream's.
 */
int replay_report(FILE *out, struct replay *r, const struct results *results, unsigned int width,
	bool color, struct reason *why);

/* ---- saved options --------------------------------------------------------------------------- */

/*
 * Reads a command line whose first word is the program. -EINVAL with `why` when it is not that of a
 * measurement whose results could have been stored; whether the values are valid is for
 * settings_read() to say. saved_options_free() is due in any case.
 */
int saved_options_read(
	struct saved_options *r, const char *const *words, size_t count, struct reason *why);
void saved_options_free(struct saved_options *r);

/*
 * `plan` of env.json: the options without the program, and what they leave to chance or to
 * defaults that another version may have changed. A new reference; NULL when out of memory.
 */
json_t *saved_options_json(const struct saved_options *r, const struct settings *s);

#endif
