/* SPDX-License-Identifier: MIT */
/* `ipcbench compare`: the command from its arguments to its exit status. */
#ifndef IPCBENCH_COMPARE_COMMAND_H
#define IPCBENCH_COMPARE_COMMAND_H

/*
 * `argv` is the whole command line. *stdout_error receives what a writer to standard output met.
 * Returns the exit status; errors have been printed.
 */
int compare_command(int argc, char **argv, int *stdout_error);

#endif
