/* SPDX-License-Identifier: MIT */
/* Keys of the option table: the short form where there is one. */
#ifndef IPCBENCH_CLI_TABLE_H
#define IPCBENCH_CLI_TABLE_H

#include <stdbool.h>

enum option_key {
	KEY_TRANSPORT = 't',
	KEY_SIZE = 's',
	KEY_MODE = 'm',
	KEY_WAIT = 'w',
	KEY_COPY = 'c',
	KEY_PLACEMENT = 'p',
	KEY_DURATION = 'd',
	KEY_MESSAGES = 'n',
	KEY_TRIALS = 'T',
	KEY_OUTPUT = 'o',
	KEY_QUIET = 'q',
	KEY_VERBOSE = 'v',
	KEY_HELP = 'h',
	KEY_VERSION = 'V',
	KEY_CPUS = 0x100, /* long forms only: no character */
	KEY_IDLE,
	KEY_DISPATCH,
	KEY_MEM,
	KEY_VERIFY,
	KEY_COUNTERS,
	KEY_PLUGIN,
	KEY_WARMUP,
	KEY_SEED,
	KEY_TIMEOUT,
	KEY_CSV,
	KEY_JSON,
	KEY_MD,
	KEY_TEX,
	KEY_LABEL,
	KEY_COLOR,
	KEY_DRY_RUN,
	KEY_RATE,
	KEY_ARRIVALS,
	KEY_THINK,
	KEY_AUTO,
	KEY_PRECISION,
	KEY_MAX_TIME,
	KEY_SLICE,
	KEY_SLOWDOWN,
	KEY_REPLAY,
	KEY_TIMELINE,
	KEY_PLOT,
	KEY_LAST,
};

/* Whether an option says what is measured or for how long, rather than what becomes of it. */
bool table_is_of_plan(int key);

/* For struct argp: fills in the words of an option. */
char *table_help_filter(int key, const char *text, void *input);

#endif
