/* SPDX-License-Identifier: MIT */
/*
 * How large a page may be. What matters most is served first; what then does not fit is left out,
 * and the page says so.
 */
#ifndef IPCBENCH_HTML_BUDGET_H
#define IPCBENCH_HTML_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a report: 3 MB. Mail and bug trackers take that. */
#define REPORT_BYTES_MAX ((size_t)3000000)

struct budget {
	size_t most, used;
};

/* Takes so many bytes, or none if there are not so many left. */
static inline bool budget_take(struct budget *b, size_t bytes)
{
	if (bytes > b->most - b->used)
		return false;
	b->used += bytes;
	return true;
}

#endif
