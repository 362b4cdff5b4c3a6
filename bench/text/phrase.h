/* SPDX-License-Identifier: MIT */
/*
 * Short texts by value, for sentences that are put together from several of them:
 *
 *	document_add(d, BLOCK_LINE, "p50 %s, p99 %s", time_phrase(p50).text, time_phrase(p99).text);
 *
 * What is too long is cut.
 */
#ifndef IPCBENCH_PHRASE_H
#define IPCBENCH_PHRASE_H

#include <ipcbench/base.h>

struct phrase {
	char text[1024];
};

struct phrase phrase(const char *format, ...) PRINTF_LIKE(1, 2);

/* Appends to a phrase, after `separator` if it is not empty. */
void phrase_add(struct phrase *p, const char *separator, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
