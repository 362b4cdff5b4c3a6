/* SPDX-License-Identifier: MIT */
/* The mechanisms that qualify, as a table: their figures, or by traits alone their traits. */
#include "advise/advice-report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, SPAN, NUMBER };

/* A column: where its values come from, and how they are written. */
struct source {
	const char *heading;
	enum kind kind;
	enum quantity quantity; /* SPAN, NUMBER */
	size_t at;		/* of a span or a double in struct candidate */
	unsigned int drop;
	const char *(*text)(const struct candidate *); /* TEXT */
};

struct build {
	const struct advice *advice;
	struct grid *grid;
	const struct glyphs *glyphs;
	bool utf8;
};

/* ---- texts ----------------------------------------------------------------------------------- */

static const char *text_wait(const struct candidate *c)
{
	return wait_name(c->wait);
}

static const char *text_family(const struct candidate *c)
{
	return c->transport->family;
}

static const char *text_api(const struct candidate *c)
{
	return api_name(c->transport->api);
}

static const char *text_reach(const struct candidate *c)
{
	return reach_name(c->transport->reach);
}

static const char *text_shape(const struct candidate *c)
{
	return shape_name(c->transport->shape);
}

static const char *text_lasts(const struct candidate *c)
{
	return persistence_name(c->transport->persistence);
}

/* Doubts about its cells: those of one, or of the other. */
static const char *text_flags(const struct candidate *c)
{
	if (c->latency != NULL && c->latency->flags[0] != '\0')
		return c->latency->flags;
	return c->throughput != NULL ? c->throughput->flags : "";
}

#define AT(member) offsetof(struct candidate, member)

static const struct source of_figures[] = {
	{"wait", TEXT, QUANTITY_TIME, 0, 0, text_wait},
	{"p50", SPAN, QUANTITY_TIME, AT(p50), 0, NULL},
	{"p99", SPAN, QUANTITY_TIME, AT(p99), 0, NULL},
	{"msg/s", NUMBER, QUANTITY_RATE, AT(msgs_per_s), 4, NULL},
	{"", NUMBER, QUANTITY_BYTE_RATE, AT(bytes_per_s), 2, NULL},
	{"CPU", SPAN, QUANTITY_TIME, AT(cpu), 0, NULL},
	{"headroom", NUMBER, QUANTITY_RATE, AT(headroom), 3, NULL},
	{"flags", TEXT, QUANTITY_TIME, 0, 1, text_flags},
};

static const struct source of_traits[] = {
	{"family", TEXT, QUANTITY_TIME, 0, 0, text_family},
	{"API", TEXT, QUANTITY_TIME, 0, 0, text_api},
	{"reach", TEXT, QUANTITY_TIME, 0, 0, text_reach},
	{"shape", TEXT, QUANTITY_TIME, 0, 0, text_shape},
	{"lasts", TEXT, QUANTITY_TIME, 0, 0, text_lasts},
};

/* ---- columns --------------------------------------------------------------------------------- */

static double value_of(const struct source *s, const struct candidate *c)
{
	double value;

	/* the value of a span comes first in it */
	memcpy(&value, (const char *)c + s->at, sizeof(value));
	return value;
}

static const struct span *span_of(const struct source *s, const struct candidate *c)
{
	return (const struct span *)(const void *)((const char *)c + s->at);
}

/* Whether any row has something to show. */
static bool is_filled(const struct build *b, const struct source *s)
{
	for (size_t i = 0; i < b->advice->qualified; i++) {
		const struct candidate *c = &b->advice->items[i];

		if (s->kind == TEXT ? s->text(c)[0] != '\0' : !isnan(value_of(s, c)))
			return true;
	}
	return false;
}

static int put(struct build *b, size_t row, size_t column, const char *text)
{
	char **at = &b->grid->text[row * GRID_COLUMNS_MAX + column];

	*at = strdup(text);
	return *at == NULL ? -ENOMEM : 0;
}

/* The unit of a column, picked from all its values. */
static int pick_scale(struct scale *out, const struct build *b, const struct source *s)
{
	size_t n = b->advice->qualified;
	double *values = calloc(n + 1, sizeof(*values));

	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		values[i] = value_of(s, &b->advice->items[i]);
	*out = scale_pick(s->quantity, values, n, false, b->glyphs);
	free(values);
	return 0;
}

static void write_heading(struct grid_column *c, const struct source *s, const struct scale *scale)
{
	c->left = s->kind == TEXT;
	c->drop = s->drop;
	if (s->kind == TEXT || s->at == AT(headroom))
		snprintf(c->heading, sizeof(c->heading), "%s", s->heading);
	else if (s->quantity == QUANTITY_TIME)
		snprintf(c->heading, sizeof(c->heading), "%s %s", s->heading, scale->unit);
	else
		snprintf(c->heading, sizeof(c->heading), "%s%s", scale->unit, s->heading);
}

/* lo–hi beside the figure that rows are ranked by. */
static int add_interval(struct build *b, const struct source *s, const struct scale *scale)
{
	size_t column = b->grid->column_count++;
	char lo[40], hi[40], text[100];
	int r = 0;

	snprintf(b->grid->column[column].heading, sizeof(b->grid->column[column].heading),
		"interval");
	b->grid->column[column].drop = 5;
	for (size_t i = 0; i < b->advice->qualified && r == 0; i++) {
		const struct span *v = span_of(s, &b->advice->items[i]);

		snprintf(text, sizeof(text), "%s%s%s", scale_format(lo, sizeof(lo), scale, v->lo),
			b->glyphs->dash, scale_format(hi, sizeof(hi), scale, v->hi));
		r = put(b, i, column, isnan(v->value) ? "-" : text);
	}
	return r;
}

static bool is_ranked_by(const struct build *b, const struct source *s)
{
	return s->kind == SPAN && b->advice->qualified > 0 &&
	       advice_figure(b->advice, b->advice->items) == span_of(s, b->advice->items);
}

static int add_column(struct build *b, const struct source *s)
{
	size_t column = b->grid->column_count;
	char text[256];
	struct scale scale = {.factor = 1, .decimals = 1};
	int r = 0;

	if (!is_filled(b, s))
		return 0;
	/* a ratio has no unit */
	if (s->kind != TEXT && s->at != AT(headroom))
		r = pick_scale(&scale, b, s);
	if (r < 0)
		return r;
	b->grid->column_count++;
	write_heading(&b->grid->column[column], s, &scale);
	for (size_t i = 0; i < b->advice->qualified && r == 0; i++) {
		const struct candidate *c = &b->advice->items[i];

		if (s->kind == TEXT)
			format_plain(text, sizeof(text), s->text(c), b->utf8);
		else
			scale_format(text, sizeof(text), &scale, value_of(s, c));
		r = put(b, i, column, text);
	}
	return r == 0 && is_ranked_by(b, s) ? add_interval(b, s, &scale) : r;
}

/* Rows were filled as wide as can be; takes out the columns that are not there. */
static void close_up(struct grid *g)
{
	for (size_t row = 0; row < g->row_count; row++)
		memmove(&g->text[row * g->column_count], &g->text[row * GRID_COLUMNS_MAX],
			g->column_count * sizeof(*g->text));
}

static int fill(struct build *b)
{
	bool figures = b->advice->scope.measured != NULL;
	const struct source *sources = figures ? of_figures : of_traits;
	size_t n = figures ? ARRAY_SIZE(of_figures) : ARRAY_SIZE(of_traits);
	char label[200];
	int r = 0;

	b->grid->column_count = 1;
	b->grid->column[0] = (struct grid_column){.heading = "mechanism", .left = true};
	for (size_t i = 0; i < b->advice->qualified && r == 0; i++) {
		struct candidate c = b->advice->items[i];

		/* which has a column of its own */
		c.wait = WAIT_BLOCK;
		r = put(b, i, 0, advice_label(label, sizeof(label), &c, b->utf8));
	}
	for (size_t i = 0; i < n && r == 0; i++)
		r = add_column(b, &sources[i]);
	return r;
}

int advice_grid(struct grid *g, const struct advice *a, const struct glyphs *gl, bool utf8)
{
	struct build b = {.advice = a, .grid = g, .glyphs = gl, .utf8 = utf8};

	*g = (struct grid){.row_count = a->qualified, .wraps = true};
	g->text = calloc(a->qualified * GRID_COLUMNS_MAX + 1, sizeof(*g->text));
	if (g->text == NULL)
		return -ENOMEM;
	int r = fill(&b);

	if (r == 0 && a->qualified > 0)
		r = grid_mark_best(g, 0);

	/* with all of its columns the grid is whole, and report_free() finds every text */
	if (r < 0)
		g->column_count = GRID_COLUMNS_MAX;
	else
		close_up(g);
	return r;
}
