/* SPDX-License-Identifier: MIT */
/* Cuts a plan to what a stored run has measured. */
#include "replay/replay.h"
#include "results/measured.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>

struct fit {
	struct replay *replay;
	struct plan *plan;
	const struct topology *topology;
	const struct item **items; /* of the plan, by their keys */
	const struct item *
		*launched; /* per row of the stored run: what is launched again, or NULL */
	bool *kept;	   /* per item */
};

/* ---- one cell -------------------------------------------------------------------------------- */

/* Whether a row was launched: what was skipped has no place in the order. */
static bool was_launched(const struct trial *t)
{
	return t->order > 0;
}

/* Tells of a cell on other CPUs, and why. */
static void compare_cpus(
	struct fit *f, const char *name, const struct item *it, const struct trial *like)
{
	const struct cell *c = &it->cell;
	struct reason why = {""};
	enum placement is;

	if (like->cpu_tx == c->cpu_tx && like->cpu_rx == c->cpu_rx)
		return;
	if (topology_classify(f->topology, like->cpu_tx, like->cpu_rx, &is, &why) < 0)
		replay_tell(f->replay, name, "CPUs %d,%d instead of %d,%d: %s", c->cpu_tx,
			c->cpu_rx, like->cpu_tx, like->cpu_rx, why.text);
	else
		replay_tell(f->replay, name,
			"CPUs %d,%d instead of %d,%d: those are %s here, and one placement has one "
			"pair",
			c->cpu_tx, c->cpu_rx, like->cpu_tx, like->cpu_rx, placement_name(is));
}

/* A cell that was not launched there is none to compare with, and has no place in the order. */
static void leave_skipped(
	struct fit *f, const char *name, struct item *it, const struct trial *like)
{
	if (it->skip != 0)
		return;
	it->skip = reason_set(&it->why, ECANCELED,
		"the run that is replayed skipped it as well: %.160s", like->reason.text);
	replay_tell(f->replay, name,
		"could run here, but is not measured, as it was skipped there: %.160s",
		like->reason.text);
}

/* The first trial of a cell that was launched, else the first one. */
static const struct trial *example_of(const struct measured_cell *c)
{
	for (size_t i = 0; i < c->trial_count; i++)
		if (was_launched(c->trials[i]))
			return c->trials[i];
	return c->trials[0];
}

/* Brings a cell of the stored run to its item; either may be missing. */
static void fit_cell(struct fit *f, const struct measured_cell *c, const struct item *planned)
{
	struct item *it = planned == NULL ? NULL : &f->plan->items[planned - f->plan->items];
	const struct trial *like = c == NULL ? NULL : example_of(c);
	char *name = key_name_new(c != NULL ? &c->key : &it->key, AXIS_ALL);

	if (c == NULL)
		replay_tell(f->replay, name,
			"not measured, though the options ask for it here: the stored run has no row "
			"of it");
	else if (it == NULL && was_launched(like))
		replay_tell(f->replay, name,
			"not measured: this machine or this version plans no such cell");
	else if (it != NULL && !was_launched(like))
		leave_skipped(f, name, it, like);
	else if (it != NULL && it->skip != 0)
		replay_tell(f->replay, name, "not measured: %s", it->why.text);
	else if (it != NULL)
		compare_cpus(f, name, it, like);
	free(name);
	/* a row of what was measured with another batch, or skipped, would count as lost */
	if (c == NULL || it == NULL || c->key.batch == COUNT_UNKNOWN)
		return;
	f->kept[it - f->plan->items] = true;
	for (size_t i = 0; i < c->trial_count && it->skip == 0; i++)
		f->launched[c->trials[i] - f->replay->base.trials] = it;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
	int order = key_order(&x->key, &y->key);

	return order != 0 ? order : (x > y) - (x < y);
}

/* Goes through both in the order of their keys. Of items that are alike the first one counts. */
static void fit_cells(struct fit *f)
{
	const struct stored_run *run = &f->replay->base;
	size_t items = f->plan->item_count;

	for (size_t i = 0; i < items; i++)
		f->items[i] = &f->plan->items[i];
	qsort(f->items, items, sizeof(*f->items), by_key);
	for (size_t i = 0, k = 0; i < items || k < run->cell_count;) {
		const struct item *it = i < items ? f->items[i] : NULL;
		const struct measured_cell *c = k < run->cell_count ? &run->cells[k] : NULL;
		int order = it == NULL ? 1 : c == NULL ? -1 : key_order(&it->key, &c->key);

		fit_cell(f, order < 0 ? NULL : c, order > 0 ? NULL : it);
		k += order >= 0;
		while (order <= 0 && i < items && key_order(&f->items[i]->key, &it->key) == 0)
			i++;
	}
}

static void order_launches(struct fit *f, const size_t *moved)
{
	const struct replay *r = f->replay;
	struct plan *plan = f->plan;

	free(plan->launches);
	plan->launches = need_array(r->step_count, sizeof(*plan->launches));
	plan->launch_count = 0;
	f->replay->settings.trials = 1;
	for (size_t i = 0; i < r->step_count; i++) {
		const struct trial *t = r->steps[i];
		const struct item *it = f->launched[t - r->base.trials];

		if (it == NULL)
			continue;
		plan->launches[plan->launch_count++] =
			(struct launch){.item = moved[it - plan->items], .trial = t->number};
		if (t->number > r->settings.trials)
			f->replay->settings.trials = t->number;
	}
}

/* What is not kept goes, and the rest is launched as it was. */
static void cut_plan(struct fit *f)
{
	struct plan *plan = f->plan;
	size_t *moved = need_array(plan->item_count, sizeof(*moved)), n = 0;

	for (size_t i = 0; i < plan->item_count; i++)
		if (f->kept[i])
			moved[i] = n++;
	order_launches(f, moved);
	for (size_t i = 0; i < plan->item_count; i++)
		if (f->kept[i])
			plan->items[moved[i]] = plan->items[i];
	plan->item_count = n;
	free(moved);
}

void replay_fit(struct replay *r, struct plan *plan, const struct topology *topo)
{
	struct fit f = {
		.replay = r,
		.plan = plan,
		.topology = topo,
		.items = need_array(plan->item_count, sizeof(*f.items)),
		.launched = need_array(r->base.count, sizeof(*f.launched)),
		.kept = need_array(plan->item_count, sizeof(*f.kept)),
	};

	fit_cells(&f);
	cut_plan(&f);
	free(f.items);
	free(f.launched);
	free(f.kept);
}
