/* SPDX-License-Identifier: MIT */
/* A condition variable whose broadcast wakes every receiver. */
#include "support/condvar.h"

static ALWAYS_INLINE int broadcast_send(struct channel *ch, const void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return condvar_post(ch, true);
}

static ALWAYS_INLINE int broadcast_recv(struct channel *ch, void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return condvar_take(ch, &((struct condvar_state *)ch->state)->seen);
}

static const struct channel_ops broadcast_ops = {.send = broadcast_send, .recv = broadcast_recv};

IPCBENCH_LOOPS(loops_broadcast, broadcast_ops);

const struct transport transport_condvar_all = CONDVAR_RECORD(broadcast, "condvar-all",
	"condition variable whose broadcast wakes every receiver",
	"a change of state that concerns all", FAN_OUT_EVERY);
