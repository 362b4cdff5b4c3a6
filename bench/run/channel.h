/* SPDX-License-Identifier: MIT */
/* A channel as the driver makes it, before any worker exists. */
#ifndef IPCBENCH_RUN_CHANNEL_H
#define IPCBENCH_RUN_CHANNEL_H

#include "plan/plan.h"

/*
 * Allocates the state and opens the channel for a cell. 0, or -errno with `why` filled. In either
 * case channel_close() is due; a channel whose `state` is NULL needs none.
 */
int channel_open(
	struct channel *ch, const struct item *item, const struct clock *clock, struct reason *why);
void channel_close(struct channel *ch, const struct item *item);

#endif
