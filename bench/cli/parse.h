/* SPDX-License-Identifier: MIT */
/*
 * Values as people type them: sizes, durations, counts, words from a list. Every function returns
 * 0, or -EINVAL with one line that begins with `what` (an option as typed, such as "--size") and
 * names the value, what is allowed, and the remedy. Limits are inclusive.
 */
#ifndef IPCBENCH_CLI_PARSE_H
#define IPCBENCH_CLI_PARSE_H

#include <ipcbench/base.h>
#include <stddef.h>
#include <stdint.h>

/* Messages of 1 B to 1 GiB. */
#define SIZE_LIMIT (UINT64_C(1) << 30)

/* One size: bytes, K = KiB, M = MiB, G = GiB (1024) or kB, MB, GB (1000). */
int parse_size(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why);

/* The shortest exact spelling that parse_size() reads back: "64", "4K", "1M", "65537". */
const char *size_spell(char *buf, size_t len, uint64_t bytes);

/* Seconds: "250ms", "2s", "1.5m", "500us", "20ns", "1h"; a plain number is seconds. */
int parse_duration(const char *what, const char *text, double min, double max, double *out,
	struct reason *why);

/* A whole number, with k, M or G for thousands, millions or thousands of millions. */
int parse_count(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why);

/* 64 bits, decimal or 0x... */
int parse_seed(const char *what, const char *text, uint64_t *out, struct reason *why);

/* ---- words: NULL ends a list of them --------------------------------------------------------- */

/* The index of one word. */
int parse_choice(const char *what, const char *text, const char *const *words, unsigned int *out,
	struct reason *why);

/* A comma list of words, as bits; the word "all" sets `all`. */
int parse_choices(const char *what, const char *text, const char *const *words, unsigned int all,
	unsigned int *bits, struct reason *why);

/* The next item of a comma list, cut to the room; NULL at its end. */
const char *parse_next(const char **list, char *item, size_t room);

/* The word that `text` was probably meant to be, or NULL. */
const char *parse_near(const char *text, const char *const *words);

/* "; did you mean X?", or "". Returns buf. */
const char *parse_hint(char *buf, size_t len, const char *text, const char *const *words);

#endif
