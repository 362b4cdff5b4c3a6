/* SPDX-License-Identifier: MIT */
#include "advise/tree.h"

#include "plan/plan.h"
#include <errno.h>
#include <math.h>

#define LEAF(n) (-1 - (n))

enum { NODE_NETWORK, NODE_NOTIFY, NODE_LARGE, NODE_SHARED, NODE_MESSAGE };
enum { LEAF_NETWORK, LEAF_NOTIFY, LEAF_MEMORY, LEAF_LARGE_STREAM, LEAF_MESSAGE, LEAF_STREAM };

static const struct tree_node nodes[] = {
	[NODE_NETWORK] = {"Does the other process run on another host?", LEAF(LEAF_NETWORK),
		NODE_NOTIFY},
	[NODE_NOTIFY] = {"Is it only to be woken, without any data?", LEAF(LEAF_NOTIFY),
		NODE_LARGE},
	[NODE_LARGE] = {"Is there much data in each message?", NODE_SHARED, NODE_MESSAGE},
	[NODE_SHARED] = {"May both share memory, and keep order in it themselves?",
		LEAF(LEAF_MEMORY), LEAF(LEAF_LARGE_STREAM)},
	[NODE_MESSAGE] = {"Have messages to arrive one by one, as they were sent?",
		LEAF(LEAF_MESSAGE), LEAF(LEAF_STREAM)},
};

/* What the answers on the way to a leaf ask for. */
static const struct {
	const char *answer;
	bool shaped;
	enum shape shape;
	enum reach reach;
	bool large;
} leaves[TREE_LEAVES] = {
	[LEAF_NETWORK] = {"sockets that reach it", false, SHAPE_STREAM, REACH_NETWORK, false},
	[LEAF_NOTIFY] = {"semaphores, counters, signals, locks", true, SHAPE_NOTIFY, REACH_KIN,
		false},
	[LEAF_MEMORY] = {"shared memory with a notification", true, SHAPE_MEMORY, REACH_KIN, true},
	[LEAF_LARGE_STREAM] = {"a pipe or a stream socket", true, SHAPE_STREAM, REACH_KIN, true},
	[LEAF_MESSAGE] = {"message queues and datagrams", true, SHAPE_MESSAGE, REACH_KIN, false},
	[LEAF_STREAM] = {"a pipe or a stream socket", true, SHAPE_STREAM, REACH_KIN, false},
};

static void leaf_needs(struct needs *n, int leaf)
{
	needs_init(n);
	n->reach = leaves[leaf].reach;
	if (leaves[leaf].shaped) {
		n->given |= 1u << NEED_SHAPE;
		n->shape = leaves[leaf].shape;
	}
}

/* The figures of the best of a leaf, at both sizes. */
static void leaf_figures(struct tree *t, struct tree_leaf *l)
{
	const struct candidate *best = l->advice.items;
	struct scope scope = l->advice.scope;

	l->p50 = l->time = NAN;
	if (l->advice.qualified == 0 || scope.measured == NULL)
		return;
	scope.size = t->small_size;
	const struct measured_cell *small =
		scope_cell(&scope, &l->needs, best->name, best->wait, best->copy, MODE_LATENCY);

	scope.size = t->large_size;
	const struct measured_cell *large =
		scope_cell(&scope, &l->needs, best->name, best->wait, best->copy, MODE_THROUGHPUT);

	if (small != NULL && small->ok)
		l->p50 = measured_value(small, METRIC_LAT_P50);
	if (large != NULL && large->ok && measured_value(large, METRIC_MSGS_PER_S) > 0)
		l->time = 1e9 / measured_value(large, METRIC_MSGS_PER_S);
}

static int build_leaf(struct tree *t, int i, struct judge_input in, struct reason *why)
{
	struct tree_leaf *l = &t->leaves[i];

	l->answer = leaves[i].answer;
	leaf_needs(&l->needs, i);
	in.needs = &l->needs;
	in.largest = leaves[i].large;
	in.ranking = leaves[i].large ? RANK_TIME : RANK_P50;
	int r = advise_judge(&l->advice, &in, why);

	if (r == 0)
		leaf_figures(t, l);
	return r;
}

int tree_build(struct tree *t, const struct transport *const *transports, size_t transport_count,
	const struct measured *measured, struct reason *why)
{
	struct judge_input in = {
		.transports = transports,
		.transport_count = transport_count,
		.measured = measured,
		.needs = &t->needs,
		.ranking = RANK_P50,
	};

	*t = (struct tree){.nodes = nodes};
	needs_init(&t->needs);
	int r = advise_judge(&t->small, &in, why);

	in.ranking = RANK_TIME;
	in.largest = true;
	if (r == 0)
		r = advise_judge(&t->large, &in, why);
	t->small_size = t->small.scope.size;
	t->large_size = t->large.scope.size;
	for (int i = 0; i < TREE_LEAVES && r == 0; i++)
		r = build_leaf(t, i, in, why);
	return r;
}

void tree_free(struct tree *t)
{
	for (int i = 0; i < TREE_LEAVES; i++)
		advice_free(&t->leaves[i].advice);
	advice_free(&t->small);
	advice_free(&t->large);
}
