/* SPDX-License-Identifier: MIT */
#include "advise/tree.h"

#include <math.h>

static const struct tree_node nodes[TREE_NODES] = {
	{"Does the other process run on another host?", NULL, false},
	{"sockets that reach it", "reach=network", false},
	{"Is it only to be woken, without any data?", NULL, false},
	{"semaphores, counters, signals, locks", "shape=notify", false},
	{"Is there much data in each message?", NULL, false},
	{"May both share memory, and keep order in it themselves?", NULL, false},
	{"shared memory with a notification", "shape=memory", true},
	{"a pipe or a stream socket", "shape=stream", true},
	{"Have messages to arrive one by one, as they were sent?", NULL, false},
	{"message queues and datagrams", "shape=message", false},
	{"a pipe or a stream socket", "shape=stream", false},
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
	for (size_t i = 0; i < TREE_NODES && r == 0; i++) {
		struct tree_leaf *l = &t->leaves[i];

		if (nodes[i].needs == NULL)
			continue;
		r = needs_parse(&l->needs, nodes[i].needs, why);
		if (r == 0)
			r = judge(&l->advice, *in, &l->needs, nodes[i].large, why);
		if (r == 0)
			leaf_figures(t, l);
	}
	return r;
}

void tree_free(struct tree *t)
{
	for (size_t i = 0; i < TREE_NODES; i++)
		advice_free(&t->leaves[i].advice);
	advice_free(&t->small);
	advice_free(&t->large);
}
