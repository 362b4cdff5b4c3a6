/* SPDX-License-Identifier: MIT */
/* Rows of a section compared: their order, their ratios to a baseline, and which is the best. */
#include "results/sections.h"

#include "plan/plan.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- order ----------------------------------------------------------------------------------- */

struct sorted {
	const struct item *item;
	double value; /* the lower comes first; INFINITY = not measured */
};

static int by_value(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? 1 : -1;
	return (x->item > y->item) - (x->item < y->item);
}

static int by_name(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int r = strcmp(x->item->key.transport, y->item->key.transport);

	return r != 0 ? r : (x->item > y->item) - (x->item < y->item);
}

void section_sort(struct section *s)
{
	const struct plan *plan = s->results->plan;
	const enum sorting sort = plan->settings->sort;
	const struct mode_info *mode = mode_of(&s->like->key);
	struct sorted *rows = need_array(s->count, sizeof(*rows));

	for (size_t i = 0; i < s->count; i++) {
		const struct summary *sum = &s->results->summaries[s->rows[i] - plan->items];
		double v = sum->metric[sort == SORT_CPU ? METRIC_CPU_PER_MSG : mode->figure].median;

		v = sort == SORT_SPEED && mode->higher_is_better ? -v : v;
		rows[i] = (struct sorted){s->rows[i], isnan(v) ? INFINITY : v};
	}
	qsort(rows, s->count, sizeof(*rows), sort == SORT_NAME ? by_name : by_value);
	for (size_t i = 0; i < s->count; i++)
		s->rows[i] = rows[i].item;
	free(rows);
}

/* ---- ratios ---------------------------------------------------------------------------------- */

/* Whether a cell is spelled as the baseline is. */
static bool is_spelled(const struct item *it, const char *name)
{
	return strcmp(it->key.transport, name) == 0;
}

/* Whether a cell is of the baseline: its spelling, or the name that its spelling begins with. */
static bool is_baseline(const struct item *it, const char *name)
{
	return is_spelled(it, name) || strcmp(it->transport->name, name) == 0;
}

int baseline_check(const struct plan *plan, struct reason *why)
{
	const char *name = plan->settings->baseline;
	struct phrase all = {""}, meant = {""};
	size_t meanings = 0;

	for (size_t i = 0; i < plan->item_count && name != NULL; i++) {
		const struct item *it = &plan->items[i];
		bool told = false;

		if (is_spelled(it, name))
			return 0;
		for (size_t k = 0; k < i && !told; k++)
			told = is_spelled(&plan->items[k], it->key.transport);
		if (told)
			continue;
		phrase_add(&all, ", ", "%s", it->key.transport);
		if (!is_baseline(it, name))
			continue;
		phrase_add(&meant, ", ", "%s", it->key.transport);
		meanings++;
	}
	if (name == NULL || meanings == 1)
		return 0;
	if (meanings > 1)
		return reason_set(why, EINVAL,
			"--baseline: \"%.60s\" is measured in %zu variants; name one of %.300s",
			name, meanings, meant.text);
	return reason_set(why, EINVAL,
		"--baseline: \"%.60s\" is not measured in this run; name one of %.300s, or add it to "
		"--transport",
		name, all.text);
}

/* The logarithms of the values of a cell's trials; returns how many there are. */
static size_t read_logs(const struct results *r, const struct item *it, enum metric m, double *logs)
{
	size_t n = 0;

	for (size_t i = 0; i < r->trial_count && n < RANK_SUM_MAX; i++) {
		const struct trial *t = &r->trials[i];

		if (t->item == it && t->status == STATUS_OK && t->value[m] > 0)
			logs[n++] = log(t->value[m]);
	}
	return n;
}

struct ratio item_ratio(
	const struct results *r, const struct item *base, const struct item *it, enum metric m)
{
	double from[RANK_SUM_MAX], to[RANK_SUM_MAX];
	size_t n = read_logs(r, base, m, from);

	if (base == it && n > 0)
		return (struct ratio){1, NAN, NAN};
	return ratio_of_logs(from, n, to, read_logs(r, it, m, to));
}

/*
 * The row of the baseline that waits as this one does and is most like it in all else. Beside
 * shm:segment=sysv "shm" is the row that is spelled so.
 */
static const struct item *baseline_of(const struct section *s, const struct item *it)
{
	const char *name = s->results->plan->settings->baseline;
	const unsigned int way = AXIS_BIT(AXIS_COPY) | AXIS_BIT(AXIS_DISPATCH);
	const struct item *found = NULL;
	int best = -1;

	for (size_t i = 0; i < s->count; i++) {
		const struct item *other = s->rows[i];
		int alike = (key_order_by(&other->key, &it->key, way) == 0) +
			    2 * is_spelled(other, name);

		if (is_baseline(other, name) && other->key.wait == it->key.wait && alike > best) {
			found = other;
			best = alike;
		}
	}
	return found;
}

bool section_ratios(struct section *s)
{
	const char *name = s->results->plan->settings->baseline;
	const enum metric m = mode_of(&s->like->key)->figure;

	if (name == NULL || !mode_of(&s->like->key)->ranked)
		return true;
	s->ratios = need_array(s->count, sizeof(*s->ratios));
	bool any = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct item *base = baseline_of(s, s->rows[i]);

		s->ratios[i] = base == NULL ? (struct ratio){NAN, NAN, NAN}
					    : item_ratio(s->results, base, s->rows[i], m);
		any |= !isnan(s->ratios[i].ratio);
	}
	if (!any) {
		free(s->ratios);
		s->ratios = NULL;
	}
	return any;
}

/* ---- which rows are the best ----------------------------------------------------------------- */

/* Ranks the rows that wait alike: spinning beside blocking would compare ways of waiting. */
static void mark_waiting(struct section *s, enum wait wait)
{
	const struct mode_info *mode = mode_of(&s->like->key);
	const struct estimate **e = need_array(s->count, sizeof(*e));
	enum standing *standing = need_array(s->count, sizeof(*standing));
	size_t *row = need_array(s->count, sizeof(*row)), n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct item *it = s->rows[i];

		if (it->key.wait != wait ||
			!outcome_competes(&s->outcomes[it - s->results->plan->items], it))
			continue;
		row[n] = i;
		e[n++] = &s->results->summaries[it - s->results->plan->items].metric[mode->figure];
	}
	rank_estimates(e, n, mode->higher_is_better, standing);
	for (size_t i = 0; i < n; i++)
		grid_mark(s->grid, row[i], standing[i]);
	free(row);
	free(standing);
	free(e);
}

void section_mark(struct section *s)
{
	for (size_t row = 0; row < s->count; row++)
		if (s->rows[row]->transport->shape == SHAPE_NULL)
			s->grid->column[0].marks |= MARK(FLOOR);
	for (enum wait w = 0; w < WAIT_COUNT && mode_of(&s->like->key)->ranked; w++)
		mark_waiting(s, w);
}

void grid_mark(struct grid *g, size_t row, enum standing standing)
{
	static const char marks[] = {
		[STANDING_NONE] = 0, [STANDING_BEST] = ROW_BEST, [STANDING_TIED] = ROW_TIED};

	g->rows[row].mark = marks[standing];
	g->column[0].marks |= standing == STANDING_BEST	  ? MARK(BEST)
			      : standing == STANDING_TIED ? MARK(TIED)
							  : 0;
}
