/* SPDX-License-Identifier: MIT */
#include "plan/footprint.h"

#include "measure/machine.h"
#include "plan/key.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>

/* What is cold, in last-level caches: so much that hardly a line is left from the turn before. */
#define COLD_CACHES 4

uint64_t footprint_buffers(uint64_t bytes, size_t stride)
{
	uint64_t buffers = 1;

	while (buffers * stride < bytes)
		buffers *= 2;
	return buffers;
}

/* Less than this is had at once, and is not asked for. */
#define SMALL_BYTES (UINT64_C(64) << 20)

size_t buffer_messages(const struct cell *cell, const struct transport *t)
{
	return t->ops->send_batch != NULL ? cell->batch : 1;
}

/*
 * Bytes of both sides together: private buffers to send and to receive, of which the side that
 * answers has but one kind; in place the memory that they share, in each direction.
 */
static double all_bytes(const struct cell *cell, const struct transport *t)
{
	bool copied = cell->copy == COPY_PRIVATE;
	size_t bytes = cell->size * buffer_messages(cell, t);
	size_t stride = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;

	if (cell->footprint == 0 && !copied)
		return 0;
	return (double)footprint_buffers(cell->footprint, stride) * (double)stride *
	       (1 + cell_round_trip(cell) + copied);
}

static int check_memory(
	const struct cell *cell, const struct transport *t, unsigned int pairs, struct reason *why)
{
	bool asked = cell->footprint != 0;
	size_t messages = buffer_messages(cell, t);
	double need = pairs * all_bytes(cell, t),
	       room = need < SMALL_BYTES ? need : machine_memory_room("");
	char each[24], all[24], have[24];

	if (need <= room)
		return 0;
	return reason_set(why, ENOMEM,
		"%s of %s per side takes %s in all, and %s of memory are available to this process; use a smaller %s%s",
		asked ? "a footprint" : "a buffer",
		ipcbench_bytes(each, sizeof(each), asked ? cell->footprint : cell->size * messages),
		ipcbench_bytes(all, sizeof(all), (uint64_t)need),
		ipcbench_bytes(have, sizeof(have), (uint64_t)room >> 20 << 20),
		asked	       ? "--footprint"
		: messages > 1 ? "--batch or --size"
			       : "--size",
		pairs > 1 ? ", or fewer pairs" : "");
}

/* A buffer at least; in place one batch is written while the other is read. */
static int check_least(const struct cell *cell, const struct transport *t, struct reason *why)
{
	static const char *const what[2][2] = {
		{"a message", "a batch"}, {"two messages", "two batches"}};
	bool inplace = cell->copy == COPY_INPLACE;
	size_t messages = inplace ? cell->batch : buffer_messages(cell, t);
	size_t each = cell->size * messages, need = inplace ? 2 * each : each;
	char have[24], bytes[24], spelled[24];

	if (cell->footprint >= need)
		return 0;
	return reason_set(why, EINVAL,
		"a footprint of %s does not hold %s of %s; use --footprint %s or more",
		ipcbench_bytes(have, sizeof(have), cell->footprint), what[inplace][messages > 1],
		ipcbench_bytes(bytes, sizeof(bytes), each),
		size_spell(spelled, sizeof(spelled), need));
}

int footprint_choose(struct cell *cell, uint64_t asked, const struct transport *t,
	const struct topology *topo, unsigned int pairs, struct reason *why)
{
	cell->footprint = asked == FOOTPRINT_COLD ? COLD_CACHES * topo->llc_bytes : asked;
	cell->cold = topo->llc_bytes > 0 && cell->footprint > topo->llc_bytes;
	if (asked == 0)
		return check_memory(cell, t, pairs, why);
	if (cell->footprint == 0)
		return reason_set(why, ENODEV,
			"--footprint cold is %d times the last-level cache, and this machine shows no "
			"cache; give a size, as in --footprint 256M",
			COLD_CACHES);
	if (cell->copy == COPY_INPLACE && !t->spreads_inplace)
		return reason_set(why, EOPNOTSUPP,
			"%s cannot spread messages in place over a footprint; use --footprint hot or "
			"--copy copy",
			t->name);
	int r = check_least(cell, t, why);

	return r < 0 ? r : check_memory(cell, t, pairs, why);
}

double footprint_seconds(const struct cell *cell, const struct transport *t)
{
	return all_bytes(cell, t) / PAGES_BYTES_PER_S;
}
