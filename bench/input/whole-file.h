/* SPDX-License-Identifier: MIT */
/* A file that is read at once. */
#ifndef IPCBENCH_WHOLE_FILE_H
#define IPCBENCH_WHOLE_FILE_H

#include <ipcbench/base.h>

/*
 * Reads all of a regular file of at most 256 MiB: *text is malloc'd, with a 0 behind its *len
 * bytes. -errno with `why`.
 */
int whole_file_read(const char *path, char **text, size_t *len, struct reason *why);

#endif
