/* SPDX-License-Identifier: MIT */
/*
 * The polling half of WAIT_SPIN and WAIT_HYBRID, for mechanisms that are not file descriptors.
 * The step is a function pointer that is constant at every place of use, so that it is inlined.
 */
#ifndef IPCBENCH_SUPPORT_SPIN_H
#define IPCBENCH_SUPPORT_SPIN_H

#include <ipcbench/transport.h>

enum { SPIN_SLEEP = 0, SPIN_DONE = 1 };

/* One attempt that does not sleep: SPIN_DONE, 0 for "not yet", or -errno. */
typedef int (*spin_step)(struct channel *ch, void *arg);

/*
 * Polls as the channel's wait strategy asks: not at all when blocking, for spin_ticks when hybrid,
 * for ever when spinning. SPIN_DONE, -errno, or SPIN_SLEEP: it is time for the blocking call.
 */
static ALWAYS_INLINE int spin_until(struct channel *ch, spin_step step, void *arg)
{
	uint64_t start;
	int r;

	if (ch->wait == WAIT_BLOCK)
		return SPIN_SLEEP;
	r = step(ch, arg);
	if (r != 0)
		return r;
	/* the clock is read only after a miss: a hit at once costs nothing extra */
	start = ch->wait == WAIT_HYBRID ? clock_now(&ch->clock) : 0;
	for (;;) {
		cpu_relax();
		r = step(ch, arg);
		if (r != 0)
			return r;
		if (ch->wait == WAIT_HYBRID && clock_now(&ch->clock) - start >= ch->spin_ticks)
			return SPIN_SLEEP;
	}
}

#endif
