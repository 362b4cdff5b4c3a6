/* SPDX-License-Identifier: MIT */
/*
 * A ring in shared memory that every one of several readers reads, and whose writer waits for
 * nobody: it overwrites what a slow reader has not read. Nothing is read in place, since only a
 * copy can be thrown away.
 */
#include "support/fan-base.h"

static ALWAYS_INLINE int lossy_send(struct channel *ch, const void *buf, size_t n)
{
	return lossy_write(ch, &((struct fan_state *)ch->state)->end, buf, n);
}

static ALWAYS_INLINE int lossy_recv(struct channel *ch, void *buf, size_t n)
{
	return lossy_read(ch, &((struct fan_state *)ch->state)->end, buf, n);
}

static const struct channel_ops lossy_ops = {.send = lossy_send, .recv = lossy_recv};

IPCBENCH_LOOPS(loops_lossy, lossy_ops);

const struct transport transport_shm_lossy = FAN_RECORD(lossy, "shm-lossy",
	"ring in shared memory that every reader reads; overwrites what a slow one has not read",
	"the latest market data, sensor values", FAN_OUT_EVERY, .customary = WAIT_BIT_BLOCK,
	.may_drop = true);
