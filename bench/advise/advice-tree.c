/* SPDX-License-Identifier: MIT */
/* The decision tree with the figures of a run at its leaves, and in words. */
#include "advise/advice.h"

#include <ipcbench/host.h>
#include <math.h>

/* ---- the tree -------------------------------------------------------------------------------- */

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

/* ---- a leaf in words ------------------------------------------------------------------------- */

/* Those behind the best that a leaf names. */
enum { FOLLOWERS = 2 };

/* "p50 73.6 µs for 64 B, 1 MiB in 237 µs, CPU 29.5 µs a message" */
static struct phrase figures_phrase(
	const struct tree *t, const struct tree_leaf *l, const struct glyphs *g)
{
	const struct candidate *best = l->advice.items;
	bool notify = best->transport->shape == SHAPE_NOTIFY;
	bool streams = l->advice.ranking == RANK_TIME && !isnan(best->cpu_stream.value);
	struct phrase p = phrase("p50 %s", advice_time(l->p50, g).text);
	char size[24];

	if (!notify)
		phrase_add(
			&p, " ", "for %s", ipcbench_bytes(size, sizeof(size), t->small.scope.size));
	if (!notify && !isnan(l->time))
		phrase_add(&p, ", ", "%s in %s",
			ipcbench_bytes(size, sizeof(size), t->large.scope.size),
			advice_time(l->time, g).text);
	phrase_add(&p, ", ", "CPU %s %s",
		advice_time((streams ? best->cpu_stream : best->figure[NEED_CPU]).value, g).text,
		notify ? "each" : "a message");
	return p;
}

/* "a pipe: pipe, p50 ...; then unix-stream 51.7 µs, fifo 56.4 µs", or by traits alone all the
 * names. */
static struct phrase leaf_phrase(const struct tree *t, size_t at, const struct glyphs *g)
{
	const char *answer = t->nodes[at].text;
	const struct tree_leaf *l = &t->leaves[at];
	const struct advice *a = &l->advice;
	bool figures = a->scope.measured != NULL;

	if (a->qualified == 0)
		return phrase("%s: none was measured", answer);
	struct phrase p = phrase("%s: %s", answer, advice_label(a->items, g).text);

	if (figures)
		phrase_add(&p, ", ", "%s", figures_phrase(t, l, g).text);
	for (size_t i = 1; i < a->qualified && (!figures || i <= FOLLOWERS); i++) {
		const struct candidate *c = &a->items[i];

		phrase_add(&p, i == 1 && figures ? "; then " : ", ", "%s", advice_label(c, g).text);
		if (figures)
			phrase_add(&p, " ", "%s", advice_time(advice_figure(a, c)->value, g).text);
	}
	return p;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Draws a node and what is below it; returns the node that follows. */
static size_t draw(
	struct document *d, const struct tree *t, size_t at, unsigned int depth, const char *answer)
{
	bool leaf = t->nodes[at].needs != NULL;
	struct block *b = document_add(d, BLOCK_ITEM, "%s%s", answer,
		leaf ? leaf_phrase(t, at, d->glyphs).text : t->nodes[at].text);

	b->level = depth;
	b->first = 2 * depth;
	b->hanging = b->first + 4;
	at++;
	if (leaf)
		return at;
	/* the tree is as deep as its questions are */
	at = draw(d, t, at, depth + 1, "yes: ");
	return draw(d, t, at, depth + 1, "no: ");
}

/* "Whatever the answers: the shortest round trip of 64 B has shm, 51 µs; ..." */
static struct phrase whole_phrase(const struct tree *t, const struct glyphs *g)
{
	const struct candidate *s = t->small.items, *l = t->large.items;
	char small[24], large[24];

	return phrase("Of all that carry data, whatever the answers: for round trips of %s %s, p50 "
		      "%s; for streams of %s %s, %s each",
		ipcbench_bytes(small, sizeof(small), t->small.scope.size), advice_label(s, g).text,
		advice_time(s->figure[NEED_P50].value, g).text,
		ipcbench_bytes(large, sizeof(large), t->large.scope.size), advice_label(l, g).text,
		advice_time(l->time.value, g).text);
}

void tree_fill(struct document *d, const void *answer)
{
	const struct answer *s = answer;
	const struct tree *t = &s->tree;

	draw(d, t, 0, 0, "");
	if (s->run == NULL) {
		document_add(d, BLOCK_LINE,
			"By traits alone, the simplest first: speed was not considered. Measure "
			"with %s and ask again, with that DIR",
			advice_measure_with(&t->needs).text)
			->gap = true;
		return;
	}
	struct phrase scope = phrase(
		"%s, wait=block, no message may be lost", placement_name(t->small.scope.placement));

	document_add(d, BLOCK_LINE, "%s", advice_origin(s, scope, d->glyphs).text)->gap = true;
	if (t->small.qualified > 0 && t->large.qualified > 0)
		document_add(d, BLOCK_LINE, "%s", whole_phrase(t, d->glyphs).text);
	document_add(d, BLOCK_LINE,
		"At each leaf the lowest figure is first (p50 where messages are small, time back "
		"to back where they are large); of those that tie the simpler");
}
