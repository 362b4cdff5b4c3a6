/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "measure/clock.h"
#include "plan/guard.h"
#include "plan/numa.h"
#include "run/helpers.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How long WAIT_HYBRID polls: about what putting a process to sleep and waking it costs. */
#define HYBRID_SPIN_NS UINT64_C(20000)

int channel_open(
	struct channel *ch, const struct item *item, const struct clock *clock, struct reason *why)
{
	const struct transport *t = item->transport;
	struct memory_policy before;
	int r = memory_begin(&item->cell, &before, why);

	if (r < 0)
		return r;
	*ch = (struct channel){
		.cell = &item->cell,
		.config = item->config,
		.side = SIDE_TX,
		.wait = item->key.wait,
		.clock = *clock,
		.spin_ticks = clock_ticks(clock, HYBRID_SPIN_NS),
	};
	/* ops are specialised on cache lines, so the state begins on one */
	size_t len = (t->state_size + CACHE_LINE) / CACHE_LINE * CACHE_LINE;

	ch->state = aligned_alloc(CACHE_LINE, len);
	if (ch->state == NULL) {
		memory_end(&item->cell, &before);
		return reason_set(why, ENOMEM, "out of memory for the state of a channel");
	}
	memset(ch->state, 0, len);
	r = t->open(ch);
	memory_end(&item->cell, &before);

	if (r != 0)
		*why = ch->why;
	return r;
}

void channel_close(struct channel *ch, const struct item *item, double limit_s)
{
	if (ch->state == NULL)
		return;
	guard_enter(item->transport, "close()", limit_s);
	item->transport->close(ch);
	/* here, since this is what finds that a callback wrote beyond it or gave it back itself */
	free(ch->state);
	ch->state = NULL;
	guard_leave(0, NULL);
	helpers_end(ch);
}
