/* SPDX-License-Identifier: MIT */
/* Memory that two processes share, from the five places where Linux hands it out. */
#ifndef SUPPORT_SEGMENT_H
#define SUPPORT_SEGMENT_H

#include <ipcbench/base.h>

/* The order of the `segment` option. */
enum segment_kind {
	SEGMENT_POSIX,	 /* shm_open(), unlinked at once */
	SEGMENT_SYSV,	 /* shmget(), marked for removal at once */
	SEGMENT_MEMFD,	 /* memfd_create() */
	SEGMENT_FILE,	 /* an unnamed file in a directory */
	SEGMENT_HUGETLB, /* memfd_create(MFD_HUGETLB) */
};

struct segment {
	enum segment_kind kind;
	void *base; /* NULL = none */
	size_t bytes;
};

/*
 * May `bytes` be had from this place at present? Creates nothing. 0, or -errno with the limit and
 * its remedy in `why`.
 */
int segment_fits(enum segment_kind kind, const char *dir, size_t bytes, struct reason *why);

/*
 * Makes and maps a zeroed segment whose memory is all there, so that a full file system or an
 * exhausted pool is an error here and not a SIGBUS later. The name is gone when it returns.
 */
int segment_open(struct segment *s, enum segment_kind kind, const char *dir, size_t bytes,
	struct reason *why);

/* Maps every page into this process, so that touching one is not a page fault. */
int segment_populate(const struct segment *s, struct reason *why);

/* Unmaps; a segment that is not open is left alone. */
void segment_close(struct segment *s);

#endif
