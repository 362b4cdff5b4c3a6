/* SPDX-License-Identifier: MIT */
/*
 * The hot loops of the core-to-core matrix: one word in one cache line, written in turn by two
 * CPUs that poll it. Nothing else is touched, and the clock is read outside.
 *
 * The word counts: ping makes it odd, pong makes it even. A fresh page holds 0, so nothing has to
 * be agreed beforehand. Polling pauses between two looks, as the ring does (transports/support).
 */
#ifndef IPCBENCH_PINGPONG_H
#define IPCBENCH_PINGPONG_H

#include <ipcbench/base.h>
#include <stdatomic.h>

/* What ping leaves behind at the end. */
#define PINGPONG_END UINT64_MAX

/* So many round trips on a line whose word is `n`, which is even. Returns what the word is then. */
static ALWAYS_INLINE uint64_t pingpong_ping(
	_Atomic uint64_t *line, uint64_t n, unsigned int round_trips)
{
	for (unsigned int i = 0; i < round_trips; i++) {
		atomic_store_explicit(line, n + 1, memory_order_release);
		n += 2;
		while (atomic_load_explicit(line, memory_order_acquire) != n)
			cpu_relax();
	}
	return n;
}

/* Answers until the word is PINGPONG_END. */
static ALWAYS_INLINE void pingpong_pong(_Atomic uint64_t *line)
{
	uint64_t n = 0, seen;

	for (;;) {
		while ((seen = atomic_load_explicit(line, memory_order_acquire)) == n)
			cpu_relax();
		if (unlikely(seen == PINGPONG_END))
			return;
		n = seen + 1;
		atomic_store_explicit(line, n, memory_order_release);
	}
}

#endif
