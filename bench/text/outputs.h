/* SPDX-License-Identifier: MIT */
/*
 * Where the results of a command go: files that options name, standard output, and a run directory.
 * A command lists them once, and this file checks, writes and prints what the list says.
 */
#ifndef IPCBENCH_OUTPUTS_H
#define IPCBENCH_OUTPUTS_H

#include <ipcbench/base.h>
#include <stdio.h>

/* Writes a file of `what`, the results of the command. 0 or -errno. */
typedef int output_writer(FILE *out, const void *what);

/* A file that an option names. */
struct output_target {
	const char *option; /* "--csv" */
	const char *path;   /* NULL = not asked for, "-" = standard output */
	output_writer *write;
};

/* A file of the run directory. */
struct output_file {
	const char *name;
	output_writer *write;
};

enum { OUTPUT_TARGETS = 8 };

struct outputs {
	struct output_target targets[OUTPUT_TARGETS]; /* one without option ends them */
	const char *dir;			      /* the run directory; NULL = none */
	const struct output_file *files; /* the first one tells that a directory holds a run */
	size_t file_count;
};

/*
 * Before anything is measured: creates the run directory, refuses one that already holds a run, and
 * makes sure that every file can be written and is asked for once. -errno with `why`.
 */
int outputs_check(const struct outputs *o, struct reason *why);

/* Of that only whether every file is asked for once, which creates nothing. */
int outputs_distinct(const struct outputs *o, struct reason *why);

/*
 * Writes every file but what goes to standard output. Each appears whole or not at all: it is
 * written under another name in the same directory and renamed. Devices, FIFOs and links are
 * written through instead, and only when this is the `last` state. -errno with `why`.
 */
int outputs_save(const struct outputs *o, const void *what, bool last, struct reason *why);

/* The target that is standard output; NULL = none is. */
const struct output_target *outputs_stdout(const struct outputs *o);

/* ---- one file -------------------------------------------------------------------------------- */

/* Whether a file can be written there. -errno with `why`, which names the option. */
int output_check(const char *option, const char *path, struct reason *why);

/* Creates a directory of --output and those above it. -errno with `why`. */
int output_directory(const char *path, struct reason *why);

/* Writes one file, as outputs_save() does. -errno with `why`. */
int output_write(const char *path, output_writer *write, const void *what, struct reason *why);

#endif
