/* SPDX-License-Identifier: MIT */
/* Parts of values as people type them, for the readers of option.h and for error lines. */
#ifndef IPCBENCH_CLI_PARSE_H
#define IPCBENCH_CLI_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* Messages of 1 B to 1 GiB. */
#define SIZE_LIMIT (UINT64_C(1) << 30)

/* The shortest exact spelling that read_size() reads back: "64", "4K", "1M", "65537". */
const char *size_spell(char *buf, size_t len, uint64_t bytes);

/* The next item of a comma list, cut to the room; NULL at its end. */
const char *parse_next(const char **list, char *item, size_t room);

/* The word that `text` was probably meant to be, or NULL. NULL ends the words. */
const char *parse_near(const char *text, const char *const *words);

/* "; did you mean X?", or "". Returns buf. */
const char *parse_hint(char *buf, size_t len, const char *text, const char *const *words);

#endif
