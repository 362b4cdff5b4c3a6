/* SPDX-License-Identifier: MIT */
/* Which mechanism meets the needs, in words. */
#include "advise/advice.h"

#include <ctype.h>
#include <math.h>

/* Adds a line that begins where the title does: an item of the list below that, or a note. */
static void add_line(struct document *d, enum block_kind kind, struct phrase line)
{
	struct block *b = document_add(d, kind, "%s", line.text);

	b->first = 0;
	b->hanging = 2;
}

/* ---- those that are out ---------------------------------------------------------------------- */

/* One line for each reason: "too slow: p99, need under 20 µs: pipe (61 µs), fifo (70 µs)". */
static void add_excluded(struct document *d, const struct advice *a)
{
	const struct glyphs *g = d->glyphs;

	if (a->qualified < a->count)
		document_add(
			d, BLOCK_SECTION, "Excluded, each for the first reason that was found");
	/* what came nearest to qualifying is told first */
	for (int o = OBSTACLE_COUNT - 1; o > OBSTACLE_NONE; o--)
		for (size_t i = a->qualified; i < a->count; i++) {
			const struct candidate *c = &a->items[i];

			if (c->obstacle == (enum obstacle)o)
				document_join(d, BLOCK_ITEM,
					phrase("%s: ", advice_obstacle(a, c, g).text).text,
					phrase("%s%s", advice_label(c, g).text,
						advice_excess(c, g).text)
						.text,
					"");
		}
}

/* ---- what was asked, and of what the figures are --------------------------------------------- */

struct phrase advice_origin(
	const struct answer *answer, struct phrase scope, const struct glyphs *g)
{
	return phrase("Figures: %s, run %s (%s); %s", advice_plain(answer->run->dir, g).text,
		advice_plain(answer->run->run_id, g).text, advice_plain(answer->machine, g).text,
		scope.text);
}

/* What the best costs and gives. */
static void add_figures(struct document *d, const struct candidate *c)
{
	struct phrase figure[NEED_CPU + 1], room = {""};
	char times[40];

	for (enum need i = NEED_RATE; i <= NEED_CPU; i++)
		figure[i] = advice_quantity(i, c->figure[i].value, d->glyphs);
	if (!isnan(c->figure[NEED_BANDWIDTH].value))
		phrase_add(&figure[NEED_RATE], " = ", "%s", figure[NEED_BANDWIDTH].text);
	if (!isnan(c->headroom))
		room = phrase(", headroom %s", format_fixed(times, sizeof(times), c->headroom, 1));
	add_line(d, BLOCK_ITEM,
		phrase("Round trip p50 %s, p99 %s; %s; CPU %s a message%s; %u trial%s",
			figure[NEED_P50].text, figure[NEED_P99].text, figure[NEED_RATE].text,
			figure[NEED_CPU].text, room.text, c->trials, c->trials == 1 ? "" : "s"));
}

/* By traits alone: what could not be considered, and what would measure it. */
static void add_unmeasured(struct document *d, const struct needs *n)
{
	struct phrase list = {""};

	for (enum need i = NEED_RATE; i <= NEED_CPU; i++)
		if (needs_given(n, i))
			phrase_add(&list, ", ", "%s", need_name(i));
	add_line(d, BLOCK_ITEM,
		phrase("By traits alone: speed was not considered%s%s%s. Measure with %s and ask again, "
		       "with that DIR",
			list.text[0] == '\0' ? "" : ", and ", list.text,
			list.text[0] == '\0' ? "" : " could not be judged",
			advice_measure_with(n).text));
}

static void add_about(struct document *d, const struct answer *answer)
{
	const struct advice *a = &answer->advice;
	struct phrase why = advice_reason(a, d->glyphs);

	if (a->qualified > 0 && answer->run != NULL)
		add_figures(d, a->items);
	if (why.text[0] != '\0')
		add_line(d, BLOCK_ITEM,
			phrase("%c%s", toupper((unsigned char)why.text[0]), why.text + 1));
	add_line(d, BLOCK_ITEM,
		phrase("Asked: %s%s%s", advice_plain(answer->asked, d->glyphs).text,
			needs_given(a->needs, NEED_WAIT)
				? ""
				: "; wait=block, since nothing else was said",
			needs_given(a->needs, NEED_LOSS) ? "" : "; no message may be lost"));
	if (answer->run != NULL)
		add_line(d, BLOCK_ITEM, advice_origin(answer, advice_scope(a), d->glyphs));
	else
		add_unmeasured(d, a->needs);
}

/* ---- remarks --------------------------------------------------------------------------------- */

static void remark_cpu(struct document *d, const struct advice *a)
{
	const struct needs *n = a->needs;
	enum wait wait = a->items[0].key.wait;
	bool dense = needs_given(n, NEED_RATE) || needs_given(n, NEED_BANDWIDTH);

	add_line(d, BLOCK_NOTE,
		phrase("CPU: user and system time of both sides per message, %s%s",
			a->back_to_back ? "of messages back to back" : "half of a round trip's",
			a->back_to_back && dense
				? ", since one is due before a round trip can be over"
				: ""));
	if (wait == WAIT_SPIN || wait == WAIT_HYBRID)
		add_line(d, BLOCK_NOTE,
			phrase("%s: a side that waits keeps a CPU busy, however few messages there are",
				wait_name(wait)));
}

static void remark_traits(struct document *d, const struct advice *a)
{
	if (a->items[0].transport->shape == SHAPE_MEMORY)
		add_line(d, BLOCK_NOTE,
			phrase("memory: both sides see the same bytes; order and boundaries in them "
			       "are the program's work, here they were ipcbench's"));
	if (a->scope.measured != NULL && a->needs->reach == REACH_NETWORK)
		add_line(d, BLOCK_NOTE,
			phrase("network: figures are of the loopback interface of one host"));
}

void advice_remarks(struct document *d, const struct advice *a)
{
	if (a->qualified > 0)
		remark_traits(d, a);
	if (a->scope.measured == NULL)
		return;
	if (a->qualified > 0) {
		remark_cpu(d, a);
		add_line(d, BLOCK_NOTE,
			phrase("interval: 95 %% of the median from six trials on, else lowest and highest "
			       "trial"));
		if (!isnan(a->items[0].headroom))
			add_line(d, BLOCK_NOTE,
				phrase("headroom: least ratio between a figure and what is needed; "
				       "from %d on CPU time decides",
					HEADROOM));
	}
	if (a->scope.left_out > 0)
		add_line(d, BLOCK_NOTE,
			phrase("%zu cell%s with another idle policy, pause, dispatch or place of the "
			       "memory than by default left out",
				a->scope.left_out, a->scope.left_out == 1 ? "" : "s"));
}

/* ---- the whole ------------------------------------------------------------------------------- */

void advice_fill(struct document *d, const void *answer)
{
	const struct advice *a = &((const struct answer *)answer)->advice;
	struct block *title;

	if (a->qualified == 0)
		title = document_add(d, BLOCK_TITLE, "No mechanism meets the needs");
	else
		title = document_add(d, BLOCK_TITLE, "Use %s: %s",
			advice_label(a->items, d->glyphs).text, a->items[0].transport->summary);
	title->tone = a->qualified > 0 ? TONE_GOOD : TONE_BAD;
	add_about(d, answer);
	if (a->qualified > 0)
		advice_grid(d, a);
	add_excluded(d, a);
	advice_remarks(d, a);
}
