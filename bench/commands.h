/* SPDX-License-Identifier: MIT */
/* The commands. */
#ifndef IPCBENCH_COMMANDS_H
#define IPCBENCH_COMMANDS_H

#include "cli/command.h"

/* All but measuring, which is what ipcbench does without a command; NULL ends them. */
extern const struct command *const commands[];
extern const struct command measure_command, manual_command;

/* The command that argv holds. */
const struct command *command_of(int argc, char *const *argv);

/* The help of a command; that of measuring lists the others. */
void command_help(const struct command *c);

/* Prints the completion of a shell; NULL only asks. -EINVAL if that shell has none. */
int completion_print(FILE *out, const char *shell);

/* Measuring, what ipcbench does without a command: plans, runs and reports, or prints the plan.
 * `settings` are a struct settings. */
int measure_run(void *settings, struct call *call);

#endif
