/* SPDX-License-Identifier: MIT */
/* The options of `ipcbench report`. */
#ifndef IPCBENCH_CLI_REPORT_H
#define IPCBENCH_CLI_REPORT_H

#include "cli/command.h"
#include "report/subject.h"

struct report_settings {
	const char *dirs[REPORT_RUNS_MAX];
	size_t dir_count;
	const char *output; /* a file, or "-" for stdout */
	bool no_figures, quiet;
};

extern const struct command report_command;
int report_run(void *settings, struct call *call);

#endif
