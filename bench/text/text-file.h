/* SPDX-License-Identifier: MIT */
/* Small text files of /proc and /sys, and files that are read at once. */
#ifndef IPCBENCH_TEXT_FILE_H
#define IPCBENCH_TEXT_FILE_H

#include <ipcbench/base.h>
#include <jansson.h>
#include <stdint.h>

/*
 * Every file that the program reads is opened here. It has to be a regular one, as those of /proc
 * and /sys are, of at most `limit` bytes, so that no FIFO blocks it and no device goes on forever.
 * `at` is AT_FDCWD, or a directory in which no link is followed. The descriptor, or -errno with
 * `why`.
 */
int text_file_open(int at, const char *path, uint64_t limit, struct reason *why);

/*
 * Reads the beginning of a file, at most size - 1 bytes, without white space at its end. Returns
 * the length, or -errno with buf holding the empty string.
 */
int text_file_read(const char *path, char *buf, size_t size);

/* The same below a directory that stands for "/": "" is this machine, else a copy of another. */
int text_file_read_under(const char *root, const char *path, char *buf, size_t size);

/*
 * Finds the line of `text` that starts with `key`, then white space or `separator`, and copies
 * what follows the separator, without white space around it. NULL if there is no such line.
 */
char *text_find(const char *text, const char *key, char separator, char *buf, size_t size);

/* Whether a list has a word, as "cpu,cpuacct" has "cpu"; one of `separators` is between two. */
bool text_lists(const char *list, const char *separators, const char *word);

/* "always [madvise] never" -> "madvise": how sysfs shows a choice. NULL if none is in brackets. */
char *text_chosen(char *text);

/* The limits of what a run or a drawing has stored, and of what a person has written. */
#define STORED_FILE_MAX	 ((size_t)256 << 20)
#define WRITTEN_FILE_MAX ((size_t)1 << 20)

/*
 * Reads all of a file of at most `limit` bytes: *text is malloc'd, with a 0 behind its *len bytes.
 * -errno with `why`.
 */
int whole_file_read(const char *path, size_t limit, char **text, size_t *len, struct reason *why);

/*
 * Reads a JSON object; *out is NULL when there is no such file. -EINVAL with `why` when it is
 * damaged or something else.
 */
int whole_file_json(const char *path, json_t **out, struct reason *why);

#endif
