/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "measure/hist.h"
#include "run/launch.h"
#include "run/load.h"
#include "run/precision.h"
#include "run/watch.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void add_skip(struct run *run, const struct item *item)
{
	struct trial *t = &run->trials[run->trial_count++];

	*t = (struct trial){
		.item = item,
		.status = STATUS_SKIP,
		.reason = item->why,
		.clock = "",
		.lat_kind = "",
		.lat2_kind = "",
	};
	for (int i = 0; i < METRIC_COUNT; i++)
		t->value[i] = NAN;
}

/* Merged histograms live in the driver, so one is made only for a cell that records. */
static int need_hists(struct run *run, size_t item)
{
	for (unsigned int k = 0; k < LAT_KINDS; k++) {
		if (!launch_records(run->plan->items[item].key.mode, k) ||
			run->hists[k][item] != NULL)
			continue;
		run->hists[k][item] = malloc(sizeof(struct histogram));
		if (run->hists[k][item] == NULL)
			return -ENOMEM;
		hist_reset(run->hists[k][item]);
	}
	return 0;
}

/* One launch, with everything that it needs to know first. */
static int launch_one(struct run *run, struct trial *t, struct load *load,
	const struct clock *clock, const volatile int *interrupted)
{
	size_t item = (size_t)(t->item - run->plan->items);
	int r = need_hists(run, item);

	if (r == 0)
		r = load_resolve(load, t, run, clock, interrupted);
	if (r != 0)
		return r < 0 ? r : 0;
	struct histogram *const hists[LAT_KINDS] = {run->hists[0][item], run->hists[1][item]};

	r = launch(t, run->plan->settings, clock, run->counters, hists, interrupted);
	if (r < 0)
		return r;
	if (run->plan->settings->slice)
		return r;
	/* after it, so that filling a channel keeps no trial waiting; once per cell */
	double held = fill_bytes(run->fills, run->plan, item, clock, interrupted);

	if (t->status == STATUS_OK)
		t->value[METRIC_MEM_KERNEL] = held;
	return r;
}

static int launch_all(struct run *run, const struct clock *clock, const volatile int *interrupted,
	run_step *step, void *arg)
{
	const struct plan *plan = run->plan;
	struct load load;
	int r = load_begin(&load, plan);

	for (size_t i = 0; i < plan->launch_count && r == 0; i++) {
		const struct launch *l = &plan->launches[i];
		struct trial *t = &run->trials[run->trial_count];

		watch_let_signals_in();
		if (*interrupted) {
			r = -EINTR;
			break;
		}
		if (!precision_wants(run, l))
			continue;
		if (step != NULL)
			step(arg, run, i, false);
		*t = (struct trial){.item = &plan->items[l->item],
			.number = l->trial,
			.order = (unsigned int)run->trial_count + 1};
		r = launch_one(run, t, &load, clock, interrupted);
		if (r == 0)
			run->launched = ++run->trial_count;
		if (step != NULL)
			step(arg, run, i, true);
	}
	load_end(&load);
	/* a signal during what followed the last launch ends the run as any other does */
	return r == 0 && *interrupted ? -EINTR : r;
}

int run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const struct counter_support *counters, const volatile int *interrupted, run_step *step,
	void *arg)
{
	size_t rows = plan->launch_count + plan->item_count;

	*run = (struct run){.plan = plan, .began_ns = clock_gettime_ns(), .counters = counters};
	run->trials = calloc(rows + 1, sizeof(*run->trials));
	run->stops = calloc(plan->item_count + 1, sizeof(*run->stops));
	run->fills = calloc(plan->item_count + 1, sizeof(*run->fills));
	run->logged = calloc(plan->item_count + 1, sizeof(*run->logged));
	for (unsigned int k = 0; k < LAT_KINDS; k++)
		run->hists[k] = calloc(plan->item_count + 1, sizeof(*run->hists[k]));
	if (run->trials == NULL || run->stops == NULL || run->hists[0] == NULL ||
		run->hists[1] == NULL || run->logged == NULL || run->fills == NULL)
		return -ENOMEM;
	int r = launch_all(run, clock, interrupted, step, arg);

	if (r == -ENOMEM)
		return r;
	run->interrupted = r == -EINTR;
	for (size_t i = 0; i < plan->item_count; i++)
		if (plan->items[i].skip != 0)
			add_skip(run, &plan->items[i]);
	return 0;
}

void run_free(struct run *run)
{
	for (unsigned int k = 0; k < LAT_KINDS; k++) {
		for (size_t i = 0; run->hists[k] != NULL && i < run->plan->item_count; i++)
			free(run->hists[k][i]);
		free(run->hists[k]);
	}
	for (size_t i = 0; i < run->trial_count; i++) {
		free(run->trials[i].hlog);
		free(run->trials[i].timeline);
	}
	free(run->logged);
	free(run->fills);
	free(run->trials);
	free(run->stops);
	*run = (struct run){0};
}
