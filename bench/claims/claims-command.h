/* SPDX-License-Identifier: MIT */
/* `ipcbench claims`. */
#ifndef IPCBENCH_CLAIMS_COMMAND_H
#define IPCBENCH_CLAIMS_COMMAND_H

/*
 * Returns the exit status; *stdout_error is what a writer to standard output met, see main.c. The
 * signals that end a run have to be caught.
 */
int claims_command(int argc, char **argv, int *stdout_error);

#endif
