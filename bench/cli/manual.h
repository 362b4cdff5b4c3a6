/* SPDX-License-Identifier: MIT */
/* What the build makes out of the option table and the registry. */
#ifndef IPCBENCH_CLI_MANUAL_H
#define IPCBENCH_CLI_MANUAL_H

#include <stdio.h>

/*
 * The man page from its template (docs/ipcbench.1.in), or the bash completion if that is NULL.
 * 0, or -errno, which has been explained on standard error.
 */
int manual_print(FILE *out, const char *man_page);

/* The bash completion. */
void completion_print(FILE *out);

#endif
