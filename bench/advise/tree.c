/* SPDX-License-Identifier: MIT */
#include "advise/tree.h"

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
	const char *answer, *needs;
	bool large;
} leaves[TREE_LEAVES] = {
	[LEAF_NETWORK] = {"sockets that reach it", "reach=network", false},
	[LEAF_NOTIFY] = {"semaphores, counters, signals, locks", "shape=notify", false},
	[LEAF_MEMORY] = {"shared memory with a notification", "shape=memory", true},
	[LEAF_LARGE_STREAM] = {"a pipe or a stream socket", "shape=stream", true},
	[LEAF_MESSAGE] = {"message queues and datagrams", "shape=message", false},
	[LEAF_STREAM] = {"a pipe or a stream socket", "shape=stream", false},
};

/* The figures of the best of a leaf, at both sizes. */
static void leaf_figures(const struct tree *t, struct tree_leaf *l)
{
	struct scope scope = l->advice.scope;

	l->p50 = l->time = NAN;
	if (l->advice.qualified == 0)
		return;
	scope.size = t->small_size;
	const struct measured_cell *small = scope_cell(&scope, &l->advice.items->key, MODE_LATENCY);

	scope.size = t->large_size;
	const struct measured_cell *large =
		scope_cell(&scope, &l->advice.items->key, MODE_THROUGHPUT);

	if (small != NULL && small->ok)
		l->p50 = measured_value(small, METRIC_LAT_P50);
	if (large != NULL && large->ok && measured_value(large, METRIC_MSGS_PER_S) > 0)
		l->time = 1e9 / measured_value(large, METRIC_MSGS_PER_S);
}

/* Judges by the figure that decides at the size. */
static int judge(struct advice *a, struct judge_input in, const struct needs *n, bool large,
	struct reason *why)
{
	in.needs = n;
	in.largest = large;
	in.ranking = large ? RANK_TIME : RANK_P50;
	return advise_judge(a, &in, why);
}

int tree_build(struct tree *t, const struct judge_input *in, struct reason *why)
{
	*t = (struct tree){.nodes = nodes};
	needs_init(&t->needs);
	int r = judge(&t->small, *in, &t->needs, false, why);

	if (r == 0)
		r = judge(&t->large, *in, &t->needs, true, why);
	t->small_size = t->small.scope.size;
	t->large_size = t->large.scope.size;
	for (int i = 0; i < TREE_LEAVES && r == 0; i++) {
		struct tree_leaf *l = &t->leaves[i];

		l->answer = leaves[i].answer;
		r = needs_parse(&l->needs, leaves[i].needs, why);
		if (r == 0)
			r = judge(&l->advice, *in, &l->needs, leaves[i].large, why);
		if (r == 0)
			leaf_figures(t, l);
	}
	return r;
}

void tree_free(struct tree *t)
{
	for (int i = 0; i < TREE_LEAVES; i++)
		advice_free(&t->leaves[i].advice);
	advice_free(&t->small);
	advice_free(&t->large);
}
