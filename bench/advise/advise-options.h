/* SPDX-License-Identifier: MIT */
/* The options of `ipcbench advise`. */
#ifndef IPCBENCH_CLI_ADVISE_H
#define IPCBENCH_CLI_ADVISE_H

#include "advise/needs.h"
#include "cli/command.h"

struct advise_settings {
	const char *dir;    /* a run directory; NULL = by traits alone */
	char *asked;	    /* every --need, one after the other; NULL = the decision tree */
	struct needs needs; /* what they say */
	bool json, markdown;
};

extern const struct command advise_command;
int advise_run(void *settings, struct call *call);

#endif
