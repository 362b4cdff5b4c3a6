/* SPDX-License-Identifier: MIT */
/* `ipcbench` without a command: measures, by its options or by a stored run's plan (--replay). */
#ifndef IPCBENCH_MEASURE_COMMAND_H
#define IPCBENCH_MEASURE_COMMAND_H

/*
 * argv[0] is the program. Returns the exit status; *stdout_error is what a writer to standard
 * output met, see main.c.
 */
int measure_command(int argc, char **argv, int *stdout_error);

#endif
