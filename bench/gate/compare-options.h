/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench compare`. */
#ifndef IPCBENCH_CLI_COMPARE_H
#define IPCBENCH_CLI_COMPARE_H

#include "cli/command.h"
#include "gate/stored.h"

struct compare_settings {
	struct stored_options what;
	struct gate_files files;
	bool quiet;
};

extern const struct command compare_command;
int compare_run(void *settings, struct call *call);

#endif
