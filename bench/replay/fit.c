/* SPDX-License-Identifier: MIT */
/* Cuts a plan to what a stored run has measured. */
#include "replay/replay.h"
#include "results/measured.h"
#include "text/memory.h"
#include <errno.h>
#include <stdlib.h>

#define NO_ITEM SIZE_MAX

struct fit {
	struct replay *replay;
	struct plan *plan;
	const struct topology *topology;
	size_t *item_of; /* per row of the stored run: what is launched again, or NO_ITEM */
	bool *kept;	 /* per item */
	size_t *moved;	 /* per item that is kept: its new number */
};

/* One cell: its rows in the stored run, and its item. */
struct pair {
	char *name;
	size_t launched, skipped; /* rows */
	size_t like;		  /* a row that was launched, else one that was skipped */
	size_t item;
};

/* ---- the plan as a run ----------------------------------------------------------------------- */

static int by_cell(const void *a, const void *b)
{
	const struct measured_cell *x = a, *y = b;
	int order = key_order(&x->key, &y->key);

	return order != 0 ? order : (x->rows > y->rows) - (x->rows < y->rows);
}

/* The cells of a plan as if they were measured: "row" n is item n. measured_free() is due. */
static struct measured plan_cells(const struct plan *plan)
{
	struct measured m = {
		.cells = need_array(plan->item_count, sizeof(*m.cells)),
		.rows = need_array(plan->item_count, sizeof(*m.rows)),
	};

	for (size_t i = 0; i < plan->item_count; i++) {
		m.rows[i] = i;
		m.cells[i] = (struct measured_cell){.key = plan->items[i].key, .rows = &m.rows[i]};
	}
	qsort(m.cells, plan->item_count, sizeof(*m.cells), by_cell);
	for (size_t i = 0; i < plan->item_count; i++)
		if (i == 0 || key_order(&m.cells[i].key, &m.cells[m.count - 1].key) != 0)
			m.cells[m.count++] = m.cells[i];
	return m;
}

/* ---- one cell -------------------------------------------------------------------------------- */

/* -1 where a row has none. */
static int cpu_of(const struct rows *rows, size_t row, const char *column)
{
	const char *text = rows_text(rows, row, column);

	return text[0] == '\0' ? -1 : atoi(text);
}

/* Tells of a cell on other CPUs, and why. */
static void compare_cpus(struct fit *f, const struct pair *p)
{
	const struct rows *rows = &f->replay->base.trials;
	const struct item *it = &f->plan->items[p->item];
	int tx = cpu_of(rows, p->like, "cpu_tx"), rx = cpu_of(rows, p->like, "cpu_rx");
	struct reason why = {""};
	enum placement is;

	if (tx == it->cell.cpu_tx && rx == it->cell.cpu_rx)
		return;
	if (topology_classify(f->topology, tx, rx, &is, &why) < 0)
		replay_tell(f->replay, p->name, "CPUs %d,%d instead of %d,%d: %s", it->cell.cpu_tx,
			it->cell.cpu_rx, tx, rx, why.text);
	else
		replay_tell(f->replay, p->name,
			"CPUs %d,%d instead of %d,%d: those are %s here, and one placement has one pair",
			it->cell.cpu_tx, it->cell.cpu_rx, tx, rx, placement_name(is));
}

/* A cell that was not launched there is none to compare with, and has no place in the order. */
static void leave_skipped(struct fit *f, const struct pair *p)
{
	struct item *it = &f->plan->items[p->item];
	const char *reason = rows_text(&f->replay->base.trials, p->like, "reason");

	f->kept[p->item] = true;
	if (it->skip != 0)
		return;
	it->skip = reason_set(
		&it->why, ECANCELED, "the run that is replayed skipped it as well: %.160s", reason);
	replay_tell(f->replay, p->name,
		"could run here, but is not measured, as it was skipped there: %.160s", reason);
}

static void fit_pair(struct fit *f, const struct pair *p)
{
	struct item *it = p->item == NO_ITEM ? NULL : &f->plan->items[p->item];

	if (p->launched + p->skipped == 0) {
		replay_tell(f->replay, p->name,
			"not measured, though the options ask for it here: the stored run has no row of "
			"it");
	} else if (it == NULL) {
		if (p->launched > 0)
			replay_tell(f->replay, p->name,
				"not measured: this machine or this version plans no such cell");
	} else if (p->launched == 0) {
		leave_skipped(f, p);
	} else {
		f->kept[p->item] = true;
		if (it->skip != 0)
			replay_tell(f->replay, p->name, "not measured: %s", it->why.text);
		else
			compare_cpus(f, p);
	}
}

/* Brings the rows of a cell to its item. */
static void fit_cell(struct fit *f, const struct measured_pair *cell)
{
	static const struct measured_cell none;
	const struct measured_cell *base = cell->of[0] != NULL ? cell->of[0] : &none;
	struct pair p = {
		.name = key_name_new(cell->key, AXIS_ALL),
		.item = cell->of[1] != NULL ? cell->of[1]->rows[0] : NO_ITEM,
	};

	for (size_t i = 0; i < base->row_count; i++) {
		bool launched =
			rows_text(&f->replay->base.trials, base->rows[i], "order")[0] != '\0';

		if (p.launched == 0)
			p.like = base->rows[i];
		p.launched += launched;
		p.skipped += !launched;
	}
	fit_pair(f, &p);
	free(p.name);
	for (size_t i = 0; i < base->row_count; i++)
		f->item_of[base->rows[i]] =
			p.item != NO_ITEM && f->plan->items[p.item].skip == 0 ? p.item : NO_ITEM;
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

static void order_launches(struct fit *f)
{
	const struct replay *r = f->replay;
	struct launch *launches = need_array(r->step_count, sizeof(*launches));
	unsigned int most = 1;
	size_t n = 0;

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
}

void replay_fit(struct replay *r, struct plan *plan, const struct topology *topo)
{
	struct fit f = {
		.replay = r,
		.plan = plan,
		.topology = topo,
		.item_of = need_array(r->base.trials.count, sizeof(*f.item_of)),
		.kept = need_array(plan->item_count, sizeof(*f.kept)),
		.moved = need_array(plan->item_count, sizeof(*f.moved)),
	};
	struct measured of[2] = {[1] = plan_cells(plan)};
	size_t count;

	measured_read(&of[0], &r->base);
	struct measured_pair *cells = measured_pairs(of, &count);

	for (size_t i = 0; i < count; i++)
		fit_cell(&f, &cells[i]);
	drop_items(&f);
	order_launches(&f);
	free(cells);
	measured_free(&of[0]);
	measured_free(&of[1]);
	free(f.item_of);
	free(f.kept);
	free(f.moved);
}
