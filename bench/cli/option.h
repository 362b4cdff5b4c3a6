/* SPDX-License-Identifier: MIT */
/*
 * The options of every command. A row of a command's table is all there is to say of an option:
 *
 *	OPTION("trials", 'T', "N", read_number, offsetof(struct settings, trials),
 *		"launches of every cell. Default: {default}", .initial = "3", .min = 1, .max = 99),
 *
 * Parsing, the default, --help, the man page, the completion, option files and "did you mean"
 * follow from it. To add an option, write its row, the field that it fills, and what acts on that
 * field; if it excludes or needs another one, add a row to the rules of the command.
 */
#ifndef IPCBENCH_CLI_OPTION_H
#define IPCBENCH_CLI_OPTION_H

#include "plan/key.h"
#include <ipcbench/base.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A value that was given. */
struct option_value {
	const struct option_row *row;
	const char *what; /* what error lines call the option: "--trials" */
	const char *text;
	struct reason *why;
};

/* Another text of the same option, such as an item of its list. */
#define OPTION_TEXT(v, text_) (&(struct option_value){(v)->row, (v)->what, (text_), (v)->why})

/* Reads a value into the field. 0, or -EINVAL with the reason. */
typedef int option_reader(const struct option_value *v, void *field);

/* What ends a command before it has begun. */
enum option_end { OPTION_NO_END, OPTION_HELP, OPTION_VERSION };

struct option_row {
	const char *name; /* NULL: `help` is a title of the rows that follow; ends without one */
	char letter;	  /* the short form, or 0 */
	const char *arg;  /* what --help calls its value; NULL = it takes none */
	/* NULL: a switch, whose field is a bool; or the command looks at the arguments itself */
	option_reader *read;
	size_t offset;		  /* of the field in the struct of the command */
	const char *help;	  /* {words} and {default} are filled in */
	const char *initial;	  /* the default, as a user would type it; NULL = the field stays */
	const char *const *words; /* what read_word() and read_words() know; NULL ends them */
	const struct axis_info *axis; /* has them instead, for an option that asks for an axis */
	uint64_t min, max;	      /* inclusive; the reader says of what */
	unsigned int part;	      /* which struct the field is in, if the command has several */
	enum option_end ends;
	bool hidden; /* from --help and what is made for people */
};

/* The fields of a row in their order, then those that it has besides: .initial = "3". */
#define OPTION(name_, letter_, arg_, read_, offset_, help_, ...)                                   \
	{                                                                                          \
		.name = (name_), .letter = (letter_), .arg = (arg_), .read = (read_),              \
		.help = (help_), .offset = offset_, __VA_ARGS__                                    \
	}
#define OPTION_SWITCH(name_, letter_, offset_, help_)                                              \
	OPTION(name_, letter_, NULL, NULL, offset_, help_)
#define OPTION_ROW_HELP OPTION("help", 'h', NULL, NULL, 0, "print this help", .ends = OPTION_HELP)
#define OPTION_ROWS_END OPTION_ROW_HELP, OPTION(NULL, 0, NULL, NULL, 0, NULL)

/* Limits of durations. */
#define OPTION_US   UINT64_C(1000)
#define OPTION_MS   (1000 * OPTION_US)
#define OPTION_S    (1000 * OPTION_MS)
#define OPTION_HOUR (3600 * OPTION_S)

static inline bool option_is_end(const struct option_row *o)
{
	return o->name == NULL && o->help == NULL;
}

static inline const char *option_initial(const struct option_row *o)
{
	return o->initial == NULL && o->axis != NULL ? o->axis->initial : o->initial;
}

static inline const char *const *option_words(const struct option_row *o)
{
	return o->words == NULL && o->axis != NULL ? o->axis->words : o->words;
}

/* The row that `name` names or begins, if it is the only one; NULL with `why`. */
const struct option_row *option_find(const struct option_row *table, const char *name, size_t len,
	bool in_file, struct reason *why);

/* Reads one value into the struct of the command. 0, what it ends with, or -EINVAL with `why`. */
int option_read(const struct option_row *o, const char *text, void *settings, struct reason *why);

/* The help text, filled in. To be freed. */
char *option_help(const struct option_row *o);

/* Words up to NULL, with a separator between them. */
void words_write(FILE *out, const char *const *words, const char *separator);

/* ---- what was given -------------------------------------------------------------------------- */

struct argument {
	const struct option_row *option;
	const char *value; /* NULL = it takes none */
	unsigned int line; /* of the option file, or 0 */
};

/* A command line or a section of an option file: borrowed texts in the order they came. */
struct arguments {
	const char *file; /* NULL = a command line */
	const char *name; /* of the section, NULL = above the first */
	struct argument *options;
	size_t count;
	const char **words; /* what is not an option */
	size_t word_count;
	/* of the option file that a command line names: what is above the first one, then each */
	struct arguments *sections;
	size_t section_count;
	struct reason fault; /* what could not be understood, after all this */
};

/* What does not go together; names of options. A NULL name ends a table of rules. */
struct option_rule {
	const char *one;
	/* excludes one of these ... */
	const char *other;
	bool (*others)(const struct option_row *o);
	/* ... or needs this one */
	const char *needs;
	const char *because; /* of what is excluded, or all that follows "--one " */
};

/* Takes argv, whose first word is skipped, apart; argv stays as it is. */
void arguments_split(
	struct arguments *a, const struct option_row *table, int argc, const char *const *argv);
void arguments_add(struct arguments *a, const struct option_row *o, const char *value);
void arguments_free(struct arguments *a);

/* The last argument of this name, or NULL. */
const struct argument *arguments_given(const struct arguments *a, const char *name);

/* Whether this or an option that it excludes was given. */
bool arguments_say(const struct arguments *a, const struct option_rule *rules, const char *name);

/* Adds what `from` has of these parts (bits) and `to` does not say itself. */
void arguments_inherit(struct arguments *to, const struct arguments *from,
	const struct option_rule *rules, unsigned int parts);

/*
 * Returns `r`, what reading an argument came to; a reason of one that stands in a file is told with
 * its line.
 */
int arguments_blame(
	const struct arguments *a, const struct argument *given, int r, struct reason *why);

/*
 * The words of a command line that says the same without its option file, after one that is left
 * for the program; NULL ends them. They are kept until the program ends.
 */
char **arguments_words(const struct arguments *a, int *count);

/* Reads every value of a part into its struct, then tells the fault. As option_read(). */
int arguments_read(
	const struct arguments *a, unsigned int part, void *settings, struct reason *why);

/* Reads the defaults of what was not said. */
int arguments_default(const struct arguments *a, const struct option_row *table,
	const struct option_rule *rules, unsigned int part, void *settings, struct reason *why);

/* -EINVAL with `why` if a rule is broken. */
int arguments_check(const struct arguments *a, const struct option_rule *rules, struct reason *why);

/* The option that names an option file, for every command whose table has it. */
#define OPTION_FILE "config"

/* ---- option files ---------------------------------------------------------------------------- */

/*
 * Reads lines "name = value" with the names of long options, comments from '#' on, and sections
 * "[name]". *sections becomes an array: what stands above the first one, then each. Values are not
 * read yet. -EINVAL with a reason that names file and line, -errno when it cannot be read. The text
 * is kept until the program ends, since what is read points into it.
 */
int option_file_read(const char *path, const struct option_row *table, struct arguments **sections,
	size_t *count, struct reason *why);

/* Frees these texts; what was read from them is not used any more. */
void option_files_free(void);

/* ---- readers --------------------------------------------------------------------------------- */

option_reader read_text;     /* const char *: one line that is not empty */
option_reader read_string;   /* const char *: anything */
option_reader read_size;     /* size_t, bytes */
option_reader read_number;   /* unsigned int */
option_reader read_count;    /* uint64_t */
option_reader read_seed;     /* uint64_t; the default draws one */
option_reader read_duration; /* double, seconds; limits in nanoseconds */
option_reader read_percent;  /* double, a part of 1; limits in thousandths */
option_reader read_metric;   /* enum metric: one that summary.csv has, see metric_find() */
option_reader read_word;     /* an enum in the order of the words */
option_reader read_words;    /* unsigned int, bits; "all" is `max`, or with 0 every word */
option_reader read_plugin;   /* loads it; there is no field */

/* Has every item of a comma list read. */
int read_items(const struct option_value *v, option_reader *add, void *field);

/* ---- parse ----------------------------------------------------------------------------------- */

/* Parts of values as people type them, for the readers of option.h and for error lines. */

/* Messages of 1 B to 1 GiB. */
#define SIZE_LIMIT	(UINT64_C(1) << 30)
#define FOOTPRINT_LIMIT (UINT64_C(1) << 40)

/* The word that `text` was probably meant to be, or NULL. NULL ends the words. */
const char *parse_near(const char *text, const char *const *words);

/* "; did you mean X?", or "". Returns buf. */
const char *parse_hint(char *buf, size_t len, const char *text, const char *const *words);

#endif
