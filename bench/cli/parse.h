/* SPDX-License-Identifier: MIT */
/*
 * Values as people type them: sizes, durations, counts, words from a list. Every function returns
 * 0, or -EINVAL with one line that begins with `what` (an option as typed, such as "--size") and
 * names the value, what is allowed, and the remedy.
 */
#ifndef IPCBENCH_CLI_PARSE_H
#define IPCBENCH_CLI_PARSE_H

#include "plan/settings.h"

/* Messages of 1 B to 1 GiB. */
#define SIZE_LIMIT (UINT64_C(1) << 30)

/* One size: bytes, K = KiB, M = MiB, G = GiB (1024) or kB, MB, GB (1000); min and max inclusive. */
int parse_size(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why);

/*
 * A list of sizes and ranges: "64,4K", "64..1M" (doubling), "64..1M:x4" (times four). Duplicates
 * are dropped, the order stays. *sizes is replaced (the old array is freed) only on success.
 * Also -ENOMEM.
 */
int parse_sizes(
	const char *what, const char *text, size_t **sizes, size_t *count, struct reason *why);

/* The shortest exact spelling that parse_size() reads back: "64", "4K", "1M", "65537". */
const char *size_spell(char *buf, size_t len, uint64_t bytes);

/* Seconds: "250ms", "2s", "1.5m", "500us", "20ns", "1h"; a plain number is seconds. Limits in
 * seconds. */
int parse_duration(const char *what, const char *text, double min, double max, double *out,
	struct reason *why);

/*
 * A list of offered loads: "10k" messages per second, "50%" of the throughput, "auto" for a walk up
 * to 100 % and towards the knee. Duplicates are dropped. *rates is replaced only on success. Also
 * -ENOMEM.
 */
int parse_rates(
	const char *what, const char *text, struct rate **rates, size_t *count, struct reason *why);

/* A list of durations from 0 to `max` seconds, in nanoseconds; otherwise as parse_rates(). */
int parse_durations(const char *what, const char *text, double max, uint64_t **ns, size_t *count,
	struct reason *why);

/* "2%" or "2", between min and max percent, as a part: 0.02. */
int parse_percent(const char *what, const char *text, double min, double max, double *out,
	struct reason *why);

/* A whole number, with k, M or G for thousands, millions or thousands of millions. */
int parse_count(const char *what, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *why);

/* 64 bits, decimal or 0x... */
int parse_seed(const char *what, const char *text, uint64_t *out, struct reason *why);

/* A seed where none is given: random, and short enough to be typed again. */
int draw_seed(uint64_t *out, struct reason *why);

/* "TX,RX": two CPU numbers. */
int parse_cpus(const char *what, const char *text, int *tx, int *rx, struct reason *why);

/* Any text but the empty one, such as a file; `kind` is what to give ("name"). Borrows `text`. */
int parse_given(
	const char *what, const char *kind, const char *text, const char **out, struct reason *why);

/* The index of one word in `names`. */
int parse_choice(const char *what, const char *text, const char *const *names, size_t count,
	unsigned int *out, struct reason *why);

/* A comma list of words, as bits; "all" sets `all`, or is refused if that is 0. */
int parse_choices(const char *what, const char *text, const char *const *names, size_t count,
	unsigned int all, unsigned int *bits, struct reason *why);

/* The name that `text` was probably meant to be, or NULL. */
const char *parse_near(const char *text, const char *const *names, size_t count);

/* " did you mean X?" with its leading separator, or "". Returns buf. */
const char *parse_hint(
	char *buf, size_t len, const char *text, const char *const *names, size_t count);

#endif
