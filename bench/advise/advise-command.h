/* SPDX-License-Identifier: MIT */
/* `ipcbench advise`: the command from its arguments to its exit status. */
#ifndef IPCBENCH_ADVISE_COMMAND_H
#define IPCBENCH_ADVISE_COMMAND_H

/*
 * `argv` is the whole command line. *stdout_error receives what a writer to standard output met.
 * Returns the exit status; errors have been printed.
 */
int advise_command(int argc, char **argv, int *stdout_error);

#endif
