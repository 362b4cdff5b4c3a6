/* SPDX-License-Identifier: MIT */
#include "plan/background.h"

#include "measure/machine.h"
#include "plan/footprint.h"
#include <errno.h>
#include <ipcbench/host.h>

/* What a process streams through, in last-level caches: nothing is left of the turn before. */
#define STREAM_CACHES 2

int background_choose(
	uint64_t *bytes, const struct background *b, uint64_t llc_bytes, struct reason *why)
{
	char each[24], have[24];
	double room;

	*bytes = b->kind == BACKGROUND_MEMORY ? STREAM_CACHES * llc_bytes : 0;
	if (b->kind != BACKGROUND_MEMORY)
		return 0;
	if (*bytes == 0)
		return reason_set(why, ENODEV,
			"--load memory streams through %d times the last-level cache, and this machine "
			"shows no cache; use --load cpu:%u",
			STREAM_CACHES, b->count);
	room = machine_memory_room("");
	if ((double)*bytes * b->count <= room)
		return 0;
	return reason_set(why, ENOMEM,
		"--load memory:%u takes %s for each process, and %s of memory are available to this process; use fewer processes",
		b->count, ipcbench_bytes(each, sizeof(each), *bytes),
		ipcbench_bytes(have, sizeof(have), (uint64_t)room >> 20 << 20));
}

double background_seconds(const struct background *b, uint64_t bytes)
{
	return (double)bytes * b->count / PAGES_BYTES_PER_S;
}
