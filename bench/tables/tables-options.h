/* SPDX-License-Identifier: MIT */
/* The options of `ipcbench tables`. */
#ifndef IPCBENCH_CLI_TABLES_H
#define IPCBENCH_CLI_TABLES_H

#include "cli/command.h"
#include "tables/tables.h"

struct tables_settings {
	const char *dir;
	unsigned int kinds;		   /* 1 << enum table_kind */
	const char *md, *tex, *csv, *json; /* a file, "-" for stdout, or NULL */
	bool quiet;
};

extern const struct command tables_command;
int tables_run(void *settings, struct call *call);

#endif
