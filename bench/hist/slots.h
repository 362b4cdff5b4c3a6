/* SPDX-License-Identifier: MIT */
/*
 * A histogram of any geometry that HdrHistogram logs may have, ours and those of other tools. Only
 * slots that hold something are kept, so that a log cannot ask for memory that it does not fill.
 *
 * Values are whole numbers in the unit of the log (ours: nanoseconds). What a slot forgets is
 * answered as the reference implementation does: minimum = the lowest value of its slot, maximum
 * and quantiles = the highest, mean and deviation from the middle.
 */
#ifndef IPCBENCH_HIST_SLOTS_H
#define IPCBENCH_HIST_SLOTS_H

#include <ipcbench/hist.h>

/* How values map to slots. */
struct hlog_shape {
	unsigned int digits;  /* significant decimal digits that were asked for, 0..5 */
	uint64_t lowest;      /* lowest value that is told from 0, >= 1 */
	uint64_t highest;     /* highest trackable value, >= 2 * lowest, < 2^63 */
	double ratio;	      /* "integer to double conversion ratio": kept, not applied */
	unsigned int unit;    /* bits below `lowest` that every slot forgets */
	unsigned int half;    /* 2^half slots per power of two */
	unsigned int buckets; /* powers of two, the lowest one is whole */
	uint32_t slots;	      /* (buckets + 1) << half */
};

struct hlog_slot {
	uint32_t index;
	uint64_t count; /* > 0 */
};

struct hlog_histogram {
	struct hlog_shape shape;
	struct hlog_slot *slot; /* in ascending order of index */
	size_t used;
	uint64_t total; /* of all counts, < 2^63 */
};

/* The parameters of this program's own histogram: 3 digits, 1 ns to 1 h. */
extern const struct hlog_shape hlog_own_shape;

/*
 * Works out the derived members of a shape from digits, lowest and highest. -EINVAL with `why` if
 * no histogram has such parameters.
 */
int hlog_shape_set(struct hlog_shape *shape, struct reason *why);

/* The lowest and the highest value of a slot, and the slot of a value (at most `highest`). */
uint64_t hlog_lowest(const struct hlog_shape *shape, uint32_t index);
uint64_t hlog_highest(const struct hlog_shape *shape, uint32_t index);
uint32_t hlog_index(const struct hlog_shape *shape, uint64_t value);

/* An empty one has a shape and nothing else. */
void hlog_free(struct hlog_histogram *h);

/* Adds a slot above all others. -EOVERFLOW if the total leaves its range. */
int hlog_append(struct hlog_histogram *h, uint32_t index, uint64_t count);

/*
 * A copy of one of this program's histograms; values above one hour count as one hour. -ENOMEM.
 * hlog_free() is due in any case.
 */
int hlog_from(struct hlog_histogram *out, const struct histogram *h);

/*
 * Adds every count of `from`. Where the shapes differ, the result has the coarser resolution of the
 * two, into whose slots those of the other fit whole: nothing is guessed. -EOVERFLOW;
 * `into` is then as it was.
 */
int hlog_add(struct hlog_histogram *into, const struct hlog_histogram *from);

/* 0 (NAN) while empty. q in 0..1; the quantile has rank ceil(q * total). */
uint64_t hlog_min(const struct hlog_histogram *h);
uint64_t hlog_max(const struct hlog_histogram *h);
uint64_t hlog_quantile(const struct hlog_histogram *h, double q);
double hlog_mean(const struct hlog_histogram *h);
double hlog_deviation(const struct hlog_histogram *h);

/* ---- encoding -------------------------------------------------------------------------------- */

/*
 * The binary form of a histogram in logs: HdrHistogram's V2 encoding, compressed with zlib and
 * written in base 64.
 *
 *	compressed  cookie 0x1c849314, length, then zlib's stream of
 *	plain       cookie 0x1c849313, length of the counts, normalizing offset, digits,
 *	            lowest and highest value, conversion ratio; then the counts
 *	counts      ZigZag LEB128 in slot order, at most 9 bytes each; -n stands for n empty slots
 *
 * Numbers are big-endian.
 */

/* The text of a histogram, for the caller to free(); NULL when memory is short. */
char *hlog_encode(const struct hlog_histogram *h);

/*
 * Reads a text of `len` characters, compressed or plain. 0 and a histogram for hlog_free(), -EINVAL
 * with `why` for anything that is not exactly one V2 histogram. Inflates no more than the
 * widest histogram takes.
 */
int hlog_decode(struct hlog_histogram *out, const char *text, size_t len, struct reason *why);

/* ---- base 64 --------------------------------------------------------------------------------- */

/* As RFC 4648 has it: the standard alphabet, padded, without line ends. */

/* Characters that `len` bytes become, and bytes that `len` characters can hold at most. */
#define BASE64_LENGTH(len) (((len) + 2) / 3 * 4)
#define BASE64_BYTES(len)  ((len) / 4 * 3)

/* Writes BASE64_LENGTH(len) characters, and a NUL after them. */
void base64_encode(char *out, const uint8_t *bytes, size_t len);

/*
 * Writes at most BASE64_BYTES(len) bytes and returns how many, or -1 if the text is not what
 * base64_encode() writes: a strange character, a length that is not a multiple of 4, padding
 * elsewhere than at the end, or bits behind the last byte that are not 0.
 */
ptrdiff_t base64_decode(uint8_t *out, const char *text, size_t len);

#endif
