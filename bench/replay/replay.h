/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench --replay DIR`: rebuilds the plan of a stored run.
 *
 * The options in env.json determine what is measured. trials.csv determines which of these cells,
 * in which order, how often and on which CPUs. So a cell more or less, because the machine or the
 * version differs, does not change the order of the rest. Everything that cannot be the same is a
 * deviation, which is reported.
 */
#ifndef IPCBENCH_REPLAY_H
#define IPCBENCH_REPLAY_H

#include "gate/comparison.h"
#include "plan/settings.h"
#include <jansson.h>

/*
 * The part of a command line that makes the plan: the options that determine what is measured and
 * for how long, without the output options. The words may come from a file that anybody wrote:
 * nothing is loaded, opened, run or printed because of them.
 */
struct saved_options {
	struct arguments options; /* borrowed texts */
	unsigned int plugins;	  /* how often --plugin occurred; it is left out */
	/* which of these are given rather than left to their defaults */
	bool has_seed, has_length, has_warmup;
};

/* A difference between the plan and that of the stored run. */
struct deviation {
	char *text;
	char *cell;   /* the first cell concerned; NULL = the whole run */
	size_t cells; /* how many are concerned */
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
 * Shared by replay_open() and resume_open(): reads the stored run and its saved options, to which
 * more may be added, then the settings that they give, without the output options.
 */
int replay_begin(struct replay *r, const char *option, const char *dir, struct reason *why);
int replay_read(struct replay *r, const struct settings *given, struct reason *why);

/* Output options of the command replace those of the stored run. */
void replay_take(struct settings *s, const struct settings *given);

/*
 * Makes `plan`, built from r->settings, the plan of the stored run: drops the cells that were not
 * planned there, skips those that were not measured, and launches the rest in the stored order.
 */
void replay_fit(struct replay *r, struct plan *plan, const struct topology *topo);

/* Notes a deviation; equal texts are counted. `cell` NULL = it concerns the run. */
void replay_tell(struct replay *r, const char *cell, const char *format, ...) PRINTF_LIKE(3, 4);

/* Prints the deviations below a line that says how many there are. */
void replay_print_deviations(FILE *out, const struct replay *r, unsigned int width);

/*
 * Prints the differences between the stored run and its replay: machines and builds, plans, then
 * the values as `ipcbench compare` does. 0, or -errno: with `why` set unless it is the stream's.
 */
int replay_report(FILE *out, struct replay *r, const struct results *results, unsigned int width,
	bool color, struct reason *why);

/* ---- saved options --------------------------------------------------------------------------- */

/*
 * Reads a command line whose first word is the program. -EINVAL with `why` if it is not that of a
 * measurement whose results could have been stored; settings_read() checks whether the values are
 * valid. saved_options_free() is due in any case.
 */
int saved_options_read(
	struct saved_options *r, const char *const *words, size_t count, struct reason *why);
void saved_options_free(struct saved_options *r);

/*
 * `plan` of env.json: the options without the program, and the random and default values behind
 * them, which another version may choose differently. A new reference; NULL if out of memory.
 */
json_t *saved_options_json(const struct saved_options *r, const struct settings *s);

#endif
