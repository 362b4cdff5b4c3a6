/* SPDX-License-Identifier: MIT */
/* Cuts a plan to what a stored run has measured. */
#include "gate/stored-cells.h"
#include "replay/replay.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_ITEM SIZE_MAX

struct fit {
	struct replay *replay;
	struct plan *plan;
	const struct topology *topology;
	struct stored_run runs[2]; /* the stored one, and the plan as rows: row n is item n */
	struct stored_cells cells;
	size_t *item_of; /* per row of the stored run: what is launched again, or NO_ITEM */
	bool *kept;	 /* per item */
	size_t *moved;	 /* per item that is kept: its new number */
};

/* One cell: its rows in the stored run, and its item. */
struct pair {
	const char *name;
	size_t launched, skipped; /* rows */
	size_t like;		  /* a row that was launched, else one that was skipped */
	size_t item;
};

/* ---- the plan as rows ------------------------------------------------------------------------ */

/* What trials.csv would say of the cells, so that both sides are spelt by one writer. */
static int plan_rows(struct rows *rows, const struct plan *plan)
{
	struct trial *trials = calloc(plan->item_count + 1, sizeof(*trials));
	struct results results = {
		.plan = plan,
		.run_id = "",
		.trials = trials,
		.trial_count = plan->item_count,
	};
	char *text = NULL;
	size_t len = 0;
	FILE *out = trials == NULL ? NULL : open_memstream(&text, &len);

	if (out == NULL) {
		free(trials);
		return -ENOMEM;
	}
	for (size_t i = 0; i < plan->item_count; i++) {
		trials[i] = (struct trial){.item = &plan->items[i], .status = STATUS_SKIP};
		trials[i].clock = trials[i].lat_kind = trials[i].lat2_kind = "";
		for (int m = 0; m < METRIC_COUNT; m++)
			trials[i].value[m] = NAN;
	}
	int err = csv_write_trials(out, &results);

	free(trials);
	if (fclose(out) != 0 || err < 0) {
		free(text);
		return -ENOMEM;
	}
	return rows_parse(rows, text, len, "plan", NULL) < 0 ? -ENOMEM : 0;
}

/* ---- one cell -------------------------------------------------------------------------------- */

/* Tells of a cell on other CPUs, and why. */
static int compare_cpus(struct fit *f, const struct pair *p)
{
	const struct rows *rows = &f->replay->base.trials;
	const struct item *it = &f->plan->items[p->item];
	const char *tx = rows_text(rows, p->like, "cpu_tx"),
		   *rx = rows_text(rows, p->like, "cpu_rx");
	struct reason why = {""};
	enum placement is;

	if (strcmp(tx, rows_text(&f->runs[1].trials, p->item, "cpu_tx")) == 0 &&
		strcmp(rx, rows_text(&f->runs[1].trials, p->item, "cpu_rx")) == 0)
		return 0;
	if (topology_classify(f->topology, atoi(tx), atoi(rx), &is, &why) < 0)
		return replay_tell(f->replay, p->name, "CPUs %d,%d instead of %.8s,%.8s: %s",
			it->cell.cpu_tx, it->cell.cpu_rx, tx, rx, why.text);
	return replay_tell(f->replay, p->name,
		"CPUs %d,%d instead of %.8s,%.8s: those are %s here, and one placement has one pair",
		it->cell.cpu_tx, it->cell.cpu_rx, tx, rx, placement_name(is));
}

/* A cell that was not launched there is none to compare with, and has no place in the order. */
static int leave_skipped(struct fit *f, const struct pair *p)
{
	struct item *it = &f->plan->items[p->item];
	const char *reason = rows_text(&f->replay->base.trials, p->like, "reason");

	f->kept[p->item] = true;
	if (it->skip != 0)
		return 0;
	it->skip = reason_set(
		&it->why, ECANCELED, "the run that is replayed skipped it as well: %.160s", reason);
	return replay_tell(f->replay, p->name,
		"could run here, but is not measured, as it was skipped there: %.160s", reason);
}

static int fit_pair(struct fit *f, const struct pair *p)
{
	if (p->launched + p->skipped == 0)
		return replay_tell(f->replay, p->name,
			"not measured, though the options ask for it here: the stored run has no row of "
			"it");
	if (p->launched == 0)
		return p->item == NO_ITEM ? 0 : leave_skipped(f, p);
	if (p->item == NO_ITEM)
		return replay_tell(f->replay, p->name,
			"not measured: this machine or this version plans no such cell");
	f->kept[p->item] = true;
	if (f->plan->items[p->item].skip != 0)
		return replay_tell(
			f->replay, p->name, "not measured: %s", f->plan->items[p->item].why.text);
	return compare_cpus(f, p);
}

/* Brings the rows of cell `i` to its item. */
static int fit_cell(struct fit *f, size_t i)
{
	const struct stored_cells *c = &f->cells;
	struct pair p = {.item = NO_ITEM};
	struct gate_cell named;

	for (size_t n = c->first[i]; n < c->first[i + 1]; n++) {
		size_t row = c->rows[n].row;
		bool launched = c->rows[n].run == 0 &&
				rows_text(&f->runs[0].trials, row, "order")[0] != '\0';

		if (c->rows[n].run == 1) {
			p.item = p.item == NO_ITEM ? row : p.item;
			continue;
		}
		if (p.launched == 0)
			p.like = row;
		p.launched += launched;
		p.skipped += !launched;
	}
	stored_cell_describe(c, i, &named);
	p.name = named.name;
	int err = fit_pair(f, &p);

	free(named.name);
	free(named.base);
	free(named.new);
	for (size_t n = c->first[i]; n < c->first[i + 1] && p.item != NO_ITEM; n++)
		if (c->rows[n].run == 0 && f->plan->items[p.item].skip == 0)
			f->item_of[c->rows[n].row] = p.item;
	return err;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void drop_items(struct fit *f)
{
	struct plan *plan = f->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->item_count; i++) {
		f->moved[i] = n;
		if (f->kept[i])
			plan->items[n++] = plan->items[i];
	}
	plan->item_count = n;
}

static int order_launches(struct fit *f)
{
	const struct replay *r = f->replay;
	struct launch *launches = calloc(r->step_count + 1, sizeof(*launches));
	unsigned int most = 1;
	size_t n = 0;

	if (launches == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < r->step_count; i++) {
		const struct replay_step *s = &r->steps[i];

		if (f->item_of[s->row] == NO_ITEM)
			continue;
		launches[n++] = (struct launch){f->moved[f->item_of[s->row]], s->trial};
		most = s->trial > most ? s->trial : most;
	}
	free(f->plan->launches);
	f->plan->launches = launches;
	f->plan->launch_count = n;
	f->replay->settings.trials = most;
	return 0;
}

int replay_fit(struct replay *r, struct plan *plan, const struct topology *topo)
{
	size_t rows = r->base.trials.count, items = plan->item_count;
	struct fit f = {
		.replay = r,
		.plan = plan,
		.topology = topo,
		.runs = {r->base, {.name = (char[]){"plan"}}},
		.item_of = calloc(rows + 1, sizeof(*f.item_of)),
		.kept = calloc(items + 1, sizeof(*f.kept)),
		.moved = calloc(items + 1, sizeof(*f.moved)),
	};
	int err = f.item_of == NULL || f.kept == NULL || f.moved == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < rows && err == 0; i++)
		f.item_of[i] = NO_ITEM;
	if (err == 0)
		err = plan_rows(&f.runs[1].trials, plan);
	if (err == 0)
		stored_cells_match(&f.cells, f.runs);
	for (size_t i = 0; i < f.cells.count && err == 0; i++)
		err = fit_cell(&f, i);
	if (err == 0)
		drop_items(&f);
	if (err == 0)
		err = order_launches(&f);
	stored_cells_free(&f.cells);
	rows_free(&f.runs[1].trials);
	free(f.item_of);
	free(f.kept);
	free(f.moved);
	return err;
}
