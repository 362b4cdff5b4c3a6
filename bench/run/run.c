/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include "measure/hist.h"
#include "run/launch.h"
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
	};
	for (int i = 0; i < METRIC_COUNT; i++)
		t->value[i] = NAN;
}

/* Merged histograms live in the driver, so one is made only for a cell that records. */
static int need_hist(struct run *run, size_t item)
{
	if (run->plan->items[item].cell.mode != MODE_LATENCY || run->hists[item] != NULL)
		return 0;
	run->hists[item] = malloc(sizeof(struct histogram));
	if (run->hists[item] == NULL)
		return -ENOMEM;
	hist_reset(run->hists[item]);
	return 0;
}

int run_plan(struct run *run, const struct plan *plan, const struct clock *clock,
	const volatile int *interrupted, run_step *step, void *arg)
{
	size_t rows = plan->launch_count + plan->item_count;
	int r = 0;

	*run = (struct run){.plan = plan};
	run->trials = calloc(rows != 0 ? rows : 1, sizeof(*run->trials));
	run->hists = calloc(plan->item_count != 0 ? plan->item_count : 1, sizeof(*run->hists));
	if (run->trials == NULL || run->hists == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < plan->launch_count && r == 0; i++) {
		const struct launch *l = &plan->launches[i];
		struct trial *t = &run->trials[run->trial_count];

		r = need_hist(run, l->item);
		if (r < 0)
			return r;
		watch_let_signals_in();
		if (*interrupted) {
			r = -EINTR;
			break;
		}
		if (step != NULL)
			step(arg, run, i, false);
		*t = (struct trial){.item = &plan->items[l->item],
			.number = l->trial,
			.order = (unsigned int)i + 1};
		r = launch(t, plan->settings, clock, run->hists[l->item], interrupted);
		if (r == 0)
			run->launched = ++run->trial_count;
		if (step != NULL)
			step(arg, run, i, true);
	}
	run->interrupted = r == -EINTR;
	for (size_t i = 0; i < plan->item_count; i++)
		if (plan->items[i].skip != 0)
			add_skip(run, &plan->items[i]);
	return 0;
}

void run_free(struct run *run)
{
	if (run->hists != NULL)
		for (size_t i = 0; i < run->plan->item_count; i++)
			free(run->hists[i]);
	free(run->hists);
	free(run->trials);
	*run = (struct run){0};
}
