/* SPDX-License-Identifier: MIT */
/* How far apart the clocks of two CPUs are, and how well that can be known. */
#ifndef IPCBENCH_OFFSET_H
#define IPCBENCH_OFFSET_H

#include <ipcbench/clock.h>

struct offset {
	double estimate_ns; /* the clock on cpu_b less the clock on cpu_a */
	double bound_ns;    /* the true offset lies within estimate_ns +- bound_ns; >= 0 */
	uint64_t exchanges; /* that the two figures are taken from */
};

/*
 * Measures the offset between `clk` as read on two CPUs, by two threads that are pinned to them.
 *
 * The method is Cristian's (Probabilistic clock synchronization, Distributed Computing 3, 1989)
 * and NTP's (RFC 5905, section 8): one side stamps a question, the other side stamps when it sees
 * it, the first stamps when it sees the answer. Whatever the way there and back took, the middle
 * stamp was read between the two outer ones, so that an exchange confines the offset to an
 * interval as wide as its round trip. Of many exchanges, begun by either side in turn, on several
 * fresh pages (whose lines belong to different parts of the cache), the shortest counts: the
 * estimate is the middle of its interval, and the bound half its width plus a step of the clock.
 * The bound is no standard deviation: the offset cannot lie outside it as long as it is constant.
 *
 * Takes some 5 ms, at most 0.3 s where the two CPUs are hardly ever free together. A CPU and itself
 * are 0 apart, bound 0. Returns 0; or -errno with `why`: -ERANGE when no constant offset fits all
 * exchanges, -ETIMEDOUT when too few came to an end, or why a thread could not be had.
 */
int offset_measure(
	const struct clock *clk, int cpu_a, int cpu_b, struct offset *out, struct reason *why);

#endif
