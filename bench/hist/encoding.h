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
 * with `why` for anything that is not exactly one V2 histogram, -ENOMEM. Inflates no more than the
 * histogram's own header allows its counts to take.
 */
int hlog_decode(struct hlog_histogram *out, const char *text, size_t len, struct reason *why);

#endif
