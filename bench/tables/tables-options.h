/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench tables`. */
#ifndef IPCBENCH_CLI_TABLES_H
#define IPCBENCH_CLI_TABLES_H

#include "tables/tables.h"
#include <argp.h>

struct tables_settings {
	const char *dir;
	unsigned int kinds;		   /* 1 << enum table_kind */
	const char *md, *tex, *csv, *json; /* a file, "-" for stdout, or NULL */
	bool quiet;
};

extern const struct argp tables_argp;

/* As options_parse() does; there is nothing to free, and strings of argv are borrowed. */
int tables_parse(struct tables_settings *s, int argc, char **argv, struct reason *why);

#endif
