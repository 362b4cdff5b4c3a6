/* SPDX-License-Identifier: MIT */
/*
 * Memory between two inaccessible pages, so that a write beyond it is detected. The rest of its
 * last page is painted with a pattern, which is checked when the writers have ended.
 */
#ifndef IPCBENCH_FENCE_H
#define IPCBENCH_FENCE_H

#include <ipcbench/base.h>

/*
 * `len` zeroed bytes, all present, MAP_SHARED or MAP_PRIVATE. They lie within a page, and within a
 * huge page, where mmap() would have put them. `name` is what a message calls them. NULL with
 * errno.
 */
void *fence_map(size_t len, int sharing, const char *name);
void fence_unmap(void *p, size_t len); /* NULL is accepted */

void fence_paint(void *at, size_t len);
/* Whether painted memory has changed; fence_tail() looks behind the `len` bytes of a mapping. */
bool fence_touched(const void *at, size_t len);
bool fence_tail(const void *p, size_t len);

/*
 * Replaces a shared mapping by a private copy: what is read from it no longer changes, whoever else
 * still maps it. 0 or -errno with `why`.
 */
int fence_own(void *p, size_t len, struct reason *why);

/* From here on this process, if it dies of touching a guard page, first notes that in `says`. */
void fence_watch(struct reason *says);

#endif
