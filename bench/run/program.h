/* SPDX-License-Identifier: MIT */
/* Programs that this one starts: another build of it, the script that draws. */
#ifndef IPCBENCH_PROGRAM_H
#define IPCBENCH_PROGRAM_H

#include <ipcbench/base.h>
#include <signal.h>
#include <sys/types.h>

/*
 * Makes the child of a fork() the program `argv`: in a group of its own, with nothing to read, its
 * output going to `out` and `err` (-1 = nowhere), these signals blocked, and ended with its
 * `parent`. What cannot be started says so on `err` and ends with status 127.
 */
_Noreturn void program_become(
	char *const *argv, int out, int err, pid_t parent, const sigset_t *blocked);

/* The last line of `said`, without `own` ("plot: ") before it. Cuts line feeds off its end. */
const char *program_last_line(char *said, const char *own);

/*
 * Why `name` failed: the last line that it said, else the signal or `status` that waitpid() gave.
 * -EIO; 0 where neither tells of a failure.
 */
int program_failure(struct reason *why, const char *name, int status, const char *last_line);

#endif
