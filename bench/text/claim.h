/* SPDX-License-Identifier: MIT */
/*
 * Files and run directories that only this process may write, held by flock(2), so that they are
 * free again when the process ends, however it ends. And its inputs, which it may not write.
 */
#ifndef IPCBENCH_CLAIM_H
#define IPCBENCH_CLAIM_H

#include <ipcbench/base.h>

/*
 * Claims what `option` names, if this process has not yet: a directory, or a file, which is created
 * if it is missing. If the file system has no locks, one line on standard error says so. -EBUSY
 * with `why`, which names the process that writes there, or another -errno.
 */
int claim_directory(const char *option, const char *path, struct reason *why);
int claim_file(const char *option, const char *path, struct reason *why);

/*
 * A file that replaces a claimed one is locked before it gets the path, and has the claim after
 * that. A new descriptor, or -1.
 */
int claim_successor(int fd);
void claim_pass(const char *path, int fd);

/*
 * Removes what killed processes left while they wrote the file `name` of a directory, NULL = every
 * file: NAME.RANDOM.tmp, of which NAME may be cut. claim_file() does it by itself.
 */
enum { CLAIM_NAME_MAX = 200 };
void claim_sweep(const char *dir, const char *name);

/* Whether a directory has files of a run, besides the one that says that it is incomplete. */
bool claim_finds_run(const char *dir);

/* Notes that the user has named a file to read, or a directory, whose run will be read. */
void claim_input(const char *path);

/* The input, as it was named, that writing to `path` would replace; NULL = none. */
const char *claim_input_at(const char *path);

/* In a forked process: leaves the claims to the one that made them. */
void claims_leave(void);

/* Before the process ends: removes files that were made for a claim and not written. */
void claims_end(void);

#endif
