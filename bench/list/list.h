/* SPDX-License-Identifier: MIT */
/* `ipcbench list`: every mechanism, its traits, and whether it runs here; and `ipcbench clean`. */
#ifndef IPCBENCH_CLI_LIST_H
#define IPCBENCH_CLI_LIST_H

#include "cli/command.h"
#include <ipcbench/transport.h>
#include <stdio.h>

/* As a table of 80 columns: 0, or -errno of the stream. */
int list_text(FILE *out);

void list_json(FILE *out);

/* What the README holds: it shows nothing of this machine. */
void list_markdown(FILE *out);

/* Whether a mechanism runs here; if not, why. */
bool list_available(const struct transport *t, struct reason *why);

/* Calls `visit` for each mechanism, families together in the order of their first member. */
void list_each(
	void (*visit)(void *arg, const struct transport *t, bool first_of_family), void *arg);

/* Whether messages can be written and read where they lie. */
bool list_inplace(const struct transport *t);

/* ---- clean: removes what killed runs left ---------------------------------------------------- */

/*
 * Reads the ledgers of processes that are dead, removes the objects in them that belong to this
 * user, then the ledgers; one line on `out` per object. Runs in progress are left alone. Returns
 * the exit status: 0, or 1 if something could not be removed, whose line says why.
 */
int clean_run(FILE *out, bool dry_run);

/* ---- list command ---- */

extern const struct command list_command, clean_command;

#endif
