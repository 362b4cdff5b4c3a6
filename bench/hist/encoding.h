/* SPDX-License-Identifier: MIT */
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
#ifndef IPCBENCH_HIST_ENCODING_H
#define IPCBENCH_HIST_ENCODING_H

#include "hist/slots.h"

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
 * base64_encode() writes: a strange character, a length that is no multiple of 4, padding elsewhere
 * than at the end, or bits behind the last byte that are not 0.
 */
ptrdiff_t base64_decode(uint8_t *out, const char *text, size_t len);

#endif
