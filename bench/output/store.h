/* SPDX-License-Identifier: MIT */
/* Where results go: stdout, single files and the run directory. */
#ifndef IPCBENCH_STORE_H
#define IPCBENCH_STORE_H

#include "output/output.h"

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

/*
 * Writes one file as store_save() does: `write` fills it, returns 0 or -errno, and gets `arg`.
 * -errno with `why`.
 */
typedef int store_fn(FILE *out, const void *arg);
int store_write(const char *path, store_fn *write, const void *arg, struct reason *why);

#endif
