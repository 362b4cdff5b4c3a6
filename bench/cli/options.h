/* SPDX-License-Identifier: MIT */
/*
 * The command line. One table of options feeds parsing, --help, the man page and shell completion.
 *
 *     ipcbench [OPTION...]                     measure
 *     ipcbench list [--json|--md]
 *     ipcbench clean [--dry-run]
 *     ipcbench hist show|diff|merge [OPTION...] FILE...
 *     ipcbench doctor [--json] [--root=DIR]
 *     ipcbench topology [OPTION...]            see topology/topology-options.h
 *     ipcbench gate [OPTION...]                see gate/gate-options.h
 *     ipcbench compare [OPTION...] BASE NEW    see gate/compare-options.h
 *     ipcbench advise [OPTION...] [DIR]        see advise/advise-options.h
 *     ipcbench tables [OPTION...] DIR          see tables/tables-options.h
 *     ipcbench report [OPTION...] DIR...       see report/report-options.h
 *     ipcbench claims [OPTION...] [NAME...]    see claims/claims-options.h
 */
#ifndef IPCBENCH_CLI_OPTIONS_H
#define IPCBENCH_CLI_OPTIONS_H

#include "histograms/hist-command.h"
#include "plan/settings.h"
#include <argp.h>

/* ---- defaults, as a user would type them ---------------------------------------------------- */

#define DEFAULT_SIZES	   "64,4K,64K,1M"
#define DEFAULT_MODES	   "latency,throughput"
#define DEFAULT_COPIES	   "copy"
#define DEFAULT_PLACEMENTS "same-cpu,cross-cpu"
#define DEFAULT_IDLES	   "default"
#define DEFAULT_DISPATCHES "direct"
#define DEFAULT_MEMS	   "default"
#define DEFAULT_DURATION   "1s"
#define DEFAULT_WARMUP	   "50ms"
#define DEFAULT_TRIALS	   "3"
#define DEFAULT_RATES	   "auto"
#define DEFAULT_ARRIVALS   "constant"
#define DEFAULT_THINKS	   "0"
#define DEFAULT_PRECISION  "2%"
#define DEFAULT_MAX_TIME   "1m"

/* Without --transport: a tour of the common mechanisms that ends in 15 s or less. */
#define TOUR_SIZES    "64,64K"
#define TOUR_DURATION "100ms"
#define TOUR_WARMUP   "20ms"
#define TOUR_TRIALS   "1"

/* ---- measuring ------------------------------------------------------------------------------ */

/*
 * Fills the settings. 0; 1 when --help or --version was asked for and has been printed on
 * standard output; -EINVAL with a line that names what is wrong (the caller prints it and exits
 * with status 2); -ENOMEM. Plugins are loaded on the way. settings_free() is due in any case.
 * The settings borrow strings from argv, which is left as it is.
 */
int options_parse(struct settings *s, int argc, char **argv, struct reason *why);

/* Releases what options_parse() made. NULL and zeroed settings are accepted. */
void settings_free(struct settings *s);

/* ---- commands ------------------------------------------------------------------------------- */

enum command_kind {
	COMMAND_MEASURE,
	COMMAND_LIST,
	COMMAND_CLEAN,
	COMMAND_HIST,
	COMMAND_DOCTOR,
	COMMAND_TOPOLOGY,
	COMMAND_GATE,
	COMMAND_COMPARE,
	COMMAND_ADVISE,
	COMMAND_TABLES,
	COMMAND_REPORT,
	COMMAND_CLAIMS,
	COMMAND_MANUAL,
};

struct command {
	enum command_kind kind;
	bool json, markdown;  /* list; doctor: json */
	bool dry_run;	      /* clean */
	const char *root;     /* doctor: a copy of another machine, or NULL */
	const char *man_page; /* manual: the template; NULL = bash completion */
	struct hist_request hist;
};

/*
 * Says which command argv holds and reads the options of all but COMMAND_MEASURE, whose argv goes
 * to options_parse(), and those that have a parser of their own (topology, gate, compare, advise,
 * tables, claims). Returns as options_parse() does. command_free() is due in any case.
 */
int command_parse(struct command *c, int argc, char **argv, struct reason *why);
void command_free(struct command *c);

struct command_info {
	const char *name, *summary; /* a NULL name ends the table */
	enum command_kind kind;
	const struct argp *argp;
	bool hidden;
	bool takes_files;	  /* file names follow, for the completion */
	const char *const *words; /* the first argument is one of these; NULL ends them */
};

extern const struct command_info command_table[];

/* ---- the table, for the manual and the completion ------------------------------------------- */

extern const struct argp_option option_table[];
extern const struct argp measure_argp;

/* The entry of one of the keys of table.h. */
const struct argp_option *measure_option(int key);

/* The words that an option accepts, in order; 0 for options that take anything else. */
size_t option_words(int key, const char **words, size_t max);
enum { OPTION_WORDS_MAX = 16 };

/* An option's help text with its words filled in. Allocated; NULL when out of memory. */
char *option_help(const struct argp_option *o);

/* ---- argp, for every command ---------------------------------------------------------------- */

/*
 * argp_parse() of a copy of argv, which it sorts, and without a word of its own. 0; 1 where the
 * parser returned ECANCELED, having printed what was asked for; -EINVAL or -ENOMEM with a line in
 * `why`, into which the parser writes as well.
 */
int options_read(
	const struct argp *argp, int argc, char *const *argv, void *input, struct reason *why);

/* Prints the help of "ipcbench COMMAND", or with "" of ipcbench. Returns ECANCELED, for argp. */
error_t options_print_help(const struct argp *argp, const char *command);

/* ---- errors --------------------------------------------------------------------------------- */

/* For ARGP_KEY_ERROR: says what argp has found, unless the parser has said what it found. 0. */
error_t options_rejected(const struct argp_state *state, struct reason *why);

/* Says why argp rejected the element before state->next. Returns -EINVAL. */
int option_fault(
	const struct argp_option *table, const struct argp_state *state, struct reason *why);

#endif
