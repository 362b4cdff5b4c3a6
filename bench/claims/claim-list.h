/* SPDX-License-Identifier: MIT */
/* What textbooks say of IPC, each claim with the comparisons that test it. */
#ifndef IPCBENCH_CLAIMS_TABLE_H
#define IPCBENCH_CLAIMS_TABLE_H

#include "claims/verdict.h"
#include <ipcbench/transport.h>

enum { CLAIM_COMPARISONS_MAX = 6, CLAIM_SIDE_MAX = 8 };

/*
 * Every first against every second mechanism at each of the sizes, modes and placements. A list
 * ends with NULL or 0; a comparison without modes ends those of a claim.
 */
struct claim_comparison {
	enum claim_kind kind;
	bool counts; /* false: measured for the curve alone, the verdict does not count */
	/* spellings; none on one side = every other that carries bytes */
	const char *first[CLAIM_SIDE_MAX + 1], *second[CLAIM_SIDE_MAX + 1];
	const char *modes[3];
	uint64_t sizes[5];	   /* none = the largest up to CLAIM_LARGEST that both take */
	const char *placements[3]; /* a quick run takes the first */
};

/* How both sides of every comparison wait: in the kernel, as textbook programs do. */
#define CLAIM_WAIT WAIT_BLOCK

/* What claims about "1 MB" are tested at. */
#define CLAIM_LARGEST "1M"

struct claim {
	const char *name;     /* what the user types: [a-zA-Z0-9-]+ */
	const char *sentence; /* the claim, without a full stop */
	enum claim_needs needs;
	const char *empty[3]; /* mechanisms that are said to carry nothing */
	bool curve; /* the sizes of all comparisons make a curve per mode and placement, of the same
		       two */
	struct claim_comparison comparisons[CLAIM_COMPARISONS_MAX + 1];
};

/* The claims; a NULL name ends them. */
extern const struct claim claim_table[];
size_t claim_count(void);

#endif
