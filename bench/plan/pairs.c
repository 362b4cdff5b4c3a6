/* SPDX-License-Identifier: MIT */
#include "plan/pairs.h"

#include "plan/numa.h"
#include "text/format.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>

/* "2 pairs have", "fan-in:4 has". */
static struct phrase who_has(const struct item *it)
{
	char spelled[40];

	if (sides_common(it->key.sides) == COMMON_NONE)
		return phrase("%u pairs have", sides_lanes(it->key.sides));
	return phrase("%s has", axis_spell(spelled, sizeof(spelled), &it->key, AXIS_TOPOLOGY));
}

/* The first CPUs of --cpus, one for each side; those of a lane have to be of one class. */
static int listed_lanes(struct cpu_pair *lanes, unsigned int count, struct item *it,
	const struct settings *s, const struct topology *topo)
{
	unsigned int present = sides_present(it->key.sides);
	const int *next = s->cpus;
	struct cpu_pair lane = {-1, -1};
	enum placement is;
	int r = 0;

	if (s->cpu_count < present)
		return reason_set(&it->why, EINVAL,
			"--cpus names %zu CPUs, and %s %u sides; name a CPU for each side",
			s->cpu_count, who_has(it).text, present);
	for (unsigned int i = 0; i < count && r == 0; i++) {
		/* the common side keeps the CPU that it has in the first lane */
		lane.tx = sides_exist(it->key.sides, 2 * i) ? *next++ : lane.tx;
		lane.rx = sides_exist(it->key.sides, 2 * i + 1) ? *next++ : lane.rx;
		lanes[i] = lane;
		r = topology_classify(topo, lane.tx, lane.rx, &is, &it->why);
		if (r == 0 && is != it->key.placement)
			r = reason_set(&it->why, EINVAL,
				"--cpus: CPUs %d and %d are %s, but those of the first pair are %s; every pair must have the same placement",
				lane.tx, lane.rx, placement_name(is),
				placement_name(it->key.placement));
	}
	return r;
}

/* Pairs apart from each other, or the sides of a fan around the common one. */
static void place_lanes(struct cpu_pair *lanes, unsigned int count, const struct item *it,
	const struct topology *topo)
{
	const enum common common = sides_common(it->key.sides);
	const bool scatter = sides_scatter(it->key.sides);
	int *own;

	if (common == COMMON_NONE) {
		topology_spread(topo, it->key.placement, scatter, lanes, count);
		return;
	}
	own = need_array(count, sizeof(*own));
	own[0] = common == COMMON_TX ? lanes[0].rx : lanes[0].tx;
	topology_gather(topo, it->key.placement, scatter,
		common == COMMON_TX ? lanes[0].tx : lanes[0].rx, own, count);
	for (unsigned int i = 0; i < count; i++)
		*(common == COMMON_TX ? &lanes[i].rx : &lanes[i].tx) = own[i];
	free(own);
}

/* How many sides are on this CPU. */
static unsigned int sides_on(
	int cpu, const struct cpu_pair *lanes, unsigned int count, uint64_t sides)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < count; i++) {
		n += lanes[i].tx == cpu && sides_exist(sides, 2 * i);
		n += lanes[i].rx == cpu && sides_exist(sides, 2 * i + 1);
	}
	return n;
}

/* Whether more sides share a CPU than in one pair of this placement. */
static bool too_many(const struct topology *topo, const struct item *it,
	const struct cpu_pair *lanes, unsigned int count)
{
	unsigned int most = it->key.placement == PLACE_SAME_CPU ? 2 : 1;
	struct topology_counts n;
	bool shared = false;

	topology_count(topo, &n);
	if (it->key.placement == PLACE_NONE)
		return sides_present(it->key.sides) > n.cpus;
	for (unsigned int i = 0; i < count && !shared; i++)
		shared = sides_on(lanes[i].tx, lanes, count, it->key.sides) > most ||
			 sides_on(lanes[i].rx, lanes, count, it->key.sides) > most;
	return shared;
}

/* Why several pairs, or clients, cannot run with other options. */
static int judge_several(
	struct item *it, const struct settings *s, unsigned int count, const char *what)
{
	if (s->messages != 0)
		return reason_set(&it->why, EINVAL,
			"--messages ends each of the %u %ss at another time, and only the time in which all run counts; use --duration",
			count, what);
	if (s->timeline)
		return reason_set(&it->why, EOPNOTSUPP,
			"--timeline records one %s, not %u at once; leave it out", what, count);
	return 0;
}

/* Why several pairs cannot run in a mode, or with other options. */
static int judge_pairs(struct item *it, const struct settings *s, unsigned int count)
{
	const char *mode = mode_name(it->key.mode);

	if (it->key.mode != MODE_LATENCY && it->key.mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"--mode %s measures one pair, not %u at once; use --mode latency or throughput",
			mode, count);
	int r = judge_several(it, s, count, "pair");

	if (r < 0)
		return r;
	if (it->oversubscribed && it->key.wait == WAIT_SPIN)
		return reason_set(&it->why, EINVAL,
			"%u pairs that spin need a CPU for each side, or they measure the scheduler's time slice; use fewer pairs or --wait block",
			count);
	return 0;
}

/* The topologies that a mechanism can have besides pairs. */
static struct phrase fans_of(const struct transport *t)
{
	struct phrase p = phrase("pair or pairs:N");

	if ((t->topologies & FAN_IN) != 0)
		phrase_add(&p, ", ", "fan-in:N");
	if ((t->topologies & (FAN_OUT_ONE | FAN_OUT_EVERY)) != 0)
		phrase_add(&p, ", ", "fan-out:N");
	return p;
}

/* Why several senders or receivers cannot share a channel; as above. */
static int judge_fan(struct item *it, const struct settings *s)
{
	const bool in = sides_kind(it->key.sides) == TOPOLOGY_FAN_IN;
	const unsigned int can = in ? FAN_IN : FAN_OUT_ONE | FAN_OUT_EVERY;
	const struct transport *t = it->transport;
	char fan[40];

	axis_spell(fan, sizeof(fan), &it->key, AXIS_TOPOLOGY);
	if ((t->topologies & can) == 0)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s cannot have several %s on one channel; use --topology %s", t->name,
			in ? "senders" : "receivers", fans_of(t).text);
	if (it->key.mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"--topology %s has one direction, without replies; use --mode throughput",
			fan);
	if (it->key.size > 0 && it->key.size < 8 && (t->topologies & can) != FAN_OUT_EVERY)
		return reason_set(&it->why, EINVAL,
			"%llu B cannot carry the number by which the messages of %s are told apart; use --size 8 or more",
			(unsigned long long)it->key.size, fan);
	if (axis_number(&it->key, AXIS_BATCH) != 1)
		return reason_set(&it->why, EOPNOTSUPP,
			"--topology %s moves messages one by one; use --batch 1", fan);
	if (s->messages != 0)
		return reason_set(&it->why, EINVAL,
			"--messages ends each side of %s at another time, and only the time in which all run counts; use --duration",
			fan);
	if (s->timeline)
		return reason_set(&it->why, EOPNOTSUPP,
			"--timeline records round trips, and --topology %s has none; leave it out",
			fan);
	if (it->oversubscribed && it->key.wait == WAIT_SPIN)
		return reason_set(&it->why, EINVAL,
			"%u sides that spin need a CPU each, or they measure the scheduler's time slice; use fewer sides or --wait block",
			sides_present(it->key.sides));
	return 0;
}

/* Why there cannot be a stream in each direction; as above. */
static int judge_bidi(struct item *it)
{
	const struct transport *t = it->transport;

	if (registry_runs_program(t))
		return reason_set(&it->why, EOPNOTSUPP,
			"the program of %s answers, or receives; use --topology pair", t->name);
	if (it->key.mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"--topology bidi is a stream in each direction; use --mode throughput");
	if (it->oversubscribed && it->key.wait == WAIT_SPIN)
		return reason_set(&it->why, EINVAL,
			"the four sides of bidi spin, and each needs a CPU, or they measure the scheduler's time slice; use --wait block or another --placement");
	return 0;
}

/* Why a mechanism has no server for several clients; as above. */
static int judge_server(struct item *it, const struct settings *s, unsigned int count)
{
	const struct transport *t = it->transport;
	const bool epoll = it->key.wait == WAIT_EPOLL;
	char spelled[40];

	axis_spell(spelled, sizeof(spelled), &it->key, AXIS_TOPOLOGY);
	if (it->key.mode != MODE_LATENCY && it->key.mode != MODE_RATE)
		return reason_set(&it->why, EOPNOTSUPP,
			"the server of --topology %s answers each message; use --mode latency or rate",
			spelled);
	if (it->key.mode == MODE_RATE && it->key.dispatch == DISPATCH_DIRECT)
		return reason_set(&it->why, EOPNOTSUPP,
			"the clients of an open loop call mechanisms through pointers; use --dispatch indirect");
	if (it->key.mode == MODE_RATE && it->key.rate.kind == RATE_ABSOLUTE &&
		it->key.rate.value * s->duration_s < count)
		return reason_set(&it->why, EINVAL,
			"a load of %g messages/s has fewer than one for each of %u clients in %g s; use a higher --rate, a longer --duration or fewer clients",
			it->key.rate.value, count, s->duration_s);
	if (epoll && t->descriptor == NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s has no descriptor by which epoll_wait(2) could wait for several clients; use %s",
			t->name,
			(t->topologies & SERVE_THREADS) != 0
				? "--wait block, for a server with a thread for each client"
				: "--topology pair or pairs:N");
	if (!epoll && (t->topologies & SERVE_THREADS) == 0)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s cannot receive in several threads of a process, one for each client; use %s",
			t->name,
			t->descriptor != NULL ? "--wait epoll" : "--topology pair or pairs:N");
	if (count > 1 && (it->key.wait == WAIT_SPIN || it->key.wait == WAIT_HYBRID))
		return reason_set(&it->why, EINVAL,
			"the server has %u threads on one CPU, one for each client, and one that polls keeps it from the others; use --wait block or epoll",
			count);
	return judge_several(it, s, count, "client");
}

int pairs_place(struct plan *plan, struct item *it)
{
	const struct settings *s = plan->settings;
	unsigned int count = sides_lanes(it->key.sides);
	bool pinned = it->key.placement != PLACE_NONE;
	bool server = sides_kind(it->key.sides) == TOPOLOGY_SERVER;

	if (count == 1)
		return server ? judge_server(it, s, 1) : 0;
	struct cpu_pair *lanes = need_array(count, sizeof(*lanes));
	struct cell *more = need_array(count - 1, sizeof(*more));
	int r = 0;

	*need_next(plan->blocks, plan->block_count) = more;
	for (unsigned int i = 0; i < count; i++)
		lanes[i] = (struct cpu_pair){it->cell.cpu_tx, it->cell.cpu_rx};
	if (s->cpu_count > 0)
		r = listed_lanes(lanes, count, it, s, plan->topology);
	else if (pinned && sides_kind(it->key.sides) != TOPOLOGY_BIDI)
		place_lanes(lanes, count, it, plan->topology);
	/* at each end a process sends and another one receives */
	if (sides_kind(it->key.sides) == TOPOLOGY_BIDI && s->cpu_count == 0)
		lanes[1] = (struct cpu_pair){lanes[0].rx, lanes[0].tx};
	it->oversubscribed = too_many(plan->topology, it, lanes, count);
	for (unsigned int i = 1; i < count; i++)
		more[i - 1] = (struct cell){.cpu_tx = lanes[i].tx, .cpu_rx = lanes[i].rx};
	it->more = more;
	free(lanes);
	if (r < 0)
		return r;
	if (server)
		return judge_server(it, s, count);
	if (sides_fan(it->key.sides))
		return judge_fan(it, s);
	r = sides_kind(it->key.sides) == TOPOLOGY_BIDI ? judge_bidi(it) : 0;
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
