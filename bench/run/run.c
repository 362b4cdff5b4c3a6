/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "hist/slots.h"
#include "measure/hist.h"
#include "run/watch.h"
#include "stats/summary.h"
#include "text/memory.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- --auto: a cell is launched until the median of its trials is known well enough ---------- */

/* The values of a metric in the trials of an item that ended ok; notes how many failed. */
static size_t collect(double *values, const struct run *run, const struct item *item, enum metric m,
	size_t *failed)
{
	size_t n = 0;

	*failed = 0;
	for (size_t i = 0; i < run->trial_count; i++) {
		const struct trial *t = &run->trials[i];

		if (t->item != item)
			continue;
		*failed += t->status != STATUS_OK;
		if (t->status == STATUS_OK && !isnan(t->value[m]))
			values[n++] = t->value[m];
	}
	return n;
}

/* Whether trials of a cell have such a metric, with enough samples. */
static bool has_times(const struct cell_key *key, enum metric m)
{
	const struct mode_info *mode = mode_of(key);
	const enum metric *times = mode->times;
	bool has = false;

	for (int k = 0; k < LAT_KINDS && mode->records[k] != NULL; k++)
		has |= m > times[k] && m <= times[k] + TIMES_MAX;
	return has;
}

/* Whether the trials so far pin the median down; a cell that cannot be measured is done as well. */
static bool precise(const struct run *run, const struct item *item)
{
	const struct settings *s = run->plan->settings;
	double *values = need_array(run->trial_count, sizeof(*values));
	enum metric figure = mode_of(&item->key)->figure;
	enum metric asked = s->precise_metric;
	size_t failed = 0, n = 0;

	if (asked != METRIC_COUNT)
		n = collect(values, run, item, asked, &failed);
	/* its mode does not have what was asked for, rather than too few samples of it */
	if (n == 0 && !has_times(&item->key, asked))
		n = collect(values, run, item, figure, &failed);
	bool done =
		n > 0 ? precision_reached(values, n, s->precision) : failed >= PRECISION_TRIALS_MIN;

	free(values);
	return done;
}

/*
 * Whether this launch is still wanted: always without --auto; else as long as the 95 % interval of
 * the median of the metric (the cell's figure, or the one that --precision names) is wider than
 * +-precision and time is left. Notes in run->stops what ended a cell.
 */
static bool is_wanted(struct run *run, const struct launch *l)
{
	const struct settings *s = run->plan->settings;
	enum stop *stop = &run->stops[l->item];

	if (!s->automatic)
		return true;
	if (*stop != STOP_TRIALS)
		return false;
	if (l->trial > PRECISION_TRIALS_MIN && precise(run, &run->plan->items[l->item])) {
		*stop = STOP_PRECISION;
		return false;
	}
	if ((double)(clock_gettime_ns() - run->began_ns) / 1e9 > s->max_time_s) {
		*stop = STOP_TIME;
		return false;
	}
	return true;
}

/* ---- launches -------------------------------------------------------------------------------- */

/* Merged histograms live in the driver, so one is made only for a cell that records. */
static void need_hists(struct run *run, size_t item)
{
	for (unsigned int k = 0; k < LAT_KINDS; k++) {
		if (mode_of(&run->plan->items[item].key)->records[k] == NULL ||
			run->hists[k][item] != NULL)
			continue;
		run->hists[k][item] = need_array(1, sizeof(struct histogram));
		hist_reset(run->hists[k][item]);
	}
}

/* One launch, with everything that it needs to know first. */
static int launch_one(struct run *run, struct trial *t)
{
	size_t item = (size_t)(t->item - run->plan->items);
	int r = load_resolve(run, t);

	if (r == 0)
		r = depth_resolve(run, t);
	need_hists(run, item);
	if (r != 0)
		return r < 0 ? r : 0;
	struct histogram *const hists[LAT_KINDS] = {run->hists[0][item], run->hists[1][item]};

	r = launch(t, run->plan->settings, run->clock, run->counters, hists);
	load_note(run, t);
	if (r < 0 || run->plan->settings->slice)
		return r;
	/* after it, so that filling a channel keeps no trial waiting; once per cell */
	double held = sides_channels(t->key.sides) * fill_bytes(run, item);

	if (t->status == STATUS_OK)
		t->value[METRIC_MEM_KERNEL] = held;
	return r;
}

/*
 * Adds the stored distribution of a trial to that of its cell. Slots do not keep minimum and
 * maximum, which the trial has; the mean of a cell is not used.
 */
static void add_times(struct histogram *into, const struct trial *t, unsigned int kind)
{
	const double *times = &t->value[mode_of(&t->key)->times[kind]];
	double min = times[TIMES_MIN], max = times[TIMES_MAX];
	struct hlog_histogram from;

	if (hlog_decode(&from, t->hlog[kind], strlen(t->hlog[kind]), NULL) == 0 && from.total > 0) {
		for (size_t i = 0; i < from.used; i++)
			into->count[from.slot[i].index] += from.slot[i].count;
		into->total += from.total;
		into->min = min < (double)into->min ? (uint64_t)min : into->min;
		into->max = max > (double)into->max ? (uint64_t)max : into->max;
	}
	hlog_free(&from);
}

/* --resume: takes a stored launch over, with all that later launches need of it. */
static void keep(struct run *run, struct trial *kept, size_t item)
{
	struct trial *t = &run->trials[run->trial_count];
	const double *v = kept->value;

	*t = *kept;
	t->item = &run->plan->items[item];
	need_hists(run, item);
	for (unsigned int k = 0; k < LAT_KINDS; k++)
		if (t->hlog[k] != NULL)
			add_times(run->hists[k][item], t, k);
	memset(kept->hlog, 0, sizeof(kept->hlog));
	kept->timeline = NULL;
	kept->sides = NULL;
	load_recall(run, t);
	if (t->status == STATUS_OK) {
		run->held[item] = v[METRIC_MEM_KERNEL] / sides_channels(t->key.sides);
		run->began_ns -= (uint64_t)((v[METRIC_WARMUP_S] + v[METRIC_DURATION_S]) * 1e9);
	}
	run->launched = ++run->trial_count;
}

/* Before the first launch, so that every save has all of them. */
static void keep_all(struct run *run)
{
	for (size_t i = 0; i < run->plan->launch_count; i++)
		if (run->plan->launches[i].kept != NULL)
			keep(run, run->plan->launches[i].kept, run->plan->launches[i].item);
}

/* Puts a launch in its place among those that were kept. If --auto left no gap, others move up. */
static void add_trial(struct run *run, const struct trial *new)
{
	size_t at = run->trial_count;

	while (at > 0 && run->trials[at - 1].order >= new->order)
		at--;
	struct trial *t = &run->trials[at];

	memmove(t + 1, t, (run->trial_count - at) * sizeof(*t));
	*t = *new;
	run->launched = ++run->trial_count;
	run->last = t;
	for (; ++at < run->trial_count && t[1].order == t[0].order; t++)
		t[1].order++;
}

/* Whether the cell of launch `i` is launched again, unless time runs out before. */
static bool has_more(struct run *run, size_t i)
{
	const struct plan *plan = run->plan;
	const size_t item = plan->launches[i].item;

	while (++i < plan->launch_count)
		if (plan->launches[i].item == item && plan->launches[i].kept == NULL)
			return is_wanted(run, &plan->launches[i]);
	return false;
}

static int launch_all(struct run *run, run_step *step, void *arg)
{
	const struct plan *plan = run->plan;
	unsigned int order = 0;
	int r = 0;

	keep_all(run);
	for (size_t i = 0; i < plan->launch_count && r == 0; i++) {
		const struct launch *l = &plan->launches[i];
		struct trial t = trial_of(&plan->items[l->item]);

		watch_let_signals_in();
		if (interrupted)
			return -EINTR;
		if (l->kept != NULL)
			order = l->kept->order;
		if (l->kept != NULL || !is_wanted(run, l))
			continue;
		step(arg, run, i, false);
		t.number = l->trial;
		t.order = ++order;
		run->launching = &t;
		r = launch_one(run, &t);
		run->launching = NULL;
		run->last = NULL;
		if (r == 0)
			add_trial(run, &t);
		run->cell_done = r == 0 && !has_more(run, i);
		step(arg, run, i, true);
	}
	/* a signal during what followed the last launch ends the run as any other does */
	return r == 0 && interrupted ? -EINTR : r;
}

/* Appends a row for each skipped cell. */
static void close_rows(struct run *run)
{
	const struct plan *plan = run->plan;

	/* a load that was launched before the first one in percent has the same capacity */
	for (size_t i = 0; i < run->trial_count; i++)
		load_note(run, &run->trials[i]);
	for (size_t i = 0; i < plan->item_count; i++) {
		if (plan->items[i].skip == 0)
			continue;
		struct trial *t = &run->trials[run->trial_count++];

		*t = trial_of(&plan->items[i]);
		t->status = STATUS_SKIP;
		t->reason = plan->items[i].why;
	}
}

void run_cut(struct run *run, const struct reason *why)
{
	run->interrupted = true;
	if (run->launching != NULL && why != NULL) {
		struct trial t = *run->launching;

		/* measured, and good: what came behind it has failed */
		if (t.status == STATUS_OK && !isnan(t.value[METRIC_DURATION_S])) {
			add_trial(run, &t);
			t = trial_of(t.item);
			t.number = run->launching->number + 1;
			t.order = run->launching->order + 1;
		}
		t.status = STATUS_FAIL;
		t.reason = *why;
		add_trial(run, &t);
	}
	close_rows(run);
}

void run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const struct counter_support *counters, run_step *step, void *arg)
{
	size_t items = plan->item_count;

	*run = (struct run){
		.plan = plan, .clock = clock, .counters = counters, .began_ns = clock_gettime_ns()};
	run->trials = need_array(plan->launch_count + items, sizeof(*run->trials));
	run->stops = need_array(items, sizeof(*run->stops));
	run->held = need_array(items, sizeof(*run->held));
	run->in_flight = need_array(items, sizeof(*run->in_flight));
	for (size_t i = 0; i < items; i++)
		run->held[i] = run->in_flight[i] = HELD_UNKNOWN;
	run->logged = need_array(items, sizeof(*run->logged));
	for (unsigned int k = 0; k < LAT_KINDS; k++)
		run->hists[k] = need_array(items, sizeof(*run->hists[k]));
	run->load.capacity = need_array(plan->load_groups, sizeof(*run->load.capacity));
	run->load.steps = need_array(items, sizeof(*run->load.steps));
	run->load.why = need_array(plan->load_groups, sizeof(*run->load.why));
	run->interrupted = launch_all(run, step, arg) == -EINTR;
	close_rows(run);
}

void run_free(struct run *run)
{
	for (unsigned int k = 0; k < LAT_KINDS; k++) {
		for (size_t i = 0; i < run->plan->item_count; i++)
			free(run->hists[k][i]);
		free(run->hists[k]);
	}
	for (size_t i = 0; i < run->trial_count; i++) {
		for (unsigned int k = 0; k < LAT_KINDS; k++)
			free(run->trials[i].hlog[k]);
		free(run->trials[i].timeline);
		free(run->trials[i].sides);
	}
	free(run->load.capacity);
	free(run->load.steps);
	free(run->load.why);
	free(run->logged);
	free(run->held);
	free(run->in_flight);
	free(run->trials);
	free(run->stops);
	*run = (struct run){0};
}
