/* SPDX-License-Identifier: MIT */
#include "advise/advice.h"

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

/* The candidate that has this id, as it has in every list from the same run. */
static const struct candidate *find(const struct advice *a, size_t id)
{
	size_t i = 0;

	while (a->items[i].id != id)
		i++;
	return &a->items[i];
}

/* The figures of the best of a leaf, at both sizes. */
static void leaf_figures(const struct tree *t, struct tree_leaf *l)
{
	bool any = l->advice.qualified > 0;

	l->p50 = any ? find(&t->small, l->advice.items->id)->figure[NEED_P50].value : NAN;
	l->time = any ? find(&t->large, l->advice.items->id)->time.value : NAN;
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
