/* SPDX-License-Identifier: MIT */
/* Claims of the table become pairs and cells. */
#ifndef IPCBENCH_CLAIMS_EXPAND_H
#define IPCBENCH_CLAIMS_EXPAND_H

#include "claims/claims.h"

/*
 * The largest size up to CLAIM_LARGEST that both sides of a cell take, by doubling; CLAIM_LARGEST
 * itself if they take none. `why` receives what stands against CLAIM_LARGEST, or "". 0 or -errno
 * with `error`.
 */
typedef int claim_sizer(
	void *arg, struct claim_cell *cell, struct reason *why, struct reason *error);

/* Appends the pairs of a claim to `result` and their cells to `c`. 0 or -errno with `why`. */
int claim_expand(struct claims *c, struct claim_result *result, claim_sizer *sizer, void *arg,
	struct reason *why);

/* Copies the next word of a list; false at its end. */
bool claim_next_word(const char **list, char separator, char *word, size_t len);

/* Gives all pairs the words of their cells, once no cell is added any more. */
void claim_name_places(struct claims *c);

#endif
