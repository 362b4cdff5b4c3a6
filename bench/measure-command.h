/* SPDX-License-Identifier: MIT */
/* Measuring: what ipcbench does without a command. */
#ifndef IPCBENCH_MEASURE_COMMAND_H
#define IPCBENCH_MEASURE_COMMAND_H

#include "cli/command.h"

/* Plans, runs and reports, or prints the plan. `settings` are a struct settings. */
int measure_run(void *settings, struct call *call);

#endif
