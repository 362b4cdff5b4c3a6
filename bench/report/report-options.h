/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench report`. */
#ifndef IPCBENCH_CLI_REPORT_H
#define IPCBENCH_CLI_REPORT_H

#include "report/side-by-side.h"
#include <argp.h>

struct report_settings {
	const char *dirs[REPORT_RUNS_MAX];
	size_t dir_count;
	const char *output; /* a file, or "-" for stdout */
	bool no_figures, quiet;
};

extern const struct argp report_argp;

/* As options_parse() does; there is nothing to free, and strings of argv are borrowed. */
int report_parse(struct report_settings *s, int argc, char **argv, struct reason *why);

#endif
