/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench topology`. */
#ifndef IPCBENCH_CLI_TOPOLOGY_H
#define IPCBENCH_CLI_TOPOLOGY_H

#include "cli/command.h"

/* The highest CPU number that --cpus takes: what Linux can be built for. */
#define CPU_NUMBER_MAX 8191

struct topology_settings {
	int *cpus; /* --cpus, ascending, each once; NULL = chosen */
	size_t cpu_count;
	bool smt;
	double duration_s, timeout_s; /* of a pair; 0 = chosen */
	const char *csv, *json, *output_dir;
	bool dry_run, quiet;
};

extern const struct command topology_command;
int topology_run(void *settings, struct call *call);

/* "0-3,8": numbers and ranges of CPUs, into the settings. */
option_reader read_cpu_list;

#endif
