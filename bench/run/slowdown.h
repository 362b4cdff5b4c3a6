/* SPDX-License-Identifier: MIT */
/*
 * A known loss of speed, for testing what a gate finds: every operation that sends or receives a
 * message takes so much longer, on both sides, so that whichever of them is the bottleneck is
 * slowed. The operations are reached through pointers then; what is compared with it has to run
 * with a slowdown of 0.
 */
#ifndef IPCBENCH_RUN_SLOWDOWN_H
#define IPCBENCH_RUN_SLOWDOWN_H

#include <ipcbench/clock.h>
#include <ipcbench/transport.h>

/*
 * Operations that do what `ops` do and spend `ns` more on each message. Calibrates itself on the
 * CPU it is called on, for about a millisecond. One set per process; valid for its life.
 */
const struct channel_ops *slowdown_ops(
	const struct channel_ops *ops, double ns, const struct clock *clock);

#endif
