/* SPDX-License-Identifier: MIT */
/* The mechanisms that qualify, as a table: their figures, or by traits alone their traits. */
#include "advise/advice.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
static bool add_columns(
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
		grid_column(g, "interval")->drop = 5;
	return true;
}

/* Doubts about the cells of an item: those of one, or of the other. */
static unsigned int flags_of(const struct candidate *c)
{
	if (c->latency != NULL && c->latency->flags != 0)
		return c->latency->flags;
	return c->throughput != NULL ? c->throughput->flags : 0;
}

/* A row with its name, without the wait. */
static void begin_row(struct grid *g, const struct advice *a, size_t i)
{
	struct candidate c = a->items[i];

	c.key.wait = WAIT_BLOCK;
	grid_row(g)->best = i == 0;
	grid_field(g, "%s", advice_label(&c, g->glyphs).text);
}

static void add_figures(struct grid *g, const struct advice *a)
{
	struct scale scales[COLUMNS];
	bool shown[COLUMNS], roomy = false, flagged = false;

	grid_column(g, "wait")->left = true;
	for (size_t k = 0; k < COLUMNS; k++)
		shown[k] = add_columns(g, a, &columns[k], &scales[k]);
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
		char times[40], flags[128];

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
			grid_field(g, "%s", format_fixed(times, sizeof(times), c->headroom, 1));
		if (flagged)
			grid_field(g, "%s", flags_spell(flags, sizeof(flags), flags_of(c)));
	}
}

static void add_traits(struct grid *g, const struct advice *a)
{
	static const char *const headings[] = {"family", "API", "reach", "shape", "lasts"};

	for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
		grid_column(g, "%s", headings[i])->left = true;
	for (size_t i = 0; i < a->qualified; i++) {
		const struct transport *t = a->items[i].transport;

		begin_row(g, a, i);
		grid_plain(g, t->family);
		grid_field(g, "%s", api_name(t->api));
		grid_field(g, "%s", reach_name(t->reach));
		grid_field(g, "%s", shape_name(t->shape));
		grid_field(g, "%s", persistence_name(t->persistence));
	}
}

void advice_grid(struct document *d, const struct advice *a)
{
	static const char *const orders[] = {
		[RANK_CPU] = "with headroom by CPU time per message, then the others by p50",
		[RANK_P50] = "by the median round trip",
		[RANK_TIME] = "by the time per message back to back",
		[RANK_SIMPLICITY] = "the simplest first",
	};
	struct grid *g = document_grid(d, NULL, 0);

	g->wraps = true;
	grid_title(g, "%zu qualif%s: %s%s", a->qualified, a->qualified == 1 ? "ies" : "y",
		orders[a->ranking],
		a->ranking == RANK_SIMPLICITY ? "" : "; of those that tie the simpler first");
	grid_column(g, "mechanism")->left = true;
	if (a->scope.measured != NULL)
		add_figures(g, a);
	else
		add_traits(g, a);
}
