/* SPDX-License-Identifier: MIT */
/* `ipcbench clean`: removes what killed runs left. */
#ifndef IPCBENCH_CLI_CLEAN_H
#define IPCBENCH_CLI_CLEAN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Reads the ledgers of processes that are dead, removes the objects in them that belong to this
 * user, then the ledgers; one line on `out` per object. Runs in progress are left alone. Returns
 * the exit status: 0, or 1 if something could not be removed, whose line says why.
 */
int clean_run(FILE *out, bool dry_run);

#endif
