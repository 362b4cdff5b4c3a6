/* SPDX-License-Identifier: MIT */
/* The decision tree with the figures of a run at its leaves, and in words. */
#include "advise/advice.h"

#include <ipcbench/host.h>
#include <math.h>

/* ---- the tree -------------------------------------------------------------------------------- */

static const struct tree_node nodes[TREE_NODES] = {
	{"Does the other process run on another host?", NULL, false},
	{"sockets that reach it", "reach=network", false},
	{"Does it only need to be woken, without any data?", NULL, false},
	{"semaphores, counters, signals, locks", "shape=notify", false},
	{"Are the messages large?", NULL, false},
	{"May both share memory and keep order in it themselves?", NULL, false},
	{"shared memory with a notification", "shape=memory family=shared-memory", true},
	{"May both read and write one file?", NULL, false},
	{"a shared file", "shape=memory family=files", true},
	{"a pipe or a stream socket", "shape=stream", true},
	{"Must messages arrive one by one, as they were sent?", NULL, false},
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
	struct phrase p = {""};
	char size[24];

	if (!isnan(l->p50))
		phrase_add(&p, "", "p50 %s", advice_time(l->p50, g).text);
	if (!isnan(l->p50) && !notify)
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

/* "pipe 57.6 µs" */
static struct phrase follower(
	const struct advice *a, const struct candidate *c, const struct glyphs *g)
{
	const double value = advice_figure(a, c)->value;
	struct phrase p = advice_label(c, g);

	if (!isnan(value))
		phrase_add(&p, " ", "%s", advice_time(value, g).text);
	return p;
}

/* Those behind the best: as many as FOLLOWERS that tie with the lowest, or else are next. */
static void add_followers(struct phrase *p, const struct advice *a, const struct glyphs *g)
{
	bool ties = a->tied > 1;
	size_t named = 0, all = ties ? a->tied - 1 : a->qualified - 1;

	for (size_t i = 1; i < a->qualified && named < FOLLOWERS; i++)
		if (!ties || advice_tied(a, i))
			phrase_add(p,
				named++ > 0 ? ", "
				: ties	    ? "; statistically tied: "
					    : "; then ",
				"%s", follower(a, &a->items[i], g).text);
	if (ties && all > named)
		phrase_add(p, " ", "and %zu more", all - named);
}

/* "a pipe: pipe, p50 ...; then unix-stream 51.7 µs, fifo 56.4 µs"; all names, with figures
 * where there are some, if nothing is ranked. */
static struct phrase leaf_phrase(const struct tree *t, size_t at, const struct glyphs *g)
{
	const char *answer = t->nodes[at].text;
	const struct tree_leaf *l = &t->leaves[at];
	const struct advice *a = &l->advice;

	if (a->qualified == 0)
		return phrase("%s: not measured", answer);
	struct phrase p = phrase("%s: ", answer);
	/* nor is anything ranked by what was not measured */
	bool measured = a->scope.measured != NULL,
	     ranked = measured && a->few == 0 &&
		      (a->qualified == 1 || !isnan(advice_figure(a, a->items)->value));

	if (ranked) {
		phrase_add(&p, "", "%s, %s", advice_label(a->items, g).text,
			figures_phrase(t, l, g).text);
		add_followers(&p, a, g);
		return p;
	}
	for (size_t i = 0; i < a->qualified; i++)
		phrase_add(&p, i == 0 ? "" : ", ", "%s",
			measured ? follower(a, &a->items[i], g).text
				 : advice_label(&a->items[i], g).text);
	phrase_add(&p, " ", "%s", measured ? "(not ranked)" : "");
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

/* "shm, 37.4 µs (statistically tied: pipe 57.6 µs)" */
static struct phrase fastest(const struct advice *a, const struct glyphs *g)
{
	struct phrase p = follower(a, &a->items[a->lowest], g), ties = {""};
	size_t named = 0;

	for (size_t i = 0; i < a->qualified && named < FOLLOWERS; i++)
		if (i != a->lowest && advice_tied(a, i))
			phrase_add(&ties, named++ > 0 ? ", " : "", "%s",
				follower(a, &a->items[i], g).text);
	if (a->tied > named + 1)
		phrase_add(&ties, " ", "and %zu more", a->tied - named - 1);
	if (a->tied > 1)
		phrase_add(&p, " ", "(statistically tied: %s)", ties.text);
	return p;
}

/* Whether a leaf, or all mechanisms together, were measured in too few trials; NULL = enough. */
static const struct advice *unranked(const struct tree *t)
{
	for (size_t i = 0; i < TREE_NODES; i++)
		if (t->leaves[i].advice.few > 0)
			return &t->leaves[i].advice;
	return t->small.few > 0 ? &t->small : t->large.few > 0 ? &t->large : NULL;
}

/* What is fastest whatever the answers, or why that is not known, and how leaves are read. */
static void add_foot(struct document *d, const struct tree *t)
{
	const struct advice *few = unranked(t);
	char small[24], large[24];

	if (t->small.qualified > 0 && t->large.qualified > 0 && few == NULL)
		document_add(d, BLOCK_LINE,
			"Fastest that carry data: round trip of %s: %s; stream of %s, time per message: %s",
			ipcbench_bytes(small, sizeof(small), t->small.scope.size),
			fastest(&t->small, d->glyphs).text,
			ipcbench_bytes(large, sizeof(large), t->large.scope.size),
			fastest(&t->large, d->glyphs).text);
	if (few == NULL)
		document_add(d, BLOCK_LINE,
			"Small messages are ordered by p50, large ones by time per message back to back; "
			"of mechanisms statistically tied with the fastest, the one with the least CPU "
			"time comes first, then the simplest");
	if (few != NULL) {
		struct phrase why = advice_few(few, &t->needs);

		document_add(d, BLOCK_LINE, "N%s", why.text + 1);
	}
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
	add_foot(d, t);
}
