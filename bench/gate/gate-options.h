/* SPDX-License-Identifier: MIT */
/* The command line of `ipcbench gate`, and its option file. */
#ifndef IPCBENCH_CLI_GATE_H
#define IPCBENCH_CLI_GATE_H

#include "gate/gate-settings.h"
#include <argp.h>

extern const struct argp gate_argp;

/* As options_parse() does; gate_settings_free() is due in any case. */
int gate_parse(struct gate_settings *s, int argc, char **argv, struct reason *why);
void gate_settings_free(struct gate_settings *s);

/*
 * Reads an option file: lines "name = value" with the names of the long options, comments from '#'
 * on, and sections "[name]", each of which is a group of cells of its own. Calls `line` for every
 * option ("--name=value", in the section of that number, 0 = before the first) and `section` for
 * every section's name. -EINVAL with a reason that names file and line, also for what the callbacks
 * refuse; -errno when it cannot be read.
 */
struct option_file_reader {
	int (*section)(void *arg, const char *name, struct reason *why);
	int (*option)(void *arg, const char *option, struct reason *why);
	void *arg;
};
int option_file_read(const char *path, const struct option_file_reader *reader, struct reason *why);

#endif
