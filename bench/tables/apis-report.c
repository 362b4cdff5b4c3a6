/* SPDX-License-Identifier: MIT */
/* System V against POSIX as people read it: a section per pair and mode. */
#include "tables/tables.h"

#include "text/memory.h"
#include <ipcbench/host.h>
#include <stdlib.h>
#include <string.h>

enum { CELL, SYSV, POSIX, RATIO, INTERVAL, TRIALS, FASTER, COLUMNS };

static const struct grid_column columns[COLUMNS] = {
	[CELL] = {.heading = "cell", .left = true},
	[RATIO] = {.heading = "ratio"},
	[INTERVAL] = {.heading = "95% CI"},
	[TRIALS] = {.heading = "trials", .drop = 1},
	[FASTER] = {.heading = "faster", .left = true},
};

/* "64 B same-cpu block", and both spellings where options tell cells apart. */
static void put_cell_name(struct grid *g, const struct api_row *r)
{
	const char *base = r->base->key.transport, *new = r->new->key.transport;
	const struct cell_key *key = &r->base->key;
	char place[80], idle[48], names[200] = "", text[420];
	bool optioned = strchr(base, ':') != NULL || strchr(new, ':') != NULL;

	if (optioned)
		snprintf(names, sizeof(names), " %.90s, %.90s", new, base);
	key_name(place, sizeof(place), key, AXIS_BIT(AXIS_SIZE) | AXIS_BIT(AXIS_PLACEMENT));
	key_name(idle, sizeof(idle), key, AXIS_BIT(AXIS_IDLE));
	snprintf(text, sizeof(text), "%s %.80s%s%s%s", place, cell_manner(r->base).text,
		idle[0] != '\0' ? " " : "", idle, names);
	grid_plain(g, text);
}

static const char *faster_text(const struct api_row *r)
{
	return r->faster == API_POSIX_FASTER  ? r->pair.posix->name
	       : r->faster == API_SYSV_FASTER ? r->pair.sysv->name
	       : r->faster == API_UNCLEAR     ? "unclear"
					      : "-";
}

static void add_row(struct grid *g, const struct scale *scale, const struct api_row *r)
{
	static const struct scale plain = {.factor = 1, .decimals = 2};

	grid_row(g);
	put_cell_name(g, r);
	grid_number(g, scale, r->base_value);
	grid_number(g, scale, r->new_value);
	grid_number(g, &plain, r->ratio);
	grid_span(g, &plain, r->ci_lo, r->ci_hi);
	grid_field(g, "%zu+%zu", r->base_trials, r->new_trials);
	grid_field(g, "%s", faster_text(r));
}

static struct scale choose_scale(
	const struct api_row *rows, size_t count, const struct glyphs *glyphs)
{
	double *values = need_array(2 * count, sizeof(*values));
	const struct api_metric *m = rows->metric;

	for (size_t i = 0; i < count; i++) {
		values[2 * i] = rows[i].base_value;
		values[2 * i + 1] = rows[i].new_value;
	}
	struct scale scale = scale_pick(m->quantity, values, 2 * count,
		metric_info[m->metric].kind == METRIC_COUNTED, glyphs);

	free(values);
	return scale;
}

static void add_section(struct document *d, const struct api_row *rows, size_t count)
{
	const char *sysv = rows->pair.sysv->name, *posix = rows->pair.posix->name;
	struct grid *g = document_grid(d, columns, COLUMNS);
	struct scale scale = choose_scale(rows, count, d->glyphs);

	g->wraps = true;
	grid_title(g, "%s: %s against %s, %s in %s%s, %s is better", rows->pair.sysv->family, posix,
		sysv, rows->metric->title, scale.unit, rows->metric->unit,
		rows->metric->higher_is_better ? "higher" : "lower");
	grid_head(g, SYSV, "%s", sysv);
	grid_head(g, POSIX, "%s", posix);
	for (size_t i = 0; i < count; i++)
		add_row(g, &scale, &rows[i]);
}

static bool is_same(const struct api_pair *a, const struct api_pair *b)
{
	return a->sysv == b->sysv && a->posix == b->posix;
}

static void add_grids(struct document *d, const struct table *t)
{
	for (size_t first = 0, n; first < t->count; first += n) {
		const struct api_row *rows = (const struct api_row *)t->rows + first;

		n = 1;
		while (first + n < t->count && is_same(&rows->pair, &rows[n].pair) &&
			rows->metric == rows[n].metric)
			n++;
		add_section(d, rows, n);
	}
}

/* ---- notes ----------------------------------------------------------------------------------- */

static bool has_row(const struct table *t, const struct api_pair *pair)
{
	const struct api_row *rows = t->rows;

	for (size_t i = 0; i < t->count; i++)
		if (is_same(&rows[i].pair, pair))
			return true;
	return false;
}

static void add_notes(struct document *d, const struct table *t)
{
	const struct api_row *rows = t->rows;
	size_t without = 0, pair_count;
	struct api_pair *pairs = api_pairs(&pair_count);

	for (size_t i = 0; i < t->count; i++)
		without += rows[i].faster == API_NO_INTERVAL;
	if (without > 0)
		document_add(d, BLOCK_NOTE,
			"note %zu of %zu ratios of System V and POSIX are of medians and have no "
			"interval: it takes %zu trials of both (--trials %zu)",
			without, t->count, api_trials_needed(), api_trials_needed());
	for (size_t p = 0; p < pair_count; p++)
		if (!has_row(t, &pairs[p]))
			document_add(d, BLOCK_NOTE,
				"note %s against %s: the run holds no cell of both",
				pairs[p].posix->name, pairs[p].sysv->name);
	free(pairs);
}

const struct table_maker api_maker = {
	.read = api_read,
	.add_grids = add_grids,
	.add_notes = add_notes,
	.put = api_put,
	.explanation =
		"ratio: POSIX divided by System V; 95% CI: of this ratio, over the trials of both; faster: "
		"the one of which the interval proves it.",
};
