/* SPDX-License-Identifier: MIT */
/* Files that are read at once. */
#ifndef IPCBENCH_WHOLE_FILE_H
#define IPCBENCH_WHOLE_FILE_H

#include <ipcbench/base.h>
#include <jansson.h>

/*
 * Reads all of a regular file of at most 256 MiB: *text is malloc'd, with a 0 behind its *len
 * bytes. -errno with `why`.
 */
int whole_file_read(const char *path, char **text, size_t *len, struct reason *why);

/*
 * Reads a JSON object; *out is NULL when there is no such file. -EINVAL with `why` when it is
 * damaged or something else.
 */
int whole_file_json(const char *path, json_t **out, struct reason *why);

#endif
