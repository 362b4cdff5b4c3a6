/* SPDX-License-Identifier: MIT */
/* `ipcbench topology`: the command from its arguments to its exit status. */
#ifndef IPCBENCH_TOPOLOGY_COMMAND_H
#define IPCBENCH_TOPOLOGY_COMMAND_H

/*
 * `argv` is the whole command line; catch_signals() has been called. *stdout_error receives what a
 * writer to standard output met. Returns the exit status; errors have been printed.
 */
int topology_command(int argc, char **argv, int *stdout_error);

#endif
