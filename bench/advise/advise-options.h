/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench advise`. */
#ifndef IPCBENCH_CLI_ADVISE_H
#define IPCBENCH_CLI_ADVISE_H

#include "advise/needs.h"
#include <argp.h>

struct advise_settings {
	const char *dir;    /* a run directory; NULL = by traits alone */
	char *asked;	    /* every --need, one after the other; NULL = the decision tree */
	struct needs needs; /* what they say */
	bool json, markdown;
};

extern const struct argp advise_argp;

/*
 * As options_parse() does: plugins are loaded on the way, strings of argv are borrowed.
 * advise_settings_free() is due in any case.
 */
int advise_parse(struct advise_settings *s, int argc, char **argv, struct reason *why);
void advise_settings_free(struct advise_settings *s);

#endif
