/* SPDX-License-Identifier: MIT */
/* What the commands share on their way from their arguments to their exit status. */
#ifndef IPCBENCH_COMMAND_H
#define IPCBENCH_COMMAND_H

#include "plan/settings.h"
#include <ipcbench/base.h>

/* Prints the reason on standard error and returns `status`. */
int complain(const struct reason *why, int status);

/* Columns of the terminal that standard output is; 0 = it is none, and nothing limits a line. */
unsigned int terminal_width(void);

/* Whether to colour what goes to standard output: as --color says, else if it is a terminal. */
bool use_color(enum color setting);

#endif
