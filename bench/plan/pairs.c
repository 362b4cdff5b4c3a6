/* SPDX-License-Identifier: MIT */
#include "plan/pairs.h"

#include "plan/numa.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>

/* The first CPUs of --cpus, which have to be of one class. */
static int listed_pairs(struct cpu_pair *pairs, unsigned int count, struct item *it,
	const struct settings *s, const struct topology *topo)
{
	enum placement is;
	int r = 0;

	if (s->cpu_count < 2 * (size_t)count)
		return reason_set(&it->why, EINVAL,
			"--cpus names %zu CPUs, and %u pairs have %u sides; name a CPU for each side",
			s->cpu_count, count, 2 * count);
	for (unsigned int i = 0; i < count && r == 0; i++) {
		pairs[i] = (struct cpu_pair){s->cpus[2 * i], s->cpus[2 * i + 1]};
		r = topology_classify(topo, pairs[i].tx, pairs[i].rx, &is, &it->why);
		if (r == 0 && is != it->key.placement)
			r = reason_set(&it->why, EINVAL,
				"--cpus: CPUs %d and %d are %s, and those of the first pair %s; a cell has one placement",
				pairs[i].tx, pairs[i].rx, placement_name(is),
				placement_name(it->key.placement));
	}
	return r;
}

/* How many of the pairs have a side on this CPU. */
static unsigned int pairs_on(int cpu, const struct cpu_pair *pairs, unsigned int count)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < count; i++)
		n += pairs[i].tx == cpu || pairs[i].rx == cpu;
	return n;
}

/* Whether more sides share a CPU than in one pair of this placement. */
static bool too_many(const struct topology *topo, const struct item *it,
	const struct cpu_pair *pairs, unsigned int count)
{
	struct topology_counts n;
	bool shared = false;

	topology_count(topo, &n);
	if (it->key.placement == PLACE_NONE)
		return 2 * count > n.cpus;
	for (unsigned int i = 0; i < count && !shared; i++)
		shared = pairs_on(pairs[i].tx, pairs, count) > 1 ||
			 pairs_on(pairs[i].rx, pairs, count) > 1;
	return shared;
}

/* Why several pairs cannot run in a mode, or with other options. */
static int judge_pairs(struct item *it, const struct settings *s, unsigned int count)
{
	const char *mode = mode_name(it->key.mode);

	if (it->key.mode != MODE_LATENCY && it->key.mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"--mode %s measures one pair, not %u at once; use --mode latency or throughput",
			mode, count);
	if (s->messages != 0)
		return reason_set(&it->why, EINVAL,
			"--messages ends each of the %u pairs at another time, and only the time in which all run counts; use --duration",
			count);
	if (s->timeline)
		return reason_set(&it->why, EOPNOTSUPP,
			"--timeline records one pair, not %u at once; leave it out", count);
	if (it->oversubscribed && it->key.wait == WAIT_SPIN)
		return reason_set(&it->why, EINVAL,
			"%u pairs that spin need a CPU for each side, or they measure the scheduler's time slice; use fewer pairs or --wait block",
			count);
	return 0;
}

int pairs_place(struct plan *plan, struct item *it)
{
	const struct settings *s = plan->settings;
	unsigned int count = sides_lanes(it->key.sides);
	bool pinned = it->key.placement != PLACE_NONE;

	if (count == 1)
		return 0;
	struct cpu_pair *pairs = need_array(count, sizeof(*pairs));
	struct cell *more = need_array(count - 1, sizeof(*more));
	int r = 0;

	*need_next(plan->blocks, plan->block_count) = more;
	for (unsigned int i = 0; i < count; i++)
		pairs[i] = (struct cpu_pair){it->cell.cpu_tx, it->cell.cpu_rx};
	if (s->cpu_count > 0)
		r = listed_pairs(pairs, count, it, s, plan->topology);
	else if (pinned)
		topology_spread(plan->topology, it->key.placement, sides_scatter(it->key.sides),
			pairs, count);
	it->oversubscribed = too_many(plan->topology, it, pairs, count);
	for (unsigned int i = 1; i < count; i++)
		more[i - 1] = (struct cell){.cpu_tx = pairs[i].tx, .cpu_rx = pairs[i].rx};
	it->more = more;
	free(pairs);
	return r < 0 ? r : judge_pairs(it, s, count);
}

int pairs_complete(struct plan *plan, struct item *it)
{
	int r = 0;

	if (it->more == NULL)
		return 0;
	/* the item is the newest one, and so are its cells */
	struct cell *more = plan->blocks[plan->block_count - 1];

	for (unsigned int i = 0; r == 0 && i + 1 < sides_lanes(it->key.sides); i++) {
		struct cell cell = it->cell;

		cell.cpu_tx = more[i].cpu_tx;
		cell.cpu_rx = more[i].cpu_rx;
		r = memory_choose(&cell, it->transport, plan->topology, &it->why);
		more[i] = cell;
	}
	return r;
}
