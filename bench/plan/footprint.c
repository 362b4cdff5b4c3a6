/* SPDX-License-Identifier: MIT */
#include "plan/footprint.h"

#include "measure/machine.h"
#include "plan/key.h"
#include <errno.h>
#include <ipcbench/host.h>

/* What is cold, in last-level caches: so much that hardly a line is left from the turn before. */
#define COLD_CACHES 4

/* What the kernel takes for pages of 4 KiB on a virtual machine: it clears them, one by one. */
#define PAGES_BYTES_PER_S 1e9

uint64_t footprint_buffers(uint64_t bytes, size_t stride)
{
	uint64_t buffers = 1;

	while (buffers * stride < bytes)
		buffers *= 2;
	return buffers;
}

/* Less than this is had at once, and is not asked for. */
#define SMALL_BYTES (UINT64_C(64) << 20)

/*
 * Bytes of both sides together: private buffers to send and to receive, of which the side that
 * answers has but one kind; in place the memory that they share, in each direction. A buffer holds
 * a batch.
 */
static double all_bytes(const struct cell *cell)
{
	bool copied = cell->copy == COPY_PRIVATE;
	size_t stride = (cell->size * cell->batch + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;

	if (cell->footprint == 0 && !copied)
		return 0;
	return (double)footprint_buffers(cell->footprint, stride) * (double)stride *
	       (1 + cell_round_trip(cell) + copied);
}

static int check_memory(const struct cell *cell, struct reason *why)
{
	bool asked = cell->footprint != 0;
	double need = all_bytes(cell), room = need < SMALL_BYTES ? need : machine_memory_room("");
	char each[24], all[24], have[24];

	if (need <= room)
		return 0;
	return reason_set(why, ENOMEM,
		"%s of %s per side takes %s in all, and %s of memory are available to this process; use a smaller %s",
		asked ? "a footprint" : "a buffer",
		ipcbench_bytes(
			each, sizeof(each), asked ? cell->footprint : cell->size * cell->batch),
		ipcbench_bytes(all, sizeof(all), (uint64_t)need),
		ipcbench_bytes(have, sizeof(have), (uint64_t)room >> 20 << 20),
		asked		  ? "--footprint"
		: cell->batch > 1 ? "--batch or --size"
				  : "--size");
}

int footprint_choose(struct cell *cell, uint64_t asked, const struct transport *t,
	const struct topology *topo, struct reason *why)
{
	char have[24], need[24];

	cell->footprint = asked == FOOTPRINT_COLD ? COLD_CACHES * topo->llc_bytes : asked;
	if (asked == 0)
		return check_memory(cell, why);
	if (cell->footprint == 0)
		return reason_set(why, ENODEV,
			"--footprint cold is %d times the last-level cache, and this machine shows no "
			"cache; give a size, as in --footprint 256M",
			COLD_CACHES);
	if (cell->footprint < cell->size * cell->batch)
		return reason_set(why, EINVAL,
			"a footprint of %s holds no %s of %s; use --footprint %s or more",
			ipcbench_bytes(have, sizeof(have), cell->footprint),
			cell->batch > 1 ? "batch" : "message",
			ipcbench_bytes(need, sizeof(need), cell->size * cell->batch), need);
	if (cell->copy == COPY_INPLACE && !t->spreads_inplace)
		return reason_set(why, EOPNOTSUPP,
			"%s has no slots to use in place that could be spread; use --footprint hot or "
			"--copy copy",
			t->name);
	return check_memory(cell, why);
}

double footprint_seconds(const struct cell *cell)
{
	return all_bytes(cell) / PAGES_BYTES_PER_S;
}
