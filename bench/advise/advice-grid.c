/* SPDX-License-Identifier: MIT */
/* The mechanisms that qualify, as a table: their figures, or by traits alone their traits. */
#include "advise/advice.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct candidate, member)

/* A column: a span of a candidate, or a number. */
struct figure {
	const char *heading;
	size_t at;
	enum quantity quantity;
	unsigned int drop;
};

static const struct figure figures[] = {
	{"p50", AT(p50), QUANTITY_TIME, 0},
	{"p99", AT(p99), QUANTITY_TIME, 0},
	{"msg/s", AT(msgs_per_s), QUANTITY_RATE, 4},
	{"", AT(bytes_per_s), QUANTITY_BYTE_RATE, 2},
	{"CPU", AT(cpu), QUANTITY_TIME, 0},
	{"headroom", AT(headroom), QUANTITY_RATE, 3},
};
enum { FIGURES = ARRAY_SIZE(figures) };

static const struct span *span_of(const struct candidate *c, const struct figure *f)
{
	return (const struct span *)(const void *)((const char *)c + f->at);
}

static double value_of(const struct candidate *c, const struct figure *f)
{
	/* the value of a span comes first in it */
	return *(const double *)(const void *)((const char *)c + f->at);
}

static bool is_ranked_by(const struct advice *a, const struct figure *f)
{
	return advice_figure(a, a->items) == span_of(a->items, f);
}

/* Adds the column of a figure, and lo–hi beside the one that rows are ranked by; false without. */
static bool add_columns(
	struct grid *g, const struct advice *a, const struct figure *f, struct scale *scale)
{
	double *values = need_array(a->qualified, sizeof(*values));
	bool ratio = f->at == AT(headroom), any = false;

	for (size_t i = 0; i < a->qualified; i++) {
		values[i] = value_of(&a->items[i], f);
		any |= !isnan(values[i]);
	}
	*scale = scale_pick(f->quantity, values, a->qualified, false, g->glyphs);
	free(values);
	if (!any)
		return false;
	if (ratio)
		*scale = (struct scale){.factor = 1, .decimals = 1};
	if (f->quantity == QUANTITY_TIME)
		grid_column(g, "%s %s", f->heading, scale->unit)->drop = f->drop;
	else
		grid_column(g, "%s%s", scale->unit, f->heading)->drop = f->drop;
	if (is_ranked_by(a, f))
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
	struct scale scales[FIGURES];
	bool shown[FIGURES], flagged = false;
	char flags[128];

	grid_column(g, "wait")->left = true;
	for (size_t f = 0; f < FIGURES; f++)
		shown[f] = add_columns(g, a, &figures[f], &scales[f]);
	for (size_t i = 0; i < a->qualified; i++)
		flagged |= flags_of(&a->items[i]) != 0;
	if (flagged)
		*grid_column(g, "flags") = (struct grid_column){"flags", .left = true, .drop = 1};
	for (size_t i = 0; i < a->qualified; i++) {
		const struct candidate *c = &a->items[i];

		begin_row(g, a, i);
		grid_field(g, "%s", wait_name(c->key.wait));
		for (size_t f = 0; f < FIGURES; f++) {
			const struct span *s = span_of(c, &figures[f]);

			if (shown[f])
				grid_number(g, &scales[f], value_of(c, &figures[f]));
			if (shown[f] && is_ranked_by(a, &figures[f]))
				grid_span(g, &scales[f], s->lo, s->hi);
		}
		if (flagged)
			grid_plain(g, flags_spell(flags, sizeof(flags), flags_of(c)));
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
