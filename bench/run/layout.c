/* SPDX-License-Identifier: MIT */
/*
 * --layout random. Where stack, buffers and mappings happen to lie changes the time of a tight loop
 * by a few percent, and all workers inherit these places from the driver: every trial of a run
 * shares one accident. Moved in each launch, the accident becomes spread between trials.
 */
#include "plan/plan.h"
#include "run/worker.h"
#include <unistd.h>

enum { RANGE = 4096, STACK_STEP = 16, MAPPING_PAGES = 256 };

struct layout_shift layout_shift(const struct cell_key *key, uint64_t seed, unsigned int which)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t state = seed + which;

	if (key->layout == LAYOUT_FIXED)
		return (struct layout_shift){.stack = 0};
	return (struct layout_shift){
		.stack = order_random(&state) % (RANGE / STACK_STEP) * STACK_STEP,
		.buffers = order_random(&state) % (RANGE / CACHE_LINE) * CACHE_LINE,
		/* more than the gaps between libraries, less than is aligned to a huge page */
		.mappings = (MAPPING_PAGES + order_random(&state) % MAPPING_PAGES) * page,
	};
}
