/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench claims`. */
#ifndef IPCBENCH_CLI_CLAIMS_H
#define IPCBENCH_CLI_CLAIMS_H

#include "claims/claims.h"
#include <argp.h>

struct claims_settings {
	bool *wanted; /* one per claim of the table */
	bool list, quick, dry_run, quiet, verbose;
	double duration_s, max_time_s; /* 0 = not given */
	uint64_t seed;
	const char *csv, *json, *md, *output_dir;
	enum color color;
};

extern const struct argp claims_argp;

/* As options_parse() does; claims_settings_free() is due in any case. */
int claims_parse(struct claims_settings *s, int argc, char **argv, struct reason *why);
void claims_settings_free(struct claims_settings *s);

#endif
