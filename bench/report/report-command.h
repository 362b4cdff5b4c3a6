/* SPDX-License-Identifier: MIT */
/* `ipcbench report`. */
#ifndef IPCBENCH_REPORT_COMMAND_H
#define IPCBENCH_REPORT_COMMAND_H

/*
 * Reads its options from argv, whose first two words are the program and "report". Returns the exit
 * status; *stdout_error is what a writer to standard output met, see main.c.
 */
int report_command(int argc, char **argv, int *stdout_error);

#endif
