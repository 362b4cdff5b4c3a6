/* SPDX-License-Identifier: MIT */
/* What the build makes out of the tables of the program: `ipcbench manual`, in commands.h. */
#ifndef IPCBENCH_MANUAL_H
#define IPCBENCH_MANUAL_H

#include <stdio.h>

/* The bash completion. */
void completion_print(FILE *out);

#endif
