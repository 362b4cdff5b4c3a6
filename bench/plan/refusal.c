/* SPDX-License-Identifier: MIT */
/* Why a cell cannot run here, or not as it is asked for. */
#include "plan/plan.h"

#include "plan/background.h"
#include "plan/footprint.h"
#include "plan/guard.h"
#include "plan/numa.h"
#include "text/format.h"
#include <errno.h>
#include <ipcbench/host.h>
#include <string.h>
#include <unistd.h>

/* What a side holds of a batch at most: as much as the largest message. */
#define BATCH_BYTES_MAX (UINT64_C(1) << 30)

static struct phrase list_waits(unsigned int mask)
{
	struct phrase p = phrase("%s", "");

	for (int w = 0; w < WAIT_COUNT; w++)
		if ((mask & WAIT_BIT(w)) != 0)
			phrase_add(&p, ", ", "%s", wait_name((enum wait)w));
	return p;
}

static int judge_batch(struct item *it, const struct settings *s)
{
	const struct transport *t = it->transport;
	const size_t batch = it->cell.batch, size = it->cell.size;
	char most[24];

	if (it->key.batch == COUNT_UNKNOWN)
		return reason_set(&it->why, ECANCELED,
			"how many messages it published at once is not known: in versions before --batch it "
			"also depended on size= and chunk=; measure it by itself, with --batch");
	if (batch == 1)
		return 0;
	if (!t->batches)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s moves messages one by one, not --batch %zu at once; use --batch 1",
			t->name, batch);
	if (it->cell.copy == COPY_INPLACE && t->ops->send_batch != NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s sends a batch from a private buffer; use --copy copy or --batch 1",
			t->name);
	if (size > 0 && batch > BATCH_BYTES_MAX / size)
		return reason_set(&it->why, EMSGSIZE,
			"--batch %zu: messages of %zu B fill more than %s; use --batch %zu or less",
			batch, size, ipcbench_bytes(most, sizeof(most), BATCH_BYTES_MAX),
			(size_t)(BATCH_BYTES_MAX / size));
	if (s->messages != 0 && s->messages <= batch)
		return reason_set(&it->why, EINVAL,
			"--messages %llu: a rate is that of the messages behind the first batch, which "
			"has %zu; use --messages %zu or more, or a smaller --batch",
			(unsigned long long)s->messages, batch, batch + 1);
	return 0;
}

/* Messages of different sizes have loops of their own, two pairs of them. */
static int judge_sizes(struct item *it)
{
	const struct transport *t = it->transport;
	const enum mode mode = it->key.mode;

	if (it->sizes == NULL)
		return 0;
	if (it->sizes->turn == NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"a file of sizes is read to measure only; use sizes or lognormal:");
	if (mode != MODE_LATENCY && mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"mode %s has messages of one size; use --mode latency or throughput, or one --size",
			mode_name(mode));
	if (it->key.dispatch == DISPATCH_DIRECT)
		return reason_set(&it->why, EOPNOTSUPP,
			"the loops for different sizes call mechanisms through pointers; use --dispatch indirect");
	if (it->cell.copy == COPY_INPLACE || it->cell.batch > 1)
		return reason_set(&it->why, EOPNOTSUPP,
			"messages of different sizes are sent one by one from private buffers; use --copy copy and --batch 1");
	if (sides_kind(it->key.sides) == TOPOLOGY_SERVER)
		return reason_set(&it->why, EOPNOTSUPP,
			"the loop of a server has messages of one size; use one --size, or --topology pairs:N");
	if (t->may_drop)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s can lose messages, so the receiver does not know the size of the next one; use one --size",
			t->name);
	if (registry_runs_program(t))
		return reason_set(&it->why, EOPNOTSUPP,
			"%s tells a program one size of message; use one --size", t->name);
	return 0;
}

static int judge_isolation(struct item *it, const struct refusal *allowed)
{
	const enum isolation isolation = it->key.isolate;

	if (allowed[isolation].err != 0) {
		it->why = allowed[isolation].why;
		return allowed[isolation].err;
	}
	if ((isolation_bits(isolation) & NAMESPACE_BIT_PID) != 0 && it->key.background.count > 0)
		return reason_set(&it->why, EOPNOTSUPP,
			"a side in a pid namespace of its own cannot read the CPU time of --load; use --load none or another --isolate");
	return isolation_refuse(
		it->transport->name, it->transport->one_namespace, isolation, &it->why);
}

/* What its channels hold is found out before the first launch (run/depth.c). */
static int judge_depth(struct item *it)
{
	const struct transport *t = it->transport;
	const size_t depth = it->cell.depth;
	const bool loops = t->loops == NULL || it->cell.indirect || t->loops->ping_depth != NULL;

	if (depth <= 1)
		return 0;
	if (t->shape == SHAPE_NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s moves nothing, so nothing is in flight; use --depth 1", t->name);
	if (t->may_drop)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s may drop some of %zu messages in flight, and their replies would not come; use --depth 1, or --mode rate, which counts losses",
			t->name, depth);
	if (!loops)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s has loops of its own, with one round trip in flight; use --depth 1",
			t->name);
	if (it->sizes != NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"the loops for different sizes have one round trip in flight; use one --size or --depth 1");
	if (it->cell.pauses)
		return reason_set(&it->why, EINVAL,
			"--think pauses before each round trip, and with --depth %zu the others go on; use --think 0 or --depth 1",
			depth);
	return 0;
}

/* What nobody but the program saw. */
static int judge_self_reports(struct item *it, const struct settings *s)
{
	const char *name = it->transport->name;

	if (!it->transport->self_reports)
		return 0;
	if (it->key.mode != MODE_LATENCY && it->key.mode != MODE_THROUGHPUT)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s reports times and counts itself; use --mode latency or throughput",
			name);
	if (s->timeline)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s does not report when a message was slow; leave out --timeline", name);
	return 0;
}

int plan_refuse(struct item *it, const struct plan *plan)
{
	const struct refusal *policy = &plan->policies[it->key.sched];
	const struct settings *s = plan->settings;
	const struct topology *topo = plan->topology;
	const struct transport *t = it->transport;
	const struct cell *c = &it->cell;

	int r = judge_sizes(it);

	if (r < 0)
		return r;
	if (t->loops == NULL && it->key.dispatch == DISPATCH_DIRECT)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s brings no loops; use --dispatch indirect", t->name);
	if (c->copy == COPY_INPLACE && !registry_in_place(t))
		return reason_set(&it->why, EOPNOTSUPP,
			"%s has no in-place operations; use --copy copy", t->name);
	r = memory_choose(&it->cell, t, topo, &it->why);
	if (r == 0)
		r = memory_allowed(c, &it->why);
	if (r == 0)
		r = judge_batch(it, s);
	if (r == 0)
		r = judge_depth(it);
	if (r == 0)
		r = judge_self_reports(it, s);
	if (r == 0)
		r = footprint_choose(&it->cell, it->key.footprint, t, topo,
			sides_lanes(it->key.sides), &it->why);
	if (r == 0)
		r = background_choose(
			&it->background_bytes, &it->key.background, topo->llc_bytes, &it->why);
	if (r < 0)
		return r;
	r = guard_probe(t, &it->why);
	if (r < 0)
		return r;
	if ((t->waits & WAIT_BIT(c->wait)) == 0)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s does not wait by %s; it can use --wait %s", t->name, wait_name(c->wait),
			list_waits(t->waits).text);
	if (c->wait == WAIT_SPIN && cell_one_cpu(c))
		return reason_set(&it->why, EINVAL,
			"spinning on the CPU that the peer needs measures the scheduler's time slice; use --placement cross-cpu or --wait block");
	if (it->key.mode == MODE_RATE && cell_one_cpu(c))
		return reason_set(&it->why, EINVAL,
			"the sender of an open loop polls the clock and would keep the CPU from the receiver; use --placement cross-cpu");
	if ((it->key.mode == MODE_RATE || it->key.mode == MODE_ONEWAY) && t->shape == SHAPE_NULL)
		return reason_set(&it->why, EOPNOTSUPP,
			"%s moves nothing, so nothing has a time of arrival; use --mode latency or throughput",
			t->name);
	if (it->key.mode == MODE_ONEWAY && c->cpu_tx < 0)
		return reason_set(&it->why, EINVAL,
			"one-way times compare the clocks of two CPUs, so these must be known; use --placement same-cpu or cross-cpu");
	if (it->key.idle == IDLE_AWAKE && access("/dev/cpu_dma_latency", W_OK) < 0)
		return reason_set(&it->why, errno,
			"/dev/cpu_dma_latency cannot be written (%s), so idle CPUs cannot be held awake; run as root or use --idle default",
			strerror(errno));
	/* a shorter number repeats itself and cannot tell a loss from an error */
	if (t->may_drop && !cell_round_trip(c) && c->size > 0 && c->size < 8)
		return reason_set(&it->why, EINVAL,
			"%zu B cannot carry the number by which messages that %s loses are counted; use --size 8 or more",
			c->size, t->name);
	if (policy->err != 0) {
		it->why = policy->why;
		return policy->err;
	}
	r = judge_isolation(it, plan->isolations);
	if (r < 0 || t->limits == NULL)
		return r;
	guard_enter(t, "limits()", GUARD_QUICK_S);
	return guard_leave(t->limits(c, it->config, &it->why), &it->why);
}
