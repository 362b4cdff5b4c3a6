/* SPDX-License-Identifier: MIT */
/* What a command is, and what commands share on their way from arguments to an exit status. */
#ifndef IPCBENCH_COMMAND_H
#define IPCBENCH_COMMAND_H

#include "cli/option.h"
#include "doc/document.h"
#include "plan/settings.h"
#include "text/outputs.h"

/* What a command gets beside its settings. */
struct call {
	int argc; /* the whole command line */
	char **argv;
	int stdout_error; /* what a writer to standard output met, for main() to tell */
};

struct command {
	const char *name, *summary; /* measuring has the name "" */
	const struct option_row *options;
	const struct option_rule *rules;
	const char *operands;	 /* "BASE_DIR NEW_DIR", a line per form; NULL = options only */
	const char *doc;	 /* what it does */
	const char *exit_status; /* "0 passed; 1 failed" */
	bool hidden;		 /* from what is made for people */
	bool takes_files;	 /* file names follow, for the completion */
	const char *(*operand)(size_t i); /* words that can follow; NULL ends them */
	size_t settings_size;
	/* Takes the words and checks the whole. 0 or -EINVAL with `why`. */
	int (*check)(void *settings, const struct arguments *given, struct reason *why);
	/* Does it and returns the exit status; errors have been printed. */
	int (*run)(void *settings, struct call *call);
	int unwritten; /* the status when what was printed did not arrive; 0 = EXIT_FAILED */
};

/*
 * Fills the settings of a command. 0; -EINVAL with `why`; OPTION_HELP or OPTION_VERSION when that
 * was asked for. Texts of argv, which is left as it is, and of the option file are borrowed.
 */
int command_parse(
	const struct command *c, void *settings, int argc, char *const *argv, struct reason *why);

/* Prints the help on standard output; of the command that stands for all also the `others`. */
void command_print_help(const struct command *c, const struct command *const *others);

/* "one directory too many": for check() of a command that takes at most `most` words. */
int command_check_words(
	const struct command *c, const struct arguments *given, size_t most, struct reason *why);

/* Prints the reason on standard error and returns `status`. */
int complain(const struct reason *why, int status);

/* Columns of the terminal that standard output is; 0 = it is none, and nothing limits a line. */
unsigned int terminal_width(void);

/* Whether to colour what goes to standard output: as --color says, else if it is a terminal. */
bool use_color(enum color setting);

/*
 * Saves what a command has found, and prints it: in the one format that asked for standard output,
 * else as the document that `fill` makes of it, NULL = not at all. *stdout_error is what standard
 * output met. False if a file could not be written, which has been told.
 */
bool command_deliver(const struct outputs *o, fill_fn *fill, const void *what, enum color color,
	int *stdout_error);

/* Words of --color, in the order of enum color. */
extern const char *const color_words[];

/* ---- exit status ----------------------------------------------------------------------------- */

/* What the driver exits with; a signal that ended it is added to the last one. */

enum {
	EXIT_MEASURED = 0, /* of a comparison: passed */
	EXIT_FAILED = 1,
	EXIT_REGRESSED = 1,
	EXIT_USAGE = 2,
	EXIT_INCONCLUSIVE = 3,
	EXIT_NOT_MEASURED = 4, /* nothing could be compared, or something to be compared failed */
	EXIT_SIGNAL = 128,
};

#endif
