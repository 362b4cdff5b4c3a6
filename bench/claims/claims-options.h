/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench claims`. */
#ifndef IPCBENCH_CLI_CLAIMS_H
#define IPCBENCH_CLI_CLAIMS_H

#include "claims/claims.h"
#include "cli/command.h"

struct claims_settings {
	bool *wanted; /* one per claim of the table */
	bool list, quick, dry_run, quiet, verbose;
	double duration_s, max_time_s; /* 0 = not given */
	uint64_t seed;
	const char *csv, *json, *md, *output_dir;
	enum color color;
};

extern const struct command claims_command;
int claims_run(void *settings, struct call *call);

#endif
