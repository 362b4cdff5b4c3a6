/* SPDX-License-Identifier: MIT */
/*
 * Runs the script that draws (scripts/plot, installed as ipcbench-plot). It is started without a
 * shell, in a group of its own, and none of it is left when these functions return.
 */
#ifndef IPCBENCH_DRAW_H
#define IPCBENCH_DRAW_H

#include <ipcbench/base.h>
#include <stddef.h>

enum { DRAW_PATH_LEN = 4096 };

/*
 * Where the script is: what $IPCBENCH_PLOT names, ipcbench-plot beside this program, or the one of
 * the source tree if this program has not been installed. -ENOENT or -EACCES with `why`.
 */
int draw_find(char path[DRAW_PATH_LEN], struct reason *why);

/*
 * Runs args[0] with `args`, which NULL ends. Its standard output and standard error go to these
 * files, or where this program's go (NULL). catch_signals() has been called. 0 when it succeeded;
 * -EINTR when *interrupted became true; -EIO and other -errno with `why` otherwise, the last line
 * of the file `said` quoted.
 */
int draw_run(const char *const *args, const char *out, const char *said,
	const volatile int *interrupted, struct reason *why);

/* Makes a directory that only this user can look into, below $TMPDIR or /tmp. -errno with `why`. */
int draw_directory_make(char path[DRAW_PATH_LEN], struct reason *why);

/* Removes it with everything in it. */
void draw_directory_remove(const char *path);

#endif
