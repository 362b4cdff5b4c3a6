/* SPDX-License-Identifier: MIT */
/* The options of `ipcbench gate`. */
#ifndef IPCBENCH_CLI_GATE_H
#define IPCBENCH_CLI_GATE_H

#include "cli/command.h"
#include "gate/gate-settings.h"

#define DEFAULT_METRICS "throughput,latency,cpu"

/* Which struct an option is for: struct gate_settings, struct settings or struct gate_group. */
enum gate_part { GATE_WHOLE, GATE_CELLS, GATE_GROUP };

extern const struct command gate_command;
extern const struct option_row gate_options[];
int gate_run(void *settings, struct call *call);
void gate_settings_free(void *settings);

#endif
