/* SPDX-License-Identifier: MIT */
#ifndef IPCBENCH_DOCTOR_COMMAND_H
#define IPCBENCH_DOCTOR_COMMAND_H

#include "cli/command.h"

extern const struct command doctor_command;

#endif
