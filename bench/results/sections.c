/* SPDX-License-Identifier: MIT */
#include "results/sections.h"

#include <errno.h>
#include <stdlib.h>

bool section_notifies(const struct section *s)
{
	return s->like->transport->shape == SHAPE_NOTIFY;
}

/* Sections in the order: payload before notifications, latency first, sizes, places, idle, memory.
 */
static int order(const struct item *a, const struct item *b)
{
	const long long keys[][2] = {
		{a->transport->shape == SHAPE_NOTIFY, b->transport->shape == SHAPE_NOTIFY},
		{a->key.mode, b->key.mode},
		{(long long)a->key.size, (long long)b->key.size},
		{a->key.placement, b->key.placement},
		{a->cell.cpu_tx, b->cell.cpu_tx},
		{a->cell.cpu_rx, b->cell.cpu_rx},
		{a->key.idle, b->key.idle},
		{(long long)a->key.think_ns, (long long)b->key.think_ns},
		{a->key.arrivals, b->key.arrivals},
		{a->key.mem, b->key.mem},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

/* Equal sections keep the order of the plan, in which the pointers stand. */
static int order_rows(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
	int r = order(x, y);

	return r != 0 ? r : x < y ? -1 : x > y;
}

/* --auto: what ended the trials of how many cells. */
static void write_ending(char *buf, size_t len, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	size_t precise = 0, cells = 0;

	for (size_t i = 0; i < r->plan->item_count; i++) {
		cells += r->plan->items[i].skip == 0;
		precise += r->stops != NULL && r->stops[i] == STOP_PRECISION;
	}
	if (precise == cells)
		snprintf(buf, len, "; ended by precision: every median within %g%%",
			s->precision * 100);
	else
		snprintf(buf, len, "; ended by --max-time of %g s: %zu of %zu medians within %g%%",
			s->max_time_s, precise, cells, s->precision * 100);
}

static void write_heading(struct report *rep, const struct results *r)
{
	const struct settings *s = r->plan->settings;
	char amount[48], label[200] = "", name[160], cut[128] = "", run[64];
	size_t done = 0;
	unsigned int most = s->automatic ? 0 : s->trials;

	for (size_t i = 0; i < r->trial_count; i++) {
		done += r->trials[i].number > 0;
		if (s->automatic && r->trials[i].number > most)
			most = r->trials[i].number;
	}
	if (s->modes == 1u << MODE_SETUP)
		snprintf(amount, sizeof(amount), "1 message");
	else if (s->messages > 0)
		snprintf(amount, sizeof(amount), "%llu messages", (unsigned long long)s->messages);
	else
		snprintf(amount, sizeof(amount), "%s s",
			format_real((char[40]){0}, 40, s->duration_s));
	if (s->label != NULL)
		snprintf(label, sizeof(label), " \"%s\"",
			format_plain(name, sizeof(name), s->label, rep->glyphs == glyphs(true)));
	if (r->interrupted)
		snprintf(cut, sizeof(cut), "; interrupted after %zu of %zu launches", done,
			r->plan->launch_count);
	if (s->automatic && !r->interrupted)
		write_ending(cut, sizeof(cut), r);
	snprintf(rep->heading, sizeof(rep->heading), "Run %s%s: %s%u trial%s %s %s, seed %llu%s%s",
		format_plain(run, sizeof(run), r->run_id, false), label,
		s->automatic ? "up to " : "", most, most == 1 ? "" : "s",
		most == 1 ? "of" : rep->glyphs->times, amount, (unsigned long long)s->seed,
		s->counters ? ", slowed by --counters" : "", cut);
}

/* Rows that have figures, ordered by section. */
static size_t collect_rows(
	const struct item **rows, const struct results *r, const struct outcome *outcomes)
{
	size_t n = 0;

	for (size_t i = 0; i < r->plan->item_count; i++) {
		if (outcomes[i].ok > 0)
			rows[n++] = &r->plan->items[i];
	}
	if (n > 0)
		qsort(rows, n, sizeof(*rows), order_rows);
	return n;
}

static int build_grids(struct report *rep, const struct results *r, const struct outcome *outcomes)
{
	const struct item **rows = calloc(r->plan->item_count + 1, sizeof(*rows));
	int ret = 0;

	if (rows == NULL)
		return -ENOMEM;
	size_t n = collect_rows(rows, r, outcomes), from = 0;

	rep->grids = calloc(n + 1, sizeof(*rep->grids));
	if (rep->grids == NULL)
		ret = -ENOMEM;
	while (ret == 0 && from < n) {
		struct section s = {.results = r, .outcomes = outcomes, .report = rep};

		s.like = rows[from];
		s.rows = &rows[from];
		while (from < n && order(s.like, rows[from]) == 0) {
			from++;
			s.count++;
		}
		s.grid = &rep->grids[rep->grid_count++];
		families_join(&s);
		ret = grid_fill(&s);
		if (ret == 0)
			ret = families_head_section(&s);
	}
	free(rows);
	return ret;
}

int report_build(struct report *rep, const struct results *r, bool utf8)
{
	struct outcome *outcomes = outcomes_collect(r);

	*rep = (struct report){.glyphs = glyphs(utf8)};
	if (outcomes == NULL)
		return -ENOMEM;
	write_heading(rep, r);
	int ret = build_grids(rep, r, outcomes);

	if (ret == 0)
		ret = notes_build(rep, r, outcomes, utf8);
	free(outcomes);
	if (ret != 0)
		report_free(rep);
	return ret;
}

int grid_mark_best(struct grid *g, size_t row)
{
	if (g->best == NULL)
		g->best = calloc(g->row_count, sizeof(*g->best));
	if (g->best == NULL)
		return -ENOMEM;
	g->best[row] = true;
	return 0;
}

bool grid_is_best(const struct grid *g, size_t row)
{
	return g->best != NULL && g->best[row];
}

void report_free(struct report *rep)
{
	if (rep == NULL)
		return;
	for (size_t i = 0; i < rep->grid_count; i++) {
		struct grid *g = &rep->grids[i];

		for (size_t k = 0; g->text != NULL && k < g->row_count * g->column_count; k++)
			free(g->text[k]);
		for (size_t k = 0; g->groups != NULL && k < g->row_count; k++)
			free(g->groups[k]);
		free(g->text);
		free(g->groups);
		free(g->best);
		free(g->tones);
	}
	for (size_t i = 0; i < rep->note_count; i++)
		free(rep->notes[i]);
	free(rep->notes);
	free(rep->grids);
	*rep = (struct report){0};
}
