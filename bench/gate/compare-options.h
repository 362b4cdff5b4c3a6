/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench compare`. */
#ifndef IPCBENCH_CLI_COMPARE_H
#define IPCBENCH_CLI_COMPARE_H

#include "gate/stored.h"
#include <argp.h>

struct compare_settings {
	struct stored_options what;
	struct gate_files files;
	bool quiet;
};

extern const struct argp compare_argp;

/* As options_parse() does; there is nothing to free, and strings of argv are borrowed. */
int compare_parse(struct compare_settings *s, int argc, char **argv, struct reason *why);

#endif
