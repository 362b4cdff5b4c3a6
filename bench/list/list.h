/* SPDX-License-Identifier: MIT */
/*
 * `ipcbench list`: every mechanism, its traits, and whether it runs here; `ipcbench clean` and
 * `ipcbench selftest`.
 */
#ifndef IPCBENCH_CLI_LIST_H
#define IPCBENCH_CLI_LIST_H

#include "cli/command.h"
#include <ipcbench/transport.h>
#include <stdio.h>

/* Calls `visit` for each mechanism, families together in the order of their first member. */
void list_each(
	void (*visit)(void *arg, const struct transport *t, bool first_of_family), void *arg);

/* ---- clean: removes what killed runs left ---------------------------------------------------- */

/*
 * Reads the ledgers of processes that are dead, removes the objects in them that belong to this
 * user, then the ledgers; one line on `out` per object. Runs in progress are left alone. Returns
 * the exit status: 0, or 1 if something could not be removed, whose line says why.
 */
int clean_run(FILE *out, bool dry_run);

extern const struct command list_command, clean_command, selftest_command;

#endif
