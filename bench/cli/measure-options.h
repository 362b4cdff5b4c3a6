/* SPDX-License-Identifier: MIT */
/* The options of measuring, and how they become settings. */
#ifndef IPCBENCH_CLI_MEASURE_OPTIONS_H
#define IPCBENCH_CLI_MEASURE_OPTIONS_H

#include "cli/option.h"
#include "plan/settings.h"

extern const struct option_row measure_options[];
extern const struct option_rule measure_rules[];

/* Whether an option says what is measured or for how long, rather than what becomes of it. */
bool option_is_of_plan(const struct option_row *o);

/*
 * Completes settings whose options and defaults have been read: what depends on several options.
 * Plugins have been loaded. 0, or -EINVAL with `why`. settings_free() is due in any case.
 */
int settings_finish(struct settings *s, const struct arguments *given, struct reason *why);

/*
 * All of it: reads the arguments of one part into zeroed settings, defaults for the rest, and
 * completes them.
 */
int settings_read(
	struct settings *s, const struct arguments *given, unsigned int part, struct reason *why);

/* Releases what settings hold. Zeroed ones are accepted. */
void settings_free(struct settings *s);

/* Readers of lists, each item kept once, whose field is the whole struct settings. */
option_reader read_sizes;  /* "64,4K", "64..1M" doubles, "64..1M:x4" */
option_reader read_rates;  /* "10k" messages/s, "50%", "auto": up to 100 % and towards the knee */
option_reader read_thinks; /* durations */
option_reader read_cpus;   /* "TX,RX" */

#endif
