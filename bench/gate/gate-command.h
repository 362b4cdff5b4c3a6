/* SPDX-License-Identifier: MIT */
/* `ipcbench gate`. */
#ifndef IPCBENCH_GATE_COMMAND_H
#define IPCBENCH_GATE_COMMAND_H

/*
 * Returns the exit status; *stdout_error is what a writer to standard output met, see main.c. The
 * signals that end a run have to be caught.
 */
int gate_command(int argc, char **argv, int *stdout_error);

#endif
