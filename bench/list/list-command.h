/* SPDX-License-Identifier: MIT */
#ifndef IPCBENCH_LIST_COMMAND_H
#define IPCBENCH_LIST_COMMAND_H

#include "cli/command.h"

extern const struct command list_command, clean_command;

#endif
