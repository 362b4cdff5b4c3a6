/* SPDX-License-Identifier: MIT */
/* What the parts of the command line of `ipcbench gate` share: gate.c, gate-table.c, gate-config.c.
 */
#ifndef IPCBENCH_CLI_GATE_TABLE_H
#define IPCBENCH_CLI_GATE_TABLE_H

#include "gate/gate-options.h"

enum gate_key {
	GATE_KEY_COPY = 'c',
	GATE_KEY_DURATION = 'd',
	GATE_KEY_HELP = 'h',
	GATE_KEY_MODE = 'm',
	GATE_KEY_OUTPUT = 'o',
	GATE_KEY_PLACEMENT = 'p',
	GATE_KEY_QUIET = 'q',
	GATE_KEY_SIZE = 's',
	GATE_KEY_TRANSPORT = 't',
	GATE_KEY_VERBOSE = 'v',
	GATE_KEY_WAIT = 'w',
	GATE_KEY_BASE = 0x100,
	GATE_KEY_NEW,
	GATE_KEY_CPUS,
	GATE_KEY_IDLE,
	GATE_KEY_MEM,
	GATE_KEY_PLUGIN,
	GATE_KEY_METRICS,
	GATE_KEY_TOLERANCE,
	GATE_KEY_MIN_EFFECT,
	GATE_KEY_BLOCKS,
	GATE_KEY_WARMUP,
	GATE_KEY_TIMEOUT,
	GATE_KEY_MAX_TIME,
	GATE_KEY_SEED,
	GATE_KEY_CONFIG,
	GATE_KEY_CSV,
	GATE_KEY_JSON,
	GATE_KEY_MD,
	GATE_KEY_JUNIT,
	GATE_KEY_BIGGER,
	GATE_KEY_SMALLER,
	GATE_KEY_BMF,
	GATE_KEY_COLOR,
	GATE_KEY_DRY_RUN,
	GATE_KEY_SELFTEST,
	GATE_KEY_GATES,
	GATE_KEY_INJECT,
	GATE_KEY_END,
};

#define DEFAULT_METRICS	   "throughput,latency,cpu"
#define DEFAULT_TOLERANCE  "5%"
#define DEFAULT_MIN_EFFECT "3%"
#define DEFAULT_DURATION_S 0.03
#define DEFAULT_WARMUP_S   0.01
#define DEFAULT_GATES	   20

/* The section of the option file that argp's callback is filling, or the command line itself. */
struct gate_reading {
	struct gate_settings *s;
	struct gate_group *group; /* what options of cells go into */
	bool in_section;
	bool from_file;
	bool given[GATE_KEY_END]; /* on the command line */
	const char *config;
	struct reason *why;
};

extern const struct argp_option gate_options[];

/* The entry of one of the keys. */
const struct argp_option *gate_option(int key);

/* The bits 1 << enum gate_metric of the value of --metrics. */
int gate_read_metrics(const char *text, unsigned int *bits, struct reason *why);

/* Whether an option chooses cells, or says what these are held to. */
bool gate_key_chooses(enum gate_key key);
bool gate_key_of_group(enum gate_key key);

/* Reads the file of --config into groups. -errno with a reason. */
int gate_read_config(struct gate_reading *r);

/* Appends a group that is held to what the first one is; takes no name for NULL. -ENOMEM. */
int gate_group_new(struct gate_settings *s, const char *name);
void gate_group_free(struct gate_group *g);

/* Takes over `text`, which was allocated or is NULL. -ENOMEM. */
int gate_group_add(struct gate_group *g, char *text);

#endif
