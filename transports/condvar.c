/* SPDX-License-Identifier: MIT */
/* A condition variable whose signal wakes one receiver. */
#include "support/condvar.h"

static ALWAYS_INLINE int condvar_send(struct channel *ch, const void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return condvar_post(ch, false);
}

static ALWAYS_INLINE int condvar_recv(struct channel *ch, void *buf, size_t n)
{
	(void)buf;
	(void)n;
	return condvar_take(ch, &((struct condvar_state *)ch->state)->shared->taken);
}

static const struct channel_ops condvar_ops = {.send = condvar_send, .recv = condvar_recv};

IPCBENCH_LOOPS(loops_condvar, condvar_ops);

const struct transport transport_condvar = CONDVAR_RECORD(condvar, "condvar",
	"process-shared condition variable with its mutex and a count",
	"waiting for a predicate over shared memory", FAN_OUT_ONE);
