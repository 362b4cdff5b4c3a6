/* SPDX-License-Identifier: MIT */
/* Which mechanism meets the needs, in words. */
#include "advise/advice.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

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
		document_add(d, BLOCK_SECTION, "Excluded, each for the first reason found");
	/* what came nearest to qualifying is told first */
	for (int o = OBSTACLE_COUNT - 1; o > OBSTACLE_NONE; o--)
		for (size_t i = a->qualified; i < a->count; i++) {
			const struct candidate *c = &a->items[i];
			enum need which = obstacle_need(c->obstacle);
			struct phrase name = advice_label(c, g);

			if (c->obstacle != (enum obstacle)o)
				continue;
			if (need_of_figures(which) && isfinite(c->figure[which].value))
				phrase_add(&name, " ", "(%s)",
					advice_quantity(which, c->figure[which].value, g).text);
			document_join(d, BLOCK_ITEM,
				phrase("%s: ", advice_obstacle(a, c, g).text).text, name.text, "");
		}
}

/* ---- what was asked, and of what the figures are --------------------------------------------- */

struct phrase advice_origin(
	const struct answer *answer, struct phrase scope, const struct glyphs *g)
{
	return phrase("Data: %s, run %s (%s); %s", advice_plain(answer->run->dir, g).text,
		advice_plain(answer->run->run_id, g).text, advice_plain(answer->machine, g).text,
		scope.text);
}

/* What the best costs and gives. */
static void add_figures(struct document *d, const struct candidate *c)
{
	struct phrase figure[NEED_CPU + 1], room = {""};
	bool stream = isfinite(c->figure[NEED_RATE].value);

	for (enum need i = NEED_RATE; i <= NEED_CPU; i++)
		figure[i] = advice_quantity(i, c->figure[i].value, d->glyphs);
	if (!isnan(c->figure[NEED_BANDWIDTH].value))
		phrase_add(&figure[NEED_RATE], " = ", "%s", figure[NEED_BANDWIDTH].text);
	if (!isnan(c->headroom))
		room = phrase(", headroom %s", advice_headroom(c).text);
	add_line(d, BLOCK_ITEM,
		phrase("Round trip p50 %s, p99 %s; %s; CPU %s a message%s; %u trial%s",
			figure[NEED_P50].text, figure[NEED_P99].text,
			stream ? figure[NEED_RATE].text : "throughput not measured",
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

	if (a->qualified > 0 && a->few == 0 && answer->run != NULL)
		add_figures(d, a->items);
	if (why.text[0] != '\0')
		add_line(d, BLOCK_ITEM,
			phrase("%c%s", toupper((unsigned char)why.text[0]), why.text + 1));
	add_line(d, BLOCK_ITEM,
		phrase("Asked: %s%s%s", advice_plain(answer->asked, d->glyphs).text,
			needs_given(a->needs, NEED_WAIT) ? "" : "; wait=block, the default",
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
				? ", because the next is due before a round trip has ended"
				: ""));
	if (wait == WAIT_SPIN || wait == WAIT_HYBRID)
		add_line(d, BLOCK_NOTE,
			phrase("%s: a waiting side keeps a CPU busy, however few messages there are",
				wait_name(wait)));
}

static void remark_traits(struct document *d, const struct advice *a)
{
	if (a->items[0].transport->shape == SHAPE_MEMORY)
		add_line(d, BLOCK_NOTE,
			phrase("memory: both sides see the same bytes; the program must keep their "
			       "order and boundaries, as ipcbench did here"));
	if (a->scope.measured != NULL && a->needs->reach == REACH_NETWORK)
		add_line(d, BLOCK_NOTE,
			phrase("network: values are those of the loopback interface of one host"));
}

static bool has_ties(const struct advice *a)
{
	return a->few == 0 && a->ranking != RANK_SIMPLICITY && a->tied > 1;
}

/* Whether what stands beside that figure are intervals, rather than ranges of too few trials. */
static bool has_intervals(const struct advice *a)
{
	bool all = true;

	for (size_t i = 0; i < a->qualified; i++)
		all &= isnan(advice_figure(a, &a->items[i])->value) ||
		       advice_figure(a, &a->items[i])->interval;
	return all;
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
			phrase(has_intervals(a) ? "95%% CI: of the median over the trials"
						: "low-high: lowest and highest trial"));
		if (has_ties(a))
			add_line(d, BLOCK_NOTE,
				phrase("=: statistically tied for the lowest value: the "
				       "intervals overlap"));
		if (!isnan(a->items[0].headroom))
			add_line(d, BLOCK_NOTE,
				a->ranking == RANK_CPU
					? phrase("headroom: by what factor the limits are met; from "
						 "%d on, CPU time decides",
						  HEADROOM)
					: phrase("headroom: by what factor the limits are met"));
	}
	if (a->scope.left_out > 0)
		add_line(d, BLOCK_NOTE,
			phrase("%zu cell%s left out: measured with other sides, or with a footprint, "
			       "idle policy or other setting that is not the default",
				a->scope.left_out, a->scope.left_out == 1 ? "" : "s"));
}

/* ---- those that qualify ---------------------------------------------------------------------- */

/* A column of figures; the rate stands behind its unit. */
static const struct column {
	enum need figure;
	const char *heading;
	unsigned int drop;
} columns[] = {
	{NEED_P50, "p50 ", 0},
	{NEED_P99, "p99 ", 0},
	{NEED_RATE, "msg/s", 4},
	{NEED_BANDWIDTH, "", 2},
	{NEED_CPU, "CPU ", 0},
};
enum { COLUMNS = ARRAY_SIZE(columns) };

static bool is_ranked_by(const struct advice *a, enum need figure)
{
	return advice_figure(a, a->items) == &a->items->figure[figure];
}

/* Adds the column of a figure, and lo–hi beside the one that rows are ranked by; false without. */
static bool fill_columns(
	struct grid *g, const struct advice *a, const struct column *c, struct scale *scale)
{
	double *values = need_array(a->qualified, sizeof(*values));
	bool any = false, rate = c->figure == NEED_RATE;

	for (size_t i = 0; i < a->qualified; i++) {
		values[i] = a->items[i].figure[c->figure].value;
		any |= !isnan(values[i]);
	}
	*scale = scale_pick(need_quantity(c->figure), values, a->qualified, false, g->glyphs);
	free(values);
	if (!any)
		return false;
	grid_column(g, "%s%s", rate ? scale->unit : c->heading, rate ? c->heading : scale->unit)
		->drop = c->drop;
	if (is_ranked_by(a, c->figure))
		grid_column(g, "%s", has_intervals(a) ? "95% CI" : "low-high")->drop = 5;
	return true;
}

/* Doubts about the cells of an item: those of one, or of the other. */
static unsigned int flags_of(const struct candidate *c)
{
	if (c->latency != NULL && c->latency->flags != 0)
		return c->latency->flags;
	return c->throughput != NULL ? c->throughput->flags : 0;
}

/* The first is the best only beside others, and if nothing is statistically tied with it. */
static char mark_of(const struct advice *a, size_t i)
{
	if (has_ties(a))
		return advice_tied(a, i) ? ROW_TIED : 0;
	return i == 0 && a->qualified > 1 && a->few == 0 ? ROW_BEST : 0;
}

/* A row with its name, without the wait. */
static void begin_row(struct grid *g, const struct advice *a, size_t i)
{
	struct candidate c = a->items[i];

	c.key.wait = WAIT_BLOCK;
	grid_row(g)->mark = mark_of(a, i);
	grid_field(g, "%s", advice_label(&c, g->glyphs).text);
}

static void fill_figures(struct grid *g, const struct advice *a)
{
	struct scale scales[COLUMNS];
	bool shown[COLUMNS], roomy = false, flagged = false;

	grid_column(g, "wait")->left = true;
	for (size_t k = 0; k < COLUMNS; k++)
		shown[k] = fill_columns(g, a, &columns[k], &scales[k]);
	for (size_t i = 0; i < a->qualified; i++) {
		roomy |= !isnan(a->items[i].headroom);
		flagged |= flags_of(&a->items[i]) != 0;
	}
	if (roomy)
		grid_column(g, "headroom")->drop = 3;
	if (flagged)
		*grid_column(g, "flags") = (struct grid_column){"flags", .left = true, .drop = 1};
	for (size_t i = 0; i < a->qualified; i++) {
		const struct candidate *c = &a->items[i];
		char flags[128];

		begin_row(g, a, i);
		grid_field(g, "%s", wait_name(c->key.wait));
		for (size_t k = 0; k < COLUMNS; k++) {
			const struct span *s = &c->figure[columns[k].figure];

			if (shown[k])
				grid_number(g, &scales[k], s->value);
			if (shown[k] && is_ranked_by(a, columns[k].figure))
				grid_span(g, &scales[k], s->lo, s->hi);
		}
		if (roomy)
			grid_field(g, "%s", advice_headroom(c).text);
		if (flagged)
			grid_field(g, "%s", flags_spell(flags, sizeof(flags), flags_of(c)));
	}
}

static void fill_traits(struct grid *g, const struct advice *a)
{
	static const char *const headings[] = {"family", "API", "reach", "shape", "lasts"};

	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		grid_column(g, "%s", headings[i])->left = true;
	for (size_t i = 0; i < a->qualified; i++) {
		const struct transport *t = a->items[i].transport;

		begin_row(g, a, i);
		grid_plain(g, t->family);
		grid_field(g, "%s", api_names[t->api]);
		grid_field(g, "%s", reach_names[t->reach]);
		grid_field(g, "%s", shape_names[t->shape]);
		grid_field(g, "%s", persistence_names[t->persistence]);
	}
}

static void add_grid(struct document *d, const struct advice *a)
{
	static const char *const orders[] = {
		[RANK_CPU] =
			"first those with headroom, by CPU time per message, then the others by p50",
		[RANK_P50] = "by the median round trip",
		[RANK_TIME] = "by the time per message back to back",
		[RANK_SIMPLICITY] = "the simplest first",
	};
	struct grid *g = document_grid(d, NULL, 0);

	g->wraps = true;
	grid_title(g, "%zu qualif%s: %s%s", a->qualified, a->qualified == 1 ? "ies" : "y",
		a->few > 0 ? "not ranked, the simplest first" : orders[a->ranking],
		a->ranking == RANK_SIMPLICITY || a->few > 0 ? ""
		: a->ranking == RANK_CPU		    ? "; ties: the simplest first"
					 : "; ties: the least CPU time, then the simplest first");
	grid_column(g, "mechanism")->left = true;
	if (a->scope.measured != NULL)
		fill_figures(g, a);
	else
		fill_traits(g, a);
}

/* ---- the whole ------------------------------------------------------------------------------- */

void advice_fill(struct document *d, const void *answer)
{
	const struct advice *a = &((const struct answer *)answer)->advice;
	struct block *title;

	if (a->qualified == 0)
		title = document_add(d, BLOCK_TITLE, "No mechanism meets the needs");
	else if (a->few > 0)
		title = document_add(d, BLOCK_TITLE,
			"%zu mechanisms qualify, too few trials to rank them", a->qualified);
	else
		title = document_add(d, BLOCK_TITLE, "Use %s: %s",
			advice_label(a->items, d->glyphs).text, a->items[0].transport->summary);
	title->tone = a->qualified == 0 ? TONE_BAD : a->few > 0 ? TONE_DOUBT : TONE_GOOD;
	add_about(d, answer);
	if (a->qualified > 0)
		add_grid(d, a);
	add_excluded(d, a);
	advice_remarks(d, a);
}
