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
	const char *path;   /* NULL = not requested, "-" = standard output */
	output_writer *write;
};

/* A file of the run directory. */
struct output_file {
	const char *name;
	output_writer *write;
};

enum { OUTPUT_TARGETS = 8 };

/*
 * A file in a run directory that is not complete: of a run in progress, or of one that was killed
 * or interrupted. It is created before any other file, and removed when all of them are on the
 * disk.
 */
#define OUTPUT_INCOMPLETE "incomplete"

struct outputs {
	struct output_target targets[OUTPUT_TARGETS]; /* one without option ends them */
	const char *dir;			      /* the run directory; NULL = none */
	bool resumed; /* it holds this run, which continues, not another one */
	const struct output_file *files;
	size_t file_count;
	const char *mark; /* the line in OUTPUT_INCOMPLETE; NULL = one that suits every command */
	bool unfinished;  /* after the last state as well, as when a signal ended the run */
};

/*
 * Before anything is measured: creates the run directory, refuses one that already holds one of the
 * files, checks that every file can be written, is requested once and is not an input, and claims
 * them and the directory until the process ends (text/claim.h). -errno with `why`.
 */
int outputs_check(const struct outputs *o, struct reason *why);

/* The part of it that creates nothing: every file is requested once, and is not an input. */
int outputs_distinct(const struct outputs *o, struct reason *why);

/*
 * Writes every file but what goes to standard output. Each appears whole or not at all: it is
 * written under a random name in the same directory and renamed once it is on the disk. Devices,
 * FIFOs and links that an option names are written through instead, and only when this is the
 * `last` state. -errno with `why`.
 */
int outputs_save(const struct outputs *o, const void *what, bool last, struct reason *why);

/* OUTPUT_INCOMPLETE, which outputs_save() writes and removes by itself. -errno with `why`. */
int outputs_mark(const struct outputs *o, struct reason *why);
int outputs_unmark(const struct outputs *o, struct reason *why);

/* The target that is standard output; NULL = none is. */
const struct output_target *outputs_stdout(const struct outputs *o);

/* ---- one file -------------------------------------------------------------------------------- */

/* Whether a file can be written there. -errno with `why`, which names the option. */
int output_check(const char *option, const char *path, struct reason *why);

/* Opens a folder in the run directory, made if missing: a descriptor, or -errno with `why`. */
int output_folder(const char *dir, const char *name, struct reason *why);

/* Opens what is written through, such as a FIFO: fopen(), unless main() replaces it. */
extern FILE *(*outputs_open_through)(const char *path);

/* Writes one file, as outputs_save() does. -errno with `why`. */
int output_write(const char *path, output_writer *write, const void *what, struct reason *why);

/*
 * The same in the directory with the descriptor `dir`, never through a link. `path` ends in the
 * name. `dir` can be a -errno, which is told.
 */
int output_write_in(
	int dir, const char *path, output_writer *write, const void *what, struct reason *why);

#endif
