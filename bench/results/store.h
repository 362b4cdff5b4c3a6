/* SPDX-License-Identifier: MIT */
/* Where results go: stdout, single files and the run directory. */
#ifndef IPCBENCH_STORE_H
#define IPCBENCH_STORE_H

#include "results/results.h"

/* Whether a file that an option names is standard output: "-", or whatever that is opened on. */
bool store_is_stdout(const char *path);

/*
 * Before anything is measured: creates the run directory, refuses one that already holds a run,
 * and makes sure that every file asked for can be written and is asked for once. -errno with `why`.
 */
int store_prepare(const struct settings *s, struct reason *why);

/*
 * Writes every file asked for and the run directory. Each file appears whole or not at all: it is
 * written under another name in the same directory and renamed. Devices, FIFOs and links are
 * written through instead, and only when this is the last state. -errno with `why`.
 */
int store_save(const struct results *r, const char *env_json, bool last, struct reason *why);

/* ---- what both of them are made of, for other commands --------------------------------------- */

/* An option and the file that it names: NULL, "-" or a path. */
struct store_file {
	const char *option, *path;
};

/*
 * store_prepare() for any files and any run directory: `names` are the files that will be written
 * into `dir` (NULL = none), and a directory that has the first of them already holds a run.
 */
int store_check(const struct store_file *files, size_t n, const char *dir, const char *const *names,
	size_t name_count, struct reason *why);

/* Writes a file of `arg`: 0 or -errno. */
typedef int store_writer(FILE *out, const void *arg);

/* Writes one file whole or not at all, or through a device, FIFO or link. -errno with `why`. */
int store_write(const char *path, store_writer *write, const void *arg, struct reason *why);

#endif
